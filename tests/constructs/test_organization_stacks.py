"""The management account's stacks: every unit and account, policies where they belong, people where they sign in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from organization_stacks import (
    MANAGEMENT,
    OPERATES,
    SECURITY,
    VIEW,
    account,
    attached,
    deny,
    document_of,
    instance_of,
)
from reading import at, paths, statements

from landform.checks.judgement import judge
from landform.checks.scan_copy import scan_copy
from landform.core import App
from landform.errors import Code, LandformError
from landform.org.models import Identity
from landform.stacks import (
    IdentityAssignments,
    LogArchive,
    OrganizationStack,
    OrganizationTrail,
    SecurityDelegation,
    SecurityServices,
)
from landform.testing import stack_instance

WITH_ALL = {
    "unit_ids": {"Security": "ou-a1b2-c3d4e5f6"},
    "security_account": "security-tooling",
    "network_account": "security-tooling",
    "policy_account": "security-tooling",
    "resource_control_policies": {"perimeter": "Workloads, Security"},
    "declarative_policies": {"closed-images": "Root"},
    "cost_allocation_tags": ["owner"],
}


@pytest.fixture(scope="module")
def made():
    """The organisation, with everything that it can have."""
    return document_of(OrganizationStack, instance_of("organization"), **WITH_ALL)


class TestOrganizationStack:
    def test_every_account_that_is_not_closed_is_there(self, made):
        """Also those that are given up."""
        assert paths(made, "aws_organizations_account") == [
            f"Tree/Accounts/{name}"
            for name in (
                "ledger-prod",
                "log-archive",
                "management",
                "new",
                "security-tooling",
                "shut",
                "spent",
            )
        ]

    def test_an_account_without_an_id_is_made(self, made):
        """The others are taken over."""
        ids = {block["id"] for block in made["import"] if block["to"].startswith("aws_organizations_account")}

        assert ids == {each.account_id for each in VIEW.accounts if each.name not in ("gone", "new")}

    def test_a_closed_account_is_forgotten(self, made):
        """Not destroyed."""
        (block,) = made["removed"]

        assert block["from"].startswith("aws_organizations_account.Tree_Accounts_gone_")
        assert block["lifecycle"] == [{"destroy": False}]

    def test_each_place_has_its_policies(self, made):
        """Guardrails at the root, what accounts and units name, and what the status of an account says."""
        assert attached(made) == {
            "Root": {
                "AiOptOut",
                "DocumentsEc2/closed-images",
                "Guardrails/Principals",
                "Guardrails/Regions",
                "Guardrails/Resources",
                "Guardrails/Tags",
            },
            "Security": {"DocumentsRcp/perimeter"},
            "Workloads": {"DocumentsRcp/perimeter", "DocumentsScp/no-gpus"},
            "new": {"Quarantine/Policy"},
            "shut": {"DocumentsScp/no-gpus", "DocumentsScp/no-hosts", "Quarantine/Policy"},
            "spent": {"Suspension/Policy"},
        }

    def test_an_account_that_is_made_is_quarantined_by_its_reference(self, made):
        """Its id nobody knows yet."""
        target = at(made, "Quarantine/Policy/Targets/new")["target_id"]

        assert target.startswith("${aws_organizations_account.Tree_Accounts_new_")

    def test_a_document_is_a_policy_of_its_name(self, made):
        """As an auditor finds it in the console."""
        policy = at(made, "DocumentsScp/no-gpus/Resource")

        assert policy["name"] == "no-gpus"
        assert statements(made, "DocumentsScp/no-gpus/Resource", "content")["DenyIt"]["Action"] == [
            "ec2:RunInstances"
        ]

    def test_the_quarantine_is_there_without_accounts(self):
        """Its text is reviewed once; a status is one attachment."""
        view = replace(VIEW, accounts=tuple(each for each in VIEW.accounts if each.status == "active"))
        without = document_of(OrganizationStack, instance_of("organization", view=view))

        assert at(without, "Quarantine/Policy/Resource")["content"]
        assert not any(place in ("new", "shut") for place in attached(without))

    def test_who_administers_what(self, made):
        """And what shares resources."""
        assert paths(made, "aws_organizations_delegated_administrator") == [
            f"Tree/Delegated/{service}-security-tooling"
            for service in ("access-analyzer", "config-multiaccountsetup", "config")
        ]
        assert paths(made, "aws_organizations_resource_policy") == ["Tree/Delegated/Policies"]
        assert paths(made, "aws_ram_sharing_with_organization") == ["ResourceSharing"]
        assert {"guardduty.amazonaws.com", "ram.amazonaws.com"} <= {
            *at(made, "Tree/Resource")["aws_service_access_principals"]
        }

    def test_who_administers_ipam(self, made):
        """By IPAM's own call, and trusted, or Terraform would take the service's access away again."""
        path = "Tree/Delegated/ipam-security-tooling"
        without = document_of(OrganizationStack, instance_of("organization"))

        assert at(made, path)["delegated_admin_account_id"] == SECURITY
        assert "ipam.amazonaws.com" in at(made, "Tree/Resource")["aws_service_access_principals"]
        assert "ipam.amazonaws.com" not in at(without, "Tree/Resource")["aws_service_access_principals"]

    def test_documents_over_the_limit_are_packed(self):
        """Five at one unit."""
        names = [f"p{number}" for number in range(5)]
        view = replace(
            VIEW,
            units=(
                *VIEW.units[:2],
                VIEW.units[2].model_copy(update={"service_control_policies": tuple(names)}),
                VIEW.units[3],
            ),
            policies={**VIEW.policies, **{name: deny(f"ec2:{name}") for name in names}},
        )
        packed = document_of(OrganizationStack, instance_of("organization", view=view))

        assert attached(packed)["Workloads"] == {"DocumentsScp/Workloads/Prod-1"} or attached(packed)[
            "Workloads"
        ] == {"DocumentsScp/Workloads-1"}
        assert len(statements(packed, "DocumentsScp/Workloads-1/Resource", "content")) == 5

    def test_too_many_for_a_place_are_refused_with_their_sizes(self):
        """Where even packing does not help."""
        names = [f"p{number}" for number in range(5)]
        long = deny("ec2:*", Condition={"StringLike": {"ec2:InstanceType": "x" * 4_000}})
        view = replace(VIEW, policies={**VIEW.policies, **dict.fromkeys(names, long)})
        unit = view.units[2].model_copy(update={"service_control_policies": tuple(names)})

        with pytest.raises(LandformError, match="packed they are too many still") as caught:
            document_of(
                OrganizationStack,
                instance_of("organization", view=replace(view, units=(*view.units[:2], unit, view.units[3]))),
            )

        assert caught.value.given.startswith("5 of 5120 characters at Workloads: p0 of 41")

    def test_what_a_policy_allows_is_told_to_restrict_nothing(self):
        """AWS's own policy allows all beside it."""
        allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
        view = replace(VIEW, policies={**VIEW.policies, "no-gpus": allow})
        app = App()
        OrganizationStack(app, instance_of("organization", view=view))
        (synthesis,) = app.synthesise()

        (warning,) = (note for note in synthesis.annotations if note.level == "warning")
        assert warning.message.startswith("What no-gpus allows restricts nothing")

    @pytest.mark.parametrize(
        ("given", "match"),
        [
            ({"resource_control_policies": {"perimetr": "Root"}}, "no document of this name"),
            ({"resource_control_policies": {"perimeter": "Worklods"}}, "no unit and no account of this name"),
            ({"security_account": "management"}, "cannot administer a service"),
            ({"network_account": "management"}, "cannot administer a service"),
        ],
    )
    def test_what_is_not_there_is_refused(self, given, match):
        """With what there is."""
        with pytest.raises(LandformError, match=match) as caught:
            document_of(OrganizationStack, instance_of("organization"), **given)

        assert caught.value.code is Code.ARGUMENT_VALUE


class TestWhereTheyStand:
    @pytest.mark.parametrize(
        ("stack_class", "parameters"),
        [
            (OrganizationStack, {}),
            (OrganizationTrail, {}),
            (SecurityDelegation, {"security_account": "security-tooling"}),
            (IdentityAssignments, {}),
        ],
    )
    def test_in_the_management_account_alone(self, stack_class, parameters):
        """On the line of the rule."""
        with pytest.raises(LandformError, match="is the management account's") as caught:
            document_of(stack_class, stack_instance(), **parameters)

        assert caught.value.place.file == "org/stacks.yaml"

    @pytest.mark.parametrize("stack_class", [OrganizationStack, IdentityAssignments])
    def test_a_rule_that_reads_no_tree_is_refused(self, stack_class):
        """With what to write."""
        with pytest.raises(LandformError, match="does not let it read that") as caught:
            document_of(stack_class, instance_of("organization", view=None))

        assert "tree: true" in caught.value.fix


class TestSecurityDelegation:
    def test_each_service_has_an_administrator_in_the_region(self):
        """By the service's own call."""
        made = document_of(
            SecurityDelegation,
            instance_of("security-delegation", region="eu-central-1", regional=True),
            security_account="security-tooling",
        )

        assert set(made["resource"]) == {
            "aws_guardduty_organization_admin_account",
            "aws_inspector2_delegated_admin_account",
            "aws_macie2_organization_admin_account",
            "aws_securityhub_organization_admin_account",
        }
        assert all(
            SECURITY in body.values() for named in made["resource"].values() for body in named.values()
        )

    def test_a_service_of_all_regions_is_refused(self):
        """The organisation's own stack has it."""
        with pytest.raises(LandformError, match="no administrator a region"):
            document_of(
                SecurityDelegation,
                instance_of("security-delegation"),
                security_account="security-tooling",
                services=["config.amazonaws.com"],
            )


class TestOrganizationTrail:
    def test_it_is_of_the_organisation_and_ends_in_its_archive(self):
        """The bucket that the stack of the log archive account makes."""
        trail = at(document_of(OrganizationTrail, instance_of("organization-trail")), "Trail/Resource")
        archive = document_of(LogArchive, stack_instance(account="log-archive", stack="log-archive"))

        assert trail["is_organization_trail"] is True
        assert trail["s3_bucket_name"] == at(archive, "Archive/Resource")["bucket"]

    def test_the_archive_may_be_another(self):
        """By its name."""
        made = document_of(OrganizationTrail, instance_of("organization-trail"), archive="acme-logs")

        assert at(made, "Trail/Resource")["s3_bucket_name"] == "acme-logs"


class TestSecurityServices:
    @pytest.mark.parametrize(("region", "home"), [("eu-west-1", True), ("eu-central-1", False)])
    def test_each_region_has_every_service(self, region, home):
        """What is one for all is in the home region."""
        made = document_of(SecurityServices, instance_of("security", region=region, regional=True))

        assert {
            "aws_guardduty_organization_configuration",
            "aws_inspector2_organization_configuration",
            "aws_macie2_organization_configuration",
            "aws_securityhub_organization_configuration",
        } <= made["resource"].keys()
        assert paths(made, "aws_accessanalyzer_analyzer") == (
            ["Analyzers/External", "Analyzers/Unused"] if home else ["Analyzers/External"]
        )
        assert ("aws_config_configuration_aggregator" in made["resource"]) is home

    @pytest.mark.parametrize(
        ("given", "kind"), [("macie", "aws_macie2_account"), ("inspector", "aws_inspector2_enabler")]
    )
    def test_what_costs_most_may_be_left_out(self, given, kind):
        """By the rule's parameters."""
        made = document_of(SecurityServices, instance_of("security"), **{given: False})

        assert kind not in made["resource"]

    def test_what_aws_turned_on_is_taken_over(self):
        """In the regions where it is on."""
        given = {"detectors": {"eu-west-1": "12abc34d567e8fa901bc2d34e56789f0"}, "hubs": ["eu-west-1"]}
        here = document_of(SecurityServices, instance_of("security"), **given)
        there = document_of(
            SecurityServices, instance_of("security", region="eu-central-1", regional=True), **given
        )

        assert {block["to"].partition(".")[0]: block["id"] for block in here["import"]} == {
            "aws_guardduty_detector": "12abc34d567e8fa901bc2d34e56789f0",
            "aws_securityhub_account": MANAGEMENT,
        }
        assert "import" not in there


@pytest.fixture(scope="module")
def identity():
    """Who may sign in where."""
    return document_of(IdentityAssignments, instance_of("identity"))


class TestIdentityAssignments:
    def test_groups_have_what_active_accounts_give(self, identity):
        """Nobody has what is given on approval, or what an account that is not active would give."""
        assert paths(identity, "aws_ssoadmin_account_assignment") == ["Operator/operators-ledger-prod"]
        assert at(identity, "Operator/operators-ledger-prod")["target_id"] == "444444444444"

    def test_a_set_lasts_as_long_as_the_shortest_session_asked_of_it(self, identity):
        """In every account."""
        assert at(identity, "Operator/Resource")["session_duration"] == "PT2H"
        assert at(identity, "Administrator/Resource")["session_duration"] == "PT4H"

    def test_the_rule_may_say_what_a_set_allows(self):
        """Before the table."""
        made = document_of(
            IdentityAssignments,
            instance_of("identity"),
            permission_sets={"Operator": "ReadOnlyAccess, AWSSupportAccess"},
        )

        assert {
            at(made, path)["managed_policy_arn"].rpartition("/")[2]
            for path in paths(made, "aws_ssoadmin_managed_policy_attachment")
            if path.startswith("Operator/")
        } == {"ReadOnlyAccess", "AWSSupportAccess"}

    def test_people_may_assume_the_roles_that_are_made_for_them(self, identity):
        """In the organisation's accounts alone: a role that trusts a permission set is one half."""
        assert statements(identity, "Operator/Policy", "inline_policy") == {
            "AssumeRolesOfAccounts": {
                "Sid": "AssumeRolesOfAccounts",
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Resource": "arn:aws:iam::*:role/acme-support",
                "Condition": {"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}},
            }
        }
        assert "Administrator/Policy" not in paths(identity, "aws_ssoadmin_permission_set_inline_policy")

    def test_the_rule_may_say_which_roles_a_set_assumes(self):
        """Before the table."""
        made = document_of(
            IdentityAssignments,
            instance_of("identity"),
            roles={"Operator": "acme-support, acme-auditor", "Administrator": "acme-auditor"},
        )

        assert {
            path: statements(made, path, "inline_policy")["AssumeRolesOfAccounts"]["Resource"]
            for path in paths(made, "aws_ssoadmin_permission_set_inline_policy")
        } == {
            "Administrator/Policy": "arn:aws:iam::*:role/acme-auditor",
            "Operator/Policy": ["arn:aws:iam::*:role/acme-auditor", "arn:aws:iam::*:role/acme-support"],
        }

    def test_roles_of_a_set_that_there_is_not_are_refused(self):
        """Nobody could assume them."""
        with pytest.raises(LandformError, match="whose people could assume roles") as caught:
            document_of(IdentityAssignments, instance_of("identity"), roles={"Oprator": "acme-support"})

        assert (caught.value.given, caught.value.fix) == ("Oprator", "Did you mean 'Operator'?")
        assert caught.value.place.file == "org/stacks.yaml"

    def test_a_role_whose_name_aws_refuses_is_refused(self):
        """A pattern would be many roles."""
        with pytest.raises(LandformError, match="refuse this role name") as caught:
            document_of(IdentityAssignments, instance_of("identity"), roles={"Operator": "acme-*"})

        assert caught.value.place.file == "org/stacks.yaml"

    def test_a_set_that_nobody_describes_is_refused(self):
        """With what to write."""
        odd = account("odd", "888888888888", "Workloads", access=[{**OPERATES, "permission_set": "Janitor"}])

        with pytest.raises(LandformError, match="Nobody says what this permission set allows") as caught:
            document_of(IdentityAssignments, instance_of("identity", view=replace(VIEW, accounts=(odd,))))

        assert "params.permission_sets.Janitor" in caught.value.fix

    def test_its_calls_go_to_the_region_of_the_identity(self):
        """AWS has it in one, the organisation's home region or another."""
        instance = instance_of("identity")
        identity = Identity(region="us-east-1")
        moved = replace(
            instance, organization=instance.organization.model_copy(update={"identity": identity})
        )

        assert document_of(IdentityAssignments, instance)["provider"]["aws"][0]["region"] == "eu-west-1"
        assert document_of(IdentityAssignments, moved)["provider"]["aws"][0]["region"] == "us-east-1"


class TestChecks:
    def test_no_rule_fails(self, made, identity):
        """checkov's and landform's own, over every stack."""
        documents = {
            "organization": made,
            "identity": identity,
            "trail": document_of(OrganizationTrail, instance_of("organization-trail")),
            "delegation": document_of(
                SecurityDelegation, instance_of("delegation"), security_account="security-tooling"
            ),
            "security": document_of(SecurityServices, instance_of("security")),
        }
        judged = judge({name: scan_copy(document) for name, document in documents.items()})

        assert not [
            (result.stack, result.rule, result.address)
            for result in judged.results
            if result.outcome == "failed"
        ]

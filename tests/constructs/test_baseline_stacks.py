"""The stacks of an account's baseline: the account's own, and that of each of its regions."""

import json
from dataclasses import replace

import pytest
from baselines import CONTACT, PARAMETERS, ROLE, asking_for_all, instance_of, made_of
from reading import at, paths, statements

from landform.checks.judgement import judge
from landform.checks.scan_copy import scan_copy
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam.arns import permission_set_of
from landform.org.fleet import KnownAccounts
from landform.org.models import Backup, Budget, Deploy, Identity
from landform.stacks import FindingsBus, GlobalBaseline, LogArchive, Network, RegionBaseline
from landform.testing import TIERS, stack_instance

STACKS = ("FindingsBus", "GlobalBaseline", "RegionBaseline")


def document(stack_class, instance, **parameters):
    """The document of a stack of this class."""
    app = App()
    stack_class(app, instance, **parameters)
    (synthesis,) = app.synthesise()
    return json.loads(synthesis.text)


def signed_in(permission_sets=("ReadOnly", "Operator")):
    """The instance of a stack that knows where people sign in, in an organisation with these permission sets."""
    made = stack_instance()
    organization = made.organization.model_copy(
        update={"identity": Identity(permission_sets=permission_sets)}
    )
    accounts = {**made.accounts, "security-tooling": "333333333333", "audit": "444444444444"}
    return replace(made, organization=organization, accounts=accounts)


@pytest.fixture(scope="module")
def whole():
    """The document of an account that asks for everything."""
    return made_of(instance_of("GlobalBaseline", "prod", everything=True), "GlobalBaseline")[2]


@pytest.fixture(scope="module")
def region():
    """The document of a region of an account that asks for everything."""
    return made_of(instance_of("RegionBaseline", "prod", everything=True), "RegionBaseline")[2]


@pytest.fixture(scope="module")
def judged():
    """Both stacks in every tier, asking for all and for little, with what the rules say of them."""
    stacks, copies, origins = {}, {}, {}
    for stack_class in STACKS:
        for tier in TIERS:
            for everything in (True, False):
                name = f"{stack_class}-{tier}-{everything}"
                made = made_of(instance_of(stack_class, tier, everything=everything), stack_class)
                stacks[name], origins[name], made_document = made
                copies[name] = scan_copy(made_document)
    return stacks, origins, judge(copies)


class TestRules:
    def test_no_rule_fails_but_where_a_tier_switches_off(self, judged):
        """checkov's and landform's own, in every tier."""
        stacks, origins, judgement = judged
        unexplained = {
            (result.stack, result.rule, path)
            for result in judgement.results
            if result.outcome == "failed"
            for path in [origins[result.stack].origins[result.address][0]]
            if not any(
                result.rule in each.checks and f"{path}/".startswith(f"{each.construct.node.path}/")
                for each in stacks[result.stack].switched_off
            )
        }

        assert not unexplained
        assert not judgement.gaps

    def test_every_stack_was_judged(self, judged):
        """A scan that finds nothing in a stack would pass the other test."""
        stacks, _, judgement = judged

        assert {result.stack for result in judgement.results if result.outcome == "passed"} == stacks.keys()


class TestGlobalBaseline:
    def test_the_record_names_the_baseline(self, whole):
        """And the digest of the account's file, so that what stands can be compared with it."""
        record = json.loads(at(whole, "Account/Record")["value_wo"])

        assert record["baseline"] == "workload 3"
        assert record["contract"].startswith("sha256:")

    def test_opt_in_regions_are_enabled(self, whole):
        """Those of the account's regions that AWS does not give every account."""
        assert paths(whole, "aws_account_region") == ["Account/Region-eu-south-1"]

    def test_the_budget_is_that_of_the_settings(self, whole):
        """With an alert for each share, and one for what AWS foresees."""
        budget = at(whole, "Spending/Resource")

        assert (budget["limit_amount"], budget["time_unit"]) == ("1000", "MONTHLY")
        assert [(each["notification_type"], each["threshold"]) for each in budget["notification"]] == [
            ("ACTUAL", 80.0),
            ("ACTUAL", 100.0),
            ("FORECASTED", 100.0),
        ]

    def test_the_owner_hears_of_the_budget_where_nobody_else_is_named(self, whole):
        """By the contact's address."""
        (first, *_) = at(whole, "Spending/Resource")["notification"]

        assert first["subscriber_email_addresses"] == ["payments@acme.example"]

    def test_the_role_that_plans_writes_locks_alone(self, whole):
        """Of the account's own state."""
        policy = statements(whole, "Pipeline/Plan/Policy")

        assert policy["ReadState"]["Resource"] == "arn:aws:s3:::acme-tfstate-012345678901/*"
        assert policy["LockState"]["Resource"] == "arn:aws:s3:::acme-tfstate-012345678901/*.tflock"
        assert "WriteState" not in policy

    def test_the_key_of_the_state_is_named_by_its_alias(self, whole):
        """No other key of the account opens for the pipeline."""
        condition = statements(whole, "Pipeline/Plan/Policy")["UseStateKey"]["Condition"]

        assert condition["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": "alias/acme-tfstate"}
        assert condition["StringEquals"] == {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}

    @pytest.mark.parametrize(
        ("deploy", "roles"),
        [
            ({"apply_role": "none"}, ["Pipeline/Plan/Resource"]),
            ({"plan_role": "none"}, ["Pipeline/ApplyProd/Resource"]),
            ({"plan_role": "none", "apply_role": "none"}, []),
            ({"provider": "gitlab"}, []),
        ],
    )
    def test_the_pipeline_is_what_the_account_deploys_with(self, deploy, roles):
        """Roles for GitHub alone, and those that are asked for."""
        instance = stack_instance()
        given = Deploy(**{"provider": "github", "repo": "acme/payments", "environments": ("prod",), **deploy})
        account = instance.account.model_copy(update={"deploy": given})

        made = document(GlobalBaseline, replace(instance, account=account))

        assert paths(made, "aws_iam_role") == roles if roles else "aws_iam_role" not in made["resource"]

    def test_several_may_become_the_auditor(self):
        """Each by name."""
        made = document(GlobalBaseline, stack_instance(), auditors=[ROLE, f"{ROLE}-2"])
        trust = statements(made, "Auditor/Resource", "assume_role_policy")

        assert len(trust) == 2

    def test_people_are_named_by_where_they_sign_in_and_how(self):
        """A statement for each permission set of an account."""
        made = document(
            GlobalBaseline,
            signed_in(),
            auditors={"security-tooling": "ReadOnly, Operator", "audit": "ReadOnly"},
        )
        trust = statements(made, "Auditor/Resource", "assume_role_policy").values()

        assert {
            (
                each["Principal"]["AWS"],
                *map(permission_set_of, each["Condition"]["ArnLike"]["aws:PrincipalArn"]),
            )
            for each in trust
        } == {
            ("arn:aws:iam::333333333333:root", "ReadOnly", "ReadOnly"),
            ("arn:aws:iam::333333333333:root", "Operator", "Operator"),
            ("arn:aws:iam::444444444444:root", "ReadOnly", "ReadOnly"),
        }

    @pytest.mark.parametrize("parameter", ["auditors", "supporters"])
    def test_a_permission_set_that_nobody_has_is_refused(self, parameter):
        """On the line of the spec that asks for the stack, with what was meant."""
        with pytest.raises(LandformError, match=f"no permission set that its {parameter}") as caught:
            document(GlobalBaseline, signed_in(), **{parameter: {"security-tooling": "ReadOnyl"}})

        assert (caught.value.code, caught.value.place.file) == (Code.REFERENCE, "org/stacks.yaml")
        assert (caught.value.given, caught.value.fix) == ("ReadOnyl", "Did you mean 'ReadOnly'?")

    def test_a_permission_set_that_aws_refuses_is_refused_where_none_are_listed(self):
        """An organisation need not list them."""
        with pytest.raises(LandformError, match="refuse this name of a permission set") as caught:
            document(GlobalBaseline, signed_in(()), auditors={"security-tooling": "ReadOnly,"})

        assert caught.value.place.file == "org/stacks.yaml"

    @pytest.mark.parametrize("parameter", ["auditors", "supporters"])
    def test_an_account_that_the_rule_does_not_name_is_refused(self, parameter):
        """Its id is not known to the stack."""
        with pytest.raises(LandformError, match=f"the account that its {parameter} sign in to") as caught:
            document(GlobalBaseline, signed_in(), **{parameter: {"elsewhere": "ReadOnly"}})

        assert (caught.value.code, caught.value.place.file) == (Code.REFERENCE, "org/stacks.yaml")
        assert caught.value.fix == "Add it to the rule's `accounts`: `accounts: [elsewhere]`."

    @pytest.mark.parametrize(
        ("status", "roles"), [("active", ["Bootstrap/Resource"]), ("quarantined", []), ("suspended", [])]
    )
    def test_the_role_of_the_first_hour_is_locked_once_the_account_is_active(self, status, roles):
        """Until then its baseline is applied by it; nobody wakes what is suspended."""
        instance = stack_instance()
        account = instance.account.model_copy(update={"status": status})
        made = document(
            GlobalBaseline, replace(instance, account=account), bootstrap_role="OrganizationAccountAccessRole"
        )

        assert paths(made, "aws_iam_role") == roles if roles else "aws_iam_role" not in made["resource"]

    def test_the_management_account_was_not_made_with_a_role(self):
        """An import of it would find nothing."""
        instance = stack_instance()
        organization = instance.organization.model_copy(update={"management_account": instance.account.name})
        made = document(
            GlobalBaseline,
            replace(instance, organization=organization),
            bootstrap_role="OrganizationAccountAccessRole",
        )

        assert "import" not in made

    def test_rescuers_are_named_as_auditors_are(self):
        """Nobody else assumes the role that the account was made with."""
        made = document(
            GlobalBaseline,
            signed_in(),
            bootstrap_role="OrganizationAccountAccessRole",
            rescuers={"security-tooling": "Operator"},
        )
        (trust,) = statements(made, "Bootstrap/Resource", "assume_role_policy").values()

        assert (trust["Effect"], trust["Principal"]["AWS"]) == ("Allow", "arn:aws:iam::333333333333:root")

    def test_half_a_contact_is_refused(self):
        """On the line of the spec that asks for the stack."""
        with pytest.raises(LandformError, match="not said whole") as caught:
            document(GlobalBaseline, stack_instance(), security_contact={"name": "Blue Team"})

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "org/stacks.yaml"

    def test_contacts_are_of_their_kind(self):
        """Those that are named, and no others."""
        made = document(GlobalBaseline, stack_instance(), billing_contact=CONTACT)

        assert paths(made, "aws_account_alternate_contact") == ["Account/BillingContact"]

    def test_anomalies_can_be_left_alone(self):
        """Where the settings say so."""
        instance = stack_instance()
        settings = instance.settings.model_copy(update={"budget": Budget(monthly_usd=100, anomaly=False)})

        made = document(GlobalBaseline, replace(instance, settings=settings))

        assert "aws_ce_anomaly_monitor" not in made["resource"]


class TestRegionBaseline:
    def test_the_recorder_delivers_to_the_archive_that_the_ready_stack_makes(self, region):
        """By the name that it gives its bucket."""
        owner = stack_instance(stack="log-archive", account="log-archive", account_id="222222222222")
        made = document(LogArchive, replace(owner, accounts={"log-archive": "222222222222"}))

        channel = at(region, "Recorder/Channel")

        assert channel["s3_bucket_name"] == at(made, "Archive/Resource")["bucket"]

    @pytest.mark.parametrize(
        ("tier", "mode"),
        [
            ("sandbox", "block-bidirectional"),
            ("dev", "block-ingress"),
            ("stage", "block-ingress"),
            ("prod", "block-ingress"),
        ],
    )
    def test_networks_are_closed_as_far_as_the_tier_has_nat(self, tier, mode):
        """Where nothing goes out, nothing comes in either."""
        made = document(RegionBaseline, stack_instance(tier=tier, regional=True))

        assert at(made, "Region/VpcPublicAccess")["internet_gateway_block_mode"] == mode

    def test_a_way_to_block_that_there_is_not_is_refused(self):
        """With those that there are."""
        with pytest.raises(LandformError, match="not blocked in this way") as caught:
            document(RegionBaseline, stack_instance(), vpc_public_access="off")

        assert caught.value.expected == "one of block-bidirectional, block-ingress"

    def test_volumes_logs_and_backups_have_a_key_each(self, region):
        """Who may use one may not use the others; what events could not be delivered has its own."""
        assert paths(region, "aws_kms_key")[-3:] == [
            "Keys/Backups/Resource",
            "Keys/Logs/Resource",
            "Keys/Volumes/Resource",
        ]

    def test_findings_go_to_the_security_account(self, region):
        """To its event bus, under a role of the rule's own."""
        target = at(region, "Findings/ToSecurityBus")

        assert target["arn"] == "arn:aws:events:eu-west-1:333333333333:event-bus/acme-findings"

    def test_an_account_that_the_rule_does_not_name_is_refused(self):
        """Its id is not known to the stack."""
        instance = stack_instance()
        known = replace(instance, accounts=KnownAccounts(instance.accounts))

        with pytest.raises(LandformError, match="does not know the id"):
            document(RegionBaseline, known, forward_to="nobody")

    def test_quotas_that_are_one_for_all_regions_are_left_to_vending(self, region):
        """Service Quotas answers for them in one region alone."""
        assert paths(region, "aws_servicequotas_service_quota") == ["Quotas/ec2-L-1216C47A"]

    @pytest.mark.parametrize(("copies", "vaults"), [(("eu-west-1",), 2), (("eu-central-1",), 1)])
    def test_a_region_that_is_copied_to_has_the_vault_for_copies(self, copies, vaults):
        """Under the name that the plans of the other regions know."""
        instance = stack_instance(regional=True)
        settings = instance.settings.model_copy(update={"backup": Backup(copy_regions=copies)})

        made = document(RegionBaseline, replace(instance, settings=settings))

        assert len(paths(made, "aws_backup_vault")) == vaults

    def test_another_stack_of_the_account_may_record(self):
        """A region has one recorder."""
        made = document(RegionBaseline, stack_instance(), recorder=False)

        assert "aws_config_configuration_recorder" not in made["resource"]


class TestFindingsBus:
    def test_it_is_the_bus_that_findings_are_forwarded_to(self, region):
        """By its name, in the security account."""
        made = document(FindingsBus, stack_instance(account="security-tooling", account_id="333333333333"))
        name = at(made, "Findings/Resource")["name"]

        assert at(region, "Findings/ToSecurityBus")["arn"].endswith(f":333333333333:event-bus/{name}")

    def test_the_organisation_alone_forwards_and_findings_alone(self):
        """Everyone of it, under the sources of the security services."""
        made = document(FindingsBus, stack_instance())
        statement = statements(made, "Findings/Policy")["OrganizationForwards"]

        assert statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == "o-a1b2c3d4e5"
        assert "aws.guardduty" in statement["Condition"]["StringEquals"]["events:source"]

    def test_people_are_told_of_what_the_spec_calls_urgent(self):
        """By severity, to the security contact."""
        made = document(FindingsBus, stack_instance(), urgent=["CRITICAL"])
        pattern = json.loads(at(made, "Urgent/Resource")["event_pattern"])

        assert pattern["detail"]["findings"]["Severity"]["Label"] == ["CRITICAL"]


class TestNetwork:
    def test_private_subnets_reach_the_transit_gateway(self):
        """Each zone's route table leads there, for the blocks that are named."""
        _, little, much = PARAMETERS["Network"]
        instance = asking_for_all(stack_instance(regional=True))

        made = document(Network, instance, **much)
        routes = [at(made, path) for path in paths(made, "aws_route") if path.endswith("/Transit1")]

        assert {route["destination_cidr_block"] for route in routes} == {"10.0.0.0/8"}
        assert len(routes) == 3
        assert not any(
            "Transit" in path for path in paths(document(Network, instance, **little), "aws_route")
        )

    def test_what_is_no_transit_gateway_is_refused(self):
        """Before AWS refuses it."""
        with pytest.raises(LandformError, match="transit gateway id"):
            document(
                Network,
                stack_instance(regional=True),
                cidrs={"eu-west-1": "10.20.0.0/20"},
                transit_gateways={"eu-west-1": "vpc-0a1b2c3d"},
            )

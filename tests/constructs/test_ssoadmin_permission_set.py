import json
from dataclasses import replace

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs import AwsStack
from landform.constructs.iam.role import FORBIDDEN_POLICIES
from landform.constructs.ssoadmin import IdentityCenter, PermissionSet
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam import Statement
from landform.org.models.organization import Identity
from landform.testing import stack_instance, synthesise_json

PUBLISH = Statement("Publish", ("sns:Publish",), ("arn:aws:sns:eu-west-1:012345678901:settled",))


def operator(**arguments):
    def build(stack):
        center = IdentityCenter(stack, "Center")
        return PermissionSet(
            stack, "Operator", **{"center": center, "managed_policies": ["SecurityAudit"], **arguments}
        )

    return build


def identified(**identity):
    """A stack of an organisation whose spec says this of its identities, with a permission set."""
    instance = stack_instance()
    organization = instance.organization.model_copy(update={"identity": Identity(**identity)})
    return operator()(AwsStack(App(), replace(instance, organization=organization)))


class TestPermissionSet:
    def test_it_is_made_in_the_organisation_s_instance(self):
        """Which is looked up."""
        made = at(built(operator()), "Operator/Resource")

        assert made["name"] == "Operator"
        assert made["instance_arn"].startswith("${data.aws_ssoadmin_instances.Center_Instances_")
        assert made["instance_arn"].endswith(".arns[0]}")

    @pytest.mark.parametrize(("tier", "hours"), [("sandbox", 8), ("dev", 8), ("stage", 4), ("prod", 4)])
    def test_the_tier_says_how_long_a_session_is(self, tier, hours):
        """Four hours where it guards against deletion."""
        assert at(built(operator(), tier=tier), "Operator/Resource")["session_duration"] == f"PT{hours}H"

    @pytest.mark.parametrize(
        ("tier", "hours", "expected"),
        [("prod", 5, "1 to 4"), ("prod", 0, "1 to 4"), ("sandbox", 13, "1 to 12"), ("dev", 1.5, "1 to 12")],
    )
    def test_a_longer_session_is_refused(self, tier, hours, expected):
        """With what is allowed here."""
        with pytest.raises(LandformError, match="hours a session may last here") as caught:
            built(operator(session_hours=hours), tier=tier)

        assert caught.value.expected == expected
        assert caught.value.place.file == "test_ssoadmin_permission_set.py"

    @pytest.mark.parametrize(("longest", "hours"), [("2h", 2), ("30m", 1), ("8h", 4)])
    def test_the_organisation_says_the_longest_session(self, longest, hours):
        """``identity.max_session``, in whole hours."""
        assert identified(max_session=longest).session_hours == hours

    def test_it_carries_the_account_s_boundary(self):
        """By name, which is the same in every account."""
        (boundary,) = at(built(operator()), "Operator/Boundary")["permissions_boundary"]

        assert boundary["customer_managed_policy_reference"] == [{"name": "acme-permissions-boundary"}]

    def test_managed_policies_are_aws_s_own(self):
        """By name."""
        document = built(operator(managed_policies=["job-function/SupportUser"]))

        assert at(document, "Operator/ManagedPolicies/SupportUser")["managed_policy_arn"] == (
            "arn:aws:iam::aws:policy/job-function/SupportUser"
        )

    @pytest.mark.parametrize("name", FORBIDDEN_POLICIES)
    def test_one_that_allows_everything_is_refused(self, name):
        """Emergencies have a set of their own."""
        with pytest.raises(LandformError, match="allows everything") as caught:
            built(operator(managed_policies=[name]))

        assert caught.value.given == name
        assert "break_glass" in caught.value.fix

    @pytest.mark.parametrize(
        "policies", [["arn:aws:iam::012345678901:policy/own"], [f"Policy{n}" for n in range(11)]]
    )
    def test_policies_that_are_not_ten_of_aws_s_own_are_refused(self, policies):
        """An ARN would be of one account."""
        with pytest.raises(LandformError, match="ten of AWS's own managed policies"):
            built(operator(managed_policies=policies))

    def test_statements_are_its_own_policy(self):
        """Literal, and the same in every account."""
        document = built(operator(managed_policies=[], statements=[PUBLISH]))
        policy = json.loads(at(document, "Operator/Policy")["inline_policy"])

        assert policy["Statement"][0]["Sid"] == "Publish"
        assert statements(document, "Operator/Policy", "inline_policy").keys() == {"Publish"}

    def test_statements_are_one_policy(self):
        """However they come."""

        def build(stack):
            operator(statements=[PUBLISH])(stack).add_to_policy(Statement("Who", ("sts:GetCallerIdentity",)))

        assert statements(built(build), "Operator/Policy", "inline_policy").keys() == {"Publish", "Who"}

    @pytest.mark.parametrize(
        "statement", [Statement("All", ("s3:*",), ("arn:x",)), Statement("Any", ("s3:GetObject",))]
    )
    def test_a_statement_that_is_wide_is_refused(self, statement):
        """As for a role."""
        with pytest.raises(LandformError, match="A policy names"):
            built(operator(statements=[statement]))

    def test_an_empty_set_is_refused(self):
        """It would let people in for nothing."""
        with pytest.raises(LandformError, match="managed policy or a statement"):
            built(operator(managed_policies=[]))

    @pytest.mark.parametrize("name", ["x" * 33, "a b", "r\u00f4le"])
    def test_a_name_that_aws_refuses(self, name):
        """32 characters of those it takes."""
        with pytest.raises(LandformError, match="refuse this name of a permission set"):
            built(operator(permission_set_name=name))

    def test_a_name_that_the_spec_does_not_list_is_refused(self):
        """Where it lists any, with the nearest."""
        with pytest.raises(LandformError, match="no permission set of this name") as caught:
            identified(permission_sets=("ReadOnly", "Operators"))

        assert caught.value.expected == "one of ReadOnly, Operators"
        assert "Operators" in caught.value.fix

    def test_a_name_that_the_spec_lists_is_taken(self):
        """Accounts refer to it by that name."""
        assert identified(permission_sets=("Operator",)).permission_set_name == "Operator"


class TestBreakGlass:
    def test_it_has_all_rights_for_an_hour(self):
        """Without a boundary, which may be what is broken."""
        document = built(operator(managed_policies=[], break_glass=True))

        assert paths(document, "aws_ssoadmin_managed_policy_attachment") == [
            "Operator/ManagedPolicies/AdministratorAccess"
        ]
        assert at(document, "Operator/Resource")["session_duration"] == "PT1H"
        assert not paths(document, "aws_ssoadmin_permissions_boundary_attachment")

    def test_it_is_recorded_with_the_check_that_finds_it(self):
        """A waiver names it."""
        stack = stack_of(operator(managed_policies=[], break_glass=True))

        assert [each.checks for each in stack.switched_off if each.construct.node.id == "Operator"] == [
            ("CKV_AWS_274",)
        ]

    def test_a_longer_session_is_refused(self):
        """An emergency is over or asked for again."""
        with pytest.raises(LandformError, match="hours a session may last here"):
            built(operator(break_glass=True, session_hours=2))


class TestAssign:
    def assigned(self, group="operators", account="payments-prod"):
        return built(lambda stack: operator()(stack).assign(group, account=account))

    def test_a_group_has_the_set_in_an_account(self):
        """The group by its name in the directory, the account by its id."""
        document = self.assigned()
        assignment = at(document, "Operator/operators-payments-prod")

        assert assignment["target_id"] == "012345678901"
        assert (assignment["target_type"], assignment["principal_type"]) == ("AWS_ACCOUNT", "GROUP")
        assert assignment["principal_id"].startswith("${data.aws_identitystore_group.")

    def test_a_group_is_looked_up_by_its_display_name(self):
        """In the store of the instance."""
        (group,) = self.assigned()["data"]["aws_identitystore_group"].values()

        assert group["alternate_identifier"] == [
            {"unique_attribute": [{"attribute_path": "DisplayName", "attribute_value": "operators"}]}
        ]
        assert group["identity_store_id"].endswith(".identity_store_ids[0]}")

    def test_a_group_is_looked_up_once(self):
        """For all its assignments."""

        def build(stack):
            made = operator()(stack)
            made.assign("operators", account="payments-prod")
            made.assign("operators", account="log-archive")

        assert len(synthesise_json(build)["data"]["aws_identitystore_group"]) == 1

    def test_an_account_by_its_id(self):
        """Twelve digits."""
        assert (
            at(self.assigned(account="999999999999"), "Operator/operators-999999999999")["target_id"]
            == "999999999999"
        )

    @pytest.mark.parametrize("account", ["unknown", "12345", "*"])
    def test_an_account_that_the_stack_does_not_know_is_refused(self, account):
        """With those that it knows."""
        with pytest.raises(LandformError, match="does not know this account") as caught:
            self.assigned(account=account)

        assert "payments-prod" in caught.value.expected

    def test_an_assignment_twice_is_refused(self):
        """Terraform would take them for two, AWS for one."""

        def build(stack):
            made = operator()(stack)
            made.assign("operators", account="payments-prod")
            made.assign("operators", account="payments-prod")

        with pytest.raises(LandformError) as caught:
            built(build)

        assert caught.value.code is Code.DUPLICATE_ID

    @pytest.mark.parametrize("group", ["", "a\nb"])
    def test_a_group_that_cannot_be_is_refused(self, group):
        """A name of 1 to 1,024 characters."""
        with pytest.raises(LandformError, match="refuse this name of a group"):
            self.assigned(group=group)

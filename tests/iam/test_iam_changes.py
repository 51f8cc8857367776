import pytest
from iam_policies import ROLE, ROOT, USER, allow, deny, policy, when

from landform.iam.access import access_of
from landform.iam.changes import new_access
from landform.iam.identity import Guardrails

LAKE = "arn:aws:s3:::lake/*"
IN_VPC = when("StringEquals", "aws:SourceVpc", "vpc-1")


def new(before, after, **limits):
    """What a policy of the second statements allows over one of the first."""
    return new_access(access_of([policy(*before)] if before else []), access_of([policy(*after)], **limits))


class TestNewAccess:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ([allow("s3:*")], [allow("s3:GetObject", LAKE)]),
            ([allow("*")], [allow(None, NotAction="iam:*")]),
            ([allow(["s3:Get*", "s3:Put*"], LAKE)], [allow("s3:Put*", LAKE), allow("s3:Get*", LAKE)]),
            ([allow("s3:*", LAKE)], [allow("s3:*", "arn:aws:s3:::lake/in/*")]),
            ([allow("s3:*")], [allow("s3:*", **IN_VPC)]),
            ([allow("s3:*")], [allow("s3:*"), deny("s3:Put*")]),
            ([allow("s3:*", "*"), deny("s3:Put*")], [allow("s3:*"), deny("s3:P*")]),
            ([allow("s3:Get*"), allow("s3:Put*")], [allow("s3:?et*"), deny(None, NotAction="s3:Get*")]),
            (
                [allow("s3:*", **when("StringLike", "aws:PrincipalTag/team", "a*"))],
                [allow("s3:*", **when("StringEquals", "aws:PrincipalTag/team", "ab", "ac"))],
            ),
            (
                [allow("s3:*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/9", "10.128.0.0/9"))],
                [allow("s3:*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))],
            ),
            (
                [allow("s3:*", **when("NumericLessThan", "s3:max-keys", "11"))],
                [allow("s3:*", **when("NumericLessThanEquals", "s3:max-keys", "10"))],
            ),
        ],
    )
    def test_what_was_allowed_before_is_not_new(self, before, after):
        """However it is written now."""
        assert new(before, after) == ()

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ([allow("s3:Get*")], [allow("s3:*")], "s3:"),
            ([allow("s3:*", LAKE)], [allow("s3:*", "arn:aws:s3:::la*")], "arn:aws:s3:::la"),
            ([allow("s3:*", **IN_VPC)], [allow("s3:*")], ""),
            ([allow("s3:*"), deny("s3:Put*")], [allow("s3:*")], "s3:Put"),
            ([allow("*"), deny("s3:*", LAKE)], [allow("*"), deny("s3:Put*", LAKE)], "arn:aws:s3:::lake/"),
            ([allow("s3:*", **IN_VPC)], [allow("s3:*", **when("Null", "aws:SourceVpc", "false"))], "Null"),
        ],
    )
    def test_what_was_not_allowed_is_new(self, before, after, said):
        """With a request, told in AWS's own words."""
        (found,) = new(before, after)

        assert said in str(found)
        assert found.known

    def test_the_witness_is_of_today_and_of_the_actions_own_kind(self):
        """An action that AWS has, on a resource it takes, under the condition of the statement."""
        (found,) = new([], [allow(["s3:*Acl"], "arn:aws:s3:::lake/*", Sid="Acl", **IN_VPC)])

        assert found.action.startswith("s3:")
        assert found.action.endswith("Acl")
        assert found.resource.startswith("arn:aws:s3:::lake/")
        assert found.context == (("aws:SourceVpc", "vpc-1"),)
        assert str(found) == (
            f"{found.action} on {found.resource} if StringEquals aws:SourceVpc vpc-1 (p: Acl)"
        )

    def test_a_key_that_must_not_be_there_is_told(self):
        """The new access is there only without it."""
        (found,) = new(
            [allow("s3:*", **when("Null", "aws:SourceVpc", "false"))],
            [allow("s3:*")],
        )

        assert found.context == (("aws:SourceVpc", None),)

    def test_an_action_of_tomorrow_is_new_too(self):
        """Nothing of today is, and the pattern takes more than that."""
        names = [
            "sts:AssumeRole",
            "sts:AssumeRoleWithSAML",
            "sts:AssumeRoleWithWebIdentity",
            "sts:AssumeRoot",
        ]
        (found,) = new([allow(names)], [allow("sts:Assume*")])

        assert not found.known
        assert found.action.startswith("sts:assume")

    def test_a_deny_that_is_gone_is_named(self):
        """What it kept from is new, and it is told that it did."""
        (found,) = new([allow("*"), deny("iam:*", Sid="NoIam")], [allow("*")])

        assert found.action.startswith("iam:")
        assert str(found.denied_before) == "p: NoIam"

    def test_a_wider_boundary_is_new_access(self):
        """The identity's own policies have not changed."""
        own = [policy(allow("*"))]
        before = access_of(own, boundary=policy(allow("s3:*")))
        after = access_of(own, boundary=policy(allow(["s3:*", "sns:Publish"])))

        (found,) = new_access(before, after)
        assert found.action == "sns:Publish"
        assert new_access(after, before) == ()

    def test_a_boundary_that_is_gone_is_new_access(self):
        """And one that is put on takes away."""
        own = [policy(allow("s3:*"))]
        limited, free = access_of(own, boundary=policy(allow("s3:Get*"))), access_of(own)

        assert len(new_access(limited, free)) == 1
        assert new_access(free, limited) == ()

    def test_what_an_scp_stops_is_not_new(self):
        """Whatever the policy says."""
        scps = Guardrails(scps=((policy(allow("*"), deny("iam:*")),),))

        assert new([], [allow("iam:*")], guardrails=scps) == ()

    def test_a_new_principal_of_a_resource_is_new_access(self):
        """And the witness names it."""
        before = [allow("s3:*", LAKE, Principal={"AWS": ROLE})]
        (found,) = new(before, [allow("s3:*", LAKE, Principal={"AWS": [ROLE, USER]})])

        assert found.principal == f"AWS:{USER}"

    def test_a_role_of_an_account_is_not_new_where_the_account_was(self):
        """The account is all that is in it."""
        before, after = ([allow("s3:*", LAKE, Principal={"AWS": one})] for one in (ROOT, ROLE))

        assert new(before, after) == ()
        assert len(new(after, before)) == 1

    def test_one_witness_for_each_statement_that_gives_something(self):
        """Those that give nothing new are not among them."""
        found = new(
            [allow("s3:*", Sid="Old")],
            [allow("s3:*", Sid="Old"), allow("sns:*", Sid="Topics"), allow("sqs:*", Sid="Queues")],
        )

        assert [str(one.statement) for one in found] == ["p: Topics", "p: Queues"]

    def test_a_variable_is_the_same_value_everywhere(self):
        """What is within a home of one's own is not new; another's home is."""
        home, inside, other = (
            [allow("s3:*", f"arn:aws:s3:::lake/${{aws:{text}/*")]
            for text in ("username}", "username}/in", "userid}")
        )

        assert new(home, inside) == ()
        assert len(new(home, other)) == 1

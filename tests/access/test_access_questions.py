"""Who can, what can, from account to account, and the paths to more: each by the names that people use."""

import pytest
from policy_stacks import allow, deny, policy, role, stack, trust

from landform.access.edges import COMPLETE, NO_IDENTITY, NO_RESOURCE, NOBODY, NOT_MADE, edges
from landform.access.matrix import Wanted
from landform.access.paths import conditions_of, escalations
from landform.access.questions import find_targets, what_can_principal, who_can
from landform.errors import Code, LandformError

OBJECTS = "arn:aws:s3:::b/*"
DELETE = allow("s3:DeleteObject", OBJECTS)


def app(*statements, name="app"):
    """A role with some statements."""
    return (
        ("aws_iam_role", "App", role(name)),
        ("aws_iam_role_policy", "P", {"role": name, "policy": policy(*statements)}),
    )


BUCKET = ("aws_s3_bucket", "B", {"bucket": "b"})


def refused(function, *arguments):
    """The error that a question ends with."""
    with pytest.raises(LandformError) as error:
        function(*arguments)
    assert error.value.code is Code.USAGE
    return error.value


class TestWhoCan:
    @pytest.mark.parametrize(
        "on",
        [
            "aws_s3_bucket.B",
            "app/aws_s3_bucket.B",
            "ledger.app/aws_s3_bucket.B",
            "arn:aws:s3:::b",
            "arn:aws:s3:::b/in/x",
        ],
    )
    def test_a_resource_has_many_names(self, holdings, on):
        """Its address, with its stack or without, its ARN, that of an object."""
        answer = who_can(
            holdings({"ledger.app": stack(BUCKET, *app(DELETE))}), "s3:deleteobject", on, Wanted()
        )

        assert answer.action == "s3:DeleteObject"
        assert answer.known
        assert [row.who.name for row in answer.rows if row.reaches] == ["app"]

    def test_an_object_is_not_every_object(self, holdings):
        """Who may delete below one prefix may not below another."""
        found = holdings({"ledger.app": stack(BUCKET, *app(allow("s3:DeleteObject", "arn:aws:s3:::b/in/*")))})

        assert who_can(found, "s3:DeleteObject", "arn:aws:s3:::b/in/x", Wanted()).rows
        assert not who_can(found, "s3:DeleteObject", "arn:aws:s3:::b/out/x", Wanted()).rows
        assert who_can(found, "s3:DeleteObject", "aws_s3_bucket.B", Wanted()).rows

    def test_it_says_why(self, holdings):
        """The policy's address and the Sid."""
        made = stack(BUCKET, *app({**DELETE, "Sid": "Clean"}))
        (row,) = who_can(holdings({"ledger.app": made}), "s3:DeleteObject", "aws_s3_bucket.B", Wanted()).rows
        layer = row.rights[0].decision.ways[0][0]

        assert [str(one) for one in layer.statements] == ["aws_iam_role_policy.P: Clean"]

    def test_what_the_bundle_does_not_make_is_asked_of_policies_alone(self, holdings):
        """Its own policy is nobody's to read."""
        answer = who_can(
            holdings({"ledger.app": stack(*app(DELETE))}), "s3:DeleteObject", "arn:aws:s3:::b/x", Wanted()
        )

        assert not answer.known
        assert [row.who.name for row in answer.rows] == ["app"]

    def test_an_unknown_action_has_a_nearest_one(self, holdings):
        """Of its service."""
        found = holdings({"ledger.app": stack(BUCKET)})

        assert "s3:DeleteObject" in refused(who_can, found, "s3:DeletObject", "aws_s3_bucket.B", Wanted()).fix
        assert refused(who_can, found, "nope", "aws_s3_bucket.B", Wanted()).given == "nope"

    def test_an_unknown_resource_has_a_nearest_one(self, holdings):
        """Of the bundle's."""
        found = holdings({"ledger.app": stack(BUCKET)})

        assert "aws_s3_bucket.B" in refused(find_targets, found, "aws_s3_bucket.Bb", Wanted()).fix

    def test_an_action_on_another_kind_of_resource_is_refused(self, holdings):
        """It says which kinds it is about."""
        error = refused(
            who_can, holdings({"ledger.app": stack(BUCKET)}), "sqs:SendMessage", "aws_s3_bucket.B", Wanted()
        )

        assert "sqs" in error.expected


class TestWhatCan:
    def test_rows_and_statements(self, holdings):
        """What the bundle makes, and what it does not."""
        made = stack(BUCKET, *app(DELETE, allow("sqs:SendMessage", "arn:aws:sqs:*:*:elsewhere")))
        answer = what_can_principal(holdings({"ledger.app": made}), "app", Wanted())

        assert [row.target.arn for row in answer.rows] == ["arn:aws:s3:::b"]
        assert {p.actions.patterns for p in answer.permissions} == {
            ("s3:deleteobject",),
            ("sqs:sendmessage",),
        }

    @pytest.mark.parametrize("text", ["app", "aws_iam_role.App", "arn:aws:iam::111111111111:role/app"])
    def test_a_principal_has_many_names(self, holdings, text):
        """Its name, its address, its ARN."""
        found = holdings({"ledger.app": stack(*app(DELETE))})

        assert what_can_principal(found, text, Wanted()).principal.name == "app"

    def test_an_unknown_principal_has_a_nearest_one(self, holdings):
        """Or some of those there are."""
        found = holdings({"ledger.app": stack(*app(DELETE, name="settlement"))})

        assert "settlement" in refused(what_can_principal, found, "setlement", Wanted()).fix
        assert "settlement" in refused(what_can_principal, found, "zzz", Wanted()).fix


class TestEdges:
    def trusting(self, who):
        """A role that somebody of another account may assume."""
        return stack(("aws_iam_role", "Open", {"name": "open", "assume_role_policy": trust({"AWS": who})}))

    def halves(self, holdings, stacks):
        """Each edge: from where, and what of it is there."""
        return [(edge.source_account, edge.source, edge.halves) for edge in edges(holdings(stacks), Wanted())]

    def test_both_halves(self, holdings):
        """The trust of the role, and a policy of who assumes it."""
        assume = allow("sts:AssumeRole", "arn:aws:iam::222222222222:role/open")
        stacks = {
            "lake.app": self.trusting("arn:aws:iam::111111111111:role/app"),
            "ledger.app": stack(*app(assume)),
        }

        assert self.halves(holdings, stacks) == [("ledger", "app", COMPLETE)]

    def test_an_account_named_as_a_whole(self, holdings):
        """Its principals whose policies say so are the edges."""
        assume = allow("sts:AssumeRole", "*")
        stacks = {"lake.app": self.trusting("111111111111"), "ledger.app": stack(*app(assume))}

        assert self.halves(holdings, stacks) == [("ledger", "app", COMPLETE)]

    def test_an_account_named_that_makes_no_use_of_it(self, holdings):
        """Half an edge that anyone there can complete."""
        stacks = {"lake.app": self.trusting("111111111111"), "ledger.app": stack(*app(DELETE))}

        assert self.halves(holdings, stacks) == [("ledger", "account 111111111111", NOBODY)]

    def test_who_is_not_in_the_bundle(self, holdings):
        """Its half is another's."""
        stacks = {"lake.app": self.trusting("arn:aws:iam::999999999999:role/vendor")}

        assert self.halves(holdings, stacks) == [
            ("999999999999", "arn:aws:iam::999999999999:role/vendor", NO_IDENTITY)
        ]

    def test_the_half_of_who_asks_alone(self, holdings):
        """The resource is there, and does not let it."""
        assume = allow("sts:AssumeRole", "arn:aws:iam::222222222222:role/open")
        stacks = {
            "lake.app": self.trusting("arn:aws:iam::222222222222:user/ann"),
            "ledger.app": stack(*app(assume)),
        }

        assert self.halves(holdings, stacks) == [("ledger", "app", NO_RESOURCE)]

    def test_a_resource_that_is_not_in_the_bundle(self, holdings):
        """The policy names another account."""
        assume = allow("sts:AssumeRole", "arn:aws:iam::999999999999:role/theirs")

        assert self.halves(holdings, {"ledger.app": stack(*app(assume))}) == [("ledger", "app", NOT_MADE)]

    def test_everything_is_no_edge(self, holdings):
        """A policy on every resource means those of its own account, until a resource says otherwise."""
        stacks = {
            "lake.app": self.trusting("arn:aws:iam::222222222222:user/ann"),
            "ledger.app": stack(*app(allow("sts:AssumeRole"))),
        }

        assert self.halves(holdings, stacks) == []

    def test_everyone_is_one(self, holdings):
        """Whatever account it is of."""
        public = policy(allow("s3:GetObject", OBJECTS, Principal="*"))
        made = stack(BUCKET, ("aws_s3_bucket_policy", "P", {"bucket": "b", "policy": public}))

        assert self.halves(holdings, {"ledger.app": made}) == [("", "everyone", COMPLETE)]

    def test_the_examples_edges(self, example):
        """The deployer of the management account, which bootstrapping makes; folded over the accounts."""
        found = edges(example, Wanted())

        assert {(edge.source, edge.halves) for edge in found} == {
            ("arn:aws:iam::100000000001:role/acme-deployer", NO_IDENTITY)
        }
        assert {len(edge.target_accounts) for edge in found} == {8}


class TestEscalations:
    def test_a_path_is_told_with_its_statements(self, holdings):
        """And hangs on nothing."""
        (found,) = escalations(holdings({"ledger.app": stack(*app(allow("iam:PutUserPolicy")))}))
        path = next(one for one in found.paths if one.path.id == "put-user-policy")

        assert [step.action for step in path.steps] == ["iam:PutUserPolicy"]
        assert path in found.certain

    def test_a_condition_is_told(self, holdings):
        """The path stays."""
        guarded = allow("iam:PutUserPolicy", Condition={"StringEquals": {"aws:PrincipalTag/t": "x"}})
        (found,) = escalations(holdings({"ledger.app": stack(*app(guarded))}))

        assert found.paths
        assert not found.certain
        assert [guard.key for guard in conditions_of(found.paths[0])] == ["aws:PrincipalTag/t"]

    def test_a_region_is_no_condition(self, holdings):
        """Who goes the path goes there."""
        there = allow("iam:PutUserPolicy", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})
        (found,) = escalations(holdings({"ledger.app": stack(*app(there))}))

        assert found.certain

    @pytest.mark.parametrize(
        "statements",
        [[allow("*")], [allow("iam:*"), {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]],
    )
    def test_who_may_do_everything_has_no_paths(self, holdings, statements):
        """By one statement, or by two that cover all."""
        (found,) = escalations(holdings({"ledger.app": stack(*app(*statements))}))

        assert found.administrator
        assert not found.paths

    def test_nearly_everything_is_not_everything(self, holdings):
        """What a NotAction leaves out is not given."""
        most = {"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}
        (found,) = escalations(holdings({"ledger.app": stack(*app(most, allow("s3:*")))}))

        assert not found.administrator

    def test_a_boundary_closes_paths(self, holdings):
        """It is looked at as AWS does."""
        made = stack(
            ("aws_iam_policy", "L", {"name": "limits", "policy": policy(allow("s3:*"))}),
            (
                "aws_iam_role",
                "App",
                role(permissions_boundary="arn:aws:iam::111111111111:policy/limits"),
            ),
            ("aws_iam_role_policy", "P", {"role": "app", "policy": policy(allow("iam:*"))}),
        )

        assert not escalations(holdings({"ledger.app": made}))

    def test_a_deny_closes_paths(self, holdings):
        """Of the principal's own policies."""
        made = stack(*app(allow("iam:PutUserPolicy"), deny("iam:*")))

        assert not escalations(holdings({"ledger.app": made}))

    def test_equal_principals_are_told_once(self, holdings):
        """With the accounts."""
        made = stack(*app(allow("iam:PutUserPolicy")))
        (found,) = escalations(holdings({"ledger.app": made, "lake.app": made}))

        assert found.accounts == ("lake", "ledger")

import pytest
from iam_policies import ACCOUNT, OTHER, ROLE, ROOT, USER, allow, deny, policy, when, who

from landform.iam.evaluate import Verdict
from landform.iam.identity import Guardrails, Identity, Resource
from landform.iam.who import actions_on, decide, who_can

LAKE = "arn:aws:s3:::lake"
IN = f"{LAKE}/in/*"


def answers(action, resource, *identities, over=None):
    """Who can, and whether for sure."""
    found = who_can(action, resource, identities, {ACCOUNT: over} if over else None)
    return {one.identity.id: one.decision.verdict for one in found}


class TestWhoCan:
    def test_those_who_are_allowed_the_sure_ones_first(self):
        """Who is denied is not among them."""
        maybe = who(allow("s3:*", **when("StringEquals", "aws:SourceVpc", "vpc-1")), id=ROLE)
        sure = who(allow("s3:Get*", f"{LAKE}/*"), id=USER)
        never = who(allow("sns:*"), id=f"arn:aws:iam::{ACCOUNT}:user/joe")

        assert list(answers("s3:GetObject", Resource(f"{LAKE}/a"), maybe, sure, never).items()) == [
            (USER, Verdict.ALLOWED),
            (ROLE, Verdict.ALLOWED_IF),
        ]

    def test_a_pattern_asks_about_some_resource_of_it(self):
        """And the answer names that one."""
        (found,) = who_can("s3:GetObject", Resource(f"{LAKE}/*"), [who(allow("s3:*", IN))])

        assert found.decision.verdict is Verdict.ALLOWED
        assert found.resource.startswith(f"{LAKE}/in/")

    def test_of_a_pattern_the_best_resource_is_taken(self):
        """One that no deny is about, where there is one."""
        identity = who(allow("s3:*", IN), deny("s3:*", [f"{LAKE}/in/", f"{LAKE}/in/?", f"{LAKE}/in/x*"]))
        (found,) = who_can("s3:GetObject", Resource(f"{LAKE}/*"), [identity])

        assert found.decision.verdict is Verdict.ALLOWED

    def test_a_resource_without_a_guard_is_better_than_one_with(self):
        """The deny is about some of the resources, and under a condition."""
        far = when("StringNotEquals", "aws:SourceVpc", "vpc-1")
        identity = who(allow("s3:*", IN), allow("s3:*"), deny("s3:*", IN, **far))
        (found,) = who_can("s3:GetObject", Resource(f"{LAKE}/*"), [identity])

        assert found.decision.verdict is Verdict.ALLOWED

    def test_nobody_can_where_all_of_it_is_denied(self):
        """However the denies are cut."""
        identity = who(
            allow("s3:*"),
            deny("s3:*", f"{LAKE}/a*"),
            deny(None, None, NotAction="sns:*", NotResource=f"{LAKE}/a*"),
        )

        assert answers("s3:GetObject", Resource(f"{LAKE}/*"), identity) == {}

    @pytest.mark.parametrize(
        ("named", "id", "answer"),
        [
            (
                {"AWS": f"arn:aws:iam::{OTHER}:role/audit"},
                f"arn:aws:iam::{OTHER}:role/audit",
                Verdict.ALLOWED_IF,
            ),
            ({"AWS": OTHER}, f"arn:aws:iam::{OTHER}:root", Verdict.ALLOWED_IF),
            ({"Service": "logs.amazonaws.com"}, "logs.amazonaws.com", Verdict.ALLOWED),
            ("*", "*", Verdict.ALLOWED),
        ],
    )
    def test_whom_a_resource_policy_names_is_asked_too(self, named, id, answer):
        """Services, other accounts and everyone, whom nobody gave."""
        resource = Resource(LAKE, ACCOUNT, policy(allow("s3:*", Principal=named)))

        assert answers("s3:ListBucket", resource) == {id: answer}

    def test_a_pattern_is_looked_for_in_the_resources_policy_too(self):
        """What it gives is on some resource that only it names."""
        resource = Resource(f"{LAKE}/*", ACCOUNT, policy(allow("s3:*", IN, Principal={"AWS": USER})))
        (found,) = who_can("s3:GetObject", resource, [Identity(USER)])

        assert found.resource.startswith(f"{LAKE}/in/")

    def test_between_two_accounts_it_is_a_resource_that_both_name(self):
        """Where neither side alone would have thought of it."""
        theirs = policy(allow("s3:*", f"{LAKE}/*/b", Principal={"AWS": USER}))
        (found,) = who_can(
            "s3:GetObject", Resource(f"{LAKE}/*", OTHER, theirs), [who(allow("s3:*", IN), id=USER)]
        )

        assert found.resource.startswith(f"{LAKE}/in/")
        assert found.resource.endswith("/b")

    def test_an_account_that_is_known_is_asked_by_its_principals(self):
        """Naming the account gives nobody anything that their own policies do not."""
        resource = Resource(LAKE, ACCOUNT, policy(allow("s3:*", Principal={"AWS": ROOT})))

        assert answers("s3:ListBucket", resource, Identity(ROLE), who(allow("s3:*"), id=USER)) == {
            USER: Verdict.ALLOWED
        }

    def test_guardrails_are_those_of_the_account(self):
        """An SCP stops everyone in it."""
        scps = Guardrails(scps=((policy(allow("*"), deny("s3:*")),),))

        assert answers("s3:GetObject", Resource(f"{LAKE}/a"), who(allow("*")), over=scps) == {}


class TestDecide:
    def test_what_nobody_says_anything_about_is_denied(self):
        """On some resource of the pattern."""
        found = decide(who(allow("sns:*")), "s3:GetObject", Resource(f"{LAKE}/*"))

        assert found.decision.verdict is Verdict.DENIED
        assert found.resource.startswith(f"{LAKE}/")


class TestActionsOn:
    def test_a_principals_actions_by_access_level(self):
        """On the bucket and on what is in it."""
        found = actions_on(who(allow(["s3:GetObject", "s3:ListBucket", "s3:DeleteObject"])), Resource(LAKE))

        assert {level: [(one.action, one.resource) for one in many] for level, many in found.items()} == {
            "List": [("s3:ListBucket", LAKE)],
            "Read": [("s3:GetObject", found["Read"][0].resource)],
            "Write": [("s3:DeleteObject", found["Write"][0].resource)],
        }
        assert found["Read"][0].resource.startswith(f"{LAKE}/")

    def test_what_the_resources_policy_gives_is_among_them(self):
        """Though the principal has no policy."""
        resource = Resource(LAKE, ACCOUNT, policy(allow("s3:ListBucket", LAKE, Principal={"AWS": USER})))

        assert list(actions_on(Identity(USER), resource)) == ["List"]

    def test_what_is_denied_is_not_among_them(self):
        """Nor what is of another service."""
        found = actions_on(who(allow("*"), deny(None, NotAction="s3:ListBucket")), Resource(LAKE))

        assert [one.action for many in found.values() for one in many] == ["s3:ListBucket"]

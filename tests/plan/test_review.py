"""The review of a plan set, in all its forms."""

from __future__ import annotations

import io
import json
from html.parser import HTMLParser
from typing import Any

import jsonschema
import pytest
from plan_documents import FOREIGN, entry, identity, judged, plan_document, plan_set, policy, record
from rich.console import Console

from landform.cli.review_text import show_class, show_review, show_rule
from landform.iam.access import access_of
from landform.iam.changes import new_access
from landform.iam.policy import parse_policy
from landform.markdown import LIMIT
from landform.plan.plan_set import JudgedConcern
from landform.plan.review.document import document, schema
from landform.plan.review.groups import entries, rule_groups, shortened
from landform.plan.review.html import html
from landform.plan.review.make import review
from landform.plan.review.markdown import markdown
from landform.plan.review.model import Review
from landform.plan.review.sides import statement_text
from landform.policies.plan_rule import Concern, PlanRule, Risk

RULES = {
    "LF_PLAN_DATA_LOSS": PlanRule(
        id="LF_PLAN_DATA_LOSS",
        title="Data is lost",
        rationale="What is gone is gone.",
        remediation="Move the data first.",
        judge=lambda _: (),
    )
}
REFUSED = "acc-005.app"
STRANGER = "acc-004.app"
UNSURE = "acc-010.app"


def concerns(account: str, number: str, *, refused: bool) -> tuple[JudgedConcern, ...]:
    """What rules say of the stack in an account."""
    witness = (
        f"s3:GetObject on arn:aws:s3:::acme-{account}/x by AWS:{number} if StringEquals a b (statement Read)"
    )
    return (
        JudgedConcern(
            "LF_PLAN_DATA_LOSS",
            Concern(
                Risk.R4, "aws_s3_bucket.logs", f"loses {account}'s objects", ("bucket",), refused=refused
            ),
        ),
        JudgedConcern(
            "LF_PLAN_ACCESS",
            Concern(Risk.R3, "aws_iam_role_policy.reader", "allows more", witness=witness),
            "W-1",
        ),
        JudgedConcern("LF_PLAN_CHANGE", Concern(Risk.R2, "aws_security_group.app", "is changed")),
    )


def fleet_review(count: int) -> Review:
    """The review of the stack ``app`` in some accounts of three tiers, three of which differ."""
    plans, records = {}, {}
    for number in range(count):
        who = identity(f"acc-{number:03}", number + 1, tier=("dev", "staging", "prod")[number % 3])
        name, raw = f"{who.account}.app", plan_document(who)
        changes = {one["address"]: one["change"] for one in raw["resource_changes"]}
        if name == STRANGER:
            trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": FOREIGN}}
            changes["aws_iam_role.reader"]["after"]["assume_role_policy"] = policy(trusted)
        if name == UNSURE:
            changes["aws_s3_bucket.logs"]["after_unknown"]["policy"] = True
        plans[name] = judged(who, raw, *concerns(who.account, who.account_id, refused=name == REFUSED))
        records[name] = record(who)
    return review(plan_set(plans), records, RULES)


@pytest.fixture(scope="module")
def found() -> Review:
    """The review of three hundred accounts."""
    return fleet_review(300)


def said(show: Any, *arguments: Any) -> str:
    """What is shown on a terminal of 150 columns."""
    text = io.StringIO()
    show(Console(file=text, width=150, color_system=None), *arguments)
    return text.getvalue()


class TestReview:
    """``review``."""

    def test_the_verdict(self, found: Review) -> None:
        """One plan that nobody can approve refuses the whole."""
        assert (found.verdict, found.risk, found.stacks, found.accounts) == ("refused", Risk.R4, 300, 300)

    def test_nothing_to_do(self) -> None:
        """Plans that change nothing need nobody."""
        who = identity()
        plans = {"payments.app": judged(who, {**plan_document(who), "resource_changes": []}, risk=Risk.R0)}
        model = review(plan_set(plans), {"payments.app": record(who)}, RULES)
        assert (model.verdict, model.unchanged) == ("nothing to do", 1)

    def test_an_issue_is_told_once(self, found: Review) -> None:
        """Three hundred accounts, and a line for each thing; what is refused apart, and first."""
        assert [(one.rule, len(one.stacks), one.refused) for one in found.issues] == [
            ("LF_PLAN_DATA_LOSS", 1, True),
            ("LF_PLAN_DATA_LOSS", 299, False),
            ("LF_PLAN_ACCESS", 300, False),
            ("LF_PLAN_CHANGE", 300, False),
        ]

    def test_an_issue_says_where_and_why(self, found: Review) -> None:
        """Address, construct, line, the values that decide, what the rule is for."""
        issue = found.issues[0]
        assert issue.origin.construct_path == f"{REFUSED}/Logs/Bucket"
        assert issue.origin.source == "acme/app.py:21"
        assert [side.path for side in issue.sides] == ["bucket"]
        assert (issue.why, issue.fix) == ("What is gone is gone.", "Move the data first.")

    def test_classes(self, found: Review) -> None:
        """A class a tier, and the two that differ."""
        assert sorted(len(view.folded.members) for view in found.classes) == [1, 1, 98, 100, 100]
        assert {view.folded.members for view in found.outliers} == {(STRANGER,), (UNSURE,)}

    def test_new_access(self, found: Review) -> None:
        """Who may do what on what, and under which condition."""
        (grant,) = found.grants
        assert (grant.principal, grant.action, grant.resource, grant.guard, grant.statement) == (
            "AWS:100000007919",
            "s3:GetObject",
            "arn:aws:s3:::acme-acc-000/x",
            "StringEquals a b",
            "statement Read",
        )

    def test_new_access_as_policies_say_it(self) -> None:
        """What the comparison of policies writes is read back in its parts."""
        statement = {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringEquals": {"aws:ResourceAccount": "111111111111"}},
        }
        other = {**statement, "Action": "sqs:SendMessage", "Resource": "*"}
        policies = [parse_policy({"Version": "2012-10-17", "Statement": said}) for said in (other, statement)]
        (new,) = new_access(*(access_of([one]) for one in policies))
        who = identity()
        concern = JudgedConcern(
            "X", Concern(Risk.R3, "aws_iam_role_policy.reader", "allows", witness=str(new))
        )
        plans = {"payments.app": judged(who, None, concern)}
        (grant,) = review(plan_set(plans), {"payments.app": record(who)}, {}).grants
        assert (grant.action, grant.resource) == (new.action, new.resource)
        assert grant.guard == " and ".join(map(str, new.guards))

    def test_words_of_another_rule(self) -> None:
        """Stand whole where they cannot be read in parts."""
        who = identity()
        concern = JudgedConcern(
            "X", Concern(Risk.R3, "aws_iam_role.reader", "allows", witness="anything at all")
        )
        plans = {"payments.app": judged(who, None, concern)}
        (grant,) = review(plan_set(plans), {"payments.app": record(who)}, {}).grants
        assert (grant.action, grant.resource) == ("anything at all", "")

    def test_what_is_not_decided(self, found: Review) -> None:
        """A policy that is known only after apply."""
        assert [(one.origin.address, one.what, one.stacks) for one in found.undecided] == [
            ("aws_s3_bucket.logs", "policy", (UNSURE,))
        ]

    def test_tags_alone_are_noise(self, found: Review) -> None:
        """Counted, and told nowhere."""
        assert found.quiet == 900


ROLE_POLICY = policy(
    {
        "Sid": "Read",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjectTagging"],
        "Resource": "arn:aws:s3:::acme/*",
    },
    {"Sid": "Use", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": "${aws_kms_key.k.arn}"},
)


def new_stack(*others: dict[str, Any], risk: Risk = Risk.R3, refused: bool = False) -> Review:
    """The review of a plan that makes a role with a policy of its own, which the plan does not know yet."""
    who = identity()
    address = "aws_iam_role_policy.reader"
    changes = [
        entry("aws_iam_role.reader", ["create"], None, {"name": "reader"}),
        entry(
            address,
            ["create"],
            None,
            {"role": "reader"},
            unknown={"policy": True},
        ),
        *others,
    ]
    concerns = [
        JudgedConcern(
            "LF_PLAN_ACCESS",
            Concern(
                risk,
                address,
                f"lets reader do {action}",
                ("policy",),
                witness=f"{action} on {resource} ({address}: {sid})",
                refused=refused,
            ),
        )
        for sid, action, resource in (
            ("Read", "s3:GetObject", "arn:aws:s3:::acme/x"),
            ("Use", "kms:Decrypt", f"arn:aws:kms:eu-west-1:{who.account_id}:key/x"),
        )
    ]
    plan = judged(who, {**plan_document(who), "resource_changes": changes}, *concerns)
    stack = {
        "resource": {
            "aws_iam_role_policy": {"reader": {"role": "reader", "policy": ROLE_POLICY}},
            "aws_kms_key": {"k": {}},
        }
    }
    return review(plan_set({"payments.app": plan}), {"payments.app": record(who)}, RULES, lambda _: stack)


class TestGroups:
    """What is told of a resource, and of who may do what."""

    def test_a_new_role_is_an_entry(self) -> None:
        """Its policy by statement, as the stack has it, and no issue for each."""
        model = new_stack()
        (found,) = entries(model.issues)
        assert (found.who, found.new) == ("role reader", True)
        assert found.requests[0] == "s3:GetObject, s3:GetObjectTagging on arn:aws:s3:::acme/*"
        assert "What decides" not in markdown(model)
        text = said(show_review, model, model.decisive)
        assert "new role reader may" in text
        assert "proof:" not in text

    @pytest.mark.parametrize(
        "wide", [{"Action": "*"}, {"Action": ["s3:*", "s3:Get"]}, {"Resource": "*"}, {"NotResource": "a"}]
    )
    def test_what_is_wide_comes_first(self, wide: dict[str, Any]) -> None:
        """A screen shows a few statements: one on everything, or of any action, is not among the rest."""
        narrow = {"Effect": "Allow", "Action": ["s3:Get"], "Resource": ["arn:aws:s3:::b/*"]}
        changed = {**narrow, **wide}
        if "NotResource" in wide:
            del changed["Resource"]
        address = "aws_iam_role_policy.reader"
        given = policy(*({"Sid": f"S{n}", **(changed if n == 2 else narrow)} for n in range(3)))
        who = identity()
        changes = [
            entry("aws_iam_role.reader", ["create"], None, {"name": "reader"}),
            entry(address, ["create"], None, {"role": "reader", "policy": given}),
        ]
        concerns = [
            JudgedConcern(
                "X", Concern(Risk.R3, address, f"{n}", ("policy",), witness=f"s3:Get on x ({address}: S{n})")
            )
            for n in range(3)
        ]
        plan = judged(who, {**plan_document(who), "resource_changes": changes}, *concerns)
        model = review(plan_set({"payments.app": plan}), {"payments.app": record(who)}, RULES)
        (found,) = entries(model.issues)
        assert found.requests == (
            statement_text(changed).removeprefix("Allow "),
            "s3:Get on arn:aws:s3:::b/*",
        )

    def test_a_plan_that_changes_something_too(self) -> None:
        """Has its issues, with the proofs."""
        update = entry("aws_sqs_queue.q", ["update"], {"name": "a"}, {"name": "b"})
        model = new_stack(update)
        assert [found.new for found in entries(model.issues)] == [False]
        assert said(show_review, model, model.decisive).count("proof:") == 2

    @pytest.mark.parametrize("given", [{"risk": Risk.R4}, {"refused": True}])
    def test_what_is_never_folded(self, given: dict[str, Any]) -> None:
        """What nobody can approve, and what cannot be undone, stands by itself though its role is new."""
        model = new_stack(**given)
        for text in (said(show_review, model, model.decisive), markdown(model), html(model)):
            assert text.casefold().count("proof:") == 2

    def test_all(self) -> None:
        """Shows each issue though its role is new."""
        model = new_stack()
        text = io.StringIO()
        console = Console(file=text, width=150, color_system=None)
        show_review(console, model, model.issues, everything=True)
        assert text.getvalue().count("proof:") == 2

    def test_a_resource_is_one_block(self) -> None:
        """All that a rule says of it."""
        model = new_stack(refused=True)
        (group,) = rule_groups(model.issues)
        (block,) = group.blocks
        assert len(block.issues) == 2
        assert [side.path for side in block.deciding] == ["policy statement Read", "policy statement Use"]

    def test_a_few_stand_for_all(self) -> None:
        """Milder than R4; the rest is counted, and R4 is never cut short."""
        for risk, shown in ((Risk.R3, 5), (Risk.R4, 9)):
            who = identity()
            concerns = [
                JudgedConcern("LF_PLAN_DATA_LOSS", Concern(risk, f"aws_sqs_queue.q{n}", "falls away"))
                for n in range(9)
            ]
            model = review(
                plan_set({"payments.app": judged(who, None, *concerns)}), {"payments.app": record(who)}, RULES
            )
            text = said(show_review, model, model.decisive)
            assert text.count("falls away") == shown
            assert ("and 4 more; --all shows them" in text) == (shown == 5)
            assert text.count("Move the data first.") == 1

    def test_what_is_the_accounts_own_is_short(self) -> None:
        """An ARN of the stack's account and Region is; another account's and one without an account stay whole."""
        short = shortened({"payments.app": identity()}, ["payments.app"])
        own = identity().account_id
        assert short(f"arn:aws:kms:eu-west-1:{own}:key/x") == "kms:key/x"
        assert short(f"arn:aws:iam::{own}:role/x") == "iam:role/x"
        for whole in (
            f"arn:aws:iam::{FOREIGN}:role/x",
            f"arn:aws:kms:us-east-1:{own}:key/x",
            "arn:aws:s3:::b/x",
        ):
            assert short(whole) == whole

    def test_what_else_a_statement_gives(self) -> None:
        """Two accounts in which one proof holds and the statements differ are two issues."""
        plans, records = {}, {}
        for number, actions in enumerate((["s3:GetObject"], ["s3:GetObject", "s3:PutObject"])):
            who = identity(f"acc-{number}", number + 1)
            given = policy({"Sid": "Read", "Effect": "Allow", "Action": actions, "Resource": "*"})
            values = {"role": "reader", "policy": given}
            change = entry("aws_iam_role_policy.reader", ["create"], None, values)
            concern = Concern(
                Risk.R3,
                "aws_iam_role_policy.reader",
                "lets",
                ("policy",),
                witness="s3:GetObject on x (aws_iam_role_policy.reader: Read)",
            )
            plans[f"{who.account}.app"] = judged(
                who,
                {**plan_document(who), "resource_changes": [change]},
                JudgedConcern("LF_PLAN_ACCESS", concern),
            )
            records[f"{who.account}.app"] = record(who)
        assert len(review(plan_set(plans), records, RULES).issues) == 2

    def test_what_the_stack_does_not_set_decides_nothing(self) -> None:
        """What AWS answers after apply is not what somebody asked for."""
        computed = entry(
            "aws_s3_bucket.b", ["create"], None, {"bucket": "b"}, unknown={"policy": True, "arn": True}
        )
        who = identity()
        raw = {**plan_document(who), "resource_changes": [computed]}
        plans, records = plan_set({"payments.app": judged(who, raw)}), {"payments.app": record(who)}

        def undecided(block: dict[str, Any]) -> int:
            stack = {"resource": {"aws_s3_bucket": {"b": block}}}
            return len(review(plans, records, RULES, lambda _: stack).undecided)

        assert undecided({"bucket": "b"}) == 0
        assert undecided({"bucket": "b", "policy": "${local.p}"}) == 1


class TestDocument:
    """``document``."""

    def test_the_schema(self, found: Review) -> None:
        """It is what its published schema says."""
        jsonschema.Draft202012Validator.check_schema(schema())
        jsonschema.Draft202012Validator(schema()).validate(json.loads(json.dumps(document(found))))


class TestShowReview:
    """``show_review``."""

    def test_one_screen(self, found: Review) -> None:
        """Three hundred accounts are fewer than sixty lines."""
        text = said(show_review, found, found.decisive)
        assert len(text.splitlines()) < 60
        assert text.startswith("REFUSED")
        assert FOREIGN in text
        assert found.digest in text

    def test_a_class(self, found: Review) -> None:
        """In full: its members and every change of weight."""
        view = next(view for view in found.classes if len(view.folded.members) == 98)
        text = said(show_class, view)
        assert "update aws_iam_role_policy.reader" in text
        assert "policy statement Read: Allow s3:GetObject" in text
        assert "acc-001.app" in text

    def test_a_rule(self, found: Review) -> None:
        """What it looks for, and where."""
        text = said(show_rule, RULES["LF_PLAN_DATA_LOSS"], "LF_PLAN_DATA_LOSS", found.issues[:1])
        assert "What is gone is gone." in text
        assert REFUSED in text


class TestMarkdown:
    """``markdown``."""

    def test_what_decides_is_in_sight(self, found: Review) -> None:
        """The verdict and the digest first."""
        text = markdown(found)
        assert text.startswith("## landform review: **refused**, R4")
        assert found.digest in text.split("###")[0]
        assert text.count("<details") == text.count("</details>")

    def test_why_stands_once(self, found: Review) -> None:
        """Though one account is refused and the others are not, as on the page."""
        assert markdown(found).count("What is gone is gone.") == 1
        assert html(found).count("What is gone is gone.") == 1

    def test_what_does_not_fit(self) -> None:
        """Is left out from the end, and said."""
        many = {}
        for number in range(400):
            who = identity(f"acc-{number:03}", number + 1)
            raw = plan_document(who)
            raw["resource_changes"][-1]["change"]["after"]["port"] = number
            many[f"{who.account}.app"] = (
                judged(who, raw, *concerns(who.account, "1", refused=True)),
                record(who),
            )
        plans = plan_set({name: plan for name, (plan, _) in many.items()})
        text = markdown(review(plans, {name: one for name, (_, one) in many.items()}, RULES))
        assert len(text) <= LIMIT
        assert "parts are not shown here" in text
        assert text.count("<details") == text.count("</details>")

    def test_what_a_plan_says_is_no_markup(self) -> None:
        """A name with markup in it stands as it is."""
        who = identity()
        concern = JudgedConcern("X", Concern(Risk.R4, "aws_x.y", "is <b>bold</b> | and `so`"))
        plans = {"payments.app": judged(who, None, concern)}
        model = review(plan_set(plans), {"payments.app": record(who)}, {})
        assert "<b>bold" not in markdown(model)
        assert "<b>bold" not in html(model)
        assert "<b>bold</b>" in said(show_review, model, model.issues)


class _Page(HTMLParser):
    """Checks that what opens closes, and gathers what a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe") or any(name in ("src", "href") for name, _ in attrs):
            self.loads.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestHtml:
    """``html``."""

    def test_a_whole_page_that_loads_nothing(self, found: Review) -> None:
        """No script, no font, no picture; what opens closes."""
        page = _Page()
        page.feed(html(found))
        assert page.open == []
        assert page.loads == []

    def test_what_it_says(self, found: Review) -> None:
        """The same as the other forms."""
        text = html(found)
        for part in (
            found.digest,
            REFUSED,
            FOREIGN,
            "What is gone is gone.",
            "New access granted",
            "Not decided",
        ):
            assert part in text

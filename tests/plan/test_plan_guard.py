"""The guard: a plan judged by every rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bundles import plan_bundle, write_bundle
from hypothesis import given
from hypothesis import strategies as st
from test_plan_model import RECORD

from landform.checks.binding import resource_digest
from landform.org.models import GuardSettings, PlanGuard
from landform.plan.explain import rule_document
from landform.plan.guard import judge, view_of
from landform.plan.model import Plan
from landform.plan.plan_set import JudgedConcern
from landform.policies.change import ResourceChange, created, destroyed, unchanged, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules import PLAN_RULES
from landform.schema.pack import BlockSchema, shipped_pack
from landform.synth.bundle import StackRecord
from landform.terraform import Binary, Mirror, Sandbox

DAY = dt.date(2026, 11, 20)
NO_GUARD = GuardSettings()
WAIVER = {
    "schema": "landform/waiver/v1",
    "id": "W-2026-001",
    "category": "waiver",
    "checks": ["LF_PLAN_PROTECTED"],
    "scope": {"resources": ["aws_sqs_queue.q"]},
    "reason": "The queue moves to another account tonight.",
    "requested_by": "ann@example.com",
    "approved_by": ["bob@example.com"],
    "ticket": "OPS-1",
    "created": "2026-11-01",
    "expires": "2026-11-30",
}
LIMITS = {"max_days": 90, "never": [], "approvers": None}
PROTECTED = GuardSettings(plan=PlanGuard(protected_types=("aws_sqs_queue",)))

BIND = {"aws_sqs_queue.q": [resource_digest(example_plan().config, "aws_sqs_queue.q", RECORD)]}


def judged(
    *changes: ResourceChange,
    record: StackRecord = RECORD,
    guard: GuardSettings = NO_GUARD,
    rules: Sequence[PlanRule] = (),
    **fields: Any,
) -> tuple[Risk, tuple[JudgedConcern, ...]]:
    """The verdict over some changes."""
    view = example_plan(
        *changes, stack=RECORD.name, account_id=RECORD.account_id, limits=guard.plan, **fields
    )
    return judge(view, record, guard, DAY, rules)


def a_rule(said: Any) -> PlanRule:
    """A user's rule that says something of every plan."""
    return PlanRule(id="ACME_RULE", title="t", rationale="r", remediation="m", judge=said)


class TestJudge:
    """``judge``."""

    @pytest.mark.parametrize(
        ("changes", "risk"),
        [
            ([], Risk.R0),
            ([unchanged("aws_sqs_queue.q", {"name": "q"})], Risk.R0),
            ([updated("aws_sqs_queue.q", {"tags": {}}, {"tags": {"a": "b"}})], Risk.R0),
            ([created("aws_sqs_queue.q", {"name": "q"})], Risk.R1),
            ([updated("aws_sqs_queue.q", {"delay_seconds": 1}, {"delay_seconds": 2})], Risk.R2),
            ([destroyed("aws_sns_topic_subscription.s", {})], Risk.R2),
            ([created("aws_db_instance.d", {"publicly_accessible": True})], Risk.R3),
            ([destroyed("aws_sqs_queue.q", {})], Risk.R4),
        ],
    )
    def test_the_class_is_the_highest(self, changes: list[ResourceChange], risk: Risk) -> None:
        """From nothing to what is gone for good."""
        assert judged(*changes)[0] is risk

    def test_the_riskiest_first(self) -> None:
        """And what is refused before what is not."""
        concerns = judged(created("aws_sns_topic.t", {}), destroyed("aws_sqs_queue.q", {}), guard=PROTECTED)[
            1
        ]
        assert [one.rule for one in concerns] == [
            "LF_PLAN_PROTECTED",
            "LF_PLAN_DATA_LOSS",
            "LF_PLAN_CHANGE",
            "LF_PLAN_CHANGE",
        ]

    def test_a_strict_tier(self) -> None:
        """What is made is looked at like what is changed."""
        change = created("aws_sqs_queue.q", {"name": "q"})
        assert judged(change, guard=GuardSettings(level="strict"))[0] is Risk.R2
        assert judged(change, guard=GuardSettings(level="standard"))[0] is Risk.R1
        assert judged(guard=GuardSettings(level="strict"))[0] is Risk.R0

    @pytest.mark.parametrize(
        "error", [ValueError("a secret"), RecursionError(), SystemExit(3), AssertionError()]
    )
    def test_a_rule_that_raises(self, error: BaseException) -> None:
        """The plan is refused, and what was raised is not quoted."""

        def crash(view: PlanView) -> Iterator[Concern]:
            raise error
            yield

        risk, (concern,) = judged(rules=[a_rule(crash)])
        assert risk is Risk.R4
        assert concern.concern.refused
        assert concern.concern.message == f"cannot be judged by ACME_RULE: {type(error).__name__}"

    def test_a_rule_that_says_no_concern(self) -> None:
        """Words alone are no verdict."""
        assert judged(rules=[a_rule(lambda view: ["R4"])])[0] is Risk.R4

    def test_a_waiver_lifts_a_refusal(self) -> None:
        """And lowers no risk."""
        record = replace(RECORD, waivers=({**WAIVER, "bind": BIND},), waiver_limits=LIMITS)
        risk, concerns = judged(destroyed("aws_sqs_queue.q", {}), record=record, guard=PROTECTED)
        waived = {one.rule: one.waiver for one in concerns}
        assert risk is Risk.R4
        assert waived == {
            "LF_PLAN_PROTECTED": "W-2026-001",
            "LF_PLAN_DATA_LOSS": None,
            "LF_PLAN_CHANGE": None,
        }

    @pytest.mark.parametrize(
        "change",
        [
            {"expires": "2026-11-19"},
            {"scope": {"resources": ["aws_sqs_queue.other"]}},
            {"checks": ["LF_PLAN_MASS"]},
            {"approved_by": ["ann@example.com"]},
            {"bind": {"aws_sqs_queue.q": [f"sha256:{'0' * 64}"]}},
        ],
    )
    def test_a_waiver_that_does_not_hold(self, change: dict[str, Any]) -> None:
        """The plan stays refused."""
        record = replace(RECORD, waivers=({**WAIVER, "bind": BIND, **change},), waiver_limits=LIMITS)
        concerns = judged(destroyed("aws_sqs_queue.q", {}), record=record, guard=PROTECTED)[1]
        assert [one.waiver for one in concerns if one.concern.refused] == [None]

    def test_an_unbound_waiver(self) -> None:
        """The concern says why it does not hold, and the digest to bind it to."""
        record = replace(RECORD, waivers=(WAIVER,), waiver_limits=LIMITS)
        concerns = judged(destroyed("aws_sqs_queue.q", {}), record=record, guard=PROTECTED)[1]
        (refused,) = [one for one in concerns if one.concern.refused]
        assert refused.waiver is None
        assert BIND["aws_sqs_queue.q"][0] in refused.concern.message


class TestProperties:
    """What holds of every plan."""

    PLANS = st.sampled_from([plan for rule in PLAN_RULES.values() for plan in (*rule.good, *rule.bad)])

    @given(PLANS, PLANS)
    def test_more_is_never_less(self, one: PlanView, other: PlanView) -> None:
        """A plan that does what two do is of no lower class than either."""
        names = {change.address for change in one.changes}
        more = tuple(change for change in other.changes if change.address not in names)
        both = replace(one, changes=(*one.changes, *more))
        risks = [judge(view, RECORD, NO_GUARD, DAY)[0] for view in (one, both)]
        assert risks == sorted(risks)

    @given(st.lists(st.sampled_from(Risk), max_size=4), st.sampled_from(Risk))
    def test_a_concern_never_lowers(self, risks: list[Risk], another: Risk) -> None:
        """Whatever a rule adds, on every level of the guard."""
        for level in ("relaxed", "standard", "strict"):
            verdicts = [
                judged(
                    guard=GuardSettings(level=level),
                    rules=[a_rule(lambda view, each=each: [Concern(risk, "", "is so") for risk in each])],
                )[0]
                for each in (risks, [*risks, another])
            ]
            assert verdicts == sorted(verdicts)
            assert verdicts[0] >= max(risks, default=Risk.R0)


class TestAnyType:
    """Resources of a tenth of the types that the provider has, with values of every kind."""

    TEXTS = ("", "a", "arn:aws:iam::222222222222:role/x", "0.0.0.0/0", "NONE", '{"Statement":[]}', "{")

    def value(self, random: Random, type: Any) -> Any:
        """A value of one of Terraform's types, or none."""
        kind, inner = (type, None) if isinstance(type, str) else type
        if random.random() < 0.2:
            return None
        match kind:
            case "bool":
                return random.random() < 0.5
            case "number":
                return random.choice([0, 1, 443])
            case "list" | "set":
                return [self.value(random, inner) for _ in range(random.randint(0, 2))]
            case "map":
                return {"k": self.value(random, inner)}
            case "object":
                return {name: self.value(random, each) for name, each in inner.items()}
        return random.choice(self.TEXTS)

    def values(self, random: Random, block: BlockSchema) -> dict[str, Any]:
        """The arguments of a block, some of them."""
        found = {name: self.value(random, one.type) for name, one in block.attributes.items()}
        for name, nested in block.blocks.items():
            if random.random() < 0.3:
                found[name] = [self.values(random, nested.block) for _ in range(random.randint(0, 2))]
        return found

    def unknown(self, random: Random, value: Any) -> Any:
        """A tree of what is known only after apply."""
        if isinstance(value, dict):
            return {key: random.random() < 0.1 or self.unknown(random, item) for key, item in value.items()}
        return [self.unknown(random, item) for item in value] if isinstance(value, list) else False

    def test_no_rule_raises(self) -> None:
        """Each is judged by every rule, whatever it holds."""
        random, pack = Random(7), shipped_pack("aws")
        changes = []
        for type in pack.resource_types[::10]:
            before, after = (self.values(random, pack.resource(type)) for _ in range(2))
            changes.append(updated(f"{type}.x", before, after, self.unknown(random, after)))
        concerns = judged(*changes)[1]
        assert [one.concern.message for one in concerns if "cannot be judged" in one.concern.message] == []
        assert len({one.rule for one in concerns}) > 8


class TestViewOf:
    """``view_of``."""

    def plan(self, **more: Any) -> Plan:
        """A plan of a queue's policy that is not known yet, and what else a document has."""
        change = {"actions": ["create"], "after": {}, "after_unknown": {"policy": True}}
        raw = {"address": "aws_sqs_queue_policy.p", "type": "aws_sqs_queue_policy", "change": change}
        return Plan.from_document({"format_version": "1.2", "resource_changes": [raw], **more}, RECORD)

    def test_policies_are_those_of_the_stack(self) -> None:
        """So that nobody judges blind."""
        text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}}'
        config = {"resource": {"aws_sqs_queue_policy": {"p": {"policy": text}}}}
        view = view_of(self.plan(), RECORD, config, NO_GUARD)
        rules = {one.rule for one in judge(view, RECORD, NO_GUARD, DAY)[1]}
        assert rules == {"LF_PLAN_ACCESS", "LF_PLAN_CHANGE"}

    def test_what_stays_unknown_is_unproven(self) -> None:
        """Never R0 or R1."""
        config = {"resource": {"aws_sqs_queue_policy": {"p": {"policy": "${file(var.p)}"}}}}
        risk, concerns = judge(view_of(self.plan(), RECORD, config, NO_GUARD), RECORD, NO_GUARD, DAY)
        assert risk is Risk.R3
        assert concerns[0].rule == "LF_PLAN_UNPROVEN"

    @pytest.mark.parametrize("more", [{"errored": True}, {"complete": False}])
    def test_a_plan_that_is_not_whole(self, more: dict[str, Any]) -> None:
        """It is refused."""
        view = view_of(self.plan(**more), RECORD, {}, NO_GUARD)
        assert judge(view, RECORD, NO_GUARD, DAY)[1][0].concern.refused

    def test_a_failed_check(self) -> None:
        """What the stack asks of itself."""
        check = {
            "address": {"kind": "check", "to_display": "check.page"},
            "status": "fail",
            "instances": [{"problems": [{"message": "no answer"}]}],
        }
        view = view_of(self.plan(checks=[check]), RECORD, {}, NO_GUARD)
        assert view.failed_checks == ("check.page: no answer",)


class TestRuleDocument:
    """``rule_document``."""

    def test_a_rule_alone(self) -> None:
        """For who asks about it by its id."""
        assert rule_document(PLAN_RULES["LF_PLAN_MASS"])["judges"] == "plans"


REAL: dict[str, Any] = {
    "terraform": {
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
        "backend": {"s3": {"bucket": "state", "key": "k", "region": "eu-west-1"}},
    },
    "provider": {"aws": [{"region": "eu-west-1"}]},
    "resource": {
        "aws_kms_key": {"k": {"deletion_window_in_days": 30}},
        "aws_iam_role": {
            "r": {
                "name": "worker",
                "assume_role_policy": '{"Version":"2012-10-17","Statement":{"Effect":"Allow",'
                '"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}',
            }
        },
        "aws_iam_role_policy": {
            "p": {
                "role": "${aws_iam_role.r.id}",
                "policy": '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt",'
                '"Resource":"${aws_kms_key.k.arn}"}}',
            }
        },
        "aws_s3_bucket": {"b": {"bucket": "ledger"}},
    },
}


class TestARealPlan:
    """A plan that Terraform made."""

    @pytest.fixture(scope="class")
    @classmethod
    def verdict(
        cls,
        terraform_binary: Binary,
        provider_mirror: Mirror,
        sandbox: Sandbox,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> tuple[PlanView, Risk, tuple[JudgedConcern, ...]]:
        """A key, a role and its policy on the key, all made by the plan."""
        root: Path = tmp_path_factory.mktemp("guarded")
        accounts = {"payments-prod": (RECORD.account_id, "prod")}
        bundle = write_bundle(root / "cdktf.out", {"payments-prod.keys": REAL}, accounts)
        (result,) = plan_bundle(
            bundle,
            tuple(bundle.stacks.values()),
            project=root,
            binary=terraform_binary,
            mirror=provider_mirror,
            sandbox=sandbox,
            environ={"PATH": "/usr/bin:/bin", "HOME": str(root)},
        )
        assert result.plan is not None, result.error
        record = bundle.stacks["payments-prod.keys"]
        view = view_of(result.plan, record, REAL, NO_GUARD)
        return (view, *judge(view, record, NO_GUARD, DAY))

    def test_the_policy_was_unknown_and_is_judged(
        self, verdict: tuple[PlanView, Risk, tuple[JudgedConcern, ...]]
    ) -> None:
        """The new access has a witness on the key that is not made yet."""
        _, risk, concerns = verdict
        (access,) = (one.concern for one in concerns if one.rule == "LF_PLAN_ACCESS")
        assert risk is Risk.R3
        assert access.witness is not None
        assert access.witness.startswith(
            "kms:Decrypt on arn:aws:kms:eu-west-1:222222222222:key/<keys/aws_kms_key.k>"
        )

    def test_nothing_else_is_said(self, verdict: tuple[PlanView, Risk, tuple[JudgedConcern, ...]]) -> None:
        """What the provider leaves unknown is no concern where the stack does not set it."""
        assert [one.rule for one in verdict[2]] == ["LF_PLAN_ACCESS", "LF_PLAN_CHANGE"]

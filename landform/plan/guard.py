"""The guard: how risky a plan is, and why, by every rule.

A rule that cannot judge says nothing good of a plan: it is told as a concern of the highest class for which the plan is
refused. A waiver lifts a refusal and lowers no risk, so that who approves still sees what is approved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from landform.checks.binding import resource_digest
from landform.checks.scan_copy import scan_copy
from landform.checks.waived import limits_of, waivers_of
from landform.org.models import GuardSettings, Level
from landform.plan.model import Plan
from landform.plan.overlay import overlaid
from landform.plan.plan_set import JudgedConcern
from landform.policies.plan_rule import Concern, PlannedFinding, PlanRule, PlanView, Risk, concerns_of
from landform.policies.plan_rules import PLAN_RULES
from landform.policies.waivers import Terms
from landform.policies.waivers import judge as judge_waivers
from landform.synth.bundle import StackRecord

RAISED: Mapping[tuple[Level, Risk], Risk] = {("strict", Risk.R1): Risk.R2}
"""What a level of the guard makes of a class: where it is strict, what is added is looked at like what is changed."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A concern as a waiver looks at it."""

    rule: str
    account: str
    tier: str
    stack: str
    address: str


def view_of(
    plan: Plan,
    record: StackRecord,
    config: Mapping[str, Any],
    guard: GuardSettings,
    previous: Mapping[str, Any] | None = None,
    findings: int = 0,
    planned_findings: tuple[PlannedFinding, ...] = (),
) -> PlanView:
    """What rules see of a plan: policies that it does not know yet are those of the stack.

    Args:
        plan: redacted.
        record: its stack in the bundle.
        config: the synthesised stack.
        guard: what the stack's tier, and layers above it, ask of plans.
        previous: the synthesised stack that was applied last, where one was.
        findings: how many findings fail the tier's gate.
        planned_findings: what the checks find with the plan's values alone.

    Raises:
        ValueError: where the stack is not in the form that Terraform's JSON syntax allows.
    """
    stack = scan_copy(config)
    return PlanView(
        stack=plan.stack,
        account=plan.account,
        account_id=record.account_id,
        tier=plan.tier,
        region=record.region,
        changes=overlaid(plan.changes, stack, record),
        drift=plan.drift,
        limits=guard.plan,
        config=stack,
        previous=scan_copy(previous) if previous is not None else None,
        failed_checks=tuple(map(str, plan.failed_checks)),
        incomplete=_incomplete(plan),
        findings=findings,
        planned_findings=planned_findings,
        fail_on=guard.fail_on or "low",
    )


def _incomplete(plan: Plan) -> str:
    if plan.errored:
        return "planning stopped at an error"
    return "" if plan.complete else "Terraform put some of it off to a later plan"


def judge(
    view: PlanView,
    record: StackRecord,
    guard: GuardSettings,
    as_of: dt.date,
    rules: Sequence[PlanRule] = (),
) -> tuple[Risk, tuple[JudgedConcern, ...]]:
    """The class of a plan, and its concerns, the riskiest first.

    Args:
        view: the plan as rules see it.
        record: its stack, whose waivers may lift a refusal.
        guard: as for ``view_of``; a level raises classes by ``RAISED``.
        as_of: the day by which waivers are judged.
        rules: users' rules, beside landform's own.

    Raises:
        LandformError: ``check-incomplete`` where the bundle's waivers are none.
    """
    found = [(rule.id, concern) for rule in (*PLAN_RULES.values(), *rules) for concern in _said(rule, view)]
    judged = [_judged(view, record, as_of, rule, concern) for rule, concern in found]
    risk = max((concern.risk for _, concern in found), default=Risk.R0)
    if guard.level is not None:
        risk = RAISED.get((guard.level, risk), risk)
    return risk, tuple(sorted(judged, key=_order))


def _said(rule: PlanRule, view: PlanView) -> Sequence[Concern]:
    try:
        return concerns_of(rule, view)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a rule may be a user's: whatever it raises is reported
        # What it raised may quote a value of the plan: the type alone is told.
        return [Concern(Risk.R4, "", f"cannot be judged by {rule.id}: {type(error).__name__}", refused=True)]


def _judged(
    view: PlanView, record: StackRecord, as_of: dt.date, rule: str, concern: Concern
) -> JudgedConcern:
    if not concern.refused:
        return JudgedConcern(rule, concern)
    finding = _Judged(rule, view.account, view.tier, view.stack, concern.address)
    bound = resource_digest(view.config, concern.address, record)
    verdict = judge_waivers(waivers_of(record), finding, Terms(as_of, limits_of(record), lambda: bound))
    if verdict.waiver:
        return JudgedConcern(rule, concern, verdict.waiver.id)
    # What is destroyed is not in the bundle, where `landform waivers --bind` would look for it.
    notes = "".join(f" Not waived: {note}; its digest is {bound}." for note in verdict.notes)
    return JudgedConcern(rule, replace(concern, message=concern.message + notes))


def _order(judged: JudgedConcern) -> tuple[int, bool, str, str, str]:
    concern = judged.concern
    return -concern.risk, not concern.refused, concern.address, judged.rule, concern.message

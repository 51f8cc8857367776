"""A plan rule: how risky a change is, by what it does, with the evidence.

Risk has five classes, from R0, which changes nothing of weight, to R4, which cannot be undone. A rule is a value
like the rules over resources; it judges a whole plan, because new access is what policies give together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from landform.org.models import PlanGuard, Severity
from landform.policies.change import ResourceChange


class Risk(IntEnum):
    """How much a change can cost. The higher class of any part is the class of the whole."""

    R0 = 0
    """Nothing, or tags alone."""
    R1 = 1
    """Something is added."""
    R2 = 2
    """Something is changed in place, or removed where nothing is lost."""
    R3 = 3
    """Access is widened, or protection, encryption or logging is lowered."""
    R4 = 4
    """Data is lost, or an identity, a key or an address is gone for good."""


@dataclass(frozen=True, slots=True)
class PlannedFinding:
    """What a rule of the gate finds in a resource once the plan's values are known: the rule, where, and how bad."""

    rule: str
    address: str
    severity: Severity
    title: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """What a plan rule sees of one stack's plan.

    Attributes:
        stack, account, account_id, tier, region: whose plan it is.
        changes: in Terraform's order; no secret in them.
        drift: what changed outside since the last apply, noise removed.
        limits: what the tier lets a plan do.
        config: the synthesised stack, which says what is set where a plan knows no value yet.
        previous: the synthesised stack that was applied last, where there is one.
        failed_checks: what Terraform's own checks and conditions said, a sentence each.
        incomplete: why the plan is not all of what is to be done; empty where it is.
        findings: how many findings of the checks over the stack fail its tier's gate.
        planned_findings: what the checks find with the plan's values and did not find in the code.
        fail_on: the lowest severity of a finding that fails the tier's gate.
    """

    stack: str
    account: str
    account_id: str
    tier: str
    region: str
    changes: tuple[ResourceChange, ...]
    drift: tuple[ResourceChange, ...]
    limits: PlanGuard
    config: Mapping[str, Any]
    previous: Mapping[str, Any] | None = None
    failed_checks: tuple[str, ...] = ()
    incomplete: str = ""
    findings: int = 0
    planned_findings: tuple[PlannedFinding, ...] = ()
    fail_on: Severity = "low"


@dataclass(frozen=True, slots=True)
class Concern:
    """Why a plan is of a risk class.

    Attributes:
        risk: the class that this alone asks for.
        address: the resource it is about; empty where it is about the plan.
        message: what happens, as a sentence that goes on after the address; no secret in it.
        keys: the paths of the arguments that decide it.
        before, after: their values, by path, where that tells more.
        witness: a request that is allowed afterwards and was not before, where it is about access.
        refused: whether the plan may not be applied at all, whoever approves, unless it is waived.
    """

    risk: Risk
    address: str
    message: str
    keys: tuple[str, ...] = ()
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    witness: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRule:
    """One plan rule.

    Attributes:
        id: its name in reviews and waivers, as ``LF_PLAN_DATA_LOSS``.
        title: what it looks for, in a line.
        rationale: what it costs where nobody looks.
        remediation: what to do instead.
        judge: what it says of a plan: nothing where all is well.
        good: plans of which it says nothing.
        bad: plans of each of which it says something.
    """

    id: str
    title: str
    rationale: str
    remediation: str
    judge: Callable[[PlanView], Iterable[Concern]]
    good: tuple[PlanView, ...] = ()
    bad: tuple[PlanView, ...] = ()


_EXAMPLE = PlanView("app-prod.data", "app-prod", "111111111111", "prod", "eu-west-1", (), (), PlanGuard(), {})


def example_plan(*changes: ResourceChange, **fields: Any) -> PlanView:
    """A plan for an example of a rule: its changes, and fields of ``PlanView`` that matter to it."""
    return replace(_EXAMPLE, changes=changes, **fields)


def concerns_of(rule: PlanRule, plan: PlanView) -> tuple[Concern, ...]:
    """What a rule says of a plan, all of it concerns with words.

    Raises:
        TypeError: where it says something else, which would look like nothing; and whatever the rule raises.
    """
    said = tuple(rule.judge(plan))
    for concern in said:
        if not isinstance(concern, Concern) or not isinstance(concern.risk, Risk) or not concern.message:
            raise TypeError("a plan rule says a Concern, with a risk and words")
    return said

"""Whether a plan may be applied: what it needs, which approvals it has, and exactly why one does not count.

The rules and the people come from the bundle, under its digest: nobody becomes an approver after the fact. Nothing
that is approved makes good a plan that a rule refuses, a preview, or a plan of another bundle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.org.models import Approvers, Rollout
from landform.plan.approval import LIFETIME, Approval, Filed
from landform.plan.plan_set import PlanSet
from landform.policies.plan_rule import Risk
from landform.record.events import Head
from landform.record.ledger import CLOCK_TOLERANCE
from landform.record.moments import moment
from landform.record.signature import verify as verify_signature
from landform.record.ssh import PublicKey
from landform.synth.bundle import Bundle

AUTOMATIC: Mapping[str, Risk | None] = MappingProxyType(
    {"never": None, "additive": Risk.R1, "always": Risk.R2}
)
"""The highest risk that a tier lets be applied without anybody's approval, by its ``rollout.auto_apply``."""

LEAST: Mapping[Risk, int] = MappingProxyType({Risk.R3: 1, Risk.R4: 2})
"""How many people must approve a plan of a risk, whatever its tier says. A tier can only ask for more."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a plan needs: how many people, which of them (None: anyone), and whether who asked cannot be one."""

    approvals: int
    approvers: tuple[str, ...] | None
    separation: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one stack's plan may be applied.

    Attributes:
        stack: the stack.
        need: what it needs.
        approvals: the ids of the approvals that count.
        approvers: who gave them, each once, sorted.
        reasons: why it may not be applied, a sentence each; empty where it may.
    """

    stack: str
    need: Need
    approvals: tuple[str, ...]
    approvers: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def approved(self) -> bool:
        """Whether it may be applied."""
        return not self.reasons

    def as_json(self) -> dict[str, Any]:
        """The verdict as a JSON object."""
        return {
            "stack": self.stack,
            "approved": self.approved,
            "needed": self.need.approvals,
            "approvals": list(self.approvals),
            "approvers": list(self.approvers),
            "reasons": list(self.reasons),
        }


def needed(rollout: Rollout, risk: Risk) -> Need:
    """What a plan of a risk needs in a tier with these settings."""
    automatic = AUTOMATIC[rollout.auto_apply]
    alone = automatic is not None and risk <= automatic
    return Need(
        approvals=0 if alone else max(rollout.approvals, LEAST.get(risk, 0)),
        approvers=rollout.approvers,
        separation=rollout.separation_of_duties,
    )


def verify(
    filed: Sequence[Filed],
    plan_set: PlanSet,
    bundle: Bundle,
    now: datetime,
    *,
    holds: Callable[[Head], bool] = lambda head: True,
) -> dict[str, Verdict]:
    """Whether each plan of a plan set may be applied, by stack.

    Args:
        filed: the approvals.
        plan_set: the plans.
        bundle: the bundle that would be applied.
        now: the moment; see ``landform.record.ledger.now``.
        holds: whether the ledger still holds a head; see ``Ledger.holds``.
    """
    judge = _Judge(plan_set, bundle, now, holds)
    return {stack: judge.verdict(stack, filed) for stack in plan_set.plans}


def standing(
    each: Filed,
    plan_set: PlanSet,
    bundle: Bundle,
    now: datetime,
    *,
    holds: Callable[[Head], bool] = lambda head: True,
) -> str:
    """What a file among the approvals is worth for a plan set: for how many of its plans it counts, or why for none.

    Arguments as for ``verify``.
    """
    if each.approval is None:
        return each.problem
    judge = _Judge(plan_set, bundle, now, holds)
    about = [stack for stack in each.approval.plans if stack in plan_set.plans]
    refusals = [judge.refusal(each.approval, stack) for stack in about]
    counting = refusals.count(None)
    if counting:
        return f"counts for {counting} of {len(each.approval.plans)} plans"
    return next(filter(None, refusals), "it is of plans that are not in this plan set")


def check_draft(approval: Approval, plan_set: PlanSet, bundle: Bundle, now: datetime) -> None:
    """Judge an approval before anybody signs it.

    Raises:
        LandformError: ``not-approved`` where it would count for one of its stacks for nothing.
    """
    judge = _Judge(plan_set, bundle, now, lambda head: True)
    for stack in approval.plans:
        why = next(judge.bars(stack), None) or judge.refusal(approval, stack, signed=False)
        if why:
            raise _not_approved(stack, "This cannot be approved.", why)


def require(verdicts: Mapping[str, Verdict]) -> None:
    """Refuse to go on unless every plan may be applied.

    Raises:
        LandformError: ``not-approved``, with each reason.
    """
    for verdict in verdicts.values():
        if not verdict.approved:
            others = sum(not each.approved for each in verdicts.values()) - 1
            given = "; ".join(verdict.reasons) + (f" (and {others} more stacks)" if others else "")
            raise _not_approved(verdict.stack, "The plan is not approved.", given)


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is true of an approval for all of its stacks: its id, the classes in it, why it does not count."""

    id: str
    classes: frozenset[str]
    refusal: str | None


class _Judge:
    """Judges approvals of one plan set; what is true of an approval for all of its stacks is found out once."""

    def __init__(
        self, plan_set: PlanSet, bundle: Bundle, now: datetime, holds: Callable[[Head], bool]
    ) -> None:
        self._plan_set = plan_set
        self._bundle = bundle
        self._now = now
        self._holds = holds
        self._people = approvers_of(bundle)
        self._rollouts: dict[str, Rollout] = {}
        self._wholes: dict[tuple[int, bool], _Whole] = {}

    def verdict(self, stack: str, filed: Sequence[Filed]) -> Verdict:
        need = self._need(stack)
        counted: dict[str, str] = {}
        refusals: list[str] = []
        for each in filed:
            if each.approval is None:
                refusals.append(f"{each.name}: {each.problem}")
            elif self._is_about(each.approval, stack):
                why = self.refusal(each.approval, stack)
                if why is None:
                    counted.setdefault(each.approval.approver, self._whole(each.approval).id)
                else:
                    refusals.append(f"{each.name} by {each.approval.approver}: {why}")
        reasons = list(self.bars(stack))
        if len(counted) < need.approvals:
            given = f" ({', '.join(sorted(counted))})" if counted else ""
            reasons.append(f"{need.approvals} must approve, and {len(counted)} did{given}")
            reasons += refusals
        return Verdict(stack, need, tuple(sorted(counted.values())), tuple(sorted(counted)), tuple(reasons))

    def bars(self, stack: str) -> Iterator[str]:
        """Why a plan may not be applied, whoever approves it."""
        plan = self._plan_set.plans[stack]
        record = self._bundle.stacks.get(stack)
        if self._plan_set.bundle_digest != self._bundle.digest:
            yield "it was planned from another bundle: plan it again"
        if record is None or record.sha256 != plan.stack_sha256:
            yield "what was planned is not what the bundle holds: plan it again"
        for one in plan.refused:
            yield f"{one.rule} refuses it: {one.concern.address} {one.concern.message}".strip()
        if plan.pending or plan.plan_file_sha256 is None:
            waits = f" for {', '.join(plan.pending)}" if plan.pending else ""
            yield f"it is a preview with placeholders{waits}: plan it again once what it waits for is applied"

    def refusal(self, approval: Approval, stack: str, *, signed: bool = True) -> str | None:
        """Why an approval does not count for a stack; None where it does."""
        return self._whole(approval, signed).refusal or next(self._of_stack(approval, stack), None)

    def _is_about(self, approval: Approval, stack: str) -> bool:
        """Whether an approval is of this stack, or of the class that it is in now."""
        plan = self._plan_set.plans[stack]
        return stack in approval.plans or plan.class_digest in self._whole(approval).classes

    def _whole(self, approval: Approval, signed: bool = True) -> _Whole:
        # By identity: two files may say the same and be signed differently.
        key = (id(approval), signed)
        if key not in self._wholes:
            self._wholes[key] = _Whole(
                id=approval.id,
                classes=frozenset(plan.class_digest for plan in approval.plans.values()),
                refusal=next(self._of_all(approval, signed), None),
            )
        return self._wholes[key]

    def _of_all(self, approval: Approval, signed: bool) -> Iterator[str]:
        plan_set = self._plan_set
        known = self._people.people if self._people else ()
        person = next((each for each in known if each.name == approval.approver), None)
        if person is None:
            yield f"{approval.approver} is nobody of the bundle's approvers"
            return
        if person.until and person.until < self._now.date():
            yield f"{person.name} could approve until {person.until}"
        if signed:
            try:
                keys = [PublicKey.parse(line) for line in person.keys]
                verify_signature(approval.signature, approval.signed_text().encode(), keys)
            except LandformError as error:
                yield f"{error.message} ({error.given})"
        if approval.bundle_digest != self._bundle.digest:
            yield "it is of another bundle"
        if approval.findings_digest != plan_set.findings_digest:
            yield "the checks have found something else since"
        if approval.sandbox != plan_set.sandbox:
            yield "it is of plans for another place, a sandbox or the real AWS"
        if moment(approval.created) - self._now > CLOCK_TOLERANCE:
            yield f"it begins at {approval.created}, which has not come"
        if moment(approval.expires) <= self._now:
            yield f"it expired at {approval.expires}"
        if not self._holds(approval.ledger):
            yield f"the ledger no longer holds the event {approval.ledger.seq} that it was made after"

    def _of_stack(self, approval: Approval, stack: str) -> Iterator[str]:
        plan, need = self._plan_set.plans[stack], self._need(stack)
        approved = approval.plans.get(stack)
        if approved is None:
            yield "its class has another member: this stack was not in it when it was approved"
            return
        if approved.digest != plan.digest or approved.class_digest != plan.class_digest:
            yield "the plan is another one than was approved"
        if approved.risk < plan.risk:
            yield f"the plan's risk was {approved.risk.name} and is {plan.risk.name}"
        if need.approvers is not None and not self._may(approval.approver, need.approvers):
            tier = self._bundle.stacks[stack].tier if stack in self._bundle.stacks else "of the stack"
            yield f"{approval.approver} may not approve in the tier {tier}"
        asked = {approval.requester.strip().casefold(), self._plan_set.requested_by.strip().casefold()}
        if need.separation and approval.approver.casefold() in asked:
            yield f"{approval.approver} asked for it, and cannot approve it"
        if moment(approval.created) + LIFETIME[plan.risk] <= self._now:
            yield f"an approval of {plan.risk.name} lasts {LIFETIME[plan.risk].days} days, and these are over"

    def _may(self, name: str, approvers: Sequence[str]) -> bool:
        return self._people is not None and any(
            person.name == name for person in self._people.named(approvers)
        )

    def _need(self, stack: str) -> Need:
        plan = self._plan_set.plans[stack]
        # The bundle says which tier a stack is of; the plan set is not under its digest.
        record = self._bundle.stacks.get(stack)
        tier = record.tier if record else plan.plan.tier
        if tier not in self._rollouts:
            self._rollouts[tier] = rollout_of(self._bundle, tier)
        return needed(self._rollouts[tier], plan.risk)


def rollout_of(bundle: Bundle, tier: str) -> Rollout:
    """How a bundle's tier is rolled out; landform's own defaults for a bundle of an older landform."""
    return Rollout.model_validate_json(json.dumps(bundle.tiers.get(tier, {}).get("rollout", {})))


def approvers_of(bundle: Bundle) -> Approvers | None:
    """Who may approve, as a bundle says; None where it names nobody."""
    if bundle.approvers is None:
        return None
    return Approvers.model_validate_json(json.dumps(bundle.approvers))


def _not_approved(stack: str, message: str, given: str) -> LandformError:
    return LandformError(
        Code.NOT_APPROVED,
        message,
        place=Place(construct_path=stack),
        given=given,
        expected="approvals as the tier asks for, of this very plan",
        fix="`landform review` shows the plan, `landform approve` approves it, `landform approvals` says what holds.",
    )

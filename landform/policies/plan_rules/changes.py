"""What every change is at least: made, changed, destroyed, given up; and plans that are not whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from landform.policies.change import Action, created, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.values import acting, only_tags

_WORDS: Mapping[Action, tuple[Risk, str]] = {
    "create": (Risk.R1, "made"),
    "update": (Risk.R2, "changed in place"),
    "replace": (Risk.R2, "destroyed and made again"),
    "delete": (Risk.R2, "destroyed"),
    "forget": (Risk.R2, "no longer managed, and left as it is"),
}


def _changes(view: PlanView) -> Iterator[Concern]:
    """One concern for each action, however many resources it is done to: a review lists them itself."""
    counts = Counter(change.action for change in acting(view) if not only_tags(change))
    for action, (risk, words) in _WORDS.items():
        if number := counts[action]:
            verb = "1 resource is" if number == 1 else f"{number} resources are"
            yield Concern(risk, "", f"{verb} {words}")
    for change in view.changes:
        if change.imported is not None:
            yield Concern(Risk.R2, change.address, "is taken over from outside Terraform")


def _incomplete(view: PlanView) -> Iterator[Concern]:
    if view.incomplete:
        yield Concern(Risk.R4, "", f"is not all of what is to be done: {view.incomplete}", refused=True)
    for failed in view.failed_checks:
        yield Concern(Risk.R3, "", f"a check of the stack's own does not pass: {failed}")


RULES = (
    PlanRule(
        id="LF_PLAN_CHANGE",
        title="What a plan does is of the class of its actions",
        rationale="A change that no other rule speaks of is still one: somebody has to have seen it.",
        remediation="Nothing has to be done; approve the plan as its class asks.",
        judge=_changes,
        good=(
            example_plan(
                updated("aws_sqs_queue.q", {"name": "q", "tags": None}, {"name": "q", "tags": {"a": "b"}})
            ),
        ),
        bad=(example_plan(created("aws_sqs_queue.q", {"name": "q"})),),
    ),
    PlanRule(
        id="LF_PLAN_INCOMPLETE",
        title="A plan is whole, and its own checks pass",
        rationale="What was put off, or could not be planned, is done later without having been seen.",
        remediation="Correct what Terraform says, or apply what the rest waits for first, and plan again.",
        judge=_incomplete,
        good=(example_plan(),),
        bad=(
            example_plan(incomplete="planning stopped at an error"),
            example_plan(failed_checks=("check.health: the page does not answer",)),
        ),
    ),
)

"""What somebody changed outside, and a plan would change back: perhaps a repair at night that nobody wrote down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landform.policies.change import created, destroyed, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.values import changed_arguments

_TAGS = frozenset({"tags", "tags_all"})


def _undone(view: PlanView) -> Iterator[Concern]:
    changes = {change.address: change for change in view.changes if change.acts}
    for drift in view.drift:
        change = changes.get(drift.address)
        if change is None:
            continue
        if drift.action == "delete":
            yield Concern(Risk.R3, drift.address, "was removed outside of Terraform, and is made again")
            continue
        if change.action in ("delete", "forget"):
            yield Concern(
                Risk.R3, drift.address, "was changed outside of Terraform, and is given up as it is now"
            )
            continue
        keys = tuple(
            name
            for name in changed_arguments(drift)
            if name not in _TAGS and name in changed_arguments(change)
        )
        if keys:
            message = f"was changed outside of Terraform, which is undone: {', '.join(keys)}"
            yield Concern(
                Risk.R3, drift.address, message, keys, _picked(drift.after, keys), _picked(change.after, keys)
            )


def _picked(values: Any, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    return {key: values.get(key) for key in keys} if isinstance(values, Mapping) else None


_SHORT, _LONG = {"visibility_timeout_seconds": 30}, {"visibility_timeout_seconds": 900}

RULES = (
    PlanRule(
        id="LF_PLAN_UNDOES",
        title="Nothing is undone that somebody did outside",
        rationale="What was done by hand in an incident is often what keeps things running.",
        remediation="Ask who did it. Write it into the stack where it is right, else let the plan undo it.",
        judge=_undone,
        good=(
            example_plan(updated("aws_sqs_queue.q", {**_SHORT, "name": "a"}, {**_SHORT, "name": "b"})),
            example_plan(drift=(updated("aws_sqs_queue.q", _SHORT, _LONG),)),
        ),
        bad=(
            example_plan(
                updated("aws_sqs_queue.q", _LONG, _SHORT), drift=(updated("aws_sqs_queue.q", _SHORT, _LONG),)
            ),
            example_plan(created("aws_sqs_queue.q", _SHORT), drift=(destroyed("aws_sqs_queue.q", _SHORT),)),
        ),
    ),
)

"""The results of planning as one JSON-ready document: what a report, a pipeline or a person's tool reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from landform.plan.model import QUIET, Counts, Plan
from landform.plan.plan_set import JudgedPlan
from landform.plan.planner import PlanResult
from landform.policies.change import ResourceChange

FORMAT = "landform/plan-summary/v1"


def summarise(results: Sequence[PlanResult]) -> dict[str, Any]:
    """Every stack's counts and changes, and the totals. Values are not in it, so nothing secret can be.

    ``total`` counts the resources that were planned; ``stacks`` that failed count as ``failed``.
    """
    plans = [result.plan for result in results if result.plan]
    return {
        "format": FORMAT,
        "stacks": [_stack(result) for result in results],
        "total": {
            **asdict(sum((plan.counts for plan in plans), Counts())),
            "stacks": len(results),
            "changed": sum(bool(_changes(plan)) for plan in plans),
            "failed": len(results) - len(plans),
        },
    }


def risks(plans: Iterable[JudgedPlan]) -> str:
    """How many plans are of each class, the riskiest first: ``2 R4, 10 R1``."""
    counts = Counter(one.risk for one in plans)
    return ", ".join(f"{counts[risk]} {risk.name}" for risk in sorted(counts, reverse=True))


def _stack(result: PlanResult) -> dict[str, Any]:
    common = {
        "stack": result.stack,
        "account": result.account,
        "tier": result.tier,
        "notices": list(result.notices),
    }
    if result.plan is None:
        errors = result.error.each() if result.error else ()
        return {**common, "status": "failed", "errors": [error.as_json() for error in errors]}
    changes = _changes(result.plan)
    return {
        **common,
        "status": "changed" if changes else "unchanged",
        **asdict(result.plan.counts),
        "changes": [_change(change) for change in changes],
    }


def _changes(plan: Plan) -> list[ResourceChange]:
    return [change for change in plan.changes if change.action not in QUIET or change.imported is not None]


def _change(change: ResourceChange) -> dict[str, Any]:
    entry: dict[str, Any] = {"address": change.address, "type": change.type, "action": change.action}
    if change.replace_paths:
        entry["replace_paths"] = [list(path) for path in change.replace_paths]
    if change.imported is not None:
        entry["imported"] = change.imported
    if change.reason:
        entry["reason"] = change.reason
    return entry

"""What a plan would take away from an account that is adopted: nothing may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from landform.plan.planner import PlanResult

# Actions after which something that stood is gone, or is nobody's.
LOSING = {"delete": "would be destroyed", "replace": "would be replaced", "forget": "would be forgotten"}


@dataclass(frozen=True, slots=True)
class Loss:
    """A resource that a plan would destroy, replace or forget, with the id it is imported by."""

    stack: str
    address: str
    action: str
    id: str | None
    paths: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The loss as a JSON object."""
        return {
            "stack": self.stack,
            "address": self.address,
            "action": self.action,
            "id": self.id,
            "replace_paths": list(self.paths),
        }

    def __str__(self) -> str:
        because = f", because of {', '.join(self.paths)}" if self.paths else ""
        return f"{self.stack}: {self.address} ({self.id}) {LOSING[self.action]}{because}"


def losses(results: Iterable[PlanResult]) -> tuple[Loss, ...]:
    """What the plans would take away."""
    return tuple(
        Loss(
            result.stack,
            change.address,
            change.action,
            change.imported,
            tuple(".".join(map(str, path)) for path in change.replace_paths),
        )
        for result in results
        for change in (result.plan.changes if result.plan else ())
        if change.action in LOSING
    )

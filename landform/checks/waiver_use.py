"""What the organisation's waivers are good for: how long each holds, and which findings it covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from landform.checks.finding import Finding
from landform.checks.run import Report
from landform.org.models import Waiver
from landform.policies.waivers import reaches

State = Literal["active", "expired", "not begun", "refused", "unused", "not synthesised"]
"""A waiver covers findings; has ended; begins later; is about findings and breaks a term, which they name; is about
no finding that nothing else covers; or its day has come and nobody knows, for want of a bundle."""


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """A waiver on a day.

    ``days_left`` counts from the day to the last one it holds, below zero where that has passed. ``findings`` are
    those it covers.
    """

    waiver: Waiver
    state: State
    days_left: int
    findings: tuple[Finding, ...]

    @property
    def stacks(self) -> tuple[str, ...]:
        """The full names of the stacks in which it covers something."""
        return tuple(sorted({finding.stack for finding in self.findings}))

    @property
    def resources(self) -> tuple[tuple[str, str], ...]:
        """The stack and the address of each resource that it covers."""
        return tuple(sorted({(finding.stack, finding.address) for finding in self.findings}))

    def as_json(self) -> dict[str, Any]:
        """The use as a JSON object."""
        return {
            "waiver": self.waiver.model_dump(mode="json", by_alias=True),
            "state": self.state,
            "days_left": self.days_left,
            "bound": self.waiver.bind is not None,
            "findings": len(self.findings),
            "stacks": list(self.stacks),
            "resources": len(self.resources),
        }


def uses(waivers: Sequence[Waiver], report: Report | None, as_of: dt.date) -> tuple[WaiverUse, ...]:
    """What each waiver is good for, the next to end first.

    Args:
        waivers: those of the spec.
        report: what the gate says of the bundle on the day; None without a bundle.
        as_of: the day.
    """
    found = [
        WaiverUse(
            waiver=waiver,
            state=_state(waiver, report, as_of),
            days_left=(waiver.expires - as_of).days,
            findings=_covered(waiver, report),
        )
        for waiver in waivers
    ]
    return tuple(sorted(found, key=lambda use: (use.waiver.expires, use.waiver.id)))


def _covered(waiver: Waiver, report: Report | None) -> tuple[Finding, ...]:
    findings = report.findings if report else ()
    return tuple(finding for finding in findings if finding.waiver and finding.waiver.id == waiver.id)


def _state(waiver: Waiver, report: Report | None, as_of: dt.date) -> State:
    if as_of > waiver.expires:
        return "expired"
    if as_of < waiver.created:
        return "not begun"
    if report is None:
        return "not synthesised"
    if _covered(waiver, report):
        return "active"
    near = (finding for finding in report.findings if not finding.waiver and reaches(waiver, finding))
    return "refused" if any(near) else "unused"

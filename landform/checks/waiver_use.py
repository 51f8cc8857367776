"""What the organisation's waivers are good for: how long each holds, and which findings it covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from landform.checks.finding import Finding
from landform.checks.run import Report
from landform.checks.waived import waivers_of
from landform.org.models import Waiver, WaiverScope
from landform.org.spec import OrgSpec, waiver_file
from landform.policies.waivers import reaches
from landform.synth.bundle import ResourceRecord, StackRecord

State = Literal["active", "expired", "not begun", "refused", "unused", "not synthesised"]
"""A waiver covers findings; has ended; begins later; is about findings and breaks a term, which they name; is about
no finding that nothing else covers; or its day has come and nobody knows, for want of a bundle."""


@dataclass(frozen=True, slots=True)
class Written:
    """A waiver and where it is written: a file of the spec, which no construct made, or lines of code."""

    waiver: Waiver
    places: tuple[ResourceRecord, ...]

    @property
    def is_in_code(self) -> bool:
        """Whether it is a construct's."""
        return any(place.construct_path for place in self.places)


def written(spec: OrgSpec, records: Iterable[StackRecord] = ()) -> tuple[Written, ...]:
    """The waivers of the spec, and those in the code of some stacks: one for each id, its scope that of all stacks."""
    found = [Written(waiver, (ResourceRecord("", waiver_file(waiver.id)),)) for waiver in spec.waivers]
    in_code: dict[str, Written] = {}
    for record in records:
        for waiver in waivers_of(record):
            if waiver.id in record.waivers_in_code:
                here = Written(waiver, record.waivers_in_code[waiver.id])
                in_code[waiver.id] = _together(in_code.get(waiver.id), here)
    return (*found, *in_code.values())


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """A waiver on a day.

    ``days_left`` counts from the day to the last one it holds, below zero where that has passed. ``findings`` are
    those it covers.
    """

    written: Written
    state: State
    days_left: int
    findings: tuple[Finding, ...]

    @property
    def waiver(self) -> Waiver:
        """The waiver."""
        return self.written.waiver

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
            "written": [place.as_json() for place in self.written.places],
            "bound": bool(self.waiver.bind),
            "findings": len(self.findings),
            "stacks": list(self.stacks),
            "resources": len(self.resources),
        }


def uses(waivers: Sequence[Written], report: Report | None, as_of: dt.date) -> tuple[WaiverUse, ...]:
    """What each waiver is good for, the next to end first.

    Args:
        waivers: those of the spec and of the bundle's code.
        report: what the gate says of the bundle on the day; None without a bundle.
        as_of: the day.
    """
    found = [
        WaiverUse(
            written=each,
            state=_state(each.waiver, report, as_of),
            days_left=(each.waiver.expires - as_of).days,
            findings=_covered(each.waiver, report),
        )
        for each in waivers
    ]
    return tuple(sorted(found, key=lambda use: (use.waiver.expires, use.waiver.id)))


def _together(one: Written | None, other: Written) -> Written:
    if one is None:
        return other
    scopes = one.waiver.scope, other.waiver.scope
    scope = WaiverScope(
        stacks=tuple(sorted({stack for scope in scopes for stack in scope.stacks})),
        resources=tuple(sorted({address for scope in scopes for address in scope.resources})),
    )
    return Written(one.waiver.model_copy(update={"scope": scope}), one.places + other.places)


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

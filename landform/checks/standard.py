"""One standard's view of a report: the findings that go against it, and how each of its controls fares.

Nothing is better than it was judged: a control without a rule is not judged, one of which a rule could not tell
everything has not passed, and a rule may ask for a part of what its control asks for.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from landform.checks.run import Report
from landform.checks.scanning import rule_types
from landform.policies.controls import Judge, Standard, type_of
from landform.policies.rules import OWN
from landform.policies.severity import COVERAGE

State = Literal["fail", "waived", "unknown", "pass", "nothing to judge", "no rule"]


@dataclass(frozen=True, slots=True)
class ControlCoverage:
    """How one control fares.

    ``passed``, ``failed``, ``waived`` and ``unknown`` count what its rules said, each of one resource; ``unknown``
    has the resources too that no rule could read. ``rules`` are those that judge it.
    """

    control: str
    rules: tuple[str, ...]
    passed: int = 0
    failed: int = 0
    waived: int = 0
    unknown: int = 0

    @property
    def state(self) -> State:
        """The worst that was said of the control: it passes only where every resource was judged, and passed."""
        if not self.rules:
            return "no rule"
        counted: tuple[tuple[State, int], ...] = (
            ("fail", self.failed),
            ("waived", self.waived),
            ("unknown", self.unknown),
            ("pass", self.passed),
        )
        return next((state for state, count in counted if count), "nothing to judge")


def of_standard(report: Report, standard: Standard) -> Report:
    """The report with the findings alone that go against a control of a standard, and those controls alone.

    The verdicts of the tiers stay what they are.
    """
    found = []
    for finding in report.findings:
        mine = tuple(control for control in finding.controls if control in standard.controls)
        if mine:
            found.append(replace(finding, controls=mine))
    return replace(report, findings=tuple(found))


def coverage_of(report: Report, standard: Standard) -> tuple[ControlCoverage, ...]:
    """How every control of a standard fares, in the standard's order."""
    failed: Counter[str] = Counter()
    waived: Counter[str] = Counter()
    for finding in report.findings:
        (waived if finding.waiver else failed).update(finding.controls)
    unread = Counter(type_of(finding.address) for finding in report.findings if finding.rule == COVERAGE)
    shipped = functools.cache(lambda: rule_types(report.users.checks_python))

    def types(rule: str) -> Iterable[str]:
        return OWN[rule].types if rule in OWN else shipped().get(rule, ())

    found = []
    for control, judges in standard.controls.items():
        said = _said(report, judges)
        found.append(
            ControlCoverage(
                control=control,
                rules=tuple(dict.fromkeys(judge.rule for judge in judges)),
                passed=said["passed"],
                failed=failed[control],
                waived=waived[control],
                unknown=said["unknown"]
                + sum(count for kind, count in unread.items() if _may_judge(judges, kind, types)),
            )
        )
    return tuple(found)


def _said(report: Report, judges: Iterable[Judge]) -> Counter[str]:
    """How often the rules of a control said what."""
    said: Counter[str] = Counter()
    for (rule, resource_type), outcomes in report.outcomes.items():
        if any(judge.rule == rule and judge.type in ("", resource_type) for judge in judges):
            said.update(outcomes)
    return said


def _may_judge(judges: Iterable[Judge], resource_type: str, types: Callable[[str], Iterable[str]]) -> bool:
    """Whether a rule would have judged what could not be read; all would have, in a stack without a type to name."""
    return any(
        not resource_type or resource_type in ([judge.type] if judge.type else types(judge.rule))
        for judge in judges
    )

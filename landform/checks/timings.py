"""How long each rule took in one run of the gate. No part of the report: it would differ from run to run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from landform.checks.run import Report
from landform.policies.catalogue import catalogue
from landform.policies.stopwatch import Stopwatch


@dataclass(frozen=True, slots=True)
class Timing:
    """One rule: whose it is, how many blocks it judged and how many of them failed, and the seconds of this run.

    What the cache said again is judged, and took no time.
    """

    rule: str
    engine: str
    judged: int
    failed: int
    seconds: float


def timings_of(report: Report, watch: Stopwatch) -> Sequence[Timing]:
    """Every rule that judged something or took time, the slowest first."""
    judged: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for (rule, _), said in report.outcomes.items():
        judged[rule] += sum(said.values())
        failed[rule] += said.get("failed", 0)
    seconds = watch.seconds
    known = catalogue(report.users)
    found = [
        Timing(
            rule=rule,
            # checkov has rules for others than AWS, which the catalogue leaves out.
            engine=known[rule].engine if rule in known else "checkov",
            judged=judged[rule],
            failed=failed[rule],
            seconds=round(seconds.get(rule, 0.0), 6),
        )
        for rule in {*judged, *seconds}
    ]
    return sorted(found, key=lambda each: (-each.seconds, each.rule))

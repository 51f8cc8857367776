"""What a report needs of a judgement: the failures in full, and of all other results their number.

A fleet has millions of results and few failures, and only those are worth their memory and their place in a cache.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from landform.checks.coverage import Gap
from landform.checks.judgement import Judgement
from landform.policies.controls import type_of
from landform.policies.result import Result


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a judgement.

    ``outcomes`` counts what a rule said of the resources of a type, by rule and type; ``resources`` counts the
    resources. ``unchecked`` are the types that no rule names, with the number of such resources. Stacks that fare alike
    can share one, and ``together`` looks at it once for all of them.
    """

    outcomes: Mapping[tuple[str, str], Mapping[str, int]]
    resources: int
    unchecked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """A judgement in short. ``failed`` and ``gaps`` are in the judgement's order."""

    failed: tuple[Result, ...]
    gaps: tuple[Gap, ...]
    counts: Counts

    @property
    def passed(self) -> int:
        """How many results are a pass."""
        return sum(counted.get("passed", 0) for counted in self.counts.outcomes.values())

    @property
    def unknown(self) -> int:
        """How many results say nothing."""
        return sum(counted.get("unknown", 0) for counted in self.counts.outcomes.values())

    @property
    def rules(self) -> frozenset[str]:
        """The rules that gave a result."""
        return frozenset(rule for rule, _ in self.counts.outcomes)


def summary_of(judgement: Judgement) -> Summary:
    """A judgement in short."""
    outcomes: dict[tuple[str, str], Counter[str]] = {}
    for result in judgement.results:
        outcomes.setdefault((result.rule, type_of(result.address)), Counter())[result.outcome] += 1
    return Summary(
        failed=tuple(result for result in judgement.results if result.outcome == "failed"),
        gaps=judgement.gaps,
        counts=Counts(
            outcomes=outcomes,
            resources=judgement.types.total(),
            unchecked={
                name: count for name, count in judgement.types.items() if name not in judgement.named_types
            },
        ),
    )


def together(parts: Iterable[Summary]) -> Summary:
    """The summaries of stacks that come one after the other, as one."""
    failed: list[Result] = []
    gaps: list[Gap] = []
    shared: dict[int, Counts] = {}
    alike: Counter[int] = Counter()
    for part in parts:
        failed += part.failed
        gaps += part.gaps
        shared[id(part.counts)] = part.counts
        alike[id(part.counts)] += 1
    outcomes: dict[tuple[str, str], Counter[str]] = {}
    unchecked: Counter[str] = Counter()
    resources = 0
    for each, counts in shared.items():
        stacks = alike[each]
        resources += stacks * counts.resources
        for key, counted in counts.outcomes.items():
            mine = outcomes.setdefault(key, Counter())
            for outcome, number in counted.items():
                mine[outcome] += stacks * number
        for name, number in counts.unchecked.items():
            unchecked[name] += stacks * number
    return Summary(tuple(failed), tuple(gaps), Counts(outcomes, resources, unchecked))

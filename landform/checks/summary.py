"""What a report needs of a judgement: the failures in full, and of all other results their number.

A fleet has millions of results and few failures, and only those are worth their memory and their place in a cache.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sys import intern

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


def summary_text(summary: Summary) -> str:
    """A summary as text: the counts in the first line, which is the same for stacks that fare alike, then the rest."""
    counts = {
        "outcomes": [
            [*key, dict(sorted(said.items()))] for key, said in sorted(summary.counts.outcomes.items())
        ],
        "resources": summary.counts.resources,
        "unchecked": dict(sorted(summary.counts.unchecked.items())),
    }
    rest = [
        [[r.stack, r.rule, r.title, r.address, r.keys, r.message] for r in summary.failed],
        [[gap.stack, gap.address, gap.reason, gap.rules] for gap in summary.gaps],
    ]
    return "\n".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in (counts, rest))


def summary_from(text: str) -> Summary:
    """The summary of a text that ``summary_text`` made. Its words are shared with those of other stacks."""
    counts, _, rest = text.partition("\n")
    failed, gaps = json.loads(rest)
    return Summary(
        failed=tuple(
            Result(
                intern(rule),
                intern(title),
                "failed",
                intern(stack),
                intern(address),
                tuple(map(intern, keys)),
                intern(message),
            )
            for stack, rule, title, address, keys, message in failed
        ),
        gaps=tuple(
            Gap(
                intern(stack),
                intern(address),
                intern(reason),
                rules if rules is None else tuple(map(intern, rules)),
            )
            for stack, address, reason, rules in gaps
        ),
        counts=_counts(counts),
    )


# A fleet's stacks fare in few ways, and what is counted is most of an entry.
@functools.lru_cache(maxsize=1024)
def _counts(text: str) -> Counts:
    value = json.loads(text)
    return Counts(
        outcomes={(rule, kind): said for rule, kind, said in value["outcomes"]},
        resources=value["resources"],
        unchecked=value["unchecked"],
    )

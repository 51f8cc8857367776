"""What a report needs of a judgement: the failures in full, and of all other results their number.

A fleet has millions of results and few failures, and only those are worth their memory and their place in a cache.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from landform.checks.coverage import Gap
from landform.checks.judgement import Judgement
from landform.policies.result import Result


@dataclass(frozen=True, slots=True)
class Summary:
    """A judgement in short.

    ``failed`` and ``gaps`` are in the judgement's order. ``passed`` and ``unknown`` count results, ``resources`` the
    resources. ``rules`` are those that gave a result. ``unchecked`` are the types that no rule names, with the number
    of such resources.
    """

    failed: tuple[Result, ...]
    gaps: tuple[Gap, ...]
    passed: int
    unknown: int
    resources: int
    rules: frozenset[str]
    unchecked: Counter[str]


def summary_of(judgement: Judgement) -> Summary:
    """A judgement in short."""
    outcomes = Counter(result.outcome for result in judgement.results)
    return Summary(
        failed=tuple(result for result in judgement.results if result.outcome == "failed"),
        gaps=judgement.gaps,
        passed=outcomes["passed"],
        unknown=outcomes["unknown"],
        resources=judgement.types.total(),
        rules=frozenset(result.rule for result in judgement.results),
        unchecked=Counter(
            {name: count for name, count in judgement.types.items() if name not in judgement.named_types}
        ),
    )


def together(parts: Iterable[Summary]) -> Summary:
    """The summaries of stacks that come one after the other, as one."""
    failed: list[Result] = []
    gaps: list[Gap] = []
    rules: set[str] = set()
    unchecked: Counter[str] = Counter()
    passed = unknown = resources = 0
    for part in parts:
        failed += part.failed
        gaps += part.gaps
        rules |= part.rules
        unchecked.update(part.unchecked)
        passed += part.passed
        unknown += part.unknown
        resources += part.resources
    return Summary(tuple(failed), tuple(gaps), passed, unknown, resources, frozenset(rules), unchecked)

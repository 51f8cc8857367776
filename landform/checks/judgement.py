"""Everything that is said of some stacks: by checkov's rules, by landform's own, and what neither could judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.checks.checkov_engine import scan
from landform.checks.coverage import Gap, crash_gaps, gap_order, gaps
from landform.policies.engine import judged
from landform.policies.result import Crash, Result
from landform.policies.rules import OWN
from landform.policies.view import StackView


@dataclass(frozen=True, slots=True)
class Judgement:
    """All results, sorted; all that was not judged; and the resource types that some rule names."""

    results: tuple[Result, ...]
    gaps: tuple[Gap, ...]
    named_types: frozenset[str]


def judge(
    stacks: Mapping[str, Mapping[str, Any]], *, on_progress: Callable[[int, int], None] | None = None
) -> Judgement:
    """Run every rule over scan copies of stacks.

    Args:
        stacks: what ``scan_copy`` made, by stack name.
        on_progress: called with the stacks done and all stacks.
    """
    rules = tuple(OWN.values())
    scanned = scan(stacks, on_progress=on_progress)
    own = [said for name in sorted(stacks) for said in judged(StackView(name, stacks[name]), rules)]
    results = [*scanned.results, *(said for said in own if isinstance(said, Result))]
    unjudged = [
        *gaps(stacks, scanned),
        *crash_gaps(said for said in own if isinstance(said, Crash)),
    ]
    return Judgement(
        results=tuple(sorted(results, key=_order)),
        gaps=tuple(sorted(unjudged, key=gap_order)),
        named_types=scanned.named_types.union(*(rule.types for rule in rules)),
    )


def joined(parts: Sequence[Judgement]) -> Judgement:
    """The judgements of stacks that come one after the other, as one."""
    return Judgement(
        results=tuple(result for part in parts for result in part.results),
        gaps=tuple(gap for part in parts for gap in part.gaps),
        named_types=frozenset().union(*(part.named_types for part in parts)),
    )


def _order(result: Result) -> tuple[str, str, str]:
    return result.stack, result.address, result.rule

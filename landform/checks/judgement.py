"""Everything that is said of some stacks: by checkov's rules, landform's own and users', and what none could judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from landform.checks.checkov_engine import Scan, worst
from landform.checks.coverage import Gap, gap_order, gaps, module_gaps
from landform.checks.scanning import scan
from landform.policies.engine import judged
from landform.policies.result import Crash, Result
from landform.policies.rules import OWN
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import NO_RULES, UserRules
from landform.policies.view import StackView, Surroundings


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was said, sorted, and what of the stacks nobody spoke of.

    ``types`` is how many resources of each type there are; ``named_types`` are the types that some rule names.
    """

    results: tuple[Result, ...]
    gaps: tuple[Gap, ...]
    types: Counter[str]
    named_types: frozenset[str]


def judge(
    stacks: Mapping[str, Mapping[str, Any]],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    users: UserRules = NO_RULES,
) -> Judgement:
    """Run every rule over scan copies of stacks.

    Args:
        stacks: what ``scan_copy`` made, by stack name.
        on_progress: called with the stacks done and all stacks.
        users: users' rules.
    """
    views = tuple(StackView(name, stacks[name]) for name in sorted(stacks))
    return judgement(
        views,
        scan(stacks, users, on_progress=on_progress),
        module_gaps(stacks),
        users,
    )


def judge_each(
    stacks: Mapping[str, Mapping[str, Any]],
    users: UserRules = NO_RULES,
    surroundings: Mapping[str, Surroundings] = MappingProxyType({}),
    watch: Stopwatch | None = None,
) -> Iterator[tuple[str, Judgement]]:
    """Run every rule over scan copies of stacks, and say of each by itself what ``judge`` says of all.

    Args:
        stacks: what ``scan_copy`` made, by stack name.
        users: users' rules.
        surroundings: what the spec says of each stack's place, by stack name, where there is one.
        watch: measures the rules, if there is one.
    """
    scanned = scan(stacks, users, watch)
    results = {name: tuple(found) for name, found in groupby(scanned.results, attrgetter("stack"))}
    crashes = {name: tuple(found) for name, found in groupby(scanned.crashes, attrgetter("stack"))}
    for name in sorted(stacks):
        mine = replace(scanned, results=results.get(name, ()), crashes=crashes.get(name, ()))
        unread = module_gaps({name: stacks[name]})
        view = StackView(name, stacks[name], surroundings=surroundings.get(name))
        yield name, judgement([view], mine, unread, users, watch)


def judgement(
    views: Sequence[StackView],
    scanned: Scan,
    unread: Iterable[Gap],
    users: UserRules = NO_RULES,
    watch: Stopwatch | None = None,
) -> Judgement:
    """What checkov's rules said of some views, and what landform's own and users' say of them.

    Args:
        views: the stacks, or the modules in them.
        scanned: what checkov's rules said of the same stacks.
        unread: what is not in the views, and should be.
        users: users' rules.
        watch: measures the rules, if there is one.
    """
    rules = (*OWN.values(), *users.rules)
    run = watch.rules(rules) if watch else rules
    own = [said for view in views for said in judged(view, run)]
    results = [*scanned.results, *worst(said for said in own if isinstance(said, Result))]
    unjudged = [*unread, *gaps(views, scanned, [said for said in own if isinstance(said, Crash)])]
    return Judgement(
        results=tuple(sorted(results, key=_order)),
        gaps=tuple(sorted(unjudged, key=gap_order)),
        types=Counter(block.type for view in views for block in view.blocks if block.kind == "resource"),
        named_types=scanned.named_types.union(*(rule.types for rule in rules)),
    )


def joined(parts: Sequence[Judgement]) -> Judgement:
    """The judgements of stacks that come one after the other, as one."""
    return Judgement(
        results=tuple(result for part in parts for result in part.results),
        gaps=tuple(gap for part in parts for gap in part.gaps),
        types=sum((part.types for part in parts), Counter[str]()),
        named_types=frozenset().union(*(part.named_types for part in parts)),
    )


def _order(result: Result) -> tuple[str, str, str]:
    return result.stack, result.address, result.rule

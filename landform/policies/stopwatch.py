"""The time that each rule takes, for those who ask: what is not asked for is not measured.

Seconds are the monotonic clock's around the calls of a rule, so what a machine does meanwhile counts too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import ParamSpec, TypeVar

from landform.policies.rule import Rule, Verdict
from landform.policies.view import Block

P = ParamSpec("P")
R = TypeVar("R")


class Stopwatch:
    """Adds up the seconds of each rule, by its id."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    @property
    def seconds(self) -> Mapping[str, float]:
        """The seconds by rule so far."""
        return dict(self._seconds)

    def add(self, seconds: Mapping[str, float]) -> None:
        """What another one measured, as that of another process."""
        for rule, more in seconds.items():
            self._seconds[rule] += more

    def around(self, rule: str, call: Callable[P, R]) -> Callable[P, R]:
        """A function that does the same and is measured, whether it returns or raises."""

        def measured(*args: P.args, **named: P.kwargs) -> R:
            start = perf_counter()
            try:
                return call(*args, **named)
            finally:
                self._seconds[rule] += perf_counter() - start

        return measured

    def rules(self, rules: Sequence[Rule]) -> tuple[Rule, ...]:
        """The same rules, whose judgements are measured."""
        return tuple(replace(rule, judge=self._judge(rule)) for rule in rules)

    def _judge(self, rule: Rule) -> Callable[[Block], Iterable[Verdict]]:
        # A judgement may be a generator, which does its work when it is asked for the next verdict.
        return self.around(rule.id, lambda block: tuple(rule.judge(block)))

"""A roll-out without accounts: the real loop, a clock that jumps, and failures of one's choosing.

It answers before anything is applied: how long it takes, how many accounts change at once, and how many a mistake
would reach before the roll-out halts.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from heapq import heappop, heappush
from typing import Any, Literal

from landform.errors import Code, LandformError
from landform.rollout.decide import Until
from landform.rollout.loop import Ending, drive
from landform.rollout.state import Rollout, State
from landform.rollout.steps import Step, StepStack

FORMAT = "landform/rollout-simulation/v1"


@dataclass(frozen=True, slots=True)
class Failures:
    """Which stacks fail: a share of all, chosen by the seed and the stack's name, and those that match a glob.

    Raises:
        LandformError: ``usage`` where the share is not between 0 and 1.
    """

    share: float = 0.0
    stacks: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise LandformError(
                Code.USAGE,
                "No such share of the stacks can fail.",
                given=f"{self.share:.0%}",
                expected="a percentage from 0% to 100%",
            )

    @classmethod
    def parse(cls, texts: Iterable[str], seed: int = 0) -> Failures:
        """Read what ``--fail`` says: percentages, of which the largest counts, and names or globs of stacks.

        Raises:
            LandformError: ``usage`` for a percentage that is none.
        """
        shares, stacks = [0.0], []
        for text in texts:
            if not text.endswith("%"):
                stacks.append(text)
            elif re.fullmatch(r"[0-9]+(\.[0-9]+)?%", text):
                shares.append(float(text[:-1]) / 100)
            else:
                raise LandformError(
                    Code.USAGE,
                    "This is no percentage of the stacks.",
                    given=f"--fail {text}",
                    expected="a percentage such as 2%, or a stack's name or glob",
                )
        return cls(max(shares), tuple(stacks), seed)

    def of(self, stack: str) -> bool:
        """Whether a stack fails; the same at every try and in every order of stacks."""
        if any(fnmatchcase(stack, glob) for glob in self.stacks):
            return True
        return random.Random(f"{self.seed}:{stack}").random() < self.share


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """An entry of a simulated record."""

    kind: str
    stack: str | None
    at: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took from one second of the simulation to another; ``what`` says what came of it."""

    start: float
    end: float
    what: Literal["applied", "failed", "bake", "freeze"]
    step: int
    stack: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class StepRun:
    """What became of one step. ``peak`` is how many accounts changed at once, at most; times are seconds or None."""

    step: Step
    started: float | None
    ended: float | None
    peak: int
    states: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of a simulated roll-out.

    Attributes:
        rollout: where it stood at the end.
        began: when it began, on its own clock.
        seconds: how long it took, bakes and freeze windows included.
        spans: what was done when, in the order of their ends.
        runs: what became of each step.
    """

    rollout: Rollout
    began: datetime
    seconds: float
    spans: tuple[Span, ...]
    runs: tuple[StepRun, ...]

    @property
    def untouched(self) -> tuple[str, ...]:
        """The accounts in which nothing was started."""
        touched = {span.account for span in self.spans}
        return tuple(sorted({stack.account for stack in self.rollout.stacks.values()} - touched))

    def as_json(self) -> dict[str, Any]:
        """The simulation as a document."""
        return {
            "format": FORMAT,
            "began": self.began.isoformat(),
            "seconds": self.seconds,
            "halted": self.rollout.halted,
            "stacks": dict(Counter(self.rollout.states.values())),
            "failed": list(self.rollout.names("failed")),
            "accounts": len({stack.account for stack in self.rollout.stacks.values()}),
            "untouched_accounts": list(self.untouched),
            "steps": [
                {
                    "number": run.step.number,
                    "title": run.step.title,
                    "accounts": len(run.step.accounts),
                    "tolerance": run.step.tolerance,
                    "max_concurrent": run.step.max_concurrent,
                    "peak_accounts": run.peak,
                    "bake": run.step.bake,
                    "started": run.started,
                    "ended": run.ended,
                    "stacks": dict(run.states),
                }
                for run in self.runs
            ],
            "timeline": [
                {
                    "start": span.start,
                    "end": span.end,
                    "what": span.what,
                    "step": span.step,
                    "stack": span.stack,
                }
                for span in self.spans
            ],
        }


def simulate(
    steps: Sequence[Step], began: datetime, *, failures: Failures | None = None, jobs: int = 10
) -> Simulation:
    """Roll out in a world where applying a stack only takes its expected time.

    Args:
        steps: what is rolled out.
        began: when it begins, with its zone; freeze windows count from there.
        failures: what fails, none unless given. A stack that fails takes as long as one that does not.
        jobs: how many stacks at once.
    """
    rollout = Rollout.of(tuple(steps))
    world = _Virtual(rollout, began.astimezone(UTC), failures or Failures())
    ended = drive(rollout, world, jobs=jobs)
    spans = tuple(world.spans)
    return Simulation(
        ended,
        world.began,
        world.elapsed,
        spans,
        tuple(_step_run(step, ended, spans) for step in steps),
    )


class _Virtual:
    """A world whose clock jumps from one end to the next."""

    def __init__(self, rollout: Rollout, began: datetime, failures: Failures) -> None:
        self.began = began
        self.elapsed = 0.0
        self.spans: list[Span] = []
        self._stacks = rollout.stacks
        self._failures = failures
        self._step = 0
        self._running: list[tuple[float, int, str, float]] = []
        self._order = 0

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.elapsed)

    def record(self, kind: str, stack: str | None, body: Mapping[str, Any]) -> SimulatedEvent:
        if kind == "wave-started":
            self._step = body["wave"]
        return SimulatedEvent(kind, stack, self.now().isoformat(), body)

    def start(self, stack: str) -> None:
        self._order += 1
        end = self.elapsed + self._stacks[stack].seconds
        heappush(self._running, (end, self._order, stack, self.elapsed))

    def wait(self) -> list[Ending]:
        """Everything that ends at the next time at which something does."""
        self.elapsed = self._running[0][0]
        ended = []
        while self._running and self._running[0][0] == self.elapsed:
            _, _, stack, started = heappop(self._running)
            fails = self._failures.of(stack)
            account = self._stacks[stack].account
            what: Literal["failed", "applied"] = "failed" if fails else "applied"
            self.spans.append(Span(started, self.elapsed, what, self._step, stack, account))
            ended.append(
                Ending(stack, "stack-failed", {"error": {"message": "made to fail"}})
                if fails
                else Ending(stack, "stack-applied")
            )
        return ended

    def settle(self, stack: str) -> Ending:
        raise AssertionError("a simulation is never killed")

    def until(self, decision: Until) -> None:
        started = self.elapsed
        self.elapsed = (decision.time - self.began).total_seconds()
        self.spans.append(Span(started, self.elapsed, decision.what, decision.step))

    def health(self, step: int) -> bool:
        raise AssertionError("a simulation has no health command")


def _step_run(step: Step, ended: Rollout, spans: Sequence[Span]) -> StepRun:
    work = [span for span in spans if span.step == step.number and span.stack]
    baked = [span.end for span in spans if span.step == step.number and span.what == "bake"]
    changes = sorted(
        [(span.start, 1, span.account) for span in work] + [(span.end, 0, span.account) for span in work],
        key=lambda change: change[:2],
    )
    active: Counter[str | None] = Counter()
    peak = 0
    for _, starts, account in changes:
        active[account] += 1 if starts else -1
        active += Counter()
        peak = max(peak, len(active))
    return StepRun(
        step,
        min((span.start for span in work), default=None),
        max([*baked, *(span.end for span in work)], default=None),
        peak,
        _counted(step.stacks, ended),
    )


def _counted(stacks: Sequence[StepStack], ended: Rollout) -> Mapping[State, int]:
    return Counter(ended.states[stack.name] for stack in stacks)

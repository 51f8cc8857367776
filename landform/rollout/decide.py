"""What a roll-out does next, as a function of where it stands and of the time.

The rule for how many accounts change at once is StackSets' strict one: as many as may still fail, and one. It is
min(max_concurrent, tolerance + 1 - failures), so that even if everything that runs fails, not more than tolerance + 1
accounts have failed. More failures than the tolerance halt the roll-out.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/concurrency-mode.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from landform.rollout.policy import frozen_until
from landform.rollout.state import Rollout, State
from landform.rollout.steps import Step


@dataclass(frozen=True, slots=True)
class Write:
    """Record an event, then decide again."""

    kind: str
    stack: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Start:
    """Record that each of these stacks starts, and start it."""

    stacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settle:
    """Find out how the apply of these stacks ended, and record it for each; nothing else starts before."""

    stacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until one of these stacks ends, and record how."""

    stacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Until:
    """Wait for a time: the end of a step's bake, or of a freeze window that keeps its stacks from starting."""

    step: int
    time: datetime
    what: Literal["bake", "freeze"]
    reason: str


@dataclass(frozen=True, slots=True)
class Health:
    """Run the health command, and record ``bake-ended`` of this step with what it said."""

    step: int


@dataclass(frozen=True, slots=True)
class Over:
    """There is nothing to do: the roll-out has ended, or is halted until somebody resumes it."""

    how: Literal["ended", "halted"]
    reason: str = ""


_OUTCOMES: tuple[State, ...] = ("applied", "failed", "skipped")

Decision = Write | Start | Settle | Wait | Until | Health | Over


def decide(rollout: Rollout, now: datetime, *, jobs: int = 10, health: bool = False) -> Decision:
    """What to do next. Asking changes nothing; the same roll-out and time give the same answer.

    Args:
        rollout: where it stands.
        now: the time, with its zone.
        jobs: how many stacks may be applied at once, whatever the steps say.
        health: whether there is a health command to run after each step.
    """
    if rollout.ended:
        return Over("ended")
    if not rollout.started:
        return Write("run-started")
    running = rollout.names("applying")
    if rollout.halted is not None:
        return Wait(running) if running else Over("halted", rollout.halted)
    if doubtful := rollout.names("in-doubt"):
        return Settle(doubtful)
    step = rollout.step
    if step is None:
        return Write("run-ended", body=_outcome(rollout))
    frozen = frozen_until(step.freeze, now)
    if rollout.opened < step.number:
        if frozen:
            return Until(step.number, frozen[0], "freeze", frozen[1])
        return Write(
            "wave-started",
            body={
                "wave": step.number,
                "name": step.title,
                "stacks": [stack.name for stack in step.stacks],
            },
        )
    return _in_step(rollout, step, running, now, frozen, jobs) or _after_step(rollout, step, now, health)


def limit(step: Step, failures: int) -> int:
    """How many accounts of a step may change at once after so many have failed."""
    return max(0, min(step.max_concurrent, step.tolerance + 1 - failures))


def _in_step(
    rollout: Rollout,
    step: Step,
    running: tuple[str, ...],
    now: datetime,
    frozen: tuple[datetime, str] | None,
    jobs: int,
) -> Decision | None:
    """What is to do in the step at hand, or None where every stack of it has ended."""
    failed = rollout.failed_accounts(step)
    if len(failed) > step.tolerance:
        return _halt(rollout, step, _too_many(step, failed))
    for stack in step.stacks:
        if rollout.states[stack.name] == "pending":
            for need in stack.needs:
                if rollout.states[need] in ("failed", "skipped"):
                    return Write("stack-skipped", stack.name, _skipped(rollout, step, need))
    room = max(0, jobs - len(running))
    starts = tuple(_startable(rollout, step, running, limit(step, len(failed)), room))
    if starts and not frozen:
        return Start(starts)
    if running:
        return Wait(running)
    return Until(step.number, frozen[0], "freeze", frozen[1]) if starts and frozen else None


def _startable(rollout: Rollout, step: Step, running: tuple[str, ...], most: int, room: int) -> Iterator[str]:
    """What failed before comes first, so that the limits soon know of it; then accounts that have begun, so that as
    few as can be are half-way; then the most urgent.
    """
    states = rollout.states
    begun = {stack.account for stack in step.stacks if states[stack.name] not in ("pending", "skipped")} | {
        rollout.stacks[name].account for name in rollout.retried
    }
    can = [
        stack
        for stack in step.stacks
        if states[stack.name] == "pending" and all(states[need] == "applied" for need in stack.needs)
    ]
    can.sort(key=lambda stack: (stack.name not in rollout.retried, stack.account not in begun))
    active = {rollout.stacks[name].account for name in running}
    for stack in can:
        if room and len(active | {stack.account}) <= most:
            active.add(stack.account)
            room -= 1
            yield stack.name


def _after_step(rollout: Rollout, step: Step, now: datetime, health: bool) -> Decision:
    bake = rollout.bake
    if bake is None:
        if step.bake or health:
            until = (now + timedelta(seconds=step.bake)).astimezone(UTC).isoformat()
            return Write("bake-started", body={"wave": step.number, "until": until})
        return Write("bake-ended", body={"wave": step.number, "healthy": True})
    if bake.ill:
        return _halt(rollout, step, f"the health command said no after step {step.number}")
    if now < bake.until:
        return Until(step.number, bake.until, "bake", f"step {step.number} bakes")
    if health:
        return Health(step.number)
    return Write("bake-ended", body={"wave": step.number, "healthy": True})


def _halt(rollout: Rollout, step: Step, reason: str) -> Write:
    failed = [stack.name for stack in step.stacks if rollout.states[stack.name] == "failed"]
    return Write("halted", body={"wave": step.number, "reason": reason, "failed": failed})


def _skipped(rollout: Rollout, step: Step, need: str) -> Mapping[str, Any]:
    """What is recorded of a skipped stack: through how many others it needs the failed one does not matter."""
    first = rollout.states[need] == "failed"
    return {
        "wave": step.number,
        "reason": f"it needs {need}, which failed" if first else rollout.reasons[need],
    }


def _outcome(rollout: Rollout) -> Mapping[str, Any]:
    outcome = "failed" if rollout.names("failed") else "done"
    return {"outcome": outcome, **{state: len(rollout.names(state)) for state in _OUTCOMES}}


def _too_many(step: Step, failed: frozenset[str]) -> str:
    names = sorted(failed)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"step {step.number} ({step.title}): failed in {len(failed)} of {len(step.accounts)} accounts, "
        f"{step.tolerance} may fail: {', '.join(names[:3])}{more}"
    )

"""A roll-out as a fold over what was recorded of it: nothing is known that is not in the record.

A process that is killed leaves a record that says which stacks it was applying and not how they ended. ``resumed``
makes these stacks in doubt: each is looked at and settled before anything else starts, so that nothing is applied
twice. What failed in the step at hand is tried again then; what failed in a step that is behind stays as it is.

What it reads of each kind of event; other kinds of the same record, such as ``planned``, are passed over:

| kind | body | says |
|---|---|---|
| ``run-started``, ``resumed``, ``run-ended`` | | |
| ``wave-started`` | ``wave`` | the stacks of the step of this number may start |
| ``stack-started`` | | |
| ``stack-applied`` | | ends an apply, or settles a doubt |
| ``stack-failed`` | ``error``, ``changed`` | likewise; settles a doubt with ``changed`` false where nothing was done |
| ``stack-in-doubt`` | | nobody knows how the apply ended |
| ``stack-skipped`` | ``reason`` | what it needs has failed |
| ``bake-started`` | ``wave``, ``until`` | ISO 8601 in UTC |
| ``bake-ended`` | ``wave``, ``healthy`` | true: the step is behind; false: it is to halt |
| ``halted`` | ``reason`` | nothing starts until ``resumed`` |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any, Literal, Protocol

from landform.errors import Code, LandformError
from landform.rollout.steps import Step, StepStack

State = Literal["pending", "applying", "applied", "failed", "in-doubt", "skipped"]


class Event(Protocol):
    """One entry of the record: what, of which stack (None: of the roll-out), when (ISO 8601 in UTC), and the rest."""

    @property
    def kind(self) -> str: ...
    @property
    def stack(self) -> str | None: ...
    @property
    def at(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Bake:
    """The wait after a step: until when, and whether the health command has said no."""

    until: datetime
    ill: bool = False


@dataclass(frozen=True, slots=True)
class Rollout:
    """Where a roll-out stands.

    Attributes:
        steps: what it is to do.
        stacks: the stacks of the steps, by name.
        places: the number of the step of each stack.
        states: the state of each stack, by name.
        reasons: why a stack failed or was skipped, a sentence.
        retried: the stacks that are pending again after they failed; they start first.
        started: whether ``run-started`` is recorded.
        opened: the number of the last step whose stacks may start, 0 at first.
        closed: the number of the last step that is behind.
        bake: the wait after the step at hand, once it began.
        halted: why nothing starts, or None.
        ended: whether ``run-ended`` is recorded.
    """

    steps: tuple[Step, ...]
    stacks: Mapping[str, StepStack] = field(repr=False)
    places: Mapping[str, int] = field(repr=False)
    states: Mapping[str, State]
    reasons: Mapping[str, str] = field(default_factory=dict)
    retried: frozenset[str] = frozenset()
    started: bool = False
    opened: int = 0
    closed: int = 0
    bake: Bake | None = None
    halted: str | None = None
    ended: bool = False

    @classmethod
    def of(cls, steps: tuple[Step, ...], events: Iterable[Event] = ()) -> Rollout:
        """A roll-out of these steps after these events.

        Raises:
            LandformError: ``rollout-record`` where the events say what cannot have happened.
        """
        stacks = {stack.name: stack for step in steps for stack in step.stacks}
        places = {stack.name: step.number for step in steps for stack in step.stacks}
        return reduce(Rollout.after, events, cls(steps, stacks, places, dict.fromkeys(stacks, "pending")))

    @property
    def step(self) -> Step | None:
        """The step at hand: the first that is not behind; None after the last."""
        return self.steps[self.closed] if self.closed < len(self.steps) else None

    def names(self, state: State) -> tuple[str, ...]:
        """The stacks in a state, in the order of the steps."""
        return tuple(name for name, each in self.states.items() if each == state)

    @property
    def left(self) -> tuple[str, ...]:
        """The stacks that may still be applied when it goes on: those of the step at hand and of later ones that are
        not applied.
        """
        ahead = (stack.name for step in self.steps[self.closed :] for stack in step.stacks)
        return tuple(name for name in ahead if self.states[name] != "applied")

    def failed_accounts(self, step: Step) -> frozenset[str]:
        """The accounts of a step in which a stack failed; they are what its tolerance counts."""
        return frozenset(stack.account for stack in step.stacks if self.states[stack.name] == "failed")

    def after(self, event: Event) -> Rollout:
        """The roll-out after one more event.

        Raises:
            LandformError: ``rollout-record`` where that cannot have happened.
        """
        happened = _RUN_EVENTS.get(event.kind, _after_stack if event.kind in _STACK_EVENTS else None)
        if happened is None:
            return self
        if self.ended or self.started == (event.kind == "run-started"):
            raise _impossible(self, event)
        try:
            return happened(self, event)
        except (KeyError, TypeError, ValueError):
            # The body lacks what its kind has.
            raise _impossible(self, event) from None


# What a stack is before and after each kind of event.
_STACK_EVENTS: Mapping[str, Mapping[State, State]] = {
    "stack-started": {"pending": "applying"},
    "stack-applied": {"applying": "applied", "in-doubt": "applied"},
    "stack-failed": {"applying": "failed", "in-doubt": "failed"},
    "stack-in-doubt": {"applying": "in-doubt"},
    "stack-skipped": {"pending": "skipped"},
}


def _after_stack(rollout: Rollout, event: Event) -> Rollout:
    name = event.stack or ""
    before = rollout.states.get(name)
    after = _STACK_EVENTS[event.kind].get(before) if before else None
    if after is None:
        raise _impossible(rollout, event)
    if event.kind == "stack-started" and (
        rollout.halted is not None or rollout.places[name] > rollout.opened
    ):
        raise _impossible(rollout, event)
    if before == "in-doubt" and after == "failed" and event.body.get("changed") is False:
        # It was looked at and nothing was done, which is no failure of the change.
        after = "pending"
    said = _reason(event) if after in ("failed", "skipped") else None
    reasons = rollout.reasons
    if name in reasons:
        reasons = {key: reason for key, reason in reasons.items() if key != name}
    return replace(
        rollout,
        states={**rollout.states, name: after},
        reasons=reasons if said is None else {**reasons, name: said},
    )


def _reason(event: Event) -> str | None:
    error = event.body.get("error")
    said = error.get("message") if isinstance(error, Mapping) else event.body.get("reason")
    return None if said is None else str(said)


def _run_started(rollout: Rollout, event: Event) -> Rollout:
    return replace(rollout, started=True)


def _wave_started(rollout: Rollout, event: Event) -> Rollout:
    if event.body["wave"] != rollout.opened + 1 or rollout.opened != rollout.closed or rollout.halted:
        raise _impossible(rollout, event)
    return replace(rollout, opened=event.body["wave"])


def _bake_started(rollout: Rollout, event: Event) -> Rollout:
    _check_step(rollout, event)
    return replace(rollout, bake=Bake(datetime.fromisoformat(event.body["until"])))


def _bake_ended(rollout: Rollout, event: Event) -> Rollout:
    _check_step(rollout, event)
    if event.body["healthy"]:
        return replace(rollout, closed=rollout.opened, bake=None)
    if rollout.bake is None:
        raise _impossible(rollout, event)
    return replace(rollout, bake=replace(rollout.bake, ill=True))


def _halted(rollout: Rollout, event: Event) -> Rollout:
    return replace(rollout, halted=str(event.body["reason"]))


def _resumed(rollout: Rollout, event: Event) -> Rollout:
    states = dict(rollout.states)
    for name in rollout.names("applying"):
        states[name] = "in-doubt"
    again = {
        stack.name
        for step in rollout.steps[rollout.closed :]
        for stack in step.stacks
        if states[stack.name] in ("failed", "skipped")
    }
    failed = {name for name in again if states[name] == "failed"}
    states.update(dict.fromkeys(again, "pending"))
    return replace(
        rollout,
        states=states,
        reasons={name: reason for name, reason in rollout.reasons.items() if name not in again},
        retried=rollout.retried | failed,
        # A wait that began before what failed is tried again proves nothing; a health command is asked again.
        bake=None if again or rollout.bake is None else Bake(rollout.bake.until),
        halted=None,
    )


def _run_ended(rollout: Rollout, event: Event) -> Rollout:
    given_up = rollout.halted is not None and not rollout.names("applying")
    if rollout.step is not None and not given_up:
        raise _impossible(rollout, event)
    return replace(rollout, ended=True)


_RUN_EVENTS: Mapping[str, Callable[[Rollout, Event], Rollout]] = {
    "run-started": _run_started,
    "wave-started": _wave_started,
    "bake-started": _bake_started,
    "bake-ended": _bake_ended,
    "halted": _halted,
    "resumed": _resumed,
    "run-ended": _run_ended,
}


def _check_step(rollout: Rollout, event: Event) -> None:
    """The step at hand is open, and every stack of it has ended."""
    step = rollout.step
    unsettled = ("pending", "applying", "in-doubt")
    if (
        step is None
        or event.body["wave"] != step.number
        or rollout.opened != step.number
        or any(rollout.states[stack.name] in unsettled for stack in step.stacks)
    ):
        raise _impossible(rollout, event)


def _impossible(rollout: Rollout, event: Event) -> LandformError:
    subject = f" of {event.stack}" if event.stack else ""
    state = rollout.states.get(event.stack or "", "no stack of this roll-out") if event.stack else None
    return LandformError(
        Code.ROLLOUT_RECORD,
        f"The record of the roll-out has {event.kind!r}{subject} where that cannot have happened.",
        given=f"at {event.at}" + (f", while the stack was {state}" if state else ""),
        expected="the record of a roll-out of this bundle, in the order in which it happened",
        fix="Verify the record; where it is whole, the roll-out was of another bundle than this one.",
    )

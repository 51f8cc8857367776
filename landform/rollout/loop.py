"""The loop of a roll-out: decide, do, record, again. What it does to the world goes through :class:`World`, so that
the real roll-out and a simulated one are the same loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from landform.rollout.decide import Health, Over, Settle, Start, Until, Wait, Write, decide
from landform.rollout.state import Event, Rollout


@dataclass(frozen=True, slots=True)
class Ending:
    """How the apply of a stack ended, or was found to have ended: the event that is recorded of it."""

    stack: str
    kind: Literal["stack-applied", "stack-failed", "stack-in-doubt"]
    body: Mapping[str, Any] = field(default_factory=dict)


class World(Protocol):
    """What a roll-out acts on."""

    def now(self) -> datetime:
        """The time, with its zone."""

    def record(self, kind: str, stack: str | None, body: Mapping[str, Any]) -> Event:
        """Append an event to the record, with what else the world knows of it; it is there for good on return."""

    def start(self, stack: str) -> None:
        """Start applying a stack, and come back at once. That it starts is recorded before."""

    def wait(self) -> Iterable[Ending]:
        """Wait until something that was started ends; everything that has ended."""

    def settle(self, stack: str) -> Ending:
        """How an apply ended of which the record does not say it: applied, or failed, with ``changed`` false where
        nothing of it was done.
        """

    def until(self, decision: Until) -> None:
        """Wait for a time; may come back earlier."""

    def health(self, step: int) -> bool:
        """Run the health command after a step: whether all is well."""


def drive(rollout: Rollout, world: World, *, jobs: int = 10, health: bool = False) -> Rollout:
    """Roll out until it has ended or halted.

    To resume one that halted or was killed, record ``resumed`` first and give the roll-out after it.

    Args:
        rollout: where it stands.
        world: what it acts on.
        jobs: how many stacks are applied at once, at most.
        health: whether there is a health command.

    Raises:
        LandformError: ``rollout-record`` where the world records what cannot have happened.
    """

    def record(kind: str, stack: str | None = None, body: Mapping[str, Any] | None = None) -> None:
        nonlocal rollout
        rollout = rollout.after(world.record(kind, stack, body or {}))

    while True:
        match decide(rollout, world.now(), jobs=jobs, health=health):
            case Write(kind, stack, body):
                record(kind, stack, body)
            case Start(stacks):
                for each in stacks:
                    record("stack-started", each, {"wave": rollout.places[each]})
                    world.start(each)
            case Settle(stacks):
                for each in stacks:
                    ending = world.settle(each)
                    record(ending.kind, ending.stack, ending.body)
            case Wait():
                for ending in world.wait():
                    record(ending.kind, ending.stack, ending.body)
            case Until() as until:
                world.until(until)
            case Health(step):
                record("bake-ended", body={"wave": step, "healthy": world.health(step)})
            case Over():
                return rollout

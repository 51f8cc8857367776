"""What the ledger says was applied in one place: the real AWS, or one sandbox.

A run is over one place, which its first event names. A stack that Terraform began to change may have changed however
that ended, so a run's stacks are those that were started and are not known to have stayed as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from landform.errors import Code, LandformError, Place
from landform.record.events import Event, EventKind
from landform.record.ledger import LEDGER, Ledger

Outcome = Literal["applied", "failed", "in-doubt"]

_OUTCOMES: Mapping[EventKind, Outcome] = {
    # A stack that was started and of which nothing else is said was killed half-way.
    EventKind.STACK_STARTED: "in-doubt",
    EventKind.STACK_APPLIED: "applied",
    EventKind.STACK_FAILED: "failed",
    EventKind.STACK_IN_DOUBT: "in-doubt",
}


@dataclass(frozen=True, slots=True)
class Applied:
    """A stack was applied: its text and bundle, the run, when (ISO 8601 in UTC), by whom, and the event's number."""

    stack: str
    sha256: str
    bundle: str
    run: str
    at: str
    by: str
    seq: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a run did to a stack: how it ended, and the text that it was about to have."""

    outcome: Outcome
    sha256: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run that changed stacks.

    Attributes:
        id: its id.
        seq: the number of its first event.
        at: when it began.
        by: who began it.
        bundle: the digest of its bundle.
        stacks: each stack that may have changed.
    """

    id: str
    seq: int
    at: str
    by: str
    bundle: str
    stacks: Mapping[str, Change]


@dataclass(frozen=True, slots=True)
class History:
    """What was applied in one place.

    Attributes:
        ledger: the ledger's file.
        sandbox: the sandbox's id; None is the real AWS.
        runs: those that changed stacks, the oldest first.
        applied: for each stack every time that it was applied whole, the oldest first.
        elsewhere: how many runs were in other places.
    """

    ledger: Path
    sandbox: str | None
    runs: tuple[Run, ...]
    applied: Mapping[str, tuple[Applied, ...]]
    elsewhere: int

    def run(self, id: str | None = None) -> Run:
        """A run by its id or the beginning of it, or the last.

        Raises:
            LandformError: ``no-run`` where there is none, or more than one; ``nothing-applied`` where nothing was
                applied here.
        """
        if not self.runs:
            raise self.nothing()
        if id is None:
            return self.runs[-1]
        found = [run for run in self.runs if run.id == id] or [
            run for run in self.runs if run.id.startswith(id)
        ]
        if len(found) != 1:
            raise LandformError(
                Code.NO_RUN,
                "No run that changed stacks here has this id." if not found else "Several runs begin so.",
                place=Place(file=str(self.ledger)),
                given=id,
                expected=f"one of {', '.join(run.id for run in (found or self.runs[-5:]))}",
            )
        return found[0]

    def last(self, stack: str, before: int | None = None) -> Applied | None:
        """The last time that a stack was applied whole, or the last before an event's number; None where never."""
        found = [one for one in self.applied.get(stack, ()) if before is None or one.seq < before]
        return found[-1] if found else None

    def now(self, stack: str) -> Change | None:
        """What the last run that changed a stack did to it; None where none did."""
        return next((run.stacks[stack] for run in reversed(self.runs) if stack in run.stacks), None)

    def standing(self) -> dict[str, str]:
        """The SHA-256 of what each stack was applied from that was ever applied whole, by stack; empty where what was
        done to it last is not known to have ended well.
        """
        last = {stack: change for run in self.runs for stack, change in run.stacks.items()}
        return {
            stack: last[stack].sha256 if last[stack].outcome == "applied" else "" for stack in self.applied
        }

    def nothing(self) -> LandformError:
        """What is said where nothing was applied here."""
        where = "to this sandbox" if self.sandbox else "to the real AWS"
        others = f"; {self.elsewhere} runs were elsewhere" if self.elsewhere else ""
        return LandformError(
            Code.NOTHING_APPLIED,
            "Nothing was applied here."
            if not (self.sandbox and self.elsewhere)
            else "Nothing was applied to this sandbox: one that has ended took what was applied there with it.",
            place=Place(file=str(self.ledger)),
            given=f"no stack was applied {where}{others}",
            fix="Apply first; --sandbox looks at the sandbox that runs, and without it at the real AWS.",
        )


def read_history(project: Path, sandbox: str | None) -> History:
    """What a project's ledger says of one place.

    Args:
        project: the project's folder.
        sandbox: the sandbox's id; None is the real AWS.

    Raises:
        LandformError: ``nothing-applied`` where there is no ledger; ``ledger-unreadable``, ``ledger-broken``.
    """
    path = project / LEDGER
    # To open one that is not there would begin it.
    if not path.exists():
        raise LandformError(
            Code.NOTHING_APPLIED,
            "There is no ledger: nothing was applied from this project.",
            place=Place(file=str(path)),
            fix="Apply first, or restore record/ from a copy.",
        )
    with Ledger.open(path) as ledger:
        started = ledger.events(kind=EventKind.RUN_STARTED)
        here = {event.run: event for event in started if event.body.get("sandbox") == sandbox}
        events = sorted(
            (event for kind in _OUTCOMES for event in ledger.events(kind=kind) if event.run in here),
            key=lambda event: event.seq,
        )
    changes: dict[str, dict[str, Change]] = {}
    before: dict[tuple[str, str], Change | None] = {}
    applied: dict[str, list[Applied]] = {}
    for event in events:
        stack, stacks = event.stack or "", changes.setdefault(event.run, {})
        if event.kind is EventKind.STACK_STARTED:
            before[event.run, stack] = stacks.get(stack)
        if event.kind is EventKind.STACK_FAILED and event.body.get("changed") is False:
            # This attempt did nothing: the stack is what the one before it left.
            stacks.pop(stack, None)
            if earlier := before.get((event.run, stack)):
                stacks[stack] = earlier
            continue
        known = stacks[stack].sha256 if stack in stacks else ""
        stacks[stack] = Change(_OUTCOMES[event.kind], event.body.get("stack_sha256", known))
        if event.kind is EventKind.STACK_APPLIED:
            applied.setdefault(stack, []).append(_applied(event, here[event.run]))
    return History(
        ledger=path,
        sandbox=sandbox,
        runs=tuple(_run(here[run], stacks) for run, stacks in changes.items() if stacks),
        applied={stack: tuple(times) for stack, times in sorted(applied.items())},
        elsewhere=sum(event.run not in here and event.body.get("purpose") != "drift" for event in started),
    )


def _applied(event: Event, run: Event) -> Applied:
    body = {**run.body, **event.body}
    return Applied(
        stack=event.stack or "",
        sha256=body.get("stack_sha256", ""),
        bundle=body.get("bundle", ""),
        run=event.run,
        at=event.at,
        by=body.get("by", ""),
        seq=event.seq,
    )


def _run(started: Event, stacks: Mapping[str, Change]) -> Run:
    body = started.body
    return Run(started.run, started.seq, started.at, body.get("by", ""), body.get("bundle", ""), stacks)

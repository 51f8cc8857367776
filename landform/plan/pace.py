"""How long stacks take to plan: what was measured last, what that lets expect, and how much is left of a run.

The last figures are in ``<project>/.landform/plans/seconds.json``. They decide the order (longest first) and what is
told of the end, never what is planned: without the file everything is only less well ordered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from landform.errors import Code, LandformError, Place
from landform.plan.store import FOLDER
from landform.synth.bundle import StackRecord

FILE = FOLDER / "seconds.json"


def read_seconds(project: Path) -> dict[str, float]:
    """What each stack took the last time, by its full name; nothing where that is not known."""
    try:
        found = json.loads((project / FILE).read_text(encoding="utf-8"))
        return {str(name): float(seconds) for name, seconds in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        # What can be deleted at any time can be damaged, too, and is made anew.
        return {}


def keep_seconds(project: Path, seconds: Mapping[str, float]) -> None:
    """Keep what stacks took, beside what is known of others.

    Raises:
        LandformError: ``not-writable``.
    """
    path = project / FILE
    part = path.with_name(f"{path.name}.part")
    rounded = {name: round(value, 2) for name, value in seconds.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(read_seconds(project) | rounded, sort_keys=True), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE, "The folder for plan sets cannot be written.", place=Place(file=str(path)),
            given=str(error),
        ) from None  # fmt: skip


def expected(records: Sequence[StackRecord], known: Mapping[str, float]) -> dict[str, float]:
    """The seconds that each stack is expected to take: what it took, else the middle of its kind, else of all."""
    kinds: dict[str, list[float]] = {}
    for record in records:
        if record.name in known:
            kinds.setdefault(record.stack, []).append(known[record.name])
    every = [seconds for kind in kinds.values() for seconds in kind]
    usual = median(every) if every else 1.0
    return {
        record.name: known.get(record.name, median(kinds[record.stack]) if record.stack in kinds else usual)
        for record in records
    }


@dataclass(slots=True)
class Pace:
    """How far a run of several at once is. Times are those of one clock, in seconds.

    Attributes:
        seconds: what each is expected to take.
        jobs: how many run at once.
        running: since when each runs.
        took: how long each that has ended took.
    """

    seconds: Mapping[str, float]
    jobs: int
    running: dict[str, float] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)

    def begin(self, name: str, now: float) -> None:
        """One has begun."""
        self.running[name] = now

    def end(self, name: str, now: float) -> None:
        """One has ended."""
        self.took[name] = now - self.running.pop(name, now)

    def left(self, now: float) -> float | None:
        """The seconds until all have ended; None where nothing tells yet.

        What ended tells how fast this machine is today; what is left is shared by as many as run at once, and no
        shorter than the longest of it.
        """
        # Copies: others begin and end meanwhile.
        took, running = dict(self.took), dict(self.running)
        if not took:
            return None
        speed = sum(took.values()) / sum(map(self.seconds.__getitem__, took))
        waiting = [speed * each for name, each in self.seconds.items() if name not in took | running]
        rest = [max(0.0, speed * self.seconds[name] - (now - since)) for name, since in running.items()]
        return max(sum((*waiting, *rest)) / self.jobs, *_longest(waiting), *_longest(rest))


def _longest(seconds: Iterable[float]) -> tuple[float, ...]:
    found = tuple(seconds)
    return (max(found),) if found else (0.0,)

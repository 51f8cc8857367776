"""Comparing two bundles of a fleet, beside reading and parsing the same files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.fleet import STACKS_AN_ACCOUNT, write_fleet
from landform.compare.run import compare
from landform.synth.bundle import INDEX, STACK_FILE, Bundle

_LANDFORM = (sys.executable, "-m", "landform.cli.main")


@dataclass(frozen=True, slots=True)
class Comparing:
    """Median seconds of one comparison, and of the processor; ``entries`` are what it says."""

    who: str
    seconds: float
    processor: float
    entries: int


def comparings(stacks: int, *, runs: int) -> list[Comparing]:
    """A bundle with itself, with one of which every stack differs, and both read and parsed."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        project.mkdir()
        write_fleet(project, accounts=max(2, -(-stacks // STACKS_AN_ACCOUNT)))
        _synth(project)
        before = Path(folder, "before")
        shutil.copytree(project / "cdktf.out", before)
        code = project / "fleet" / "stacks.py"
        text = code.read_text(encoding="utf-8")
        code.write_text(text.replace("Bucket(self, f", "Bucket(self, expire_days=90, id=f"), encoding="utf-8")
        _synth(project)
        after = project / "cdktf.out"
        found: dict[str, list[Comparing]] = {}
        for _ in range(runs):
            for each in (
                _timed("landform, every stack differs", lambda: _compared(before, after)),
                _timed("landform, nothing differs", lambda: _compared(after, after)),
                _timed("read and parse both", lambda: _parsed(before) + _parsed(after)),
            ):
                found.setdefault(each.who, []).append(each)
    return [
        Comparing(
            who,
            median(each.seconds for each in turns),
            median(each.processor for each in turns),
            turns[0].entries,
        )
        for who, turns in found.items()
    ]


def _synth(project: Path) -> None:
    subprocess.run(
        [*_LANDFORM, "synth", "--quiet", "-C", str(project)], check=True, stdout=subprocess.DEVNULL
    )


def _timed(who: str, work: Callable[[], int]) -> Comparing:
    start, used = time.perf_counter(), time.process_time()
    entries = work()
    return Comparing(who, time.perf_counter() - start, time.process_time() - used, entries)


def _compared(one: Path, other: Path) -> int:
    return len(compare(Bundle.load(one), Bundle.load(other)).changes)


def _parsed(root: Path) -> int:
    """The index and every stack, as JSON."""
    names = json.loads((root / INDEX).read_text(encoding="utf-8"))["stacks"]
    for name in names:
        json.loads((root / "stacks" / name / STACK_FILE).read_text(encoding="utf-8"))
    return 0

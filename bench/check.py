"""The gate over a fleet, anew and with its cache, beside checkov's own command line over the same stacks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.fleet import STACKS_AN_ACCOUNT, write_fleet
from bench.synth import ROOT

_LANDFORM = (sys.executable, "-m", "landform.cli.main")
_CHECKOV = (sys.executable, "-m", "checkov.main", "--framework", "terraform_json")
_QUIET = ("--quiet", "--compact", "--skip-download", "--soft-fail", "-o", "json")


@dataclass(frozen=True, slots=True)
class Checking:
    """Medians of one way to check: seconds by the clock and of the processor, and peak MB of its largest process.

    ``results`` are those of rules on resources, passed and failed: what was said for the time. ``stacks`` is how many
    were checked.
    """

    who: str
    stacks: int
    seconds: float
    processor: float
    megabytes: float
    results: int


def checkings(
    stacks: int, *, runs: int, jobs: int, sample: int | None = None, calls: int | None = None
) -> list[Checking]:
    """Each way over one fleet of two accounts or more, in turns so that the machine's mood is shared.

    Args:
        stacks: how many landform checks.
        runs: of each way.
        jobs: landform's processes.
        sample: how many stacks one call of checkov gets: all unless given, none for 0. A fleet would take it hours.
        calls: how many stacks get a call of checkov each, likewise.
    """
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        project.mkdir()
        write_fleet(project, accounts=max(2, -(-stacks // STACKS_AN_ACCOUNT)))
        _run([[*_LANDFORM, "synth", "--quiet", "-C", str(project)]], "synth")
        found: dict[str, list[Checking]] = {}
        for _ in range(runs):
            for checked in _turn(project, jobs, sample, calls):
                found.setdefault(checked.who, []).append(checked)
    return [_medians(who, turns) for who, turns in found.items()]


def _turn(project: Path, jobs: int, sample: int | None, calls: int | None) -> Iterable[Checking]:
    check = [*_LANDFORM, "check", "--quiet", "--json", "--jobs", str(jobs), "-C", str(project)]
    shutil.rmtree(project / ".landform", ignore_errors=True)
    stacks = sorted((project / "cdktf.out" / "stacks").iterdir())
    yield _run([check], "landform, cold", len(stacks))
    yield _run([check], "landform, warm", len(stacks))
    if sample != 0:
        with tempfile.TemporaryDirectory() as folder:
            for stack in stacks[:sample]:
                shutil.copytree(stack, Path(folder, stack.name))
            yield _run([[*_CHECKOV, *_QUIET, "-d", folder]], "checkov -d", len(stacks[:sample]))
    if calls != 0:
        each = [[*_CHECKOV, *_QUIET, "-d", str(stack)] for stack in stacks[:calls]]
        yield _run(each, "checkov, a call a stack", len(each))


def _run(commands: Sequence[Sequence[str]], who: str, stacks: int = 0) -> Checking:
    """Run commands one after the other."""
    seconds = processor = kilobytes = 0.0
    results = 0
    for command in commands:
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                [sys.executable, "-S", "-c", _MEASURED, *command],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
                check=True,
            )
            *told, figures = done.stderr.splitlines()
            status, *used = json.loads(figures)
            # 1 is what a gate says that fails.
            if status not in (0, 1):
                raise RuntimeError(f"{' '.join(command)}: {' '.join(told)[-2000:]}")
            seconds += used[0]
            processor += used[1]
            kilobytes = max(kilobytes, used[2])
            out.seek(0)
            results += _results(out.read())
    return Checking(who, stacks, seconds, processor, kilobytes / 1024, results)


# Until a process is another program, its peak is its parent's: this one is small, and ours grows with what it reads.
_MEASURED = """
import json, os, sys, time
start = time.perf_counter()
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
seconds = time.perf_counter() - start
figures = [os.waitstatus_to_exitcode(status), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss]
sys.stderr.write("\\n" + json.dumps(figures))
"""


def _results(said: str) -> int:
    document = json.loads(said) if said.startswith("{") else {}
    counts = document.get("counts") or document.get("summary") or document
    return int(counts.get("passed", 0)) + int(counts.get("failed", 0)) + int(counts.get("waived", 0))


def _medians(who: str, turns: Sequence[Checking]) -> Checking:
    return Checking(
        who,
        turns[0].stacks,
        median(turn.seconds for turn in turns),
        median(turn.processor for turn in turns),
        median(turn.megabytes for turn in turns),
        turns[0].results,
    )

"""Resolving an organisation, whole and one account of it, beside what only reading its files costs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.fleet import write_fleet
from bench.synth import ROOT

WORK = {
    "landform, the whole": "whole",
    "landform, one account": "one",
    "PyYAML's libyaml and json": "floor",
}


@dataclass(frozen=True, slots=True)
class Resolving:
    """Medians of one worker, imports included: seconds by the clock and of the processor, and peak MB."""

    who: str
    seconds: float
    processor: float
    megabytes: float
    stacks: int


def resolvings(accounts: int, *, rich: bool, runs: int) -> list[Resolving]:
    """Each worker over one fleet, in processes of their own and in turns, so that the machine's mood is shared."""
    found: dict[str, list[dict[str, float]]] = {who: [] for who in WORK}
    with tempfile.TemporaryDirectory() as folder:
        write_fleet(Path(folder), accounts=accounts, rich=rich)
        for _ in range(runs):
            for who, what in WORK.items():
                found[who].append(_run(what, folder))
    return [
        Resolving(
            who,
            median(each["seconds"] for each in figures),
            median(each["processor"] for each in figures),
            median(each["megabytes"] for each in figures),
            int(figures[0]["stacks"]),
        )
        for who, figures in found.items()
    ]


def _run(what: str, folder: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.with_spec", what, folder], capture_output=True, text=True, cwd=ROOT
    )
    if done.returncode:
        raise RuntimeError(f"bench.with_spec {what}: {done.stderr.strip()[-2000:]}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures

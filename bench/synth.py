"""Synthesis of the same stacks by landform, by cdktf's core, and by cdktf with its AWS bindings."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
BINDINGS = ("cdktf==0.21.0", "cdktf-cdktf-provider-aws")


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of one worker: seconds, and peak MB of the process and those it started."""

    who: str
    build: float
    synth: float
    total: float
    megabytes: float
    digest: str


def measure(
    who: str, worker: str, stacks: int, resources: int, *, runs: int, python: str = sys.executable
) -> Figures:
    """Run a worker ``runs`` times, each in a process and a folder of its own."""
    found = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            found.append(_run(python, worker, folder, stacks, resources))
    return _medians(who, found)


def measure_again(who: str, worker: str, stacks: int, resources: int, *, runs: int) -> Figures:
    """The same over a folder that holds the same stacks already."""
    with tempfile.TemporaryDirectory() as folder:
        _run(sys.executable, worker, folder, stacks, resources)
        return _medians(who, [_run(sys.executable, worker, folder, stacks, resources) for _ in range(runs)])


def bindings_python(folder: Path) -> str:
    """A Python with cdktf's AWS bindings (about 500 MB), made in a folder of its own where it is missing."""
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"installing {' '.join(BINDINGS)} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *BINDINGS], check=True)
    return str(python)


def _run(python: str, worker: str, folder: str, stacks: int, resources: int) -> dict[str, float | str]:
    done = subprocess.run(
        [python, "-m", f"bench.{worker}", folder, str(stacks), str(resources)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if done.returncode:
        raise RuntimeError(f"bench.{worker}: {done.stderr.strip()[-2000:]}")
    figures: dict[str, float | str] = json.loads(done.stdout)
    return figures


def _medians(who: str, found: list[dict[str, float | str]]) -> Figures:
    def middle(name: str) -> float:
        return median(float(figures[name]) for figures in found)

    return Figures(
        who,
        middle("build"),
        middle("synth"),
        middle("total"),
        middle("megabytes"),
        str(found[0]["digest"]),
    )

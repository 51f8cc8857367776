"""A request on its way to a checked preview, in an organisation of many accounts and in one of a dozen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.synth import ROOT
from landform.org.addresses import allot
from landform.org.load import load
from landform.org.lock import write_lock
from landform.org.validate_network import demands

EXAMPLE = ROOT / "examples" / "acme"

REQUEST = """\
schema: landform/account-request/v1
name: ledger-dev
email: aws+ledger-dev@acme.example
ou: Workloads/Dev
tier: dev
baseline: { name: workload, version: "2" }
owner: { team: ledger, contact: ledger@acme.example, cost_center: "4712" }
purpose: Development of the ledger
data_class: internal
regions: [eu-west-1]
network: { pool: nonprod }
change: { requested_by: jane, reason: a measurement }
budget: { monthly_usd: 500 }
"""


@dataclass(frozen=True, slots=True)
class Vending:
    """Medians of one command, start-up included: seconds by the clock and of all its processes, and peak MB of one."""

    accounts: int
    what: str
    seconds: float
    processor: float
    megabytes: float


def vendings(accounts: int, *, runs: int) -> list[Vending]:
    """A preview in both organisations, the first of all and then with what was kept, in turns."""
    found: dict[tuple[int, str], list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        projects = {count: _project(Path(folder, str(count)), count) for count in (9, accounts)}
        for _ in range(runs):
            for count, project in projects.items():
                shutil.rmtree(project / ".landform", ignore_errors=True)
                for what in ("first", "again"):
                    found.setdefault((count, what), []).append(_run(project))
    return [
        Vending(count, what, *(median(figures) for figures in zip(*runs_of, strict=True)))
        for (count, what), runs_of in found.items()
    ]


def _project(folder: Path, accounts: int) -> Path:
    """The example with so many accounts: those beside its own are like one of them, with pools large enough."""
    ignored = shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__", ".pytest_cache")
    shutil.copytree(EXAMPLE, folder, ignore=ignored)
    like = (folder / "org/accounts/payments-dev.yaml").read_text()
    own = len(list((folder / "org/accounts").iterdir()))
    for number in range(accounts - own):
        text = like.replace("payments-dev", f"team-{number}-dev").replace("012345678901", f"71{number:010}")
        (folder / f"org/accounts/team-{number}-dev.yaml").write_text(text)
    # A VPC of 4,096 addresses in each of two regions for a thousand accounts needs blocks of its own.
    network = folder / "org/network.yaml"
    network.write_text(
        network.read_text()
        .replace("10.20.0.0/15", "[10.20.0.0/15, 10.64.0.0/10, 10.192.0.0/11]")
        .replace("10.22.0.0/15", "[10.22.0.0/15, 10.128.0.0/10, 10.224.0.0/11]")
    )
    spec = load(folder, with_lock=True)
    pools = {pool.name: pool for pool in spec.pools}
    write_lock(folder, allot(spec.lock, pools, demands(spec)))
    (folder / "r.yaml").write_text(REQUEST)
    return folder


def _run(project: Path) -> tuple[float, float, float]:
    # The figures of children are of all that ended, so each is measured in a process of its own.
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, "vend", "r.yaml", "--dry-run", "--quiet"],
        cwd=project,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    seconds = time.monotonic() - started
    if "nothing was written" not in done.stdout:
        raise RuntimeError(f"landform vend: {done.stdout[-1000:]} {done.stderr[-1000:]}")
    processor, kilobytes = map(float, done.stderr.split()[-2:])
    return seconds, processor, kilobytes / 1024


_MEASURED = """
import atexit, os, resource, sys
def told():
    times = os.times()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stderr.write(f"{sum(times[:4])} {peak}")
atexit.register(told)
from landform.cli.main import main
main()
"""

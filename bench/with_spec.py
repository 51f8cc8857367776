"""Worker: the same files of a spec resolved by landform, or only read and written as JSON by PyYAML's libyaml."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.workload import peak_megabytes


def whole(project: Path) -> int:
    """Load and resolve the whole organisation; how many stacks it has."""
    from landform.org.load import load
    from landform.org.resolve import resolve

    return len(resolve(load(project)).instances)


def one(project: Path) -> int:
    """The same for the last of the accounts alone."""
    from landform.org.load import load
    from landform.org.resolve import resolve

    name = max(path.stem for path in (project / "org" / "accounts").iterdir())
    return len(resolve(load(project, accounts=[name]), only=[name]).instances)


def floor(project: Path) -> int:
    """Read every file into plain values, and write them as JSON: no places, no rules, no layers, no stacks."""
    import yaml

    files = sorted((project / "org").rglob("*.yaml"))
    values = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in files]
    json.dumps(values, default=str)
    return 0


WORK: dict[str, Callable[[Path], int]] = {"whole": whole, "one": one, "floor": floor}

if __name__ == "__main__":
    start, processor = time.perf_counter(), time.process_time()
    stacks = WORK[sys.argv[1]](Path(sys.argv[2]))
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - start,
                "processor": time.process_time() - processor,
                "megabytes": peak_megabytes(),
                "stacks": stacks,
            }
        )
    )

"""Shares the stacks of a large bundle out among processes.

checkov's rule objects hold state of the block they judge, so threads would mix stacks up; a process has rules of
its own. Starting one costs the import of checkov, so a small bundle is scanned in this process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

from landform.checks.checkov_engine import BATCH, Scan, scan

PARALLEL_FROM = 3 * BATCH

Stacks = Mapping[str, Mapping[str, Any]]


def shared_scan(stacks: Stacks, *, jobs: int | None, on_progress: Callable[[int, int], None] | None) -> Scan:
    """Scan as ``scan`` does, with the same result.

    Args:
        jobs: processes; unless given, one for a small bundle and one a processor for a large one.
    """
    processes = jobs or (os.cpu_count() or 1 if len(stacks) >= PARALLEL_FROM else 1)
    if processes == 1:
        return scan(stacks, on_progress=on_progress)
    names = sorted(stacks)
    shares = [
        {name: stacks[name] for name in names[start : start + BATCH]} for start in range(0, len(names), BATCH)
    ]
    found: list[Scan] = []
    done = 0
    # Leaving the pool, by an interrupt too, ends its processes.
    with multiprocessing.Pool(min(processes, len(shares)), _ignore_interrupt) as pool:
        for share, part in zip(shares, pool.imap(scan, shares), strict=True):
            found.append(part)
            done += len(share)
            if on_progress:
                on_progress(done, len(stacks))
    return Scan(
        # The shares are in the order of the stacks' names, as the results of one scan are.
        results=tuple(result for part in found for result in part.results),
        crashes=tuple(crash for part in found for crash in part.crashes),
        known_types=found[0].known_types,
        named_types=found[0].named_types,
    )


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

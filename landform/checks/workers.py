"""Shares the stacks of a large bundle out among processes.

checkov's rule objects hold state of the block they judge, so threads would mix stacks up; a process has rules of
its own, users' too: it reads them where they lie. Starting one costs the import of checkov, so a small bundle is
scanned in this process.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from landform.checks.checkov_checks import read_users
from landform.checks.checkov_engine import BATCH
from landform.checks.judgement import Judgement, joined, judge
from landform.policies.user_rules import NO_RULES, UserRules

PARALLEL_FROM = 3 * BATCH

Stacks = Mapping[str, Mapping[str, Any]]


def shared_judgement(
    stacks: Stacks,
    *,
    jobs: int | None,
    on_progress: Callable[[int, int], None] | None,
    users: UserRules = NO_RULES,
    project: Path | None = None,
) -> Judgement:
    """Judge as ``judge`` does, with the same result.

    Args:
        jobs: processes; unless given, one for a small bundle and one a processor for a large one.
        users: users' rules, which are those of the project.
        project: the folder to read them from in another process; None where there are none.
    """
    processes = jobs or (os.cpu_count() or 1 if len(stacks) >= PARALLEL_FROM else 1)
    if processes == 1:
        return judge(stacks, on_progress=on_progress, users=users)
    names = sorted(stacks)
    shares = [
        {name: stacks[name] for name in names[start : start + BATCH]} for start in range(0, len(names), BATCH)
    ]
    found: list[Judgement] = []
    done = 0
    # Leaving the pool, by an interrupt too, ends its processes.
    with multiprocessing.Pool(min(processes, len(shares)), _ignore_interrupt) as pool:
        for share, part in zip(shares, pool.imap(functools.partial(_judge, project), shares), strict=True):
            found.append(part)
            done += len(share)
            if on_progress:
                on_progress(done, len(stacks))
    # The shares are in the order of the stacks' names, as the results of one judgement are.
    return joined(found)


def _judge(project: Path | None, stacks: Stacks) -> Judgement:
    return judge(stacks, users=_users(project)) if project else judge(stacks)


@functools.cache
def _users(project: Path) -> UserRules:
    return read_users(project)


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

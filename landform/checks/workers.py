"""Shares the stacks of a large bundle out among processes.

checkov's rule objects hold state of the block they judge, so threads would mix stacks up; a process has rules of
its own, users' too: it reads them where they lie. Starting one costs the import of checkov, so a small bundle is
scanned in this process.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any, Protocol

from landform.checks.checkov_checks import read_users
from landform.checks.checkov_engine import BATCH
from landform.checks.judgement import judge_each
from landform.checks.scanning import rule_types
from landform.checks.summary import Summary, summary_from, summary_of, summary_text
from landform.core.processes import worker_pool
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import NO_RULES, UserRules, no_rules
from landform.policies.view import Surroundings

PARALLEL_FROM = 3 * BATCH


@contextmanager
def rules_ahead(checks_python: Path | None) -> Iterator[Pool | None]:
    """A process that reads the rules while this one still makes what they will judge; leaving it ends it.

    For a command that is sure to have something new to judge: it then does not wait for the import of checkov. Where
    checkov is in another environment, which is asked in one go, there is nothing to be done ahead.

    Args:
        checks_python: the interpreter in whose environment checkov is, unless it is this one.
    """
    if checks_python is not None:
        yield None
        return
    with worker_pool(1) as pool:
        # What is wrong with them is told by the check itself, which reads them again.
        pool.apply_async(rule_types, (None,))
        yield pool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where another process has users' rules from: the folder to read them from, None where there are none; and the
    interpreter in whose environment checkov is, unless it is this one.
    """

    project: Path | None
    checks_python: Path | None


class Stacks(Protocol):
    """Scan copies by the stack's name, of which some can be handed to another process."""

    def __getitem__(self, name: str) -> Mapping[str, Any]: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def of(self, *names: str) -> Stacks: ...
    def surroundings(self) -> Mapping[str, Surroundings]: ...


def shared_summaries(
    stacks: Stacks,
    *,
    jobs: int | None,
    users: UserRules = NO_RULES,
    watch: Stopwatch | None = None,
    pool: Pool | None = None,
) -> Iterator[tuple[str, Summary]]:
    """What is said of each stack, in the order of their names; the same however many processes there are.

    Args:
        stacks: the stacks.
        jobs: processes; unless given, one for few stacks and one a processor for many.
        users: users' rules, which are those of the project.
        watch: measures the rules, in all processes together, if there is one.
        pool: processes that are there already, in place of ``jobs``.

    Raises:
        LandformError: where a stack cannot be read.
    """
    names = sorted(stacks)
    shares = [stacks.of(*names[start : start + BATCH]) for start in range(0, len(names), BATCH)]
    processes = min(jobs or (os.cpu_count() or 1 if len(names) >= PARALLEL_FROM else 1), max(len(shares), 1))
    if pool is None and processes == 1:
        for share in shares:
            yield from _read(_texts(share, users, watch))
        return
    origin = Origin(users.project if users.by_id or users.checkov else None, users.checks_python)
    with nullcontext(pool) if pool else worker_pool(processes) as there:
        for found, seconds in there.imap(functools.partial(_elsewhere, origin, watch is not None), shares):
            if watch:
                watch.add(seconds)
            yield from _read(found)


def _texts(share: Stacks, users: UserRules, watch: Stopwatch | None) -> Iterator[tuple[str, str]]:
    copies = {name: share[name] for name in share}
    for name, judgement in judge_each(copies, users, share.surroundings(), watch):
        yield name, summary_text(summary_of(judgement))


def _read(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Summary]]:
    # What is read from a text is shared by the stacks that fare alike; what a rule said is each one's own.
    return ((name, summary_from(text)) for name, text in texts)


def _elsewhere(
    origin: Origin, measure: bool, share: Stacks
) -> tuple[list[tuple[str, str]], Mapping[str, float]]:
    watch = Stopwatch() if measure else None
    found = list(_texts(share, _users(origin), watch))
    return found, watch.seconds if watch else {}


@functools.cache
def _users(origin: Origin) -> UserRules:
    if origin.project is None:
        return no_rules(origin.checks_python)
    return read_users(origin.project, origin.checks_python)

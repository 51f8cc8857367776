"""The ledger under several processes, and under kills that nobody can catch."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.record.events import EventKind
from landform.record.exclusive import Owner
from landform.record.ledger import Ledger

AT = "2026-11-21T12:00:00Z"
KILLS = 40

_HOLD = """
import sys, time
from pathlib import Path
from landform.record.exclusive import Owner
from landform.record.ledger import Ledger
import os
with Ledger.open(Path(sys.argv[1])) as ledger, ledger.lock(Owner("r7", os.getpid(), "jane", "build-1")):
    print("held", flush=True)
    time.sleep(60)
"""


def forked(work: Callable[[], None]) -> int:
    """A child process that does some work and ends without anything of the parent's."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


class TestKill:
    def test_a_kill_at_any_time_loses_nothing_that_was_said_to_be_there(self, path: Path) -> None:
        """Every event that was returned is in the ledger after a kill, and the chain is whole."""
        chance = random.Random(6)
        told = 0
        for number in range(KILLS):
            reading, writing = os.pipe()

            def write(run: str = f"r{number}", out: int = writing) -> None:
                with Ledger.open(path) as ledger:
                    while True:
                        event = ledger.append(EventKind.STACK_APPLIED, at=AT, run=run, stack="a.vpc")
                        os.write(out, f"{event.seq}\n".encode())

            child = forked(write)
            os.close(writing)
            # Half of them are killed while they open the ledger, half while they add to it.
            first = os.read(reading, 1) if number % 2 else b""
            time.sleep(chance.uniform(0.0, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            with os.fdopen(reading, "rb") as stream:
                said = [int(line) for line in (first + stream.read()).splitlines()]
            with Ledger.open(path) as ledger:
                assert ledger.verify() is None
                there = {event.seq for event in ledger.events(run=f"r{number}")}
                assert there >= {*said}
                # At most the one that was being added when the kill came.
                assert len(there) <= len(said) + 1
            told += len(said)
        assert told >= KILLS // 2


class TestSeveralProcesses:
    def test_all_events_of_all_writers_are_there_once(self, path: Path) -> None:
        """Four processes begin one ledger and add to it at once."""

        def write(run: str) -> None:
            with Ledger.open(path) as ledger:
                for number in range(25):
                    ledger.append(EventKind.STACK_APPLIED, at=AT, run=run, stack=f"s{number}")

        children = [forked(lambda run=f"r{number}": write(run)) for number in range(4)]  # type: ignore[misc]
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]
        with Ledger.open(path) as ledger:
            assert ledger.verify() is None
            for number in range(4):
                assert [event.stack for event in ledger.events(run=f"r{number}")] == [
                    f"s{index}" for index in range(25)
                ]


class TestLock:
    def test_a_second_run_is_told_who_is_at_work(self, path: Path) -> None:
        """The refusal names the holder's run, process, user and machine; a kill frees the lock."""
        holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE, text=True)
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with Ledger.open(path) as ledger:
                with pytest.raises(LandformError) as caught, ledger.lock(owner()):
                    pass
                assert caught.value.code is Code.IN_USE
                assert caught.value.given == f"held by run r7, process {holder.pid} of jane on build-1"
                holder.kill()
                holder.wait()
                with ledger.lock(owner()):
                    pass
        finally:
            holder.kill()
            holder.wait()

    def test_a_lock_ends_with_its_context(self, path: Path) -> None:
        """The next run has it without waiting."""
        with Ledger.open(path) as ledger:
            for _ in range(2):
                with ledger.lock(owner()):
                    pass

    def test_two_in_one_process_are_two(self, path: Path) -> None:
        """The lock is of the open file, not of the process."""
        with (
            Ledger.open(path) as ledger,
            ledger.lock(owner()),
            pytest.raises(LandformError) as caught,
            ledger.lock(owner()),
        ):
            pass
        assert caught.value.code is Code.IN_USE

    def test_a_lock_does_not_keep_readers_out(self, path: Path) -> None:
        """What a run does can be watched."""
        with Ledger.open(path) as ledger, ledger.lock(owner()):
            ledger.append(EventKind.RUN_STARTED, at=AT, run="r1")
            with Ledger.open(path) as other:
                assert other.runs() == ("r1",)


def owner() -> Owner:
    return Owner("r8", os.getpid(), "joe", "build-2")

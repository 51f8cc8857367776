"""The supervisor: begins a worker when there is work, stops one that takes too long, and ends it with the server."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from landform.errors import Code, LandformError
from landform.record.moments import moment
from landform.serve.jobs import Job, Jobs, Status
from landform.serve.landing import Landing

log = logging.getLogger("landform.serve")

_LOOK = 0.5
# Before a worker is begun again that did not end well, in seconds; longer each time.
_SHORTEST = 0.5
_LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds: a job, and the end of the one that is worked at when the server ends."""

    job: float = 900.0
    ending: float = 30.0


def worker_command(
    project: Path, state: Path, landing: Landing, checks_python: Path | None = None
) -> tuple[str, ...]:
    """How a worker is begun; ``checks_python`` is the interpreter in whose environment checkov is, if not this one."""
    checks = ("--checks-python", str(checks_python)) if checks_python else ()
    return (
        sys.executable, "-m", "landform.serve.worker",
        "--project", str(project), "--state", str(state), "--landing", landing.value, *checks,
    )  # fmt: skip


@dataclass
class Supervisor:
    """Looks after the worker.

    Attributes:
        jobs: what there is to do.
        command: how a worker is begun.
        patience: how long things may take.
        clock: the time, in UTC.
    """

    jobs: Jobs
    command: Sequence[str]
    patience: Patience
    clock: Callable[[], dt.datetime]
    _wake: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin, with what a server before this one left."""
        self._loop = asyncio.get_running_loop()
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There is work; may be called in any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    @property
    def is_alive(self) -> bool:
        """Whether work would be done."""
        return self._task is not None and not self._task.done()

    async def stop(self) -> None:
        """Let the worker finish the job that it is at, for as long as patience lasts; the rest waits on the disk."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        pause = _SHORTEST
        while True:
            await self._wake.wait()
            self._wake.clear()
            while await self._is_needed():
                if await self._one_worker():
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST)
                else:
                    pause = _SHORTEST

    async def _is_needed(self) -> bool:
        try:
            return await asyncio.to_thread(self.jobs.waiting)
        except LandformError as error:
            # A worker could not read them either, and says so each time; a disk that is full may be emptied.
            log.error("what waits cannot be read: %s", error)
            return True

    async def _one_worker(self) -> int:
        """One worker, from its beginning to its end; its exit status."""
        worker = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.PIPE,
            # What it prints is for the log; on stdout is the server's own document.
            stdout=sys.stderr,
            # Ctrl-C is for the server, which lets the worker finish.
            start_new_session=True,
        )
        ended = asyncio.ensure_future(worker.wait())
        try:
            while not ended.done():
                await asyncio.wait([ended], timeout=_LOOK)
                job = await asyncio.to_thread(self.jobs.running)
                if not ended.done() and job is not None and self._is_late(job):
                    log.warning(
                        "job %s takes longer than %.0f s: its worker is stopped", job.id, self.patience.job
                    )
                    worker.kill()
                    await ended
                    await asyncio.to_thread(self.jobs.not_done, job.id, Status.FAILED, self._late(job))
        except asyncio.CancelledError:
            await self._end(worker, ended)
            raise
        if ended.result():
            log.error("a worker ended with status %s", ended.result())
        return ended.result()

    def _is_late(self, job: Job) -> bool:
        return job.started_at is not None and (
            (self.clock() - moment(job.started_at)).total_seconds() > self.patience.job
        )

    def _late(self, job: Job) -> LandformError:
        return LandformError(
            Code.JOB_STOPPED,
            "The request took too long.",
            given=f"more than {self.patience.job:.0f} s",
            fix="See which step it was at in its events; --job-timeout gives it longer."
            " Then send it again, with a new Idempotency-Key.",
        )

    async def _end(self, worker: asyncio.subprocess.Process, ended: asyncio.Future[int]) -> None:
        # Closing the pipe says that no other job is to be begun.
        if worker.stdin is not None:
            worker.stdin.close()
        await asyncio.wait([ended], timeout=self.patience.ending)
        if not ended.done():
            log.warning("the worker is stopped at its job, which the next server takes up again")
            worker.kill()
            await ended

"""The worker: takes jobs one after the other, until none waits or nobody wants any more.

It is a process of its own, begun by the server whenever there is work (``python -m landform.serve.worker``). A
project's stacks are Python, and a process reads Python once; one that lives as long as the queue is not empty works
with the project as it is. Its stdin is the server's end of a pipe: when that closes, because the server ends or is
killed, the job that it is at is finished, and no other begun.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Mapping
from getpass import getuser
from pathlib import Path
from typing import Any

from landform.errors import Code, Exit, LandformError
from landform.record.exclusive import Owner, exclusive
from landform.serve.database import Database
from landform.serve.jobs import Job, Jobs, Status
from landform.serve.landing import Landed, Landing, branch_of, land, landed_before
from landform.serve.vendor import Vend, vendor

LOCK = "worker.lock"
"""Beside the database: who holds it works on the project."""
_PAUSE = 0.2
# The request's own fault, or this machine's and this moment's.
_REFUSALS = (Exit.BAD_INPUT, Exit.SAID_NO)


def work(jobs: Jobs, project: Path, landing: Landing, vend: Vend, wanted: Callable[[], bool]) -> int:
    """Work until no job waits, or until it is not wanted; how many jobs were ended.

    Whoever calls holds the lock.
    """
    ended = 0
    while wanted() and (job := jobs.take()):
        work_at(job, jobs, project, landing, vend)
        ended += 1
    return ended


def work_at(job: Job, jobs: Jobs, project: Path, landing: Landing, vend: Vend) -> None:
    """Work at one job, to its end."""
    try:
        commit = None
        if landing is Landing.BRANCH and job.attempts > 1:
            commit = landed_before(project, job.id)
        if commit is not None:
            # The attempt before this one kept the preview, made the branch, and was cut off.
            landed = {**(job.result or {}), "branch": branch_of(job.id), "commit": commit}
            jobs.done(job.id, landed, f"Written as {commit} on {branch_of(job.id)}.")
        else:
            _vend(job, jobs, project, landing, vend)
    except LandformError as error:
        status = Status.REFUSED if error.code.status in _REFUSALS else Status.FAILED
        jobs.not_done(job.id, status, error)


def _vend(job: Job, jobs: Jobs, project: Path, landing: Landing, vend: Vend) -> None:
    vended = vend(
        project,
        [(job.asked.file, job.asked.text)],
        today=dt.datetime.now(dt.UTC).date(),
        on_step=lambda message: jobs.step(job.id, message),
    )
    if not vended.changed and job.result:
        # The attempt before this one kept the preview, wrote the files, and was cut off.
        jobs.done(job.id, job.result, "Written into the project's files.")
        return
    files = tuple(sorted(vended.change.files)) if vended.changed else ()
    result = Landed(vended.changed and not job.asked.dry_run, files).as_json()
    preview = vended.preview.document()
    if not vended.preview.ok:
        jobs.keep_preview(job.id, preview, None)
        raise _failing(preview)
    jobs.keep_preview(job.id, preview, result if result["changed"] else None)
    if not vended.changed:
        jobs.done(job.id, result, "The project has all of it already.")
    elif job.asked.dry_run:
        jobs.done(job.id, result, "A preview was asked for, and no more.")
    else:
        try:
            landed = land(vended.change, project, landing, job.id)
        except LandformError as error:
            # The request was granted: what keeps its change from being written is no fault of it.
            jobs.not_done(job.id, Status.FAILED, error)
            return
        where = f"as {landed.commit} on {landed.branch}" if landed.branch else "into the project's files"
        jobs.done(job.id, landed.as_json(), f"Written {where}.")


def _failing(preview: Mapping[str, Any]) -> LandformError:
    rules = [finding["rule"] for finding in preview["findings"] if finding["state"] == "failing"]
    return LandformError(
        Code.REQUEST,
        "The checks do not pass with this account, and nothing was written.",
        given=", ".join(rules[:10]) + (f" and {len(rules) - 10} more" if len(rules) > 10 else ""),
        fix="The preview has each finding, and where it is.",
    )


def main(arguments: list[str] | None = None, vend: Vend | None = None) -> int:
    """Work at what waits in a server's folder; the exit status."""
    parser = argparse.ArgumentParser(prog="landform.serve.worker")
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--landing", type=Landing, required=True)
    parser.add_argument("--checks-python", type=Path)
    given = parser.parse_args(arguments)
    if vend is None:
        vend = vendor(given.checks_python)
    owner = Owner(f"worker-{os.getpid()}", os.getpid(), getuser(), socket.gethostname())
    while _is_wanted():
        try:
            with (
                exclusive(given.state / LOCK, owner),
                Database.open(given.state) as database,
            ):
                jobs = Jobs(database, lambda: dt.datetime.now(dt.UTC))
                work(jobs, given.project, given.landing, vend, _is_wanted)
                return int(Exit.DONE)
        except LandformError as error:
            if error.code is not Code.IN_USE:
                sys.stderr.write(f"{error}\n")
                return int(error.code.status)
            # The worker of a server that was killed finishes the job that it is at.
            time.sleep(_PAUSE)
    return int(Exit.DONE)


def _is_wanted() -> bool:
    """Whether the server still holds its end of the pipe; it never writes into it."""
    return not select.select([sys.stdin], [], [], 0)[0]


if __name__ == "__main__":
    sys.exit(main())

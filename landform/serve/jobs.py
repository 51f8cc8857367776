"""Jobs: account requests on their way, and what happened to each, step by step.

A job is on the disk before anybody is told of it. It is worked at by one worker at a time, which holds a lock; so a job
that says it is running when a worker looks for work was cut off, and is taken up again. To vend the same request twice
changes nothing, which makes of "at least once" exactly once.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from landform.digest import canonical_json, digest
from landform.errors import Code, LandformError
from landform.record.moments import stamp
from landform.serve.database import Database
from landform.serve.problems import fields

MOST_ATTEMPTS = 5
"""How often a job is taken up; whoever kills a worker at each of them is not helped by one more."""
MOST_WAITING = 1000
"""How many jobs may wait."""
PAGE = 100
"""How many jobs a page of them has at most."""


class Status(StrEnum):
    """How a job stands."""

    ACCEPTED = "accepted"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self in (Status.DONE, Status.REFUSED, Status.FAILED)


WAITING = (Status.ACCEPTED, Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asks for.

    Attributes:
        file: what errors call the request.
        text: the request, as YAML or JSON.
        meaning: its digest, whatever it is written as.
        dry_run: whether a preview is all that is wanted.
    """

    file: str
    text: str
    meaning: str
    dry_run: bool

    @property
    def digest(self) -> str:
        """Of all that makes two calls the same."""
        return digest([self.meaning, self.dry_run])


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One thing that happened to a job: its number from 1, when (ISO 8601 in UTC), what kind, and in words."""

    seq: int
    at: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Job:
    """An account request on its way.

    Attributes:
        number: its place in the queue, which no other job ever had.
        id: how it is called.
        caller: who asked.
        key: the Idempotency-Key that the caller gave it.
        asked: what was asked.
        status: how it stands.
        attempts: how often it was taken up.
        accepted_at, started_at, ended_at: ISO 8601 in UTC.
        result: what came of it, once it is done; what would, once the preview is there.
        problems: why it was refused or failed: errors as JSON objects.
    """

    number: int
    id: str
    caller: str
    key: str
    asked: Asked
    status: Status
    attempts: int
    accepted_at: str
    started_at: str | None
    ended_at: str | None
    result: Mapping[str, Any] | None
    problems: Sequence[Mapping[str, Any]]


_COLUMNS = (
    "number, id, caller, key, file, text, digest, dry_run, status, attempts,"
    " accepted_at, started_at, ended_at, result, problems"
)


class Jobs:
    """The jobs of a server.

    Args:
        database: where they are kept.
        clock: the time, in UTC.
    """

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def accept(self, caller: str, key: str, asked: Asked) -> tuple[Job, bool]:
        """Take a request in, or find the job that the key has already; gives whether it is new.

        When this returns, it is on the disk.

        Raises:
            LandformError: ``key-reused`` where the key came with something else; ``too-many-calls`` where too much
                is waiting.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE caller = ? AND key = ?", (caller, key)
            ).fetchone()
            if row is not None:
                return _same(row, asked), False
            waiting = connection.execute("SELECT count(*) FROM jobs WHERE status IN (?, ?)", WAITING)
            if waiting.fetchone()[0] >= MOST_WAITING:
                raise LandformError(
                    Code.TOO_MANY_CALLS,
                    "Too many requests are waiting.",
                    given=f"{MOST_WAITING} of them",
                    fix="Ask again later, with the same Idempotency-Key.",
                )
            at, identity = stamp(self._clock()), f"req-{secrets.token_hex(8)}"
            connection.execute(
                "INSERT INTO jobs (id, caller, key, digest, file, text, dry_run, status, accepted_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    identity,
                    caller,
                    key,
                    asked.meaning,
                    asked.file,
                    asked.text,
                    asked.dry_run,
                    Status.ACCEPTED,
                    at,
                ),
            )
            _event(connection, identity, at, Status.ACCEPTED, f"Accepted from {caller}.")
            row = connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (identity,)).fetchone()
        return _job(row), True

    def get(self, identity: str) -> Job:
        """A job.

        Raises:
            LandformError: ``no-job``.
        """
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", identity)
        if not rows:
            raise LandformError(
                Code.NO_JOB, "There is no account request of this id.", given=identity, fix="List them."
            )
        return _job(rows[0])

    def page(self, status: Status | None, before: int | None, limit: int) -> tuple[Job, ...]:
        """Some jobs, the newest first: of one status, and older than a number, where these are given."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM jobs WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR number < ?2)"
            " ORDER BY number DESC LIMIT ?3",
            status,
            before,
            limit,
        )
        return tuple(map(_job, rows))

    def events(self, identity: str, after: int = 0) -> tuple[JobEvent, ...]:
        """What happened to a job after an event's number.

        Raises:
            LandformError: ``no-job``.
        """
        self.get(identity)
        rows = self._database.rows(
            "SELECT seq, at, kind, message FROM events WHERE job = ? AND seq > ? ORDER BY seq",
            identity,
            after,
        )
        return tuple(JobEvent(*row) for row in rows)

    def preview(self, identity: str) -> Mapping[str, Any] | None:
        """The preview of a job as a document; None where there is none yet, or none at all.

        Raises:
            LandformError: ``no-job``.
        """
        self.get(identity)
        text = self._database.rows("SELECT preview FROM jobs WHERE id = ?", identity)[0][0]
        return json.loads(text) if text else None

    def counts(self) -> dict[Status, int]:
        """How many jobs have each status."""
        found = dict(self._database.rows("SELECT status, count(*) FROM jobs GROUP BY status"))
        return {status: found.get(status, 0) for status in Status}

    def waiting(self) -> bool:
        """Whether there is work."""
        return bool(self._database.rows("SELECT 1 FROM jobs WHERE status IN (?, ?) LIMIT 1", *WAITING))

    def running(self) -> Job | None:
        """The job that a worker is at, or was at when it was cut off."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM jobs WHERE status = ? LIMIT 1", Status.RUNNING)
        return _job(rows[0]) if rows else None

    # What a worker does, which holds the lock.

    def take(self) -> Job | None:
        """The job to work at: one that was cut off, or the oldest; None where nothing waits.

        One that no worker survives is given up, and fails.
        """
        while True:
            with self._database.transaction() as connection:
                row = connection.execute(
                    f"SELECT {_COLUMNS} FROM jobs WHERE status IN (?, ?) ORDER BY number LIMIT 1", WAITING
                ).fetchone()
                if row is None:
                    return None
                job = _job(row)
                if job.attempts >= MOST_ATTEMPTS:
                    self._end(connection, job.id, Status.FAILED, "Given up.", problems=[_given_up(job)])
                    continue
                at = stamp(self._clock())
                connection.execute(
                    "UPDATE jobs SET status = ?, attempts = attempts + 1, started_at = ? WHERE id = ?",
                    (Status.RUNNING, at, job.id),
                )
                again = f" for the {job.attempts + 1}. time" if job.attempts else ""
                _event(connection, job.id, at, Status.RUNNING, f"Taken up{again}.")
                row = connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job.id,)).fetchone()
            return _job(row)

    def step(self, identity: str, message: str) -> None:
        """Tell what a job is at."""
        with self._database.transaction() as connection:
            _event(connection, identity, stamp(self._clock()), "step", message)

    def keep_preview(
        self, identity: str, document: Mapping[str, Any], intended: Mapping[str, Any] | None
    ) -> None:
        """Keep a job's preview, and what will have come of it if the worker is cut off after this."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET preview = ?, result = ? WHERE id = ?",
                (canonical_json(document), canonical_json(intended) if intended else None, identity),
            )
            _event(connection, identity, stamp(self._clock()), "preview", "The preview is there.")

    def done(self, identity: str, result: Mapping[str, Any], message: str) -> None:
        """End a job that did what it was for."""
        with self._database.transaction() as connection:
            self._end(connection, identity, Status.DONE, message, result=result)

    def not_done(self, identity: str, status: Status, error: LandformError) -> None:
        """End a job that was refused or failed; one that has ended stays as it is."""
        with self._database.transaction() as connection:
            problems = [fields(each) for each in error.each()]
            self._end(connection, identity, status, error.message, problems=problems)

    def _end(
        self,
        connection: sqlite3.Connection,
        identity: str,
        status: Status,
        message: str,
        *,
        result: Mapping[str, Any] | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        at = stamp(self._clock())
        ended = connection.execute(
            "UPDATE jobs SET status = ?, ended_at = ?, result = ?, problems = ?"
            " WHERE id = ? AND status IN (?, ?)",
            (
                status,
                at,
                canonical_json(result) if result is not None else None,
                canonical_json(problems) if problems else None,
                identity,
                *WAITING,
            ),
        )
        if ended.rowcount:
            _event(connection, identity, at, status, message)


def _event(connection: sqlite3.Connection, job: str, at: str, kind: str, message: str) -> None:
    connection.execute(
        "INSERT INTO events (job, seq, at, kind, message)"
        " SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4 FROM events WHERE job = ?1",
        (job, at, kind, message),
    )


def _job(row: tuple[Any, ...]) -> Job:
    number, identity, caller, key, file, text, meaning, dry_run, status, attempts, *rest = row
    accepted_at, started_at, ended_at, result, problems = rest
    return Job(
        number,
        identity,
        caller,
        key,
        Asked(file, text, meaning, bool(dry_run)),
        Status(status),
        attempts,
        accepted_at,
        started_at,
        ended_at,
        json.loads(result) if result else None,
        json.loads(problems) if problems else (),
    )


def _same(row: tuple[Any, ...], asked: Asked) -> Job:
    job = _job(row)
    if job.asked.digest != asked.digest:
        raise LandformError(
            Code.KEY_REUSED,
            "The Idempotency-Key came with another request before.",
            given=job.key,
            expected=f"the request of {job.id}, or another key",
            fix="A new request needs a new key; to repeat a call, send what was sent.",
        )
    return job


def _given_up(job: Job) -> Mapping[str, Any]:
    return LandformError(
        Code.JOB_STOPPED,
        "Each worker that took the request up died or was stopped at it.",
        given=f"{job.attempts} attempts",
        fix="The server's log says how they ended. Then send the request again, with a new Idempotency-Key.",
    ).as_json()

"""The server's SQLite file: jobs and their events, tokens, the audit log.

It is in SQLite's write-ahead mode and syncs at each commit: what was answered with "accepted" is there after a kill or
a loss of power. Server, worker and command line have it open at the same time (SQLite, "Write-Ahead Logging").
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from landform.errors import Code, LandformError, Place

STATE = Path("record/serve")
"""Where the server's folder stands in a project: beside the ledger, for ``.landform/`` may be thrown away."""
DATABASE = "serve.sqlite"

FORMAT_VERSION = 1
# "LFSV", which the file carries at the place that SQLite keeps for it.
APPLICATION_ID = 0x4C465356
BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    file TEXT NOT NULL,
    text TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    accepted_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    preview TEXT,
    result TEXT,
    problems TEXT,
    UNIQUE (caller, key)
);
CREATE INDEX jobs_by_status ON jobs (status, number);
CREATE TABLE events (
    job TEXT NOT NULL REFERENCES jobs (id),
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (job, seq)
) WITHOUT ROWID;
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT
) WITHOUT ROWID;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    caller TEXT,
    credential TEXT,
    client TEXT,
    action TEXT NOT NULL,
    target TEXT,
    status INTEGER,
    code TEXT
);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
"""

# SQLite's primary result codes (sqlite.org/rescode.html): what each means for a user.
_FULL = (Code.DISK_FULL, "The disk is full, and the server's database cannot be added to.", "Make room.")
_NOT_WRITABLE = (
    Code.NOT_WRITABLE,
    "The server's database cannot be written.",
    "Give write access to its folder, or name another one with --state.",
)
_BUSY = (
    Code.IN_USE,
    "Another process keeps the server's database locked.",
    "Find the process that has it open, and let it end.",
)
_UNREADABLE = (
    Code.SERVER_STATE,
    "The server's database is damaged, or is something else.",
    "Restore it from a copy, with its -wal file, or name another folder with --state.",
)
_ANSWERS: Mapping[int, tuple[Code, str, str]] = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_IOERR: _NOT_WRITABLE,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
}


class Database:
    """The server's open database; a context manager that closes it. Threads take turns.

    ``path`` is its file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._mutex = threading.RLock()

    @classmethod
    def open(cls, folder: Path) -> Database:
        """Open the database in a folder, or begin one: for its owner alone, and out of git's sight.

        Raises:
            LandformError: ``server-state`` for a file that is damaged, something else, or of another format;
                ``not-writable``; ``disk-full``; ``in-use``.
        """
        path = folder / DATABASE
        with _translated(path):
            _private(folder)
            # Transactions are begun by hand, so that looking and writing are one.
            connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                path.chmod(0o600)
                _prepare(path, connection)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    def close(self) -> None:
        """Close it. What was committed is there already."""
        with self._mutex:
            self._connection.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rows(self, statement: str, *values: object) -> list[Any]:
        """What a question answers, as rows."""
        with _translated(self.path), self._mutex:
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done with the connection, or nothing of it; nobody else writes meanwhile."""
        with _translated(self.path), self._mutex:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # After some errors, a full disk for one, SQLite has ended the transaction by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        # Hashes of tokens and who called belong to this machine, not into a repository.
        ignore.write_text("*\n", encoding="utf-8")


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    """Make the tables where there are none; refuse what is no database of ours."""
    # Two processes that both begin one: the second waits here, and finds it made.
    connection.execute("BEGIN IMMEDIATE")
    application, version, objects = (
        connection.execute(statement).fetchone()[0]
        for statement in (
            "PRAGMA application_id",
            "PRAGMA user_version",
            "SELECT count(*) FROM sqlite_master",
        )
    )
    if (application, version, objects) == (0, 0, 0):
        for statement in _statements():
            connection.execute(statement)
    elif (application, version) != (APPLICATION_ID, FORMAT_VERSION):
        foreign = application != APPLICATION_ID
        raise _error(path, _UNREADABLE, "a database of something else" if foreign else f"format {version}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _statements() -> Iterator[str]:
    """The schema, one statement at a time: a script would end the transaction that it runs in."""
    yield f"PRAGMA application_id = {APPLICATION_ID}"
    yield f"PRAGMA user_version = {FORMAT_VERSION}"
    statement = ""
    for line in _SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _error(path, _NOT_WRITABLE, os.strerror(error.errno) if error.errno else None) from None
    except sqlite3.Error as error:
        # What Python itself raises, for a closed database say, has no result code, and is a mistake in a program.
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise
        # The lower byte of an extended result code is the primary one.
        raise _error(path, _ANSWERS.get(code & 0xFF, _UNREADABLE), str(error)) from None


def _error(path: Path, answer: tuple[Code, str, str], given: str | None) -> LandformError:
    code, message, fix = answer
    return LandformError(code, message, place=Place(str(path)), given=given, fix=fix)

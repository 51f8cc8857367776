"""One SQLite file that processes and threads share: opened or begun, asked, and written all or nothing.

SQLite is in its write-ahead mode and syncs at each commit, so that what a transaction wrote is there after a kill or
a loss of power (SQLite, "Write-Ahead Logging"; "PRAGMA synchronous"). What SQLite says is told in the words of the
file (sqlite.org/rescode.html has its result codes).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from landform.errors import Code, LandformError, Place

BUSY_SECONDS = 30.0

_NOT_WRITABLE = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a file is, and the words in which its errors are told.

    Attributes:
        name: what it is called inside a sentence.
        application_id: four bytes, which a file carries at the place that SQLite keeps for it.
        version: of the schema.
        schema: the statements that make its tables.
        unreadable: the code for what is damaged, something else, or of another version.
        damaged: the message for what is damaged or something else.
        restore: what to do about that.
        access: what to do where it cannot be written.
        full: the code for a disk without room.
    """

    name: str
    application_id: int
    version: int
    schema: str
    unreadable: Code
    damaged: str
    restore: str
    access: str
    full: Code

    @contextmanager
    def told(self, path: Path) -> Iterator[None]:
        """What the system and SQLite raise inside becomes an error that names the file.

        Raises:
            LandformError: ``not-writable``, ``in-use``, and the file's own ``full`` and ``unreadable``.
        """
        try:
            yield
        except OSError as error:
            raise self._not_writable(path, error.strerror) from None
        except sqlite3.Error as error:
            # What Python itself raises, for a closed file say, has no result code, and is a mistake in a program.
            code = getattr(error, "sqlite_errorcode", None)
            if code is None:
                raise
            # The lower byte of an extended result code is the primary one.
            raise self._answer(path, code & 0xFF, str(error)) from None

    def something_else(self, path: Path, given: str) -> LandformError:
        """The error for a file that is damaged, or is none of these."""
        return LandformError(
            self.unreadable, self.damaged, place=Place(str(path)), given=given, fix=self.restore
        )

    def of_version(self, path: Path, version: int) -> LandformError:
        """The error for a file of another version."""
        return LandformError(
            self.unreadable,
            f"{self._named} is of a format that this landform does not read.",
            place=Place(str(path)),
            given=f"format {version}",
            expected=f"format {self.version}",
            fix="Use the landform that wrote it, or a newer one.",
        )

    def _answer(self, path: Path, code: int, given: str) -> LandformError:
        if code == sqlite3.SQLITE_FULL:
            message = f"The disk is full, and {self.name} cannot be added to."
            return LandformError(self.full, message, place=Place(str(path)), given=given, fix="Make room.")
        if code in _NOT_WRITABLE:
            return self._not_writable(path, given)
        if code in _BUSY:
            return LandformError(
                Code.IN_USE,
                f"Another process keeps {self.name} locked.",
                place=Place(str(path)),
                given=given,
                fix="Find the process that has it open, and let it end.",
            )
        return self.something_else(path, given)

    def _not_writable(self, path: Path, given: str | None) -> LandformError:
        return LandformError(
            Code.NOT_WRITABLE,
            f"{self._named} cannot be written.",
            place=Place(str(path)),
            given=given,
            fix=self.access,
        )

    @property
    def _named(self) -> str:
        return self.name[0].upper() + self.name[1:]


class SqliteFile:
    """An open file; a context manager that closes it. Threads take turns.

    ``path`` is its file, ``connection`` SQLite's connection to it.
    """

    def __init__(self, path: Path, format: FileFormat) -> None:
        """Open a file, or begin one where there is none; its folder is made.

        Raises:
            LandformError: the format's ``unreadable`` for a file that is damaged, something else, or of another
                version; ``not-writable``; ``in-use``; its ``full``.
        """
        self.path = path
        self._format = format
        self._mutex = threading.RLock()
        with format.told(path), _alone(path.parent):
            # Transactions are begun by hand, so that looking and writing are one.
            self.connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self.connection.close()
                raise

    def close(self) -> None:
        """Close it. What was committed is there already."""
        with self._mutex:
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rows(self, statement: str, *values: object) -> list[Any]:
        """What a question answers, as rows."""
        with self._format.told(self.path), self._mutex:
            return self.connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done with the connection, or nothing of it; nobody else writes meanwhile."""
        with self._format.told(self.path), self._mutex:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                # After some errors, a full disk for one, SQLite has ended the transaction by itself.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        """Make the tables where there are none; refuse what is no file of ours."""
        application, version, objects = (
            self.connection.execute(statement).fetchone()[0]
            for statement in (
                "PRAGMA application_id",
                "PRAGMA user_version",
                "SELECT count(*) FROM sqlite_master",
            )
        )
        if (application, version, objects) == (0, 0, 0):
            self.connection.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {self._format.application_id}; "
                f"PRAGMA user_version = {self._format.version}; {self._format.schema} COMMIT;"
            )
        elif application != self._format.application_id:
            raise self._format.something_else(self.path, "a database of something else")
        elif version != self._format.version:
            raise self._format.of_version(self.path, version)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Open one at a time: two processes that both begin a file would fail in each other's way."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

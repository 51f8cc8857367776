"""The server's SQLite file: jobs and their events, tokens, the audit log.

It is in SQLite's write-ahead mode and syncs at each commit: what was answered with "accepted" is there after a kill or
a loss of power. Server, worker and command line have it open at the same time (SQLite, "Write-Ahead Logging").
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from landform.errors import Code
from landform.record.sqlite_file import FileFormat, SqliteFile

STATE = Path("record/serve")
"""Where the server's folder stands in a project: beside the ledger, for ``.landform/`` may be thrown away."""
DATABASE = "serve.sqlite"

FORMAT_VERSION = 1
# "LFSV", which the file carries at the place that SQLite keeps for it.
APPLICATION_ID = 0x4C465356

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

_FORMAT = FileFormat(
    name="the server's database",
    application_id=APPLICATION_ID,
    version=FORMAT_VERSION,
    schema=_SCHEMA,
    unreadable=Code.SERVER_STATE,
    damaged="The server's database is damaged, or is something else.",
    restore="Restore it from a copy, with its -wal file, or name another folder with --state.",
    access="Give write access to its folder, or name another one with --state.",
    full=Code.DISK_FULL,
)


class Database(SqliteFile):
    """The server's open database; a context manager that closes it. Threads take turns."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the database in a folder, or begin one: for its owner alone, and out of git's sight.

        Raises:
            LandformError: ``server-state`` for a file that is damaged, something else, or of another format;
                ``not-writable``; ``disk-full``; ``in-use``.
        """
        path = folder / DATABASE
        with _FORMAT.told(path):
            _private(path)
        return cls(path, _FORMAT)


def _private(path: Path) -> None:
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        # Hashes of tokens and who called belong to this machine, not into a repository.
        ignore.write_text("*\n", encoding="utf-8")
    # SQLite gives the files that it puts beside this one the mode of this one.
    path.touch(0o600)
    path.chmod(0o600)

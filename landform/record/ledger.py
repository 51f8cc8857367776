"""The ledger: what was planned, approved and applied, in one SQLite file that is only ever added to.

Each event carries the digest of the one before it, so an event that was changed, taken out or put in is found. What
no chain can show by itself is that its end was taken away, or that the whole of it was written anew: that is what
``head`` is for, which approvals and attestations carry outside (``holds`` asks whether it is still there).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from landform.digest import canonical_json
from landform.errors import Code, LandformError, Place
from landform.record.events import KINDS, Broken, Event, EventKind, Head, event_digest
from landform.record.exclusive import Owner, exclusive
from landform.record.moments import moment, stamp
from landform.record.sqlite_file import FileFormat, SqliteFile

LEDGER = Path("record/ledger.sqlite")
"""Where the ledger stands in a project."""

FORMAT_VERSION = 1
# "LFLG", which the file carries at the place that SQLite keeps for it.
APPLICATION_ID = 0x4C464C47
# Clocks of two machines, or one that is being set right, differ by less.
CLOCK_TOLERANCE = timedelta(minutes=5)

_SCHEMA = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    run TEXT NOT NULL,
    stack TEXT,
    body TEXT NOT NULL,
    prev TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX events_by_run ON events (run, seq);
CREATE INDEX events_by_stack ON events (stack, kind, seq);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;
CREATE TRIGGER events_follow BEFORE INSERT ON events
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
    OR NEW.prev IS NOT coalesce((SELECT digest FROM events ORDER BY seq DESC LIMIT 1), '')
    BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to at its end'); END;
"""
_COLUMNS = "seq, at, kind, run, stack, body, prev, digest"
_Row = tuple[int, str, str, str, str | None, str, str, str]

_FORMAT = FileFormat(
    name="the ledger",
    application_id=APPLICATION_ID,
    version=FORMAT_VERSION,
    schema=_SCHEMA,
    unreadable=Code.LEDGER_UNREADABLE,
    damaged="The ledger's file is damaged, or is no ledger.",
    restore="Restore it from a copy, with its -wal file. Never remove it: it says what stands in the accounts.",
    access="Give write access to its folder; to only read a ledger, copy it to a folder of your own.",
    full=Code.NOT_WRITABLE,
)


class Ledger:
    """An open ledger; a context manager that closes it. Several threads and processes may add to one.

    ``path`` is its file.
    """

    def __init__(self, file: SqliteFile) -> None:
        self.path = file.path
        self._file = file

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Open a ledger, or begin one where there is no file.

        Raises:
            LandformError: ``ledger-unreadable`` for a file that is no ledger, is damaged or is of a newer format;
                ``not-writable``; ``in-use``.
        """
        return cls(SqliteFile(path, _FORMAT))

    def close(self) -> None:
        """Close it. What was added is there already."""
        self._file.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(
        self,
        kind: EventKind,
        *,
        at: str,
        run: str,
        stack: str | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Event:
        """Add an event; when this returns, it is on the disk.

        Args:
            kind: what happened.
            at: when, as ISO 8601 with an offset. A little before the last event becomes the last event's time.
            run: the id of the run.
            stack: the stack it is about.
            body: what else there is to say: keys that the kind names.

        Raises:
            ValueError: for a body or a stack that the kind has no place for, or an ``at`` that is no moment.
            LandformError: ``clock-moved``, ``not-writable``, ``in-use``, ``ledger-unreadable``.
        """
        body = body or {}
        unknown = sorted({*body} - {*kind.body})
        if unknown or (kind.of_stack is not None and kind.of_stack != (stack is not None)):
            raise ValueError(f"{kind.value} has no place for {unknown or f'the stack {stack!r}'}")
        # What Terraform said may hold bytes that are no text; JSON has an escape for them.
        text = canonical_json(body).encode("utf-8", "backslashreplace").decode()
        given = moment(at)
        with self._file.transaction() as connection:
            last = connection.execute(f"SELECT {_COLUMNS} FROM events ORDER BY seq DESC LIMIT 1").fetchone()
            seq, prev = (last[0] + 1, last[7]) if last else (1, "")
            at = _not_before(self.path, last[1], given) if last else stamp(given)
            row: _Row = (seq, at, kind.value, run, stack, text, prev, "")
            digest = event_digest(*row[:7])
            connection.execute(
                f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row[:7], digest)
            )
        return Event(seq, at, kind, run, stack, json.loads(text), prev, digest)

    def events(
        self,
        run: str | None = None,
        kind: EventKind | None = None,
        stack: str | None = None,
        after: int = 0,
    ) -> tuple[Event, ...]:
        """The events of a run, of a kind, of a stack, after a number: in their order.

        Raises:
            LandformError: ``ledger-unreadable``, ``ledger-broken``.
        """
        asked = {"run": run, "kind": kind and kind.value, "stack": stack}
        wanted = {column: value for column, value in asked.items() if value is not None}
        where = "".join(f" AND {column} = ?" for column in wanted)
        rows = self._file.rows(
            f"SELECT {_COLUMNS} FROM events WHERE seq > ?{where} ORDER BY seq", after, *wanted.values()
        )
        return tuple(self._event(row) for row in rows)

    def runs(self) -> tuple[str, ...]:
        """The ids of the runs, in the order of their first events."""
        return tuple(
            row[0] for row in self._file.rows("SELECT run FROM events GROUP BY run ORDER BY min(seq)")
        )

    def head(self) -> Head:
        """Where the ledger ends now."""
        rows = self._file.rows("SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1")
        return Head(*rows[0]) if rows else Head()

    def holds(self, head: Head) -> bool:
        """Whether what ended there at some time is still there; False where the end was taken away or rewritten."""
        return head == Head() or bool(
            self._file.rows("SELECT 1 FROM events WHERE seq = ? AND digest = ?", head.seq, head.digest)
        )

    def verify(self) -> Broken | None:
        """The first event that is not what was written, or None.

        A ledger whose last events were taken away is a whole ledger of fewer events: ask ``holds`` for the head that
        an approval carries.

        Raises:
            LandformError: ``ledger-unreadable``.
        """
        last, prev = 0, ""
        for row in self._file.rows(f"SELECT {_COLUMNS} FROM events ORDER BY seq"):
            if row[0] != last + 1:
                return Broken(row[0], f"comes after the event {last}: what was between is gone")
            if row[6] != prev:
                return Broken(row[0], "does not follow the event before it")
            if row[7] != event_digest(*row[:7]):
                return Broken(row[0], "was changed: its digest is not that of what it says")
            last, prev = row[0], row[7]
        return None

    def lock(self, owner: Owner) -> AbstractContextManager[None]:
        """Keep every other run out for as long as the context lasts; a kill ends it too.

        Raises:
            LandformError: ``in-use``, with who is at work; ``not-writable``.
        """
        return exclusive(self.path.with_name(f"{self.path.name}.lock"), owner)

    def _event(self, row: _Row) -> Event:
        seq, at, kind, run, stack, body, prev, digest = row
        if digest != event_digest(*row[:7]):
            raise LandformError(
                Code.LEDGER_BROKEN,
                f"The event {seq} of the ledger was changed after it was written.",
                place=Place(str(self.path)),
                given=f"a digest other than {digest}",
                expected="the event as it was written",
                fix="Restore the ledger from a copy, and find out who changed it.",
            )
        if kind not in KINDS:
            raise LandformError(
                Code.LEDGER_UNREADABLE,
                f"The event {seq} is of a kind that this landform does not know.",
                place=Place(str(self.path)),
                given=kind,
                fix="Use the landform that wrote it, or a newer one.",
            )
        return Event(seq, at, KINDS[kind], run, stack, json.loads(body), prev, digest)


def now(ledger: Ledger, clock: Callable[[], datetime]) -> str:
    """What time it is for a run: the clock's, and never before the ledger's last event.

    Raises:
        LandformError: ``clock-moved`` where the clock is more than five minutes behind it.
    """
    rows = ledger.events(after=max(ledger.head().seq - 1, 0))
    return _not_before(ledger.path, rows[-1].at, clock()) if rows else stamp(clock())


def _not_before(path: Path, last: str, given: datetime) -> str:
    if moment(last) - given > CLOCK_TOLERANCE:
        raise LandformError(
            Code.CLOCK_MOVED,
            "The machine's clock is behind the last event of the ledger.",
            place=Place(str(path)),
            given=stamp(given),
            expected=f"at or after {last}",
            fix="Set the clock. Where the last event's time is the wrong one, keep this ledger under another "
            "name and begin a new one: every stack is then planned anew.",
        )
    return max(last, stamp(given))

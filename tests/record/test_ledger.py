"""The ledger: what is added stays, in order, and what was done to it by hand is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from landform.errors import Code, LandformError
from landform.record.events import Broken, Event, EventKind, Head, event_digest
from landform.record.ledger import APPLICATION_ID, Ledger, now

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
AT = NOON.isoformat()


def applied(ledger: Ledger, stack: str, run: str = "r1", **body: Any) -> Event:
    return ledger.append(EventKind.STACK_APPLIED, at=AT, run=run, stack=stack, body=body)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Five events of two runs."""
    ledger.append(EventKind.RUN_STARTED, at=AT, run="r1", body={"by": "jane"})
    applied(ledger, "a.vpc", digest="sha256:1")
    applied(ledger, "b.vpc", digest="sha256:2")
    ledger.append(EventKind.RUN_ENDED, at=AT, run="r1", body={"outcome": "done"})
    applied(ledger, "a.vpc", run="r2", digest="sha256:3")
    return ledger


class TestAppend:
    def test_what_was_added_is_there_when_the_file_is_opened_again(self, path: Path) -> None:
        """An event that was returned is read back equal."""
        with Ledger.open(path) as ledger:
            event = applied(ledger, "a.vpc", counts={"add": 3})
        with Ledger.open(path) as ledger:
            assert ledger.events() == (event,)

    def test_each_event_carries_the_digest_of_the_one_before(self, filled: Ledger) -> None:
        """The events are a chain that begins with nothing."""
        events = filled.events()
        assert [event.prev for event in events] == ["", *(event.digest for event in events[:-1])]

    def test_a_time_is_kept_in_utc(self, ledger: Ledger) -> None:
        """Texts of moments in several offsets would not sort as the moments do."""
        event = ledger.append(EventKind.RUN_STARTED, at="2026-11-21T13:00:00+01:00", run="r1")
        assert event.at == "2026-11-21T12:00:00.000000Z"

    def test_a_key_that_the_kind_does_not_name_is_refused(self, ledger: Ledger) -> None:
        """A body has a closed shape."""
        with pytest.raises(ValueError, match="colour"):
            applied(ledger, "a.vpc", colour="red")

    def test_an_event_of_a_stack_names_it(self, ledger: Ledger) -> None:
        """An applied stack without a name would be applied again."""
        with pytest.raises(ValueError, match="stack-applied"):
            ledger.append(EventKind.STACK_APPLIED, at=AT, run="r1")

    def test_an_event_of_a_run_names_no_stack(self, ledger: Ledger) -> None:
        """What is about all stacks is not found under one."""
        with pytest.raises(ValueError, match="halted"):
            ledger.append(EventKind.HALTED, at=AT, run="r1", stack="a.vpc")

    def test_a_time_without_an_offset_is_refused(self, ledger: Ledger) -> None:
        """Noon is no moment without a place."""
        with pytest.raises(ValueError, match="offset"):
            ledger.append(EventKind.RUN_STARTED, at="2026-11-21T12:00:00", run="r1")

    def test_bytes_that_are_no_text_come_back(self, ledger: Ledger) -> None:
        """A reason may quote a program's output, whatever its encoding was."""
        reason = b"caf\xe9".decode(errors="surrogateescape")
        event = ledger.append(EventKind.HALTED, at=AT, run="r1", body={"reason": reason})
        assert ledger.events()[0].body == event.body == {"reason": reason}

    def test_a_full_disk_leaves_the_ledger_as_it_was(self, filled: Ledger) -> None:
        """What did not fit is not there, and what was there is whole."""
        connection = filled._file.connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        before = filled.events()
        much = {"stacks": ["x" * 1000] * 100}
        error = refusal(lambda: filled.append(EventKind.RUN_STARTED, at=AT, run="r3", body=much))
        assert error.code is Code.NOT_WRITABLE
        assert "full" in error.message
        assert filled.events() == before
        connection.execute("PRAGMA max_page_count = 1000000")
        assert applied(filled, "a.vpc").seq == 6


class TestEventKind:
    def test_a_kind_is_its_name(self, ledger: Ledger) -> None:
        """Who folds events compares texts."""
        event = ledger.append(EventKind.RUN_STARTED, at=AT, run="r1")
        assert event.kind is EventKind.RUN_STARTED
        assert event.kind == "run-started"
        assert f"{event.kind}" == "run-started"
        assert {"run-started": 1}[event.kind] == 1

    @pytest.mark.parametrize("kind", EventKind)
    def test_every_kind_says_what_it_means(self, kind: EventKind) -> None:
        """And what each key of its body is."""
        assert kind.meaning.endswith(".")
        assert all(kind.body.values())


class TestEvents:
    @pytest.mark.parametrize(
        ("asked", "numbers"),
        [
            ({}, [1, 2, 3, 4, 5]),
            ({"run": "r1"}, [1, 2, 3, 4]),
            ({"kind": EventKind.STACK_APPLIED}, [2, 3, 5]),
            ({"stack": "a.vpc"}, [2, 5]),
            ({"stack": "a.vpc", "run": "r2"}, [5]),
            ({"after": 3}, [4, 5]),
            ({"run": "none"}, []),
        ],
    )
    def test_events_are_found_by_run_kind_stack_and_number(
        self, filled: Ledger, asked: dict[str, Any], numbers: list[int]
    ) -> None:
        """All that was asked for holds of each event, in order."""
        assert [event.seq for event in filled.events(**asked)] == numbers

    def test_runs_are_in_the_order_they_began(self, filled: Ledger) -> None:
        """A run is known by its first event."""
        assert filled.runs() == ("r1", "r2")


class TestVerify:
    def test_a_ledger_that_nobody_touched_is_whole(self, filled: Ledger) -> None:
        """Nothing is broken."""
        assert filled.verify() is None

    @pytest.mark.parametrize("statement", ["UPDATE events SET run = 'x'", "DELETE FROM events WHERE seq = 5"])
    def test_the_database_itself_refuses_a_change(self, filled: Ledger, path: Path, statement: str) -> None:
        """A tool that opens the file cannot change it by mistake."""
        with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
            connection.execute(statement)

    def test_the_database_itself_refuses_to_replace(self, filled: Ledger, path: Path) -> None:
        """INSERT OR REPLACE deletes without asking the trigger of deletes."""
        statement = (
            "INSERT OR REPLACE INTO events SELECT seq, at, kind, 'x', stack, body, prev, digest FROM events"
        )
        with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match="at its end"):
            connection.execute(statement)

    @pytest.mark.parametrize("column", ["at", "kind", "run", "stack", "body", "prev", "digest"])
    def test_a_changed_column_is_found(self, filled: Ledger, path: Path, column: str) -> None:
        """Every column is in the digest."""
        tamper(path, f"UPDATE events SET {column} = {column} || ' ' WHERE seq = 3")
        broken = filled.verify()
        assert broken is not None
        assert broken.seq == 3

    def test_a_changed_event_is_not_read(self, filled: Ledger, path: Path) -> None:
        """Nobody decides by what somebody else wrote in."""
        tamper(path, "UPDATE events SET body = '{}' WHERE seq = 3")
        with pytest.raises(LandformError) as caught:
            filled.events()
        assert caught.value.code is Code.LEDGER_BROKEN

    def test_an_event_that_was_taken_out_is_missed(self, filled: Ledger, path: Path) -> None:
        """Numbers have no gaps."""
        tamper(path, "DELETE FROM events WHERE seq = 3")
        assert filled.verify() == Broken(4, "comes after the event 2: what was between is gone")

    def test_an_event_that_was_rewritten_with_its_digest_breaks_the_next(
        self, filled: Ledger, path: Path
    ) -> None:
        """Who knows how digests are made still has to rewrite all that follows."""
        with Ledger.open(path.with_name("other.sqlite")) as other:
            other.append(EventKind.RUN_STARTED, at=AT, run="r1", body={"by": "eve"})
            forged = other.head().digest
            body = '{\n  "by": "eve"\n}'
        tamper(path, f"UPDATE events SET body = '{body}', digest = '{forged}' WHERE seq = 1")
        assert filled.verify() == Broken(2, "does not follow the event before it")

    def test_a_missing_end_is_found_by_the_head_that_was_kept(self, filled: Ledger, path: Path) -> None:
        """The chain alone cannot show it, which is why an approval carries the head."""
        head = filled.head()
        assert filled.holds(head)
        tamper(path, "DELETE FROM events WHERE seq = 5")
        assert filled.verify() is None
        assert not filled.holds(head)

    def test_a_ledger_that_has_grown_holds_its_old_heads(self, filled: Ledger) -> None:
        """What is added takes nothing away."""
        head = filled.head()
        applied(filled, "c.vpc")
        assert filled.holds(head)
        assert filled.holds(Head())


class TestOpen:
    def test_a_file_of_something_else_is_refused_and_left_alone(self, path: Path) -> None:
        """A wrong path costs nobody a file."""
        path.parent.mkdir()
        path.write_text("name: acme\n" * 100)
        assert refusal(lambda: Ledger.open(path)).code is Code.LEDGER_UNREADABLE
        assert path.read_text() == "name: acme\n" * 100

    def test_a_database_of_something_else_is_refused(self, path: Path) -> None:
        """SQLite files are everywhere."""
        path.parent.mkdir()
        with raw(path) as connection:
            connection.execute("CREATE TABLE songs (name TEXT)")
        error = refusal(lambda: Ledger.open(path))
        assert (error.code, error.given) == (Code.LEDGER_UNREADABLE, "a database of something else")

    def test_a_newer_format_is_refused_by_its_number(self, filled: Ledger, path: Path) -> None:
        """An older landform reads nothing into what it does not know."""
        with raw(path) as connection:
            connection.execute("PRAGMA user_version = 2")
        error = refusal(lambda: Ledger.open(path))
        assert (error.code, error.given) == (Code.LEDGER_UNREADABLE, "format 2")

    def test_a_kind_of_event_that_is_not_known_is_refused(self, path: Path) -> None:
        """Leaving it out could leave out that a stack was applied."""
        with Ledger.open(path) as ledger:
            row = (1, AT, "stack-imported", "r1", "a.vpc", "{}", "")
            statement = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            ledger._file.connection.execute(statement, (*row, event_digest(*row)))
            assert refusal(ledger.events).given == "stack-imported"

    def test_a_damaged_file_is_refused(self, path: Path) -> None:
        """Pages of noise are not events."""
        with Ledger.open(path) as ledger:
            for number in range(50):
                applied(ledger, f"a{number}.vpc", digest="sha256:" + "0" * 500)
        data = path.read_bytes()
        path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
        with Ledger.open(path) as ledger:
            assert refusal(ledger.verify).code is Code.LEDGER_UNREADABLE

    def test_a_truncated_file_is_refused(self, path: Path) -> None:
        """A copy that broke off half-way is none."""
        with Ledger.open(path) as ledger:
            for number in range(50):
                applied(ledger, f"a{number}.vpc", digest="sha256:" + "0" * 500)
        path.write_bytes(path.read_bytes()[:9000])

        def read() -> None:
            with Ledger.open(path) as ledger:
                ledger.verify()

        assert refusal(read).code is Code.LEDGER_UNREADABLE

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        """A file stands where the folder should be."""
        (tmp_path / "record").write_text("")
        error = refusal(lambda: Ledger.open(tmp_path / "record" / "ledger.sqlite"))
        assert error.code is Code.NOT_WRITABLE

    def test_a_ledger_whose_log_cannot_be_written_is_refused(self, path: Path) -> None:
        """SQLite needs the files beside it too."""
        path.parent.mkdir()
        (path.parent / f"{path.name}-wal").mkdir()

        def add() -> None:
            with Ledger.open(path) as ledger:
                applied(ledger, "a.vpc")

        error = refusal(add)
        assert error.code is Code.NOT_WRITABLE
        assert error.fix

    def test_the_file_says_what_it_is(self, filled: Ledger, path: Path) -> None:
        """file(1) and SQLite's tools show the application's number."""
        assert path.read_bytes()[68:72] == APPLICATION_ID.to_bytes(4, "big")

    def test_every_commit_reaches_the_disk(self, ledger: Ledger) -> None:
        """Write-ahead, and full synchronisation, which SQLite's own default in that mode is not everywhere."""
        assert ledger._file.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert ledger._file.connection.execute("PRAGMA synchronous").fetchone() == (2,)


class TestNow:
    def test_time_is_the_clocks(self, filled: Ledger) -> None:
        """A clock that goes forward is believed."""
        assert now(filled, lambda: NOON + timedelta(hours=1)) == "2026-11-21T13:00:00.000000Z"

    def test_a_clock_a_little_behind_becomes_the_last_events_time(self, filled: Ledger) -> None:
        """Two machines' clocks differ by seconds."""
        behind = NOON - timedelta(minutes=4)
        assert now(filled, lambda: behind) == "2026-11-21T12:00:00.000000Z"
        event = filled.append(EventKind.RUN_ENDED, at=behind.isoformat(), run="r2")
        assert event.at == "2026-11-21T12:00:00.000000Z"

    def test_a_clock_far_behind_is_refused(self, filled: Ledger) -> None:
        """An approval that has expired would be good again."""
        behind = NOON - timedelta(minutes=6)
        assert refusal(lambda: now(filled, lambda: behind)).code is Code.CLOCK_MOVED
        error = refusal(lambda: filled.append(EventKind.RUN_ENDED, at=behind.isoformat(), run="r2"))
        assert error.code is Code.CLOCK_MOVED
        assert error.given == "2026-11-21T11:54:00.000000Z"

    def test_an_empty_ledger_believes_the_clock(self, ledger: Ledger) -> None:
        """There is nothing to be behind."""
        assert now(ledger, lambda: NOON) == "2026-11-21T12:00:00.000000Z"


def raw(path: Path) -> sqlite3.Connection:
    """The file as SQLite opens it for anybody."""
    return sqlite3.connect(path, isolation_level=None)


def tamper(path: Path, statement: str) -> None:
    """What somebody does who knows about the triggers."""
    connection = raw(path)
    connection.executescript(
        f"DROP TRIGGER events_stay; DROP TRIGGER events_remain; DROP TRIGGER events_follow; {statement};"
    )
    connection.close()


def refusal(action: Callable[[], object]) -> LandformError:
    with pytest.raises(LandformError) as caught:
        action()
    return caught.value

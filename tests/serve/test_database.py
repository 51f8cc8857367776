"""The server's file: whose it is, and what is refused."""

import sqlite3

import pytest

from landform.errors import Code, LandformError
from landform.serve.database import DATABASE, Database


class TestOpen:
    """``Database.open``."""

    def test_the_files_beside_it_are_its_owners_too(self, database):
        """The write-ahead log holds what the file will hold."""
        with database.transaction() as connection:
            connection.execute("INSERT INTO audit (at, action) VALUES ('now', 'asked')")
        modes = {file.name: file.stat().st_mode & 0o777 for file in database.path.parent.glob(f"{DATABASE}*")}
        assert modes == {f"{DATABASE}{end}": 0o600 for end in ("", "-wal", "-shm")}

    def test_a_newer_format_is_refused_by_its_number(self, database):
        """An older landform reads nothing into what it does not know."""
        with sqlite3.connect(database.path) as connection:
            connection.execute("PRAGMA user_version = 2")
        with pytest.raises(LandformError) as caught:
            Database.open(database.path.parent)
        assert (caught.value.code, caught.value.given) == (Code.SERVER_STATE, "format 2")

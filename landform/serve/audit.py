"""The audit log: who called what, when, and what came of it. It is only ever added to, and holds no token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from landform.serve.database import Database

# Of one page of rows, so that a long log is not in memory at once.
_PAGE = 1000
# Of what a client sent.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log.

    Attributes:
        at: when, as ISO 8601 in UTC.
        action: what was asked: a method and a path, or a command.
        caller: who asked; None for somebody who did not say, or whose token does not hold.
        credential: the id of the token.
        client: the address that the call came from.
        target: the account request or the token that it was about.
        status: the HTTP status that was answered; None for a command.
        code: the code of the error that was answered.
    """

    at: str
    action: str
    caller: str | None = None
    credential: str | None = None
    client: str | None = None
    target: str | None = None
    status: int | None = None
    code: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The line as a JSON object."""
        return asdict(self)


class Audit:
    """The audit log of a server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: Entry) -> None:
        """Add a line; when this returns, it is on the disk.

        Raises:
            LandformError: ``not-writable``, ``disk-full``, ``in-use``.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO audit (at, action, caller, credential, client, target, status, code)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    entry.at,
                    entry.action[:_LONGEST],
                    entry.caller,
                    entry.credential,
                    entry.client,
                    entry.target,
                    entry.status,
                    entry.code,
                ),
            )

    def entries(self) -> Iterator[Entry]:
        """Every line, the oldest first."""
        last = 0
        while rows := self._database.rows(
            "SELECT seq, at, action, caller, credential, client, target, status, code FROM audit"
            " WHERE seq > ? ORDER BY seq LIMIT ?",
            last,
            _PAGE,
        ):
            yield from (Entry(*values) for _, *values in rows)
            last = rows[-1][0]

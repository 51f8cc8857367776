"""Bearer tokens (RFC 6750): made once, shown once, kept as a hash.

A token's secret is 256 random bits, so a plain SHA-256 keeps it: what makes passwords need a slow hash is that they
can be guessed (OWASP, "Password Storage Cheat Sheet"). Its beginning says what it is, for those who search for leaked
ones, and its id says which row to compare with.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from landform.digest import sha256
from landform.errors import Code, LandformError
from landform.record.moments import moment, stamp
from landform.serve.callers import Caller, Scope
from landform.serve.database import Database

PREFIX = "landform"
LONGEST = timedelta(days=366)
"""What a token may last at most."""

_TOKEN = re.compile(rf"{PREFIX}_([0-9a-f]{{16}})_([A-Za-z0-9_-]{{43}})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_SECONDS = {"h": 3600, "d": 86400}
_COLUMNS = "id, caller, scopes, created_at, created_by, expires_at, revoked_at"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: whose it is, what for, and its times as ISO 8601 in UTC. Never its secret."""

    id: str
    caller: str
    scopes: frozenset[Scope]
    created_at: str
    created_by: str
    expires_at: str
    revoked_at: str | None

    def state(self, now: datetime) -> str:
        """``revoked``, ``expired`` or ``active``."""
        if self.revoked_at:
            return "revoked"
        return "expired" if moment(self.expires_at) <= now else "active"

    def as_json(self, now: datetime) -> dict[str, object]:
        """The token as a JSON object."""
        return {
            "id": self.id,
            "caller": self.caller,
            "scopes": sorted(self.scopes),
            "created_at": self.created_at,
            "created_by": self.created_by,
            "expires_at": self.expires_at,
            "revoked_at": self.revoked_at,
            "state": self.state(now),
        }


class Tokens:
    """The tokens of a server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, caller: str, scopes: frozenset[Scope], lasts: timedelta, *, by: str, now: datetime
    ) -> tuple[Token, str]:
        """Make a token; gives what is kept, and the token itself, which nothing can tell again.

        Args:
            caller: whose it is.
            scopes: what it is for.
            lasts: for how long.
            by: who makes it.
            now: the time.

        Raises:
            LandformError: ``token`` for a name, scopes or a time that a token cannot have.
        """
        if not _NAME.fullmatch(caller):
            raise _wrong("A caller's name cannot be this.", caller, "letters, digits, . _ @ -, at most 64")
        if not scopes:
            raise _wrong("A token needs a scope.", "none", ", ".join(Scope))
        if not timedelta() < lasts <= LONGEST:
            raise _wrong("A token cannot last this long.", f"{lasts}", f"at most {LONGEST.days} days")
        identity, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        token = Token(identity, caller, scopes, stamp(now), by, stamp(now + lasts), None)
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT INTO tokens ({_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    token.id,
                    caller,
                    " ".join(sorted(scopes)),
                    token.created_at,
                    by,
                    token.expires_at,
                    None,
                    sha256(secret),
                ),
            )
        return token, f"{PREFIX}_{identity}_{secret}"

    def all(self) -> tuple[Token, ...]:
        """Every token that was ever made, in the order of their making."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM tokens ORDER BY created_at, id")
        return tuple(_token(row) for row in rows)

    def any(self) -> bool:
        """Whether a token was ever made: from then on nobody is let in without one."""
        return bool(self._database.rows("SELECT 1 FROM tokens LIMIT 1"))

    def revoke(self, identity: str, *, now: datetime) -> Token:
        """End a token; one that was ended before stays as it is.

        Raises:
            LandformError: ``token`` where there is none of this id.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (stamp(now), identity)
            )
            row = connection.execute(f"SELECT {_COLUMNS} FROM tokens WHERE id = ?", (identity,)).fetchone()
        if row is None:
            raise LandformError(
                Code.TOKEN,
                "There is no token of this id.",
                given=identity,
                fix="`landform serve token list` shows the ids.",
            )
        return _token(row)

    def check(self, text: str, *, now: datetime) -> Caller | None:
        """Whose token this is; None where it is nobody's, or is over."""
        parts = _TOKEN.fullmatch(text)
        if parts is None:
            return None
        rows = self._database.rows(f"SELECT {_COLUMNS}, hash FROM tokens WHERE id = ?", parts[1])
        # Compared where there is no such token, too: how long it takes tells nothing.
        kept = rows[0][7] if rows else sha256("")
        if not hmac.compare_digest(kept, sha256(parts[2])) or not rows:
            return None
        token = _token(rows[0][:7])
        return Caller(token.caller, token.id, token.scopes) if token.state(now) == "active" else None


def duration(text: str) -> timedelta:
    """A time such as ``30d`` or ``12h``.

    Raises:
        LandformError: ``usage``.
    """
    number, unit = text[:-1], text[-1:]
    if unit not in _SECONDS or not re.fullmatch(r"[0-9]{1,4}", number) or not int(number):
        raise LandformError(
            Code.USAGE, "A time is a whole number and a unit.", given=text, expected="as 12h or 30d"
        )
    return timedelta(seconds=int(number) * _SECONDS[unit])


def _token(row: tuple[str, str, str, str, str, str, str | None]) -> Token:
    identity, caller, scopes, *rest = row
    return Token(identity, caller, frozenset(map(Scope, scopes.split())), *rest)  # type: ignore[arg-type]  # a row


def _wrong(message: str, given: str, expected: str) -> LandformError:
    return LandformError(Code.TOKEN, message, given=given, expected=expected)

"""Who calls, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from landform.errors import Code, LandformError


class Scope(StrEnum):
    """What a token may be for."""

    WRITE = "request:write"
    READ = "request:read"
    METRICS = "metrics:read"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        name: who it is; the same for all tokens of one caller, so that a new token can repeat a call.
        credential: which of their tokens it was; None for somebody who needed none.
        scopes: what they may do.
    """

    name: str
    credential: str | None
    scopes: frozenset[Scope]

    def need(self, scope: Scope) -> None:
        """Refuse a caller who lacks a scope.

        Raises:
            LandformError: ``not-permitted``.
        """
        if scope not in self.scopes:
            raise LandformError(
                Code.NOT_PERMITTED,
                "The token is not for this.",
                given=" ".join(sorted(self.scopes)) or "no scope",
                expected=scope.value,
                fix=f"Use a token with the scope {scope.value}.",
            )


LOCAL = Caller("local", None, frozenset(Scope))
"""Whoever is on this machine, where no token was ever made."""


def scopes_of(given: Iterable[str]) -> frozenset[Scope]:
    """The scopes of some names.

    Raises:
        LandformError: ``token`` for a name that is no scope.
    """
    known = {scope.value for scope in Scope}
    names = tuple(given)
    for name in names:
        if name not in known:
            raise LandformError(
                Code.TOKEN,
                "There is no such scope.",
                given=name,
                expected=f"one of {', '.join(scope.value for scope in Scope)}",
            )
    return frozenset(map(Scope, names))

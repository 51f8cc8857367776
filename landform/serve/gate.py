"""The gate: who a caller is, and whether they call too often.

Nobody needs a token as long as none was ever made and the server listens on this machine alone. That is for trying it
out, so it holds only for calls that come from here and from no browser: a page of the web can make a browser call
localhost, which its Origin or a foreign Host gives away, and a proxy on this machine, which says for whom it asks,
stands for callers from elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from landform.errors import Code, LandformError
from landform.serve.addresses import is_loopback
from landform.serve.callers import LOCAL, Caller
from landform.serve.limits import Limits
from landform.serve.oidc import Verifier
from landform.serve.tokens import PREFIX, Tokens

# What a browser or a proxy adds to a call.
_NOT_FROM_HERE = ("origin", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class CalledTooOften(LandformError):
    """A caller must wait; ``seconds`` says how long. ``caller`` is who it is, None for somebody without a token."""

    def __init__(self, seconds: int, caller: Caller | None) -> None:
        super().__init__(
            Code.TOO_MANY_CALLS,
            "There are too many calls from here.",
            expected=f"a call in {seconds} s",
            fix="Wait as long as Retry-After says, then repeat the call, with the same Idempotency-Key.",
        )
        self.seconds = seconds
        self.caller = caller


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets callers in.

    Attributes:
        tokens: landform's own.
        verifier: of an identity provider's tokens; None where there is none.
        exposed: whether others than this machine reach the server.
        clock: the time, in UTC.
        calls: how often who is let in may call.
        failures: how often who is not let in may try, from one address.
    """

    tokens: Tokens
    verifier: Verifier | None
    exposed: bool
    clock: Callable[[], dt.datetime]
    calls: Limits
    failures: Limits

    def admit(self, headers: Mapping[str, str], client: str) -> Caller:
        """Who calls.

        Args:
            headers: of the call, by their names in lower case.
            client: the address that the call comes from.

        Raises:
            LandformError: ``not-authenticated``, ``too-many-calls``, ``identity-provider``.
        """
        try:
            caller = self._caller(headers)
        except LandformError as error:
            # Asked only now: who fails too often keeps nobody out who has a token and the same address.
            if error.code is Code.NOT_AUTHENTICATED and (seconds := self.failures.take(client)):
                raise CalledTooOften(seconds, None) from None
            raise
        if seconds := self.calls.take(caller.name):
            raise CalledTooOften(seconds, caller)
        return caller

    def _caller(self, headers: Mapping[str, str]) -> Caller:
        given = headers.get("authorization")
        if given is None:
            if self._asks_nobody(headers):
                return LOCAL
            raise _refused("The call has no token.")
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _refused("The Authorization header is of another scheme.")
        if token.startswith(f"{PREFIX}_"):
            caller = self.tokens.check(token, now=self.clock())
        else:
            caller = self.verifier.check(token) if self.verifier else None
        if caller is None:
            raise _refused("The token does not hold: it is unknown, revoked or expired.")
        return caller

    def _asks_nobody(self, headers: Mapping[str, str]) -> bool:
        if self.exposed or self.verifier is not None or self.tokens.any():
            return False
        here = is_loopback(host_of(headers.get("host", "")))
        return here and not any(name in headers for name in _NOT_FROM_HERE)


def host_of(authority: str) -> str:
    """The host of a Host header, without its port."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def _refused(message: str) -> LandformError:
    return LandformError(
        Code.NOT_AUTHENTICATED,
        message,
        expected="Authorization: Bearer, and a token",
        fix="`landform serve token create` makes one.",
    )

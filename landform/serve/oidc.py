"""Tokens of an identity provider: JSON Web Tokens that are signed with its keys.

The keys are fetched from where the provider's own configuration says (OpenID Connect Discovery 1.0), kept for five
minutes, and asked for again at most twice a minute where a token names one that is not there. A token says its
algorithm itself, so only those of a list hold: none of them is one in which a public key could be a shared secret
(RFC 8725, section 3.1).
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt import PyJWKClient
from jwt.exceptions import InvalidTokenError, PyJWKClientConnectionError, PyJWKClientError

from landform.errors import Code, LandformError
from landform.serve.addresses import is_loopback
from landform.serve.callers import Caller, Scope

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that hold."""
SECONDS = 10.0
"""How long the provider may take to answer."""
LEEWAY = 30
"""Seconds that two clocks may differ."""
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider.

    Attributes:
        issuer: its address, as its tokens say it in ``iss``.
        audience: what its tokens must say in ``aud`` to be for this server.
    """

    issuer: str
    audience: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise LandformError(
                Code.USAGE, "An identity provider's address begins with https://.", given=self.issuer
            )
        if not self.audience:
            raise LandformError(
                Code.USAGE,
                "Tokens of an identity provider need an audience.",
                fix="Name it with --oidc-audience: without one, a token that is for another service would hold.",
            )


@dataclass
class Verifier:
    """Judges an identity provider's tokens."""

    provider: Provider
    _keys: PyJWKClient | None = field(default=None, init=False)
    _mutex: threading.Lock = field(default_factory=threading.Lock, init=False)

    def check(self, token: str) -> Caller | None:
        """Whose token this is; None where it does not hold.

        Raises:
            LandformError: ``identity-provider`` where its keys cannot be had.
        """
        try:
            key = self.keys().get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self.provider.audience,
                issuer=self.provider.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except PyJWKClientConnectionError as error:
            raise _unreachable(self.provider, str(error)) from None
        except (InvalidTokenError, PyJWKClientError):
            return None
        return Caller(f"oidc:{claims['sub']}", str(claims.get("jti") or "oidc"), _scopes(claims))

    def keys(self) -> PyJWKClient:
        """The provider's keys, from where its configuration says.

        Raises:
            LandformError: ``identity-provider``.
        """
        with self._mutex:
            if self._keys is None:
                self._keys = PyJWKClient(self._jwks(), timeout=SECONDS)
            return self._keys

    def _jwks(self) -> str:
        address = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            with urllib.request.urlopen(address, timeout=SECONDS) as answer:
                found = json.loads(answer.read(_MAX_BYTES))
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise _unreachable(self.provider, str(error)) from None
        if not isinstance(found, dict) or found.get("issuer") != self.provider.issuer:
            raise _unreachable(self.provider, "its configuration names another issuer, or none")
        jwks = found.get("jwks_uri")
        # Its keys are as much worth as the way they came.
        if not isinstance(jwks, str) or urlsplit(jwks).scheme != urlsplit(self.provider.issuer).scheme:
            raise _unreachable(self.provider, "its configuration names no keys, or by another scheme")
        return jwks


def _scopes(claims: Mapping[str, Any]) -> frozenset[Scope]:
    """The scopes that are landform's: of ``scope``, one text (RFC 8693), or ``scp``, which some give as a list."""
    given = claims.get("scope", claims.get("scp", ()))
    names = given.split() if isinstance(given, str) else given if isinstance(given, list) else ()
    return frozenset(scope for scope in Scope if scope.value in names)


def _unreachable(provider: Provider, given: str) -> LandformError:
    return LandformError(
        Code.IDENTITY_PROVIDER,
        "The identity provider cannot be asked for its keys.",
        given=f"{provider.issuer}: {given}",
        expected="an OpenID Connect provider with a JSON Web Key Set",
        fix="Look at its address, and whether this machine reaches it.",
    )

"""Who may call an API that does not ask for IAM: users of a pool, or whoever has a token of an issuer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from landform.constructs.apigateway.limits import AUDIENCE, ISSUER, SCOPE, USER_POOL_ARN
from landform.core import Construct
from landform.core.construct import user_place
from landform.errors import Code, LandformError


@dataclass(frozen=True, slots=True)
class UserPools:
    """Users of Amazon Cognito: the ARNs of their pools.

    Raises:
        LandformError: ``argument-value`` for no pool, or for what is no ARN of one.

    >>> UserPools(("arn:aws:cognito-idp:eu-west-1:012345678901:userpool/eu-west-1_0a1b2c3d4",)).arns[0][-9:]
    '0a1b2c3d4'
    """

    arns: tuple[str, ...]

    def __post_init__(self) -> None:
        _some("user pool", self.arns)
        for arn in self.arns:
            USER_POOL_ARN.checked(arn, user_place())


@dataclass(frozen=True, slots=True)
class JwtIssuer:
    """Whoever has a JSON web token of an issuer, made for one of the audiences.

    Raises:
        LandformError: ``argument-value`` for an issuer that is not asked by HTTPS, or no audience: a token for
            anybody else would do then.

    >>> JwtIssuer("https://login.example.com", ("ledger",)).issuer
    'https://login.example.com'
    """

    issuer: str
    audiences: tuple[str, ...]

    def __post_init__(self) -> None:
        ISSUER.checked(self.issuer, user_place())
        _some("audience", self.audiences)
        for audience in self.audiences:
            AUDIENCE.checked(audience, user_place())


_Authorizer = TypeVar("_Authorizer", UserPools, JwtIssuer)


def checked_authorizer(authorizer: _Authorizer, kind: type[_Authorizer], owner: Construct) -> _Authorizer:
    """An authorizer that an API takes, itself.

    Raises:
        LandformError: ``argument-value`` for one of the other kind of API.
    """
    if isinstance(authorizer, kind):
        return authorizer
    raise LandformError(
        Code.ARGUMENT_VALUE,
        f"This is no authorizer of a {type(owner).__name__}.",
        place=owner.node.place,
        given=repr(authorizer),
        expected=f"{kind.__name__}(...)",
    )


def checked_scopes(scopes: Sequence[str], owner: Construct, *, asks_for_tokens: bool) -> list[str]:
    """The scopes of a route of an API, one of which a token has.

    Raises:
        LandformError: ``argument-value`` for what is no scope, or where the API does not ask for tokens.
    """
    place = owner.node.place
    if scopes and (isinstance(scopes, str) or not asks_for_tokens):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "Scopes are several texts, of an API that asks for tokens.",
            place=place,
            given=repr(scopes),
            expected="a list of texts" if asks_for_tokens else "no scopes, because this API asks for IAM",
            fix=None if asks_for_tokens else "Pass authorizer=... to the API, or leave the scopes out.",
        )
    return [SCOPE.checked(scope, place) for scope in scopes]


def _some(what: str, values: tuple[str, ...]) -> None:
    if values and isinstance(values, tuple):
        return
    raise LandformError(
        Code.ARGUMENT_VALUE,
        f"This asks for one {what} or more.",
        place=user_place(),
        given=repr(values),
        expected="a tuple of texts",
    )

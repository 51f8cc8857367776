"""The grants of both kinds of API."""

from __future__ import annotations

from typing import Literal, get_args

from landform.constructs.apigateway.grants import VERBS
from landform.constructs.apigateway.limits import GRANTED_PATH
from landform.constructs.apigateway.route import Method
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.errors import Code, LandformError

(_INVOKE,) = VERBS

GrantedMethod = Method | Literal["*"]


class ApiGrants(ResourceGrants):
    """What may be granted on an API."""

    def __init__(self, target: Target, stage_name: str, *, asks_for_tokens: bool = False) -> None:
        super().__init__(target)
        self._stage_name = stage_name
        self._asks_for_tokens = asks_for_tokens

    def invoke(self, principal: Grantee, *, method: GrantedMethod = "*", path: str = "/*") -> Grant:
        """Call methods that ask for IAM: all, or those of a path, with ``*`` in the place of a variable.

        Raises:
            LandformError: ``argument-value`` for a method or a path that an API cannot have, or where the API asks
                for tokens, which no policy gives.
        """
        place = self._target.construct.node.place
        if self._asks_for_tokens:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This API asks for tokens, and a grant would let nobody in.",
                place=place,
                given=f"a grant on {self._target.construct.node.path}",
                expected="an API without an authorizer, which asks for IAM",
            )
        if method != "*" and method not in get_args(Method):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An API has no such method that asks who calls.",
                place=place,
                given=repr(method),
                expected=f"{', '.join(get_args(Method))} or *",
            )
        return self._grant(
            _INVOKE,
            principal,
            stage=self._stage_name,
            method="*" if method == "ANY" else method,
            path=GRANTED_PATH.checked(path, place),
        )

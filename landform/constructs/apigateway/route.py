"""A method and a path of an API, of either kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from landform.constructs.apigateway.limits import PATH
from landform.errors import Code, LandformError, Place, did_you_mean

Method = Literal["ANY", "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
"""What can ask for authorization; ``OPTIONS`` cannot, because a browser asks it before it signs."""

# No path has it, so that two paths never give one id.
_SEPARATOR = "|"
_VARIABLE = re.compile(r"\{([A-Za-z0-9_]+)\+?\}")


@dataclass(frozen=True, slots=True)
class Route:
    """What a request is for: ``GET /entries/{id}``.

    ``id`` stands in construct ids, ``arn_part`` in the ARN of who may be called by it, a ``*`` for each variable.
    """

    method: Method
    path: str

    @classmethod
    def checked(cls, method: Method, path: str, place: Place) -> Route:
        """The route.

        Raises:
            LandformError: ``argument-value`` for a method that cannot be authorised, or no path.
        """
        if method not in get_args(Method):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An API has no such method that asks who calls.",
                place=place,
                given=repr(method),
                expected=", ".join(get_args(Method)),
                fix=did_you_mean(str(method), get_args(Method)),
            )
        return cls(method, PATH.checked(path, place))

    @property
    def id(self) -> str:
        return self.method + self.path.replace("/", _SEPARATOR)

    @property
    def parts(self) -> list[str]:
        """The parts of the path; none for ``/``."""
        return [part for part in self.path.split("/") if part]

    @property
    def variables(self) -> list[str]:
        """The names of the path's variables."""
        return variables(self.path)

    @property
    def arn_part(self) -> str:
        method = "*" if self.method == "ANY" else self.method
        return f"{method}{_VARIABLE.sub('*', self.path)}"


def variables(text: str) -> list[str]:
    """The names of the variables in a path or a URL, ``id`` of ``{id}`` and ``proxy`` of ``{proxy+}``."""
    return _VARIABLE.findall(text)

"""The environment variables of a function. Follows "Using Lambda environment variables"."""

from __future__ import annotations

from collections.abc import Mapping

from landform.constructs.lambda_.limits import ENVIRONMENT_BYTES, VARIABLE_NAME
from landform.core import Input, Ref
from landform.errors import Code, LandformError, Place


def checked_environment(variables: Mapping[str, Input[str]], place: Place) -> Mapping[str, Input[str]]:
    """The variables themselves.

    Raises:
        LandformError: ``argument-value`` for a name that Lambda refuses or sets itself, a value that is no text, or
            more than Lambda takes in all.
    """
    for name, value in variables.items():
        VARIABLE_NAME.checked(name, place)
        if not isinstance(value, (str, Ref)):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An environment variable is text.",
                place=place,
                given=f"{name} = {value!r}",
                expected="text, or a reference to it",
            )
    size = sum(
        len(f"{name}{value if isinstance(value, str) else ''}".encode()) for name, value in variables.items()
    )
    if size > ENVIRONMENT_BYTES:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The environment is larger than Lambda takes.",
            place=place,
            given=f"{size} bytes",
            expected=f"at most {ENVIRONMENT_BYTES}",
            fix="Keep large settings in a parameter or an object, and pass its name.",
        )
    return variables

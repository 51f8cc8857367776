"""What stood in an account before landform did, and is taken over by its stacks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landform.org.models.base import Model, Text
from landform.org.models.moved import ScopePath

StackKey = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+){1,2}$"),
    Field(description="a stack's full name, such as payments-dev.baseline or payments-dev.eu-west-1.network"),
]


class Import(Model):
    """One object of AWS's that a resource of a stack takes over.

    ``to`` is the construct path of the resource below its stack, ``id`` what ``terraform import`` takes for its type.
    """

    stack: StackKey
    to: ScopePath
    id: Text


class Imports(Model):
    """``org/imports.yaml``: what stacks take over. An entry can go once its stack was applied with it."""

    schema_: Literal["landform/imports/v1"] = Field(alias="schema")
    imports: tuple[Import, ...]

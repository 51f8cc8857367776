"""Constructs that have another place in the tree than when they were first applied."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landform.org.models.base import Model, Name

ScopePath = Annotated[
    str,
    StringConstraints(pattern=r"^[^/\n]+(/[^/\n]+)*$"),
    Field(description="construct ids below the stack, joined with slashes, such as Reports/Monthly"),
]


class Move(Model):
    """A scope of a stack that was renamed or put elsewhere: what is below it keeps its object and its name in AWS."""

    stack: Name
    from_: ScopePath = Field(alias="from")
    to: ScopePath


class Moved(Model):
    """``org/moved.yaml``: what was moved in the code of stacks."""

    schema_: Literal["landform/moved/v1"] = Field(alias="schema")
    moved: tuple[Move, ...]

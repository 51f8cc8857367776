"""A secure default that is broken by an escape hatch, and the check that must see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from landform.constructs import AwsStack
from landform.core import Element

Base = Callable[[AwsStack], object]
"""Fills a stack with something sound, for mutants to break."""

ELSEWHERE = "another"
EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def allowed(*actions: str) -> str:
    """A policy that allows actions on everything."""
    statement = {"Sid": "Wide", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def document(*statements: Mapping[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trusting(principal: Any) -> str:
    """A trust policy for a principal."""
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


@dataclass(frozen=True)
class Mutant:
    """The resource at a construct path of a base, what is overridden there, and the check that sees it.

    ``check`` is empty for what no rule sees; its construct's own tests hold it then.
    """

    name: str
    base: Base
    path: str
    overrides: Mapping[str, Any] = field(hash=False)
    check: str = ""

    @property
    def stack(self) -> str:
        """The name of its stack."""
        return self.sound.replace("sound", "mutant", 1) + f"-{self.name.replace(' ', '-')}"

    @property
    def sound(self) -> str:
        """The name of the stack of its base."""
        return f"sound-{self.base.__module__.rpartition('.')[2]}-{self.base.__name__}"

    def build(self, stack: AwsStack) -> None:
        """Fill a stack with the base, broken."""
        self.base(stack)
        resource = next(
            construct
            for construct in stack.node.find_all()
            if isinstance(construct, Element) and construct.node.path == f"{stack.node.path}/{self.path}"
        )
        for argument, value in self.overrides.items():
            resource.add_override(argument, value)

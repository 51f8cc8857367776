"""What the examples in docstrings have at hand: a stack, every construct, and a VPC where they name one."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from landform.constructs import AwsStack
from landform.core import App, Construct
from landform.iam import Condition, Principal, Statement
from landform.testing import stack_instance


def surroundings(source: str) -> tuple[AwsStack, dict[str, Any]]:
    """A stack of the tier prod, and the names that an example of this source may use."""
    stack = AwsStack(App(), stack_instance(tier="prod"))
    names = {**_faces(), "stack": stack}
    if re.search(r"\bvpc\b", source):
        names["vpc"] = names["Vpc"](stack, "Network", cidr="10.20.0.0/20")
    return stack, names


def made(construct: type[Construct], source: str) -> tuple[AwsStack, Construct]:
    """The stack after an example of plain Python ran in it, and the first such construct of it."""
    stack, names = surroundings(source)
    exec(source, names)
    return stack, next(each for each in stack.node.find_all() if type(each) is construct)


@cache
def _faces() -> dict[str, Any]:
    import landform.constructs

    found: dict[str, Any] = {
        item.__name__: item for item in (AwsStack, Condition, Construct, Principal, Statement)
    }
    for module in iter_modules(landform.constructs.__path__):
        if module.ispkg:
            face = import_module(f"landform.constructs.{module.name}")
            found |= {name: getattr(face, name) for name in face.__all__}
    return found

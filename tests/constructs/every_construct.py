"""Every construct of the library in one stack, for tests that hold of all of them."""

from __future__ import annotations

from importlib import import_module
from inspect import isclass
from pkgutil import iter_modules
from types import ModuleType

from mutant import Mutant

import landform.constructs
from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.core import Construct

SERVICES = tuple(module.name for module in iter_modules(landform.constructs.__path__) if module.ispkg)
"""The folders of ``landform/constructs``, each an AWS service."""


def service_module(service: str, name: str = "") -> ModuleType:
    """A service's face, or one of its modules."""
    return import_module(f"landform.constructs.{service}{name and '.' + name}")


def constructs_of(service: str) -> list[type[Construct]]:
    """The construct classes that a service's face exports."""
    face = service_module(service)
    exported = (getattr(face, name) for name in face.__all__)
    return [item for item in exported if isclass(item) and issubclass(item, Construct)]


SPECIMENS = {service: import_module(f"specimens.{service}") for service in SERVICES}
MUTANTS: tuple[Mutant, ...] = tuple(mutant for each in SPECIMENS.values() for mutant in each.MUTANTS)
UNSEEN: tuple[Mutant, ...] = tuple(mutant for each in SPECIMENS.values() for mutant in each.UNSEEN)
DOCUMENTED = {
    (check, f"{service}/{path}") for service, each in SPECIMENS.items() for check, path in each.DOCUMENTED
}


def build(stack: AwsStack) -> None:
    """Fill a stack with one or more of every construct, and with every grant, a scope a service."""
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20")
    for service, specimen in SPECIMENS.items():
        specimen.build(Construct(stack, service), vpc)

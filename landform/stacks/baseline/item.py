"""One row of the baseline: what every account, region or organisation has, and what makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

Scope = Literal["organization", "security", "log-archive", "account", "region"]
"""What has an item: the management account for the organisation, the delegated administrator of security services,
the account of the logs, each account once, or each account in each of its regions."""


@dataclass(frozen=True, slots=True)
class BaselineItem:
    """One row of the baseline.

    Args:
        number: its number in the table, from 1.
        id: one word that names it in outputs, ``ebs-encryption``.
        title: what it is, as a heading.
        scope: what has it.
        stack: the class of ``landform.stacks`` that makes it; empty where a ``step`` alone does.
        types: the resource types that show that it is there. The stack makes every one of them.
        also: what other stacks make of it, as resource types by class.
        controls: ids of checks that it satisfies, as the controls tables of constructs have them.
        left_out: why a stack has it not, by the setting that says so: a path from the stack instance, such as
            ``settings.budget.monthly_usd`` or ``account.quotas``. The item is left out where that is empty or false.
        step: the step of an account's vending that does it, where Terraform cannot.
    """

    number: int
    id: str
    title: str
    scope: Scope
    stack: str = ""
    types: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    controls: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    step: str = ""

    def why_left_out(self, instance: StackInstance) -> str | None:
        """Why the stack of an instance has it not, None where it has it."""
        for path, why in self.left_out.items():
            if not said(instance, path):
                return why
        return None


def said(instance: StackInstance, path: str) -> object:
    """What a stack instance says at a path; parameters are looked up by name (``params.transit_gateway``)."""
    first, _, rest = path.partition(".")
    return instance.params.get(rest) if first == "params" else attrgetter(path)(instance)

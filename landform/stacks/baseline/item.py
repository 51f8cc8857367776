"""One row of the baseline: what every account, region or organisation has, and what makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from landform.constructs.account.account_defaults import opt_in_regions
from landform.stacks.global_baseline import locked_role, pipeline_of
from landform.stacks.network import threat_list
from landform.stacks.region_baseline import regional_quotas

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

Scope = Literal["organization", "security", "log-archive", "account", "region"]
"""What has an item: the management account for the organisation, the delegated administrator of security services,
the account of the logs, each account once, or each account in each of its regions."""


@dataclass(frozen=True, slots=True)
class BaselineItem:
    """One row of the baseline, or a part of one.

    Args:
        number: the number of its row in the table, from 1; a row of which a part may be left out is several items.
        id: one word that names it in outputs, ``ebs-encryption``.
        title: what it is, as a heading.
        scope: what has it.
        stack: the class of ``landform.stacks`` that makes it; empty where a ``step`` alone does.
        types: the resource types that show that it is there. The stack makes every one of them.
        or_stacks: other classes of ``landform.stacks`` that make it as well.
        also: what other stacks make of it, as resource types by class.
        controls: ids of checks that it satisfies, as the controls tables of constructs have them.
        left_out: why a stack has it not, by what says so: a path from the stack instance
            (``settings.budget.monthly_usd``), a parameter (``params.auditors``), or a word of ``FACTS``. The item is
            left out where that is empty or false, and everywhere by the empty path.
        step: the step of an account's vending that does it, where Terraform cannot.
    """

    number: int
    id: str
    title: str
    scope: Scope
    stack: str = ""
    types: tuple[str, ...] = ()
    or_stacks: tuple[str, ...] = ()
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


def _dns_firewall(instance: StackInstance) -> object:
    lists = instance.params.get("dns_threats")
    known = threat_list(instance.region, lists if isinstance(lists, dict) else {})
    return instance.params.get("dns_firewall", True) and known


def _transit_gateway(instance: StackInstance) -> object:
    gateways = instance.params.get("transit_gateways")
    return isinstance(gateways, Mapping) and gateways.get(instance.region)


FACTS: Mapping[str, Callable[[StackInstance], object]] = MappingProxyType(
    {
        "bootstrap_role": lambda instance: locked_role(instance, instance.params.get("bootstrap_role")),
        "dns_firewall": _dns_firewall,
        "inspector_and_macie": lambda instance: (
            instance.params.get("inspector", True) and instance.params.get("macie", True)
        ),
        "opt_in_regions": lambda instance: opt_in_regions(instance.account.regions),
        "pipeline": lambda instance: pipeline_of(instance.account),
        "recorder": lambda instance: instance.params.get("recorder", True),
        "regional_quotas": lambda instance: regional_quotas(instance.account.quotas),
        "transit_gateway": _transit_gateway,
    }
)
"""What decides on an item and stands at no path: as the stacks see it."""


def said(instance: StackInstance, path: str) -> object:
    """What a stack instance says at a path, or of a fact; None for the empty path."""
    if path in FACTS:
        return FACTS[path](instance)
    first, _, rest = path.partition(".")
    if first == "params":
        return instance.params.get(rest)
    return attrgetter(path)(instance) if path else None

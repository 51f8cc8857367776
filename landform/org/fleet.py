"""The resolved organisation: a frozen graph of stack instances, which everything after it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.org.combine import Link
from landform.org.models import (
    Account,
    Approvers,
    Organization,
    OrganizationalUnit,
    OutputKind,
    Parameter,
    ResolvedSettings,
    Tier,
    Waiver,
)
from landform.org.models.network import NetworkPool


class KnownAccounts(dict[str, str]):
    """The ids of the accounts that a stack may read, by name.

    A stack that could read every id would change whenever an account is made.
    """

    def __missing__(self, name: str) -> str:
        raise LandformError(
            Code.REFERENCE,
            f"The stack does not know the id of the account {name!r}.",
            given=name,
            expected=f"one of {', '.join(sorted(self))}",
            fix=f"Add it to the stack's `accounts` in org/stacks.yaml: `accounts: [{name}]`.",
        )


@dataclass(frozen=True, slots=True)
class OutputShape:
    """What a stack promises of an output. ``length`` is that of a list, None for what is none or of any length."""

    kind: OutputKind
    is_list: bool = False
    length: int | None = None

    def __str__(self) -> str:
        if not self.is_list:
            return f"a {self.kind}"
        return f"a list of {self.kind}s" if self.length is None else f"a list of {self.length} {self.kind}s"


@dataclass(frozen=True, slots=True)
class OrganizationTreeView:
    """The whole organisation, for the stacks that make it.

    ``units`` as ``org/ous.yaml`` has them, ``accounts`` of every status sorted by name, ``policies`` the documents of
    ``org/policies`` by name.
    """

    units: tuple[OrganizationalUnit, ...]
    accounts: tuple[Account, ...]
    policies: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class StackInstance:
    """One stack in one account, and in one region where the stack runs per region.

    ``key`` is ``<account>.<stack>`` or ``<account>.<region>.<stack>`` and is the stack's name everywhere:
    in the bundle, in Terraform's state, in a finding. ``region`` is where its resources live: the
    organisation's home region for a stack that runs once per account. ``tags`` are the mandatory ones,
    resolved. ``waivers`` are those whose scope reaches this stack. ``source`` is its rule in ``stacks.yaml``.

    ``tier`` and ``settings`` are what all layers together give here, and ``provenance`` says for each setting which
    layers said what of it. ``organization`` and ``tier`` hold no layer's own words. ``accounts`` are the ids that the
    stack may read: its own, the management and the log archive account's, and those that its rule names.
    ``address_pool`` holds the blocks that the account's VPCs in this region come from; empty where it has no pool.
    ``ipam_allocation`` is the allocation in AWS IPAM that the account's block here has already, where IPAM chose it.
    ``outputs`` is what the rule says that the stack publishes, by name; ``uses`` what it reads of each stack.
    ``tree`` is the whole organisation, ``pools`` those of ``org/network.yaml``, each where the rule asks for it.
    ``moves`` are the scopes of the stack that were elsewhere before, by where they are now: paths of construct ids.
    ``imports`` are the ids of what its resources take over, by their paths of construct ids.
    ``digest`` is of all that the stack can read, and of nothing else.
    """

    key: str
    stack: str
    construct: str
    organization: Organization
    account: Account
    tier: Tier
    region: str
    regional: bool
    params: Mapping[str, Parameter]
    tags: Mapping[str, str]
    accounts: Mapping[str, str]
    needs: tuple[str, ...]
    waivers: tuple[Waiver, ...]
    source: Place
    digest: str
    settings: ResolvedSettings
    address_pool: tuple[str, ...] = ()
    ipam_allocation: str | None = None
    outputs: Mapping[str, OutputShape] = field(default_factory=dict)
    uses: Mapping[str, Mapping[str, OutputShape]] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)
    tree: OrganizationTreeView | None = None
    pools: tuple[NetworkPool, ...] | None = None
    provenance: Mapping[str, tuple[Link, ...]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class InWave:
    """A wave's number, from 1, what it is called, and how long it is watched where it says so itself."""

    number: int
    name: str
    bake: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every stack instance of an organisation, sorted by key, with what it was resolved from.

    ``tiers`` are as the organisation and the tiers themselves say; units, regions, accounts and stacks may be stricter.
    ``waves`` has the wave of each account by name; it is empty where not all accounts were read.
    """

    organization: Organization
    accounts: tuple[Account, ...]
    tiers: tuple[Tier, ...]
    waivers: tuple[Waiver, ...]
    instances: tuple[StackInstance, ...]
    digest: str
    approvers: Approvers | None = None
    waves: Mapping[str, InWave] = field(default_factory=dict)

    @property
    def graph(self) -> dict[str, tuple[str, ...]]:
        """For each stack the stacks it needs, by key; ``graphlib`` takes it as it is."""
        return {instance.key: instance.needs for instance in self.instances}


def check_size(instances: Iterable[StackInstance]) -> None:
    """Judge whether a selection is small enough to be planned at once.

    Raises:
        LandformError: ``too-many-stacks`` where a tier has more of them than its ``rollout.max_stacks``.
    """
    limits: dict[str, int] = {}
    counts: dict[str, int] = {}
    for instance in instances:
        name, limit = instance.tier.name, instance.settings.rollout.max_stacks
        counts[name] = counts.get(name, 0) + 1
        if limit is not None:
            limits[name] = min(limit, limits.get(name, limit))
    judge_size(counts, limits)


def judge_size(counts: Mapping[str, int], limits: Mapping[str, int]) -> None:
    """Compare how many stacks of each tier there are with how many may be. Raises as ``check_size`` does."""
    for name, limit in sorted(limits.items()):
        if counts[name] > limit:
            raise LandformError(
                Code.TOO_MANY_STACKS,
                f"The selection holds more stacks of the tier {name!r} than may be planned at once.",
                given=f"{counts[name]} stacks",
                expected=f"at most {limit}, the tier's `rollout.max_stacks`",
                fix="Select fewer accounts, stacks or regions.",
            )

"""The resolved organisation: a frozen graph of stack instances, which everything after it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landform.errors import Place
from landform.org.models import Account, Organization, Parameter, Tier, Waiver


@dataclass(frozen=True, slots=True)
class StackInstance:
    """One stack in one account, and in one region where the stack runs per region.

    ``key`` is ``<account>.<stack>`` or ``<account>.<region>.<stack>`` and is the stack's name everywhere:
    in the bundle, in Terraform's state, in a finding. ``region`` is where its resources live: the
    organisation's home region for a stack that runs once per account. ``tags`` are the mandatory ones,
    resolved. ``waivers`` are those whose scope reaches this stack. ``source`` is its rule in ``stacks.yaml``.
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


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every stack instance of an organisation, sorted by key, with what it was resolved from."""

    organization: Organization
    accounts: tuple[Account, ...]
    tiers: tuple[Tier, ...]
    waivers: tuple[Waiver, ...]
    instances: tuple[StackInstance, ...]
    digest: str

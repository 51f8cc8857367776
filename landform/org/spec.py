"""The spec as it was read: the models of its files, and where each file lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landform.errors import Place
from landform.org.document import Document, Spot
from landform.org.lock import Lock
from landform.org.models import (
    Account,
    Approvers,
    Baseline,
    Import,
    Move,
    Organization,
    OrganizationalUnit,
    StackRule,
    Tier,
    Waiver,
    Wave,
)
from landform.org.models.network import NetworkPool

ROOT = "org"
ORGANIZATION = f"{ROOT}/org.yaml"
OUS = f"{ROOT}/ous.yaml"
STACKS = f"{ROOT}/stacks.yaml"
TIERS = f"{ROOT}/tiers"
ACCOUNTS = f"{ROOT}/accounts"
WAIVERS = f"{ROOT}/waivers"
BASELINES = f"{ROOT}/baselines"
WAVES = f"{ROOT}/waves.yaml"
NETWORK = f"{ROOT}/network.yaml"
APPROVERS = f"{ROOT}/approvers.yaml"
MOVED = f"{ROOT}/moved.yaml"
IMPORTS = f"{ROOT}/imports.yaml"
POLICIES = f"{ROOT}/policies"


@dataclass(frozen=True, slots=True)
class OrgSpec:
    """The spec as it was written: one model a file, sorted by file name, and the documents they came from.

    ``policies`` are documents of service control policies, by name. ``whole`` is false where not all accounts were
    read: then nothing that needs all of them is judged. ``unread`` are files and folders that are broken or missing:
    what stands in them is not known, so it is not judged what depends on it, and ``organization`` may have no value.
    """

    organization: Organization
    ous: tuple[OrganizationalUnit, ...]
    tiers: tuple[Tier, ...]
    accounts: tuple[Account, ...]
    stacks: tuple[StackRule, ...]
    waivers: tuple[Waiver, ...]
    documents: Mapping[str, Document]
    pools: tuple[NetworkPool, ...] = ()
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lock: Lock = field(default_factory=lambda: Lock({}))
    baselines: tuple[Baseline, ...] = ()
    waves: tuple[Wave, ...] = ()
    approvers: Approvers | None = None
    moved: tuple[Move, ...] = ()
    imports: tuple[Import, ...] = ()
    whole: bool = True
    unread: frozenset[str] = frozenset()

    def knows(self, *parts: str) -> bool:
        """Whether these files, and all files in these folders, could be read."""
        return not any(
            f"{part}/".startswith(f"{file}/") or file.startswith(f"{part}/")
            for file in self.unread
            for part in parts
        )

    def spot(self, file: str, *loc: str | int) -> Spot:
        """A location of a file; its place is found out once somebody asks."""
        return Spot(self.documents[file], loc)

    def place(self, file: str, *loc: str | int) -> Place:
        """Where the value at a location of a file stands."""
        return self.documents[file].place(*loc)

    def given(self, file: str, *loc: str | int) -> str:
        """What the user wrote at a location of a file."""
        return self.documents[file].given(*loc)


def tier_file(name: str) -> str:
    """The file of a tier."""
    return f"{TIERS}/{name}.yaml"


def account_file(name: str) -> str:
    """The file of an account."""
    return f"{ACCOUNTS}/{name}.yaml"


def baseline_file(name: str, version: str) -> str:
    """The file of a version of a baseline."""
    return f"{BASELINES}/{name}-{version}.yaml"


def waiver_file(id: str) -> str:
    """The file of a waiver."""
    return f"{WAIVERS}/{id}.yaml"


def policy_file(name: str) -> str:
    """The file of a service control policy."""
    return f"{POLICIES}/{name}.json"

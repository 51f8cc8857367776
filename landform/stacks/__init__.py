"""Ready stacks, built of constructs: what an account needs before a team's own stacks come.

``org/stacks.yaml`` names them as ``landform.stacks:AccountBaseline``. Each is a module of its own and is imported
when it is named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landform.stacks.account_baseline import AccountBaseline
    from landform.stacks.address_pools import AddressPools
    from landform.stacks.data_lake import DataLake
    from landform.stacks.findings_bus import FindingsBus
    from landform.stacks.global_baseline import GlobalBaseline
    from landform.stacks.identity import IdentityAssignments
    from landform.stacks.log_archive import LogArchive
    from landform.stacks.network import Network
    from landform.stacks.organization import OrganizationStack, OrganizationTrail, SecurityDelegation
    from landform.stacks.region_baseline import RegionBaseline
    from landform.stacks.security import SecurityServices
    from landform.stacks.state_backend import StateBackendStack

__all__ = [
    "AccountBaseline",
    "AddressPools",
    "DataLake",
    "FindingsBus",
    "GlobalBaseline",
    "IdentityAssignments",
    "LogArchive",
    "Network",
    "OrganizationStack",
    "OrganizationTrail",
    "RegionBaseline",
    "SecurityDelegation",
    "SecurityServices",
    "StateBackendStack",
]

_MODULES = {
    "AccountBaseline": "account_baseline",
    "AddressPools": "address_pools",
    "DataLake": "data_lake",
    "FindingsBus": "findings_bus",
    "GlobalBaseline": "global_baseline",
    "IdentityAssignments": "identity",
    "LogArchive": "log_archive",
    "Network": "network",
    "OrganizationStack": "organization",
    "OrganizationTrail": "organization",
    "RegionBaseline": "region_baseline",
    "SecurityDelegation": "organization",
    "SecurityServices": "security",
    "StateBackendStack": "state_backend",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"landform.stacks.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

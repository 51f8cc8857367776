"""How two layers' values of one setting combine: a table, a line a setting.

A guard that a child could loosen is no guard. So what guards combines by the stricter, what allows by what both
allow, and what forbids by what either forbids; only what is a matter of taste goes to the nearest layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

Path = tuple[str, ...]


class Kind(Enum):
    """How the values of several layers become one."""

    STRICTER = "the stricter one holds"
    ALLOW = "what all of them allow"
    DENY = "what any of them names"
    VALUE = "the nearest one holds"
    LIST = "the nearest list, with the items added (+) and removed (-)"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting: how it combines and, where the stricter holds, its order: a larger rank is stricter."""

    kind: Kind
    rank: Callable[[Any], Any] = lambda value: value
    merges: bool = False


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(duration: str) -> int:
    """A duration such as ``30m`` in seconds."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


def _ordered(*values: str) -> Callable[[str], int]:
    """The rank of a word among words, the loosest first."""
    return {value: rank for rank, value in enumerate(values)}.__getitem__


def _share(value: int | str) -> tuple[bool, int]:
    """The rank of a number or a percentage: a percentage grows with the fleet, so any number is stricter."""
    percent = isinstance(value, str)
    number = int(value[:-1]) if isinstance(value, str) else value
    return (not percent or number == 0, -number)


_VALUE = Leaf(Kind.VALUE)
_ALLOW = Leaf(Kind.ALLOW)
_DENY = Leaf(Kind.DENY, merges=True)
_LIST = Leaf(Kind.LIST, merges=True)
_MORE = Leaf(Kind.STRICTER)
_LESS = Leaf(Kind.STRICTER, lambda value: -value)
_ENTRY = Leaf(Kind.VALUE, merges=True)

LEAVES: Mapping[Path, Leaf] = MappingProxyType(
    {
        tuple(name.split(".")): leaf
        for name, leaf in {
            "guard.level": Leaf(Kind.STRICTER, _ordered("relaxed", "standard", "strict")),
            "guard.fail_on": Leaf(Kind.STRICTER, _ordered("critical", "high", "medium", "low", "info")),
            "guard.skip_requires_waiver": _MORE,
            "guard.frameworks": _DENY,
            "guard.plan.max_destroy": _LESS,
            "guard.plan.max_changes": _LESS,
            "guard.plan.protected_types": _DENY,
            "sizing.az_count": _VALUE,
            "sizing.nat": _VALUE,
            "sizing.log_retention_days": _MORE,
            "sizing.deletion_protection": _MORE,
            "sizing.replication": _MORE,
            "sizing.db.class": _VALUE,
            "sizing.db.multi_az": _VALUE,
            "sizing.db.backup_days": _MORE,
            "rollout.approvals": _MORE,
            "rollout.separation_of_duties": _MORE,
            "rollout.approvers": _ALLOW,
            "rollout.failure_tolerance": Leaf(Kind.STRICTER, _share),
            "rollout.max_concurrent": _LESS,
            "rollout.bake": Leaf(Kind.STRICTER, seconds),
            "rollout.waves": _LIST,
            "rollout.freeze": _DENY,
            "rollout.auto_apply": Leaf(Kind.STRICTER, _ordered("always", "additive", "never")),
            "rollout.max_stacks": _LESS,
            "waivers.max_days": _LESS,
            "waivers.never": _DENY,
            "waivers.approvers": _ALLOW,
            "backup.plan": _VALUE,
            "backup.retention_days": _MORE,
            "backup.vault_lock": _MORE,
            "backup.copy_regions": _LIST,
            "budget.monthly_usd": _VALUE,
            "budget.alerts": _LIST,
            "budget.subscribers": _LIST,
            "budget.anomaly": _MORE,
            "network.pool": _VALUE,
            "network.netmask": _VALUE,
            "network.egress": Leaf(Kind.STRICTER, _ordered("direct", "inspected", "none")),
            "network.vpc_template": _VALUE,
            "network.dns": _VALUE,
            "regions": _ALLOW,
            "services": _ALLOW,
            "denied_services": _DENY,
            "max_data_class": Leaf(
                Kind.STRICTER, _ordered("restricted", "confidential", "internal", "public")
            ),
            "max_account_days": _LESS,
        }.items()
    }
)

# Mappings whose every entry is a setting of its own, and how many keys lead to one.
MAPS: Mapping[str, int] = MappingProxyType({"tags": 2, "labels": 2, "params": 3})

SECTIONS: tuple[str, ...] = tuple(dict.fromkeys([*(path[0] for path in LEAVES), "tags", "labels"]))


def leaf_at(path: Path) -> Leaf | None:
    """The setting at a path, or None where the path leads to none."""
    return _ENTRY if MAPS.get(path[0]) == len(path) else LEAVES.get(path)


def dotted(path: Sequence[str]) -> str:
    """A path as it is written: ``guard.fail_on``."""
    return ".".join(path)

"""What waits for what, folded until a person can read it.

A stack needs stacks of its own account only, so a fleet is many small graphs and most of them are alike: two
hundred accounts of one tier with the same stacks are one picture and a number. What is folded is told: every
group names its accounts, every node its stacks.
"""

from __future__ import annotations

import graphlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from landform.org.fleet import InWave, StackInstance

By = Literal["account", "tier", "wave"]

_Shape = tuple[str, tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]]


@dataclass(frozen=True, slots=True)
class Node:
    """A stack of every account of a group: its id, the regions it has where it runs per region, its instances."""

    id: str
    regions: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts drawn as one: nodes in an order in which what is needed stands first, edges from the needed to
    the needing stack.

    ``section`` is what the group is listed under, or nothing where its ``name`` says all (a tier, a wave);
    ``tiers`` are those of its accounts, nearest to customers last.
    """

    section: str
    name: str
    tiers: tuple[str, ...]
    accounts: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """How many stack instances it stands for."""
        return sum(len(node.keys) for node in self.nodes)

    def drawn_edges(self) -> tuple[tuple[str, str], ...]:
        """The edges without those that follow from others: what is needed by a need is waited for anyway."""
        after: dict[str, set[str]] = {node.id: set() for node in self.nodes}
        for source, target in self.edges:
            after[source].add(target)
        reached: dict[str, set[str]] = {}
        for node in reversed(self.nodes):
            reached[node.id] = after[node.id].union(*(reached[each] for each in after[node.id]))
        return tuple(
            (source, target)
            for source, target in self.edges
            if not any(target in reached[other] for other in after[source])
        )


def fold(instances: Iterable[StackInstance], by: By, waves: Mapping[str, InWave]) -> tuple[Group, ...]:
    """The graph of some stack instances, folded.

    ``account`` folds the accounts of one tier that have the same stacks, regions and needs; ``tier`` and ``wave``
    fold all accounts of a tier, or of a wave, and a node then stands for the accounts that have the stack.

    Args:
        waves: the wave of each account, by name; read for ``wave`` alone.
    """
    accounts: dict[str, list[StackInstance]] = defaultdict(list)
    for instance in instances:
        accounts[instance.account.name].append(instance)
    rank, key, name_of = _GROUPINGS[by](accounts, waves)
    groups: dict[Any, list[str]] = defaultdict(list)
    for name in sorted(accounts):
        groups[key(name)].append(name)
    order = sorted(groups.values(), key=lambda names: (rank(names[0]), -len(names), names[0]))
    return tuple(_group(name_of(names[0]), names, accounts) for names in order)


def as_json(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The folded graph as JSON: nothing left out, all needs as they are."""
    return [
        {
            "name": group.name,
            "tiers": list(group.tiers),
            "accounts": list(group.accounts),
            "stacks": [
                {"stack": node.id, "regions": list(node.regions), "instances": list(node.keys)}
                for node in group.nodes
            ],
            "edges": [{"from": source, "to": target} for source, target in group.edges],
        }
        for group in groups
    ]


def summary(names: Sequence[str], most: int = 3) -> str:
    """Many names in few words: those that begin alike as ``payments-*``, the largest such family first."""
    families: dict[str, list[str]] = defaultdict(list)
    for name in names:
        families[name.partition("-")[0]].append(name)
    words = [
        f"{start}-*" if len(family) > 1 else family[0]
        for start, family in sorted(families.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return ", ".join(words[:most]) + (", ..." if len(words) > most else "")


def title(group: Group) -> str:
    """A group's heading: its name, its account, or how many and which."""
    names = group.accounts
    which = names[0] if len(names) == 1 else f"{counted(len(names), 'account')}: {summary(names)}"
    return f"{group.name}: {which}" if group.name else which


def detail(group: Group, node: Node) -> str:
    """What stands below a node's id: its regions, and how many accounts have it where not all do."""
    regions = ", ".join(node.regions) if len(node.regions) < 3 else counted(len(node.regions), "region")
    have, all_of_them = len({key.partition(".")[0] for key in node.keys}), len(group.accounts)
    if have == all_of_them:
        return regions
    return (
        f"{have:,} of {all_of_them:,}: {regions}"
        if regions
        else f"{have:,} of {counted(all_of_them, 'account')}"
    )


def subtitle(group: Group) -> str:
    """What stands below a group's heading: its tiers, where they are not its name, and how many stacks."""
    parts = [counted(group.size, "stack")]
    if len(group.accounts) > 1 and not group.name:
        parts.insert(0, f"{group.size // len(group.accounts):,} each")
    tiers = ", ".join(group.tiers)
    return ", ".join(parts) if tiers == group.name else f"{tiers}: {', '.join(parts)}"


def counted(number: int, what: str) -> str:
    """``1 account``, ``12 accounts``."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


_Accounts = Mapping[str, Sequence[StackInstance]]
# Of an account: its place in the picture, what it must share with others, and section and name of the group.
_Grouping = tuple[Callable[[str], int], Callable[[str], Any], Callable[[str], tuple[str, str]]]


def _by_account(accounts: _Accounts, waves: Mapping[str, InWave]) -> _Grouping:
    shapes = {name: _shape(instances) for name, instances in accounts.items()}
    return (
        lambda name: accounts[name][0].tier.rank,
        lambda name: shapes[name],
        lambda name: (accounts[name][0].tier.name, ""),
    )


def _by_tier(accounts: _Accounts, waves: Mapping[str, InWave]) -> _Grouping:
    return (
        lambda name: accounts[name][0].tier.rank,
        lambda name: accounts[name][0].tier.name,
        lambda name: ("", accounts[name][0].tier.name),
    )


def _by_wave(accounts: _Accounts, waves: Mapping[str, InWave]) -> _Grouping:
    return lambda name: waves[name].number, waves.__getitem__, lambda name: ("", waves[name].name)


_GROUPINGS: Mapping[By, Callable[[_Accounts, Mapping[str, InWave]], _Grouping]] = {
    "account": _by_account,
    "tier": _by_tier,
    "wave": _by_wave,
}


def _shape(instances: Sequence[StackInstance]) -> _Shape:
    """What makes two accounts look alike: tier, stacks, regions and needs, without the account's own name."""
    own = len(instances[0].account.name) + 1
    return instances[0].tier.name, tuple(
        sorted(
            (
                instance.stack,
                (instance.region,) if instance.regional else (),
                tuple(need[own:] for need in instance.needs),
            )
            for instance in instances
        )
    )


def _group(called: tuple[str, str], names: Sequence[str], accounts: _Accounts) -> Group:
    keys: dict[str, list[str]] = defaultdict(list)
    regions: dict[str, set[str]] = defaultdict(set)
    edges: set[tuple[str, str]] = set()
    for name in names:
        stack_of = {instance.key: instance.stack for instance in accounts[name]}
        for instance in accounts[name]:
            keys[instance.stack].append(instance.key)
            regions[instance.stack] |= {instance.region} if instance.regional else set()
            # A selection may hold a stack without what it needs.
            edges |= {(stack_of[need], instance.stack) for need in instance.needs if need in stack_of}
    tiers = {instances[0].tier.name: instances[0].tier.rank for instances in map(accounts.__getitem__, names)}
    return Group(
        section=called[0],
        name=called[1],
        tiers=tuple(sorted(tiers, key=lambda tier: (tiers[tier], tier))),
        accounts=tuple(names),
        nodes=tuple(
            Node(id, tuple(sorted(regions[id])), tuple(sorted(keys[id]))) for id in _in_order(keys, edges)
        ),
        edges=tuple(sorted(edges)),
    )


def _in_order(nodes: Collection[str], edges: Collection[tuple[str, str]]) -> list[str]:
    """Nodes so that what is needed stands before what needs it, else by name."""
    sorter = graphlib.TopologicalSorter[str](dict.fromkeys(nodes, ()))
    for source, target in edges:
        sorter.add(target, source)
    sorter.prepare()
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += ready
        sorter.done(*ready)
    return ordered

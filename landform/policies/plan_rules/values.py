"""The values of a planned resource, read by path: arguments behind one another, lists looked through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from landform.policies.change import ResourceChange
from landform.policies.plan_rule import PlanView

_INDEX = re.compile(r"\[[^\]]*\]$")
_TAGS = frozenset({"tags", "tags_all"})


def values_at(tree: Any, path: str) -> tuple[Any, ...]:
    """Every value at a path, as ``vpc_config.endpoint_public_access``; nulls are left out."""
    level = [tree]
    for step in path.split("."):
        level = [
            node[step] for one in level for node in _listed(one) if isinstance(node, Mapping) and step in node
        ]
    return tuple(value for one in level for value in _listed(one) if value is not None)


def is_unknown(change: ResourceChange, path: str) -> bool:
    """Whether some of what stands at a path is known only after apply."""
    return _unknown(change.unknown, path.split("."))


def paths_of(*trees: Any) -> tuple[str, ...]:
    """Every path that leads to a value in some trees, sorted; those of nested blocks as well as of their arguments."""
    return tuple(sorted({path for tree in trees for path in _paths(tree, "")}))


def changed_arguments(change: ResourceChange) -> tuple[str, ...]:
    """The arguments of a resource that would change, by name; those whose value is not known yet too."""
    before, after, unknown = (
        tree if isinstance(tree, Mapping) else {} for tree in (change.before, change.after, change.unknown)
    )
    names = dict.fromkeys([*before, *after, *unknown])
    return tuple(name for name in names if _any(unknown.get(name)) or before.get(name) != after.get(name))


def only_tags(change: ResourceChange) -> bool:
    """Whether a change in place is one of tags, and of nothing else."""
    return change.action == "update" and _TAGS.issuperset(changed_arguments(change))


def body_of(config: Mapping[str, Any] | None, address: str) -> Mapping[str, Any] | None:
    """What the synthesised stack says of a resource; None for one that it does not hold, as those of modules."""
    parts = _INDEX.sub("", address).split(".")
    if config is None or len(parts) != 2:
        return None
    body = config.get("resource", {}).get(parts[0], {}).get(parts[1])
    return body if isinstance(body, Mapping) else None


def is_set(view: PlanView, change: ResourceChange, path: str) -> bool:
    """Whether the stack sets an argument, or cannot be asked: what it leaves out is AWS's own choice."""
    body = body_of(view.config, change.address)
    return body is None or "dynamic" in body or bool(values_at(body, path))


def acting(view: PlanView, *types: str) -> Iterator[ResourceChange]:
    """The changes that do something, of some types or of all."""
    return (change for change in view.changes if change.acts and (not types or change.type in types))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _unknown(tree: Any, path: list[str]) -> bool:
    if isinstance(tree, list):
        return any(_unknown(item, path) for item in tree)
    if not path or tree is True:
        return _any(tree)
    return isinstance(tree, Mapping) and _unknown(tree.get(path[0]), path[1:])


def _any(tree: Any) -> bool:
    if isinstance(tree, Mapping):
        return any(map(_any, tree.values()))
    return any(map(_any, tree)) if isinstance(tree, list) else tree is True


def _paths(tree: Any, path: str) -> Iterator[str]:
    for node in _listed(tree):
        if isinstance(node, Mapping):
            for key, value in node.items():
                inner = f"{path}.{key}" if path else str(key)
                yield inner
                yield from _paths(value, inner)

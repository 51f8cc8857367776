"""What would happen to one resource, as a value: what plan rules judge.

Terraform's words for actions, reasons and paths are kept (Terraform, "JSON Output Format").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Action = Literal["create", "update", "replace", "delete", "read", "no-op", "forget"]


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What would happen to one resource.

    Attributes:
        address: Terraform's.
        type: the resource type; of a data source, its own.
        action: what would be done. A replacement is one action, whichever of its halves comes first.
        replace_paths: the paths of the arguments that force a replacement.
        reason: Terraform's word for why the action was chosen.
        before: the resource's values, redacted; None where there is no resource yet.
        after: as ``before``, afterwards; None where there is none any more.
        unknown: the tree of the values of ``after`` that are known only after apply (True at its leaves).
        moved_from: the address that a ``moved`` block takes it from.
        imported: the id that an ``import`` block takes it over by.
        data: whether it is a data source.
    """

    address: str
    type: str
    action: Action
    replace_paths: tuple[tuple[str | int, ...], ...]
    reason: str | None
    before: Any
    after: Any
    unknown: Any
    moved_from: str | None = None
    imported: str | None = None
    data: bool = False

    @property
    def acts(self) -> bool:
        """Whether something would be done to a resource. What is only read, or left as it is, is not in it."""
        return not self.data and self.action not in ("no-op", "read")

    @property
    def destroys(self) -> bool:
        """Whether the resource that is there now would be destroyed."""
        return not self.data and self.action in ("delete", "replace")


Values = Mapping[str, Any]


def unchanged(address: str, values: Values) -> ResourceChange:
    """The change of a resource that stays as it is, for examples."""
    return _change(address, "no-op", values, values)


def created(address: str, after: Values, unknown: Values | None = None) -> ResourceChange:
    """The change that makes a resource, for examples."""
    return _change(address, "create", None, after, unknown)


def updated(address: str, before: Values, after: Values, unknown: Values | None = None) -> ResourceChange:
    """The change of a resource in place, for examples."""
    return _change(address, "update", before, after, unknown)


def replaced(address: str, before: Values, after: Values, unknown: Values | None = None) -> ResourceChange:
    """The change that destroys a resource and makes it again, for examples."""
    return _change(address, "replace", before, after, unknown)


def destroyed(address: str, before: Values) -> ResourceChange:
    """The change that destroys a resource, for examples."""
    return _change(address, "delete", before, None)


def _change(
    address: str, action: Action, before: Values | None, after: Values | None, unknown: Values | None = None
) -> ResourceChange:
    return ResourceChange(address, address.split(".")[-2], action, (), None, before, after, unknown or {})

"""What would happen to one resource, as a value: what plan rules judge.

Terraform's words for actions, reasons and paths are kept (Terraform, "JSON Output Format").
"""

from __future__ import annotations

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

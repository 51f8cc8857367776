"""What ``org/moved.yaml`` says of a stack: resources get ``moved`` blocks, and AWS goes on seeing the names it knows.

A resource's address comes from its construct path, and so do the names of most things in AWS, which can seldom be
changed in place. A scope that is renamed in code would destroy everything below it; an entry of the file keeps both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from landform.core import Construct
from landform.core.element import Resource
from landform.core.names import unique_id
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.constructs.stack import AwsStack

Ids = tuple[str, ...]


def former_paths(ids: Ids, moves: Mapping[str, str]) -> tuple[Ids, ...]:
    """Where a construct stood before, the latest place first.

    Args:
        ids: of its path below the stack.
        moves: scopes before, by those now; the deepest one that holds the construct counts.
    """
    found: list[Ids] = []
    while (before := _before(ids, moves)) and before not in found:
        found.append(before)
        ids = before
    return tuple(found)


def _before(ids: Ids, moves: Mapping[str, str]) -> Ids | None:
    for size in range(len(ids), 0, -1):
        scope = moves.get("/".join(ids[:size]))
        if scope is not None:
            return (*scope.split("/"), *ids[size:])
    return None


class Moving:
    """The aspect that says of each resource below a scope that moved where it stood before.

    A resource whose code says that itself, or whose address does not come from its path, is left alone.
    """

    def __init__(self, stack: AwsStack) -> None:
        self._stack = stack
        self._addresses: set[str] | None = None

    def visit(self, construct: Construct) -> None:
        """Say where a resource stood before; ``construct`` may be anything.

        Raises:
            LandformError: ``duplicate-id`` where another resource stands there now.
        """
        if construct is self._stack:
            self._remark()
        if not isinstance(construct, Resource) or "moved" in construct.metadata():
            return
        ids = self._stack.ids_of(construct)
        former = former_paths(ids, self._stack.instance.moves)
        if not former or construct.logical_id != unique_id(ids):
            return
        addresses = [f"{construct.terraform_type}.{unique_id(before)}" for before in former]
        for address in addresses:
            if address in self._taken():
                raise LandformError(
                    Code.DUPLICATE_ID,
                    "What is said to have moved is still where it was.",
                    place=construct.node.place,
                    given=f"{address} -> {construct.address}",
                    expected="nothing at the address that a resource moved from",
                    fix="Remove the entry from org/moved.yaml, or give what is new there another id.",
                )
        latest, *earlier = addresses
        construct.move_from(latest, *earlier)

    def _taken(self) -> set[str]:
        if self._addresses is None:
            elements = self._stack.elements()
            self._addresses = {element.address for element in elements if isinstance(element, Resource)}
        return self._addresses

    def _remark(self) -> None:
        for scope, before in self._stack.instance.moves.items():
            at: Construct | None = self._stack
            for id in scope.split("/"):
                at = at.node.try_find_child(id) if at else None
            if at is None:
                text = f"org/moved.yaml: {before} -> {scope} leads to nothing here."
                self._stack.node.annotate("info", text)

"""The rules of moves: they are of stacks that there are, lead somewhere else, and each place has one."""

from __future__ import annotations

from landform.errors import Code, LandformError
from landform.org.problems import Errors, duplicate, unknown
from landform.org.reach import Reach
from landform.org.spec import MOVED, OrgSpec


def moved_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Stacks that there are not, moves to where a scope was, two moves from or to one place, and circles."""
    ids = [rule.id for rule in spec.stacks]
    seen: dict[tuple[str, str, str], int] = {}
    for index, move in enumerate(spec.moved):
        if move.stack not in ids:
            yield unknown(spec.place(MOVED, "moved", index, "stack"), "stack", move.stack, ids)
        for key, path in (("from", move.from_), ("to", move.to)):
            first = seen.setdefault((move.stack, key, path), index)
            if first != index:
                places = [spec.place(MOVED, "moved", at, key) for at in (index, first)]
                yield duplicate(places[0], f"`{key}` of {move.stack}", path, places[1])
        if _returns(spec, index):
            yield LandformError(
                Code.SPEC_CYCLE,
                "A move leads back to where it began.",
                place=spec.place(MOVED, "moved", index),
                given=f"{move.stack}: {move.from_} -> {move.to}",
                expected="scopes that were renamed, each to a name that it had not before",
                fix="Remove the entries of the circle: what is back where it was has not moved.",
            )


def _returns(spec: OrgSpec, index: int) -> bool:
    move = spec.moved[index]
    onward = {each.from_: each.to for each in spec.moved if each.stack == move.stack}
    at: str | None = move.to
    for _ in spec.moved:
        if at == move.from_:
            return True
        at = onward.get(at) if at else None
    return at == move.from_

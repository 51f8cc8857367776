"""What a change of policies gives that was not given before, with a request that proves it.

"What does B allow that A did not": ``new_access(access_of(a), access_of(b))``. The answer is exact where ``region``
says so, and elsewhere errs to the side of showing something. Of all requests that prove it, one is shown that
people know: an action that AWS has today, on a resource of the kind that it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from landform.iam.access import REQUESTS, Access, guards_in, known_actions, requests_of
from landform.iam.evaluate import names_action
from landform.iam.identity import Guard
from landform.iam.policy import Names, PolicyStatement
from landform.iam.region import Box, Point, uncovered


@dataclass(frozen=True, slots=True)
class NewAccess:
    """A request that is allowed after a change and was not before.

    Attributes:
        statement: the statement that allows it now.
        action, resource, principal: the request; the principal is empty where the policies name none.
        guards: what must hold besides, from the statements that allow it.
        context: a value for each key under which it is allowed, None for a key that the request must not have.
        known: whether AWS has the action today; otherwise it is one that the pattern would take.
        denied_before: the statement that denied it before, where one did; otherwise nothing allowed it.
        assumed: what was taken to be so of variables and of sets of values.
    """

    statement: PolicyStatement
    action: str
    resource: str
    principal: str
    guards: tuple[Guard, ...]
    context: tuple[tuple[str, str | None], ...]
    known: bool
    denied_before: PolicyStatement | None
    assumed: tuple[str, ...] = ()

    def __str__(self) -> str:
        who = f" by {self.principal}" if self.principal else ""
        guards = "".join(f" {'and' if i else 'if'} {guard}" for i, guard in enumerate(self.guards))
        return f"{self.action} on {self.resource}{who}{guards} ({self.statement})"


def new_access(before: Access, after: Access) -> tuple[NewAccess, ...]:
    """What is allowed after a change and was not before: one witness for each statement that gives something new.

    None at all is a proof that nothing is new. Raises as ``region.uncovered`` does.
    """
    old = [frozenset(layer) for layer in before.layers]
    found: dict[Box, NewAccess] = {}
    for inside in product(*after.layers):
        first = inside[0]
        if first in found:
            continue
        for kept, known, outside in _differences(inside, before, old, after):
            point = uncovered([*kept, REQUESTS], outside)
            if point is not None:
                found[first] = _witness(inside, kept, outside, point, known)
                break
    return tuple(found.values())


def _differences(
    inside: Sequence[Box], before: Access, old: Sequence[frozenset[Box]], after: Access
) -> Iterator[tuple[Sequence[Box], PolicyStatement | None, Sequence[Box]]]:
    """The ways in which something new can be: boxes it is in, the statement that denied it, boxes it is in none of."""
    for layer, boxes in zip(before.layers, old, strict=True):
        if not any(one in boxes for one in inside):
            yield inside, None, (*layer, *after.denies)
    kept = frozenset(after.denies)
    for deny in before.denies_at_most:
        if deny not in kept:
            yield (*inside, deny), deny.statement, after.denies


def _witness(
    inside: Sequence[Box],
    kept: Sequence[Box],
    outside: Sequence[Box],
    point: Point,
    deny: PolicyStatement | None,
) -> NewAccess:
    """The request told as one that people know: with an action of today, on a resource of its kind."""
    statement = inside[0].statement
    assert statement is not None, "boxes of policies come from statements"
    action = _action_like(kept, outside, point)
    if action:
        for narrower in requests_of(action):
            better = uncovered([*kept, narrower], outside)
            if better is not None:
                point = better
                break
    return NewAccess(
        statement,
        action or point.action,
        point.resource,
        point.principal if statement.principals else "",
        tuple(dict.fromkeys(guard for box in inside for guard in guards_in(box))),
        point.context,
        action is not None,
        deny,
        point.assumed,
    )


def _action_like(inside: Sequence[Box], outside: Sequence[Box], point: Point) -> str | None:
    """An action of today that is witness too, in AWS's capitals; None where there is none."""
    free = tuple(names_action(box.actions, point.action) for box in outside)
    tried: set[tuple[bool, ...]] = set()
    for name in known_actions(min((box.actions for box in inside), key=_width)):
        if not all(names_action(box.actions, name) for box in inside):
            continue
        named = tuple(names_action(box.actions, name) for box in outside)
        # An action that no further box names is as good as the one that was found.
        if all(before or not now for before, now in zip(free, named, strict=True)):
            return name
        if named not in tried:
            tried.add(named)
            if uncovered([*inside, Box(Names((name.lower(),)))], outside) is not None:
                return name
    return None


def _width(names: Names) -> tuple[bool, bool, int]:
    """How much there is to look through in what an element names, as something to compare."""
    return names.excluded, any(text.startswith("*") for text in names.patterns), len(names.patterns)

"""Two states of one stack, part by part."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from landform.compare.access import Gains
from landform.compare.identity import Anonymous
from landform.compare.model import Change, Kind, Line, StackDifference
from landform.compare.moves import Moves, derived_names, find_moves, rewritten
from landform.compare.parts import Part, Stack
from landform.compare.values import lines
from landform.digest import digest
from landform.schema.shapes import shape_of


def compare_stacks(before: Stack, after: Stack, gains: Gains, anonymous: Anonymous) -> StackDifference:
    """What differs between two states of a stack."""
    moves = find_moves(before, after)
    changes = [*_record(before, after), *_parts(before, after, moves)]
    return StackDifference(
        after.record.name,
        after.record.stack,
        tuple(changes),
        gains.of(before, after, anonymous, moves.pairs),
        moves.ambiguous,
    )


def new_stack(after: Stack, gains: Gains, anonymous: Anonymous) -> StackDifference:
    """A stack that was not there."""
    return replace(_whole(after, "added"), gained=gains.of(None, after, anonymous, {}))


def gone_stack(before: Stack) -> StackDifference:
    """A stack that is there no more."""
    return _whole(before, "removed")


def _whole(stack: Stack, kind: Kind) -> StackDifference:
    """How many resources of each type it has: two stacks of other content are told apart by a digest."""
    record = stack.record
    parts = [part for part in stack.parts.values() if part.what in ("resource", "published")]
    counts = Counter(part.type for part in parts)
    found = [(name, count) for name, count in sorted(counts.items())]
    bodies = {part.address: stack.bare(part) for part in stack.parts.values() if part.what != "backend"}
    told = [*found, ("(content)", digest(bodies)[7:19])]
    return StackDifference(
        record.name,
        record.stack,
        (
            Change(
                kind,
                "stack",
                record.stack,
                tuple(
                    Line(name, None, count) if kind == "added" else Line(name, count, None)
                    for name, count in told
                ),
                source=record.construct,
            ),
        ),
    )


def _record(before: Stack, after: Stack) -> Iterator[Change]:
    """What the index says of the stack as a whole."""
    one, other = (
        {
            "account id": stack.record.account_id,
            "construct": stack.record.construct,
            "needs": list(stack.record.dependencies),
            "tags": dict(stack.record.tags) if _both_tagged(before, after) else None,
            "tier": stack.record.tier,
        }
        for stack in (before, after)
    )
    if found := tuple(lines(one, other)):
        yield Change("changed", "stack", after.record.stack, found, source=after.record.construct)


def _both_tagged(before: Stack, after: Stack) -> bool:
    """A bundle of an older landform does not record the mandatory tags."""
    return bool(before.record.tags and after.record.tags)


def _parts(before: Stack, after: Stack, moves: Moves) -> Iterator[Change]:
    mandatory = not _both_tagged(before, after)
    gone = before.parts.keys() - after.parts.keys() - set(moves.pairs.values())
    for address in sorted({*after.parts, *gone}):
        part = after.parts.get(address)
        was = moves.pairs.get(address, address)
        old = before.parts.get(was)
        if part is None:
            assert old is not None, "what is in neither is not looked at"
            yield _change("removed", before, old, _lines(before.bare(old, mandatory=mandatory), None, old))
        elif old is None:
            yield _change("added", after, part, _lines(None, after.bare(part, mandatory=mandatory), part))
        elif was != address:
            found = _told(before, after, old, part, moves.pairs, mandatory)
            yield replace(
                _change("moved", after, part, found),
                was=was,
                was_path=before.path(was),
                declared=address in moves.declared,
            )
        elif old.body != part.body and (found := _told(before, after, old, part, moves.pairs, mandatory)):
            yield _change("changed", after, part, found)


def _told(
    before: Stack, after: Stack, old: Part, part: Part, pairs: Mapping[str, str], mandatory: bool
) -> tuple[Line, ...]:
    old_body = rewritten(before.bare(old, mandatory=mandatory), pairs)
    return _derived(_lines(old_body, after.bare(part, mandatory=mandatory), part), pairs, after)


def _lines(before: Any, after: Any, part: Part) -> tuple[Line, ...]:
    return tuple(lines(before, after, shape_of(part.type) if part.what != "data" else None))


def _change(kind: Kind, stack: Stack, part: Part, found: tuple[Line, ...]) -> Change:
    return Change(
        kind,
        part.what,
        part.address,
        found,
        construct_path=stack.path(part.address),
        source=stack.source(part.address),
    )


def _derived(found: tuple[Line, ...], pairs: Mapping[str, str], after: Stack) -> tuple[Line, ...]:
    """Say which lines differ in nothing but names that come from a construct path, where paths have changed."""
    if not pairs:
        return found
    name = derived_names(after.record)

    def bare(value: Any) -> str:
        return name.sub("", json.dumps(value, sort_keys=True))

    return tuple(
        replace(line, derived=line.before is not None and bare(line.before) == bare(line.after))
        for line in found
    )

"""A difference in words, which all forms of it share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from landform.compare.model import Ambiguity, Change, Difference, Entry, Line
from landform.compare.values import shown

SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
"""What a kind of change is marked with."""

NAMED = 4
"""How many stacks are named where many have a difference."""

_LONG = 300


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that the same stacks have."""

    stack: str
    members: tuple[str, ...]
    entries: tuple[Entry, ...]


def groups(entries: Sequence[Entry]) -> tuple[Group, ...]:
    """The entries of the same stacks together."""
    found: dict[tuple[str, tuple[str, ...]], list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.stack, entry.members), []).append(entry)
    return tuple(
        Group(stack, members, tuple(each)) for (stack, members), each in sorted(found.items(), key=_order)
    )


def _order(item: tuple[tuple[str, tuple[str, ...]], list[Entry]]) -> tuple[int, str, tuple[str, ...]]:
    (stack, members), _ = item
    return -len(members), stack, members


def where(members: Sequence[str]) -> str:
    """Which stacks: the name of one, the number and the first few of many."""
    if len(members) == 1:
        return members[0]
    named = ", ".join(members[:NAMED])
    return f"{len(members)} stacks: {named}{', ...' if len(members) > NAMED else ''}"


def title(change: Change) -> str:
    """What a change is, in a line."""
    if change.what == "stack":
        return f"stack {change.address}"
    named = f"{change.what} " if change.what in ("published",) else ""
    path = f" ({change.construct_path})" if change.construct_path else ""
    if change.kind != "moved":
        return f"{named}{change.address}{path}"
    from_ = f" ({change.was_path})" if change.was_path else ""
    return f"{named}{change.was}{from_} -> {change.address}{path}"


def remarks(change: Change) -> Iterator[str]:
    """What else there is to say of a change."""
    if change.kind == "moved" and change.what != "data":
        if change.declared:
            yield "moved: Terraform keeps the object"
        else:
            yield "moved in code alone: without a moved block Terraform destroys it and makes another"
    if change.kind == "moved" and any(line.derived for line in change.lines):
        yield "its name in AWS comes from the construct path and changes too, which most types take as a replacement"
    if change.what == "published" and change.kind == "removed":
        yield "stacks that read it will find nothing"


def text(line: Line) -> str:
    """A line that differs, as one text."""
    before, after = _short(shown(line.before)), _short(shown(line.after))
    if line.how == "order":
        return f"{line.path}: in another order"
    if line.how == "items" or (isinstance(line.before, list) and isinstance(line.after, list)):
        parts = [*([f"- {before}"] if before else []), *([f"+ {after}"] if after else [])]
        return f"{line.path}: {'  '.join(parts)}"
    if line.before is None:
        return f"{line.path}: {after}"
    if line.after is None:
        return f"{line.path}: {before} (gone)"
    return f"{line.path}: {before} -> {after}"


def ambiguity(entry: Ambiguity) -> str:
    """What cannot be told, in a line."""
    return f"{', '.join(entry.gone)} may be {' or '.join(entry.new)}: equal, so that nothing says which moved where"


def summary(difference: Difference) -> str:
    """All of it in a sentence."""
    kinds = [entry.difference.kind for entry in difference.changes if isinstance(entry.difference, Change)]
    told = ", ".join(f"{kinds.count(kind)} {kind}" for kind in SIGNS if kind in kinds)
    gained = f"; new access {len(difference.gained)}" if difference.gained else ""
    if difference.empty:
        return f"no difference in {difference.compared} stacks"
    return (
        f"{difference.differing} of {difference.compared} stacks differ"
        + (f": {told}" if told else "")
        + gained
    )


def generators(difference: Difference) -> str | None:
    """The landforms that made the two, where these differ."""
    one, other = difference.before.generator, difference.after.generator
    return f"{one} -> {other}" if one != other else None


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]} ..."

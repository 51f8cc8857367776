"""A difference in words, which all forms of it share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from landform.compare.model import Ambiguity, Change, Difference, Entry, Line
from landform.compare.moves import Renamed, renamed, scopes
from landform.compare.values import shown

SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
"""What a kind of change is marked with."""

NAMED = 4
"""How many stacks are named where many have a difference."""

_LONG = 300
_KEPT = "moved: Terraform keeps the object"
_LOST = "moved in code alone: without a moved block Terraform destroys it and makes another"


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
            yield _KEPT
        else:
            yield _LOST
    if change.kind == "moved" and any(line.derived for line in change.lines):
        yield "its name in AWS comes from the construct path and changes too, which most types take as a replacement"
    if change.what == "published" and change.kind == "removed":
        yield "stacks that read it will find nothing"


def text(line: Line) -> str:
    """A line that differs, as one text."""
    before, after = (_short(_value(line.path, value)) for value in (line.before, line.after))
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


def _value(path: str, value: Any) -> str:
    """A value in words; a statement of a policy as a sentence."""
    if not (isinstance(value, dict) and "Effect" in value and " statement " in f" {path}"):
        return shown(value)
    parts = [str(value["Effect"])]
    for name, one in sorted(value.items(), key=lambda item: _ORDER.get(item[0].partition(" ")[0], 0)):
        element, _, rest = name.partition(" ")
        if element in _WORDS:
            parts.append(" ".join(filter(None, (_WORDS[element], rest, shown(one)))))
    return " ".join(parts)


_WORDS = {
    "Principal": "to", "NotPrincipal": "to all but", "Action": "", "NotAction": "all but",
    "Resource": "on", "NotResource": "on all but", "Condition": "if",
}  # fmt: skip
_ORDER = {name: place for place, name in enumerate(_WORDS)}


def plain_moves(entries: Sequence[Entry]) -> tuple[tuple[str, ...], tuple[Entry, ...]]:
    """What moved and has not changed otherwise, a line for each scope; and the entries that are left."""
    counts: Counter[tuple[Renamed, bool]] = Counter()
    left: list[Entry] = []
    for entry in entries:
        change = entry.difference
        plain = isinstance(change, Change) and change.kind == "moved" and not change.lines and change.was_path
        if plain and isinstance(change, Change) and change.construct_path and change.what != "data":
            pair = scopes(change.was_path), scopes(change.construct_path)
            counts[renamed(*pair, least=1), change.declared] += 1
        else:
            left.append(entry)
    lines = tuple(
        f"{'/'.join(each.before)} -> {'/'.join(each.after)}: {number} resource{'s' * (number > 1)}, "
        + (_KEPT if declared else _LOST)
        for (each, declared), number in sorted(counts.items(), key=lambda item: item[0][0].after)
    )
    return lines, tuple(left)


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

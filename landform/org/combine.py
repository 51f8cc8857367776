"""One setting's value, out of what all layers say about it: pure functions over plain values.

The channels are weighed first: ``defaults`` hold where nobody says more, ``merge`` adds to them, values stand above
both, and nothing below a layer lowers what it enforces. Within a channel the layers come from the farthest to
the nearest. Each statement keeps what became of it, so that every value can say why it is what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from landform.errors import Place
from landform.org.document import At, place_of
from landform.org.leaves import Kind, Leaf


class Channel(IntEnum):
    """In which way a layer says something, the weakest first."""

    DEFAULTS = 0
    MERGE = 1
    VALUES = 2
    ENFORCE = 3


class Outcome(Enum):
    """What became of a statement."""

    SET = "set"
    MERGED = "merged"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Said:
    """What one layer says about one setting, and where. A larger ``depth`` is nearer to the stack."""

    layer: str
    depth: int
    channel: Channel
    value: Any
    at: At

    @property
    def place(self) -> Place:
        """File, line and column; a place without a file where no file says it."""
        return place_of(self.at)


@dataclass(frozen=True, slots=True)
class Link:
    """A statement and what became of it: set or merged into the value, kept as it was, or refused."""

    said: Said
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Lowered:
    """A statement that would lower what a layer above enforces."""

    enforced: Said
    by: Said


@dataclass(frozen=True, slots=True)
class Combined:
    """A setting's value, the statements from the weakest to the strongest, and what enforcing forbids."""

    value: Any
    chain: tuple[Link, ...]
    lowered: tuple[Lowered, ...]


def combine(leaf: Leaf, statements: Iterable[Said]) -> Combined:
    """Combine what layers say about one setting; their order does not matter.

    A statement that is weaker than what a layer above says is refused, and the value stays. One that would lower
    what a layer above *enforces* is also told as ``lowered``.
    """
    ordered = sorted(statements, key=lambda said: (said.channel, said.depth))
    value: Any = None
    chain: list[Link] = []
    for said in ordered:
        combined, outcome = _COMBINE[leaf.kind](leaf, value, said, chain)
        chain.append(Link(said, outcome))
        value = combined
    return Combined(value, tuple(chain), tuple(_lowered(leaf, ordered)))


def _lowered(leaf: Leaf, ordered: list[Said]) -> Iterator[Lowered]:
    for enforced in ordered:
        if enforced.channel is not Channel.ENFORCE:
            continue
        for said in ordered:
            nearer = said.channel >= Channel.VALUES and said.depth > enforced.depth
            if nearer and _LOWERS[leaf.kind](leaf, enforced, said):
                yield Lowered(enforced, said)


Combining = Callable[[Leaf, Any, Said, list[Link]], tuple[Any, Outcome]]


def _begins(said: Said, chain: list[Link]) -> bool:
    """Whether a statement stands alone: defaults give way to the next one, and to the first of the values."""
    if not chain or said.channel <= Channel.MERGE:
        return True
    return said.channel is Channel.VALUES and chain[-1].said.channel <= Channel.MERGE


def _begun(value: Any, said: Said, chain: list[Link]) -> tuple[Any, Outcome]:
    return said.value, Outcome.KEPT if chain and _same(said.value, value) else Outcome.SET


def _same(one: Any, other: Any) -> bool:
    # For Python, 1 is True.
    return bool(one == other) and repr(one) == repr(other)


def _value(leaf: Leaf, value: Any, said: Said, chain: list[Link]) -> tuple[Any, Outcome]:
    if said.channel is Channel.ENFORCE and chain and chain[-1].said.channel is Channel.ENFORCE:
        # The farthest layer that enforces holds.
        return value, Outcome.KEPT if _same(said.value, value) else Outcome.REFUSED
    return _begun(value, said, chain)


def _stricter(leaf: Leaf, value: Any, said: Said, chain: list[Link]) -> tuple[Any, Outcome]:
    if _begins(said, chain):
        return _begun(value, said, chain)
    given, held = leaf.rank(said.value), leaf.rank(value)
    if given > held:
        return said.value, Outcome.SET
    # What a layer enforces is a floor: a value above it is fine.
    kept = given == held or said.channel is Channel.ENFORCE
    return value, Outcome.KEPT if kept else Outcome.REFUSED


def _allow(leaf: Leaf, value: Any, said: Said, chain: list[Link]) -> tuple[Any, Outcome]:
    if _begins(said, chain):
        return _begun(value, said, chain)
    both = [item for item in value if item in said.value]
    if said.channel is not Channel.ENFORCE and any(item not in value for item in said.value):
        return both, Outcome.REFUSED
    if len(both) == len(value):
        return both, Outcome.KEPT
    return both, Outcome.SET if len(both) == len(said.value) else Outcome.MERGED


def _deny(leaf: Leaf, value: Any, said: Said, chain: list[Link]) -> tuple[Any, Outcome]:
    if said.channel is Channel.DEFAULTS:
        held = []
    elif said.channel is Channel.VALUES and _begins(said, chain):
        # What was merged adds to the values too: a deny-list never becomes shorter.
        held = _merged(chain)
    else:
        held = value or []
    joined = _joined(held, said.value)
    if chain and joined == value:
        return value, Outcome.KEPT
    return joined, Outcome.MERGED if held else Outcome.SET


def _list(leaf: Leaf, value: Any, said: Said, chain: list[Link]) -> tuple[Any, Outcome]:
    held = value or []
    if said.channel is Channel.MERGE:
        items = _edited(held, [f"+{item}" for item in said.value if not _is_edit(item)])
        items = _edited(items, [item for item in said.value if _is_edit(item)])
    elif said.channel is Channel.ENFORCE:
        items = _edited(held, [item if _is_edit(item) else f"+{item}" for item in said.value])
    elif said.value and all(map(_is_edit, said.value)):
        items = _edited(held, said.value)
    else:
        return _begun(value, said, chain)
    return items, Outcome.KEPT if chain and items == value else Outcome.MERGED


def _merged(chain: list[Link]) -> list[Any]:
    merged: list[Any] = []
    for link in chain:
        if link.said.channel is Channel.MERGE:
            merged = _joined(merged, link.said.value)
    return merged


def _joined(items: Iterable[Any], more: Iterable[Any]) -> list[Any]:
    joined: list[Any] = []
    for item in (*items, *more):
        if item not in joined:
            joined.append(item)
    return joined


def _is_edit(item: Any) -> bool:
    return isinstance(item, str) and item[:1] in ("+", "-")


def is_unclear(items: Sequence[Any]) -> bool:
    """Whether a list both replaces and edits, or adds and removes one item."""
    edits = [item for item in items if _is_edit(item)]
    return 0 < len(edits) < len(items) or len({edit[1:] for edit in edits}) < len({*edits})


def _edited(items: Iterable[Any], edits: Iterable[str]) -> list[Any]:
    edited = list(items)
    for edit in edits:
        item = edit[1:]
        if edit[0] == "-":
            edited = [each for each in edited if each != item]
        elif item not in edited:
            edited.append(item)
    return edited


def _loses(enforced: Said, said: Said) -> bool:
    """Whether a list, or an edit of one, lacks what another demands or has what it forbids."""
    wanted = {item.lstrip("+") for item in enforced.value if not item.startswith("-")}
    unwanted = {item[1:] for item in enforced.value if item.startswith("-")}
    added = {item.lstrip("+") for item in said.value if not item.startswith("-")}
    removed = {item[1:] for item in said.value if item.startswith("-")}
    replaces = said.channel is Channel.VALUES and not (said.value and all(map(_is_edit, said.value)))
    return bool(removed & wanted or added & unwanted or (replaces and wanted - added))


_COMBINE: Mapping[Kind, Combining] = {
    Kind.VALUE: _value,
    Kind.STRICTER: _stricter,
    Kind.ALLOW: _allow,
    Kind.DENY: _deny,
    Kind.LIST: _list,
}

_LOWERS: Mapping[Kind, Callable[[Leaf, Said, Said], bool]] = {
    Kind.VALUE: lambda leaf, enforced, said: not _same(said.value, enforced.value),
    Kind.STRICTER: lambda leaf, enforced, said: leaf.rank(said.value) < leaf.rank(enforced.value),
    Kind.ALLOW: lambda leaf, enforced, said: any(item not in enforced.value for item in said.value),
    Kind.DENY: lambda leaf, enforced, said: False,
    Kind.LIST: lambda leaf, enforced, said: _loses(enforced, said),
}

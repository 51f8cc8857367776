"""The entries of ``org/moved.yaml`` that say what a comparison found to have moved."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landform.compare.model import Change, Difference
from landform.compare.moves import Renamed, scope_entries
from landform.errors import Code, LandformError, Place
from landform.org.files import write_file
from landform.org.models import Move
from landform.org.nodes import read_nodes
from landform.org.spec import MOVED
from landform.synth.bundle import Bundle

# What YAML reads as something else than a text.
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_HEAD = "schema: landform/moved/v1\nmoved:\n"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What can be written, by stack id, and the moves that no entry can say: the address before and now."""

    entries: tuple[tuple[str, Renamed], ...]
    unsaid: tuple[tuple[str, str, str], ...]

    def lines(self) -> tuple[str, ...]:
        """Each entry in words."""
        return tuple(
            f"{stack}: {'/'.join(each.before)} -> {'/'.join(each.after)}" for stack, each in self.entries
        )


def proposal(difference: Difference, after: Bundle) -> Proposal:
    """The entries for the moves that no ``moved`` block says yet.

    Args:
        after: the bundle that things moved to.
    """
    moved: dict[str, dict[tuple[str, str], tuple[str, str]]] = defaultdict(dict)
    for entry in difference.changes:
        change = entry.difference
        if not isinstance(change, Change) or change.kind != "moved" or change.what == "data":
            continue
        if not change.declared:
            moved[entry.stack][change.was_path, change.construct_path] = (change.was, change.address)
    entries: list[tuple[str, Renamed]] = []
    unsaid: list[tuple[str, str, str]] = []
    for stack, pairs in sorted(moved.items()):
        targets = {now for _, now in pairs}
        stayed = {
            path
            for record in after.stacks.values()
            if record.stack == stack
            for made in record.resources.values()
            if (path := made.construct_path.removeprefix(f"{record.name}/")) not in targets
        }
        found = scope_entries(((was, now) for was, now in pairs if was and now), stayed)
        entries += [(stack, each) for each in found]
        for (was, now), addresses in pairs.items():
            ids = tuple(was.split("/"))
            if not any(each.apply(ids) == tuple(now.split("/")) for each in found):
                unsaid.append((stack, *addresses))
    return Proposal(tuple(entries), tuple(unsaid))


def write_moved(project: Path, known: Sequence[Move], found: Proposal) -> tuple[str, ...]:
    """Add entries to ``org/moved.yaml``, at its end; what stands there stays as it is.

    Args:
        known: the entries that it has.

    Returns:
        What was added, in words.

    Raises:
        LandformError: ``not-writable``.
    """
    there = {(move.stack, move.from_, move.to) for move in known}
    added = [
        (stack, "/".join(each.before), "/".join(each.after))
        for stack, each in found.entries
        if (stack, "/".join(each.before), "/".join(each.after)) not in there
    ]
    if not added:
        return ()
    path = project / MOVED
    text = path.read_text(encoding="utf-8") if known else _HEAD
    lines = "".join(
        f"  - stack: {stack}\n    from: {_quoted(was)}\n    to: {_quoted(now)}\n" for stack, was, now in added
    )
    whole = text + ("" if text.endswith("\n") else "\n") + lines
    try:
        read_nodes(whole, MOVED)
    except LandformError:
        raise LandformError(
            Code.NOT_WRITABLE,
            "Nothing can be added at the end of the file.",
            place=Place(file=MOVED),
            expected="`moved` as the last key, its entries on lines of their own",
            fix="`landform org fmt` shows the form; or add the entries by hand: landform diff names them.",
        ) from None
    write_file(path, whole)
    return tuple(f"{stack}: {was} -> {now}" for stack, was, now in added)


def _quoted(text: str) -> str:
    """A text as YAML takes it for a text: plain where it is a path of words, else as JSON, which YAML reads."""
    plain = text.lower() not in _WORDS and all(part.isidentifier() for part in text.split("/"))
    return text if plain else json.dumps(text)


def idle(entries: Sequence[Move], bundle: Bundle) -> tuple[Move, ...]:
    """The entries that lead to nothing in any stack of a whole bundle: mistyped, or left over."""
    paths: dict[str, set[str]] = defaultdict(set)
    for record in bundle.stacks.values():
        for made in record.resources.values():
            paths[record.stack].add(made.construct_path.removeprefix(f"{record.name}/"))
    return tuple(
        entry
        for entry in entries
        if not any(path == entry.to or path.startswith(f"{entry.to}/") for path in paths[entry.stack])
    )

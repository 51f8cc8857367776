"""A file of the spec written in its one form: two spaces a level, one blank line at most, 110 columns.

What a person chose stays: braces or indentation, quotes or none, comments and their order. Braces that no
longer fit on a line, or hold a comment, become indentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile
from typing import TypeGuard

from landform.org.yaml_tree import Block, Entry, Fields, Items, Leaf, Node

WIDTH = 110
_STEP = 2


def write_tree(root: Fields) -> str:
    """The text of a tree."""
    lines = [line for entry in root.entries for line in _entry(entry, 0)]
    foot = root.foot[: len(root.foot) - (root.foot[-1:] == [""])]
    return "\n".join([*dropwhile(_is_blank, lines), *_comments(foot, 0)]) + "\n"


def _entry(entry: Entry, indent: int) -> Iterator[str]:
    """The lines of a field or an item, the comments above it first."""
    value, inner = entry.value, indent + _STEP
    start = " " * indent + (f"{entry.key.source}:" if entry.key else "-")
    behind = f"  {entry.beside}" if entry.beside else ""
    inline = _one_line(value, len(start) + 1)
    if inline is None and entry.key is None and isinstance(value, Fields | Items):
        # The first line of an item is the first of what it holds: what stands above that goes above all.
        lines = list(_inside(value, inner))
        lead = list(takewhile(_is_comment, lines))
        yield from _comments([*entry.above, *filter(None, [entry.beside]), *lead], indent)
        yield f"{start} {lines[len(lead)].lstrip()}"
        yield from lines[len(lead) + 1 :]
        return
    yield from _comments(entry.above, indent)
    if isinstance(value, Fields | Items) and not value.entries:
        yield from _comments(list(filter(None, value.foot)), indent)
    if inline is not None:
        yield (f"{start} {inline}" if inline else start) + behind
    elif isinstance(value, Block):
        yield f"{start} {value.header}{behind}"
        yield from (" " * inner + line if line else "" for line in value.lines)
    elif isinstance(value, Leaf):
        yield f"{start} >-{behind}"
        yield from (" " * inner + line for line in _wrapped(value.text, WIDTH - inner))
    else:
        yield start + behind
        yield from _inside(value, inner)


def _inside(node: Fields | Items, indent: int) -> Iterator[str]:
    for number, entry in enumerate(node.entries):
        lines = list(_entry(entry, indent))
        # No blank line between a key and the first of what it holds.
        yield from lines[1:] if number == 0 and lines[0] == "" else lines
    yield from _comments(node.foot, indent)


def _one_line(node: Node, column: int) -> str | None:
    """A node on one line, if it was written so and fits behind what stands in front of it."""
    if not _can_be_flow(node):
        return None
    text = _flow(node)
    may_be_long = not node.long if isinstance(node, Leaf) else not node.entries
    return text if may_be_long or column + len(text) <= WIDTH else None


def _can_be_flow(node: Node) -> TypeGuard[Leaf | Fields | Items]:
    """Whether a node is a scalar of one line, or was written in brackets and no comment stands in it."""
    if isinstance(node, Leaf):
        return True
    if isinstance(node, Block) or not node.flow:
        return False
    if not node.entries:
        return True
    remarks = any(node.foot) or any(entry.beside or any(entry.above) for entry in node.entries)
    return not remarks and all(_can_be_flow(entry.value) for entry in node.entries)


def _flow(node: Node) -> str:
    """A node as it stands inside brackets."""
    if isinstance(node, Leaf):
        return node.source
    if isinstance(node, Block):
        raise TypeError("a block stands on lines of its own")
    # In brackets a value that was left out is written, so that no comma ends it.
    parts = [
        (f"{entry.key.source}: " if entry.key else "") + (_flow(entry.value) or "null")
        for entry in node.entries
    ]
    if isinstance(node, Items):
        return f"[{', '.join(parts)}]"
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def _wrapped(text: str, width: int) -> Iterator[str]:
    """A text in lines of some width, broken only where YAML puts back the one space that was there."""
    line = ""
    for part in re.split(r"(?<=\S) (?=\S)", text):
        if line and len(line) + 1 + len(part) > width:
            yield line
            line = part
        else:
            line = f"{line} {part}" if line else part
    yield line


def _is_comment(line: str) -> bool:
    return not line or line.lstrip().startswith("#")


def _comments(lines: Sequence[str], indent: int) -> Iterator[str]:
    """Comments at an indentation, blank lines between them, never two."""
    texts = [line.strip() for line in lines]
    for number, text in enumerate(texts):
        if text or number == 0 or texts[number - 1]:
            yield " " * indent + text if text else ""


def _is_blank(line: str) -> bool:
    return not line

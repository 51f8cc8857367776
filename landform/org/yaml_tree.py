"""A file of the spec as it is written: values with their quotes, comments with what they stand at.

``document`` reads what a file says and forgets how; this reads how, so that a formatter and a migration can write
the file anew and lose nothing. A comment of its own line belongs to the entry below it, one behind a value to
that value. A blank line is kept, several become one.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

_LINE = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
# What a double-quoted text must not hold as it is, beside what JSON escapes.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_COMMENT = re.compile("#[^\n\r\x85\u2028\u2029]*")
_BLOCKS = ("|", ">")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Leaf:
    """A scalar of one line: what it says, as it is written, and whether without quotes.

    ``long`` is a text without quotes that was written over several lines.
    """

    text: str
    source: str
    plain: bool
    long: bool = False


@dataclass(slots=True)
class Block:
    """A text as a block: ``|`` or ``>`` with what stands behind it, and its lines without indentation."""

    header: str
    lines: list[str]


@dataclass(slots=True)
class Items:
    """A list; ``flow`` where it is written in brackets. ``foot`` is the comments below its last entry."""

    entries: list[Entry]
    flow: bool
    foot: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Fields:
    """A mapping; ``flow`` where it is written in braces. ``foot`` is the comments below its last entry."""

    entries: list[Entry]
    flow: bool
    foot: list[str] = field(default_factory=list)

    def get(self, key: str) -> Entry | None:
        """The entry of a key."""
        return next((entry for entry in self.entries if entry.name == key), None)


Node = Leaf | Block | Items | Fields


@dataclass(slots=True)
class Entry:
    """An item of a list, or a key with its value.

    ``above`` is the comments over it, without indentation, an empty text for a blank line; ``beside`` the
    comment behind it.
    """

    key: Leaf | None
    value: Node
    above: list[str] = field(default_factory=list)
    beside: str | None = None

    @property
    def name(self) -> str:
        """The key's text; an empty one for an item."""
        return self.key.text if self.key else ""


def quoted(text: str) -> Leaf:
    """A text in double quotes, on one line."""
    escaped = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
    return Leaf(text, escaped, plain=False)


def word(text: str) -> Leaf:
    """A text without quotes; only for what needs none, such as a name."""
    return Leaf(text, text, plain=True)


def read_tree(text: str) -> Fields:
    """The tree of a file that ``document.parse`` takes."""
    return _Reader(text).root()


def comments(text: str) -> list[str]:
    """Every comment of a file, in order."""
    return [comment.text for comment in _comments(text, _events(text))]


_NOTHING = Leaf("", "", plain=True)


@dataclass(frozen=True, slots=True)
class _Comment:
    index: int
    line: int
    column: int
    text: str
    alone: bool


def _events(text: str) -> list[Any]:
    try:
        return list(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError:
        # libyaml refuses some of what is YAML, such as a block whose first line begins with a tab.
        return list(yaml.parse(text, Loader=yaml.SafeLoader))


def _comments(text: str, events: Sequence[Any]) -> list[_Comment]:
    """What begins with a number sign outside of every scalar."""
    found = []
    after = 0
    scalars: list[Any] = [event for event in events if isinstance(event, yaml.ScalarEvent)]
    outside = [(event.start_mark.index, event.end_mark.index, event.style) for event in scalars]
    for start, end, style in [*outside, (len(text), len(text), None)]:
        # A block begins with its header, which may have a comment behind it.
        line = _LINE.search(text, start) if style in _BLOCKS else None
        stop = line.start() if line else start
        for match in _COMMENT.finditer(text, after, stop):
            lines = _LINE.split(text[: match.start()])
            alone = not lines[-1].strip()
            found.append(_Comment(match.start(), len(lines) - 1, len(lines[-1]), match[0].rstrip(), alone))
        after = max(end, stop)
    return found


class _Reader:
    """Builds the tree out of the parser's events, handing out comments as it passes them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = _LINE.split(text)
        events = _events(text)
        self._events: Iterator[Any] = iter(events)
        self._comments = deque(_comments(text, events))
        # The last line that was read, of values and comments alike.
        self._line = -1

    def root(self) -> Fields:
        next(self._events)  # the start of the stream
        next(self._events)  # the start of the document
        node = self._node(next(self._events), outer=-1)
        assert isinstance(node, Fields)
        node.foot += self._above(len(self._text), len(self._lines))
        return node

    def _node(self, event: Any, outer: int) -> Node:
        """A node; ``outer`` is the column of the collection it stands in."""
        if _is(event, yaml.ScalarEvent):
            return self._scalar(event)
        keyed = _is(event, yaml.MappingStartEvent)
        kind = Fields if keyed else Items
        ends = yaml.MappingEndEvent if keyed else yaml.SequenceEndEvent
        column, flow = event.start_mark.column, bool(event.flow_style)
        entries: list[Entry] = []
        foot: list[str] = []
        while not _is(inner := next(self._events), ends):
            self._beside(entries[-1:], inner)
            entries.append(self._field(inner, column) if keyed else self._item(inner, column))
        self._beside(entries[-1:], inner)
        if flow:
            foot = self._above(inner.start_mark.index, inner.start_mark.line)
            del foot[len(foot) - (foot[-1:] == [""]) :]
            self._line = max(self._line, inner.end_mark.line)
        elif column > outer:
            # A list may stand as far left as its key; what follows it then belongs to the next key.
            foot = self._foot(inner.start_mark.index, column)
        return kind(entries, flow, foot)

    def _item(self, event: Any, column: int) -> Entry:
        if _empty(event):
            return Entry(None, _NOTHING)
        above = self._above(event.start_mark.index, event.start_mark.line)
        return Entry(None, self._node(event, column), above)

    def _field(self, event: Any, column: int) -> Entry:
        above = self._above(event.start_mark.index, event.start_mark.line)
        key = self._scalar(event)
        assert isinstance(key, Leaf)
        entry = Entry(key, _NOTHING, above)
        value = next(self._events)
        if not _empty(value):
            self._beside([entry], value)
            if _is(value, yaml.ScalarEvent):
                entry.above += self._above(value.start_mark.index, self._line)
            entry.value = self._node(value, column)
        return entry

    def _scalar(self, event: Any) -> Leaf | Block:
        if event.style in _BLOCKS:
            return self._block(event)
        start, end, value = event.start_mark, event.end_mark, event.value
        several = start.line != end.line
        self._line = max(self._line, end.line)
        if not event.style:
            return quoted(value) if "\n" in value else Leaf(value, value, plain=True, long=several)
        as_written = event.style == "'" and re.search(r"[\"\\]", value)
        if several or (event.style == "'" and not as_written):
            return quoted(value)
        return Leaf(value, self._text[start.index : end.index], plain=False)

    def _block(self, event: Any) -> Block:
        start, end = event.start_mark, event.end_mark
        header = self._lines[start.line][start.column :].partition("#")[0].strip()
        lines = self._lines[start.line + 1 : end.line + (1 if end.column else 0)]
        while lines and not lines[-1].strip() and "+" not in header:
            lines.pop()
        self._line = start.line + len(lines)
        # The first line says how far the block is indented, less what its text begins with.
        text = next((line for line in event.value.split("\n") if line.strip()), "")
        first = next((line for line in lines if line.strip()), "")
        deeper = _indent(text)
        chomping = header[1:].strip("0123456789")
        # A file may end without a line's end; what is written anew has one.
        chomping = "-" if event.value and not event.value.endswith("\n") else chomping
        return Block(
            header[0] + ("2" if deeper else "") + chomping,
            [line[_indent(first) - deeper :] for line in lines],
        )

    def _beside(self, last: list[Entry], following: Any) -> None:
        """Give the comment behind what was read last to its entry."""
        queue, before = self._comments, following.start_mark.index
        for entry in last:
            while queue and queue[0].index < before and not queue[0].alone and queue[0].line <= self._line:
                text = queue.popleft().text
                if entry.beside is None:
                    entry.beside = text
                else:
                    entry.above.append(text)

    def _above(self, before: int, line: int) -> list[str]:
        """The comments up to an index, and a blank line wherever there is one."""
        found: list[str] = []
        while self._comments and self._comments[0].index < before:
            found += self._next_comment()
        return [*found, *self._blank(line)]

    def _foot(self, before: int, column: int) -> list[str]:
        """The comments below the last entry that are indented as the entries are, or deeper."""
        found: list[str] = []
        while self._comments and self._comments[0].index < before and self._comments[0].column >= column:
            found += self._next_comment()
        return found

    def _next_comment(self) -> list[str]:
        comment = self._comments.popleft()
        blank = self._blank(comment.line)
        self._line = max(self._line, comment.line)
        return [*blank, comment.text]

    def _blank(self, line: int) -> list[str]:
        between = self._lines[self._line + 1 : line]
        return [""] if any(not each.strip() for each in between) else []


def _empty(event: Any) -> bool:
    """Whether an event is the value that was left out; it stands where the next token does."""
    return _is(event, yaml.ScalarEvent) and event.start_mark.index == event.end_mark.index


def _is(event: Any, kind: type[Any]) -> bool:
    # Not for the type checker: PyYAML's stubs say that a mark may be missing, and of a parsed event it never is.
    return isinstance(event, kind)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))

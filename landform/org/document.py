"""One file of the spec: its value, and line and column of every key and every value in it.

``nodes`` says which YAML a spec is written in, and why not in more of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.org.files import read_file
from landform.org.nodes import Fields, Items, Node, place_after, plain_fields, read_nodes, shown
from landform.org.quick import quick_value

MAX_BYTES = 1024 * 1024

Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A file of the spec: its name relative to the project, in POSIX form, its text, and the JSON value it holds.

    Where things stand is found out once somebody asks: of thousands of files nobody asks that of most.
    """

    file: str
    text: str
    value: Mapping[str, Any] = field(hash=False)

    @cached_property
    def root(self) -> Fields:
        """The mapping that the file is, with the places of everything in it."""
        return read_nodes(self.text, self.file)

    def node(self, loc: Loc) -> Node:
        """The node at a location, or the deepest one on the way to it that the file has."""
        return self._walk(loc)[-1][1]

    def reached(self, loc: Loc) -> Loc:
        """As much of a location as the file has."""
        return loc[: len(self._walk(loc)) - 1]

    def place(self, *loc: str | int) -> Place:
        """Where the value at a location stands, or the deepest one on the way to it that the file has."""
        node = self.node(loc)
        return Place(self.file, node.line, node.column)

    def key_place(self, *loc: str | int) -> Place:
        """Where the key at the end of a location stands; for an item of a list, the item."""
        key = self._walk(loc)[-1][0]
        return Place(self.file, key.line, key.column)

    def given(self, *loc: str | int) -> str:
        """What the user wrote at a location, with its kind where it is not a text."""
        return shown(self.node(loc))

    def _walk(self, loc: Loc) -> list[tuple[Node, Node]]:
        """Key and value of the root and of each part of a location, as far as the file has them."""
        steps: list[tuple[Node, Node]] = [(self.root, self.root)]
        for part in loc:
            node = steps[-1][1]
            if isinstance(node, Fields) and part in node.fields:
                steps.append(node.fields[str(part)])
            elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
                steps.append((node.items[part], node.items[part]))
            else:
                break
        return steps


@dataclass(frozen=True, slots=True)
class Spot:
    """A location of a document: where something stands, found out once somebody asks."""

    document: Document
    loc: Loc

    @property
    def place(self) -> Place:
        """File, line and column of the value there."""
        return self.document.place(*self.loc)

    @property
    def key_place(self) -> Place:
        """File, line and column of its key."""
        return self.document.key_place(*self.loc)


At = Spot | Place
"""Where something stands, whether that has been found out or not."""


def place_of(at: At) -> Place:
    """Where something stands, found out."""
    return at.place if isinstance(at, Spot) else at


def read_document(project: Path, file: str) -> Document:
    """Read one file of the spec.

    Args:
        project: the project's folder.
        file: the file in it, relative, with ``/``.

    Raises:
        LandformError: ``spec-not-found`` where the file cannot be read; ``spec-syntax`` where it is not the
            YAML it must be, is not UTF-8 or is larger than 1 MiB; ``spec-duplicate`` for a key given twice;
            ``spec-value`` for a key that is no text or a number out of range.
    """
    return parse(read_text(project, file), file)


def read_text(project: Path, file: str) -> str:
    """The text of one file of the spec. Raises as ``read_document`` does for what cannot be read."""
    try:
        data = read_file(project / file, MAX_BYTES)
    except OSError as error:
        raise LandformError(
            Code.SPEC_NOT_FOUND,
            "A file of the spec cannot be read.",
            place=Place(file),
            given=error.strerror or type(error).__name__,
            expected="a readable file",
        ) from None
    if len(data) > MAX_BYTES:
        raise LandformError(
            Code.SPEC_SYNTAX,
            "The file is too large to be a part of the spec.",
            place=Place(file),
            expected="at most 1 MiB",
            fix="Split it: one file an account, one a tier, one a waiver.",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LandformError(
            Code.SPEC_SYNTAX,
            "The file is not UTF-8.",
            place=place_after(file, data[: error.start].decode("utf-8")),
            given=f"the byte 0x{data[error.start]:02x}",
            expected="UTF-8 text",
            fix="Save the file as UTF-8.",
        ) from None


def parse(text: str, file: str) -> Document:
    """Parse a file's text; ``file`` is what errors call it. Raises as ``read_document`` does."""
    value = quick_value(text)
    return Document(file, text, plain_fields(read_nodes(text, file)) if value is None else value)

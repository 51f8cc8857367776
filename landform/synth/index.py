"""The index of a bundle, read and written a stack at a time.

A fleet's index is tens of megabytes of JSON, and Python's values of it are several times that. What one stack says is
little, so nobody holds more than that at once. The text is ``canonical_json``'s and the digest is ``digest``'s, to the
byte: whoever has the memory can take them of the whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TextIO

from landform.digest import canonical_json, compact_json

FORMAT = "landform/bundle/v1"
STACKS = "stacks"

_DECODER = json.JSONDecoder()
_SPACE = " \t\n\r"
# Characters read at once: some dozens of stacks.
_PART = 1 << 18


class IndexDigest:
    """The digest of an index, of which the members come one after the other, sorted by their keys."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256(b"{")
        self._between = ""

    def add(self, key: str, value: object) -> None:
        """Add a member. The digest itself is none, since it cannot be of itself."""
        if key != "digest":
            self._put(f"{compact_json(key)}:{compact_json(value)}")

    def open(self, key: str) -> None:
        """Add a member whose own members come next, until ``close``."""
        self._put(f"{compact_json(key)}:{{")
        self._between = ""

    def close(self) -> None:
        """End the member that was opened."""
        self._hash.update(b"}")
        self._between = ","

    def text(self) -> str:
        """The digest of what came, as ``digest`` writes it."""
        whole = self._hash.copy()
        whole.update(b"}")
        return f"sha256:{whole.hexdigest()}"

    def _put(self, text: str) -> None:
        self._hash.update(f"{self._between}{text}".encode())
        self._between = ","


def index_digest(index: Mapping[str, Any], stacks: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """The digest of an index that is not read but made.

    Args:
        index: all of its members but the stacks and the digest.
        stacks: name and value of each stack, sorted.
    """
    found = IndexDigest()
    for key in sorted({*index, STACKS}):
        if key != STACKS:
            found.add(key, index[key])
            continue
        found.open(STACKS)
        for name, value in stacks:
            found.add(name, value)
        found.close()
    return found.text()


def index_text(index: Mapping[str, Any], stacks: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """The text of an index in parts. The arguments are as those of ``index_digest``, the digest among the members."""
    start = "{\n"
    for key in sorted({*index, STACKS}):
        if key != STACKS:
            yield f"{start}{_member(key, index[key], 1)}"
        else:
            yield f'{start}  "{STACKS}": {{'
            between = "\n"
            for name, value in stacks:
                yield f"{between}{_member(name, value, 2)}"
                between = ",\n"
            yield "}" if between == "\n" else "\n  }"
        start = ",\n"
    yield "\n}"


def _member(key: str, value: object, depth: int) -> str:
    # No text of JSON has a line's end in it.
    text = canonical_json(value).replace("\n", "\n" + "  " * depth)
    return f"{'  ' * depth}{canonical_json(key)}: {text}"


def read_index(
    file: TextIO, fold: Callable[[str, Any], object], digest: IndexDigest | None = None
) -> dict[str, Any]:
    """The members of an index, with what each stack becomes in place of its value.

    An index whose format is another one, or does not stand before its stacks as in every index that landform
    wrote, keeps its stacks as they are.

    Args:
        file: the index.
        fold: makes of a stack's name and value what is wanted of it.
        digest: is given the members as they come, if there is one. That of an index in another order is another one.

    Raises:
        ValueError: where it is not JSON, or no object. ``fold`` raises what it will.
    """
    reader = _Reader(file)
    index: dict[str, Any] = {}
    for key in reader.members():
        if key == STACKS and index.get("format") == FORMAT:
            index[key] = stacks = {}
            if digest:
                digest.open(key)
            for name in reader.members():
                value = reader.value()
                if digest:
                    digest.add(name, value)
                stacks[name] = fold(name, value)
            if digest:
                digest.close()
        else:
            index[key] = reader.value()
            if digest:
                digest.add(key, index[key])
    reader.end()
    return index


class _Reader:
    """Reads JSON of which only a part is in the memory."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._behind = 0

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next. Whoever is given one reads its value before the next."""
        self._take("{")
        if self._next() == "}":
            self._take("}")
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self._error("a key that is no text")
            self._take(":")
            yield key
            if self._take(",}") == "}":
                return

    def value(self) -> Any:
        """The value that comes next, whole."""
        self._next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                place = self._behind + error.pos
                if not self._more():
                    raise ValueError(f"{error.msg}: char {place}") from None
                continue
            # What was read may end within a number, which then looks whole.
            after = end
            while after < len(self._text) and self._text[after] in _SPACE:
                after += 1
            if self._text[after : after + 1] in tuple(",:}") or not self._more():
                self._at = end
                return value

    def end(self) -> None:
        """Look that nothing follows."""
        if self._next():
            raise self._error("Extra data")

    def _take(self, one_of: str) -> str:
        found = self._next()
        if not found or found not in one_of:
            raise self._error(f"Expecting one of {' '.join(one_of)}")
        self._at += 1
        return found

    def _next(self) -> str:
        """The next character that is no space, without taking it; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Read on, as much as is unread, so that a long value is not begun anew for each part of it."""
        left = self._text[self._at :]
        part = self._file.read(max(_PART, len(left)))
        self._behind += self._at
        self._text, self._at = left + part, 0
        return bool(part)

    def _error(self, problem: str) -> ValueError:
        return ValueError(f"{problem}: char {self._behind + self._at}")

"""YAML as nodes that know where they stand: what an error needs, and what decides whether there is one.

YAML 1.2's core schema and nothing beyond it: ``yes`` is a text, a date is a text, and ``012345678901`` is a
number that lost its zero the moment a common loader touched it. So scalars are resolved here, beside the text as
it was written. Anchors, aliases, tags and directives are refused: a spec is data to be read, and aliases are
how a small file becomes gigabytes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

import yaml
import yaml.events

from landform.errors import Code, LandformError, Place, raise_all

MAX_DEPTH = 32

Json = dict[str, Any] | list[Any] | str | int | float | bool | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
# What a number can begin with.
_NUMERIC = frozenset("+-.0123456789")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# At the start of a line, of which a byte order mark is no column. That is looked at last, as few files have a %.
_DIRECTIVE = re.compile("%(?<![^\r\n\x85\u2028\u2029\ufeff]%)")
_BASES = {"0o": 8, "0x": 16}
# What libyaml takes for white space, a line's end or the start of a text where YAML 1.2 sees something else, and what
# it cannot be given.
_BEYOND_LIBYAML = re.compile("[\t\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
# A 64-bit integer has up to 19 digits; what is longer was meant as a text.
_MAX_DIGITS = 18


class Scalar(NamedTuple):
    """A scalar: 1-based line and column, the value, its text without quotes, and whether it had none."""

    line: int
    column: int
    value: str | int | float | bool | None
    text: str
    plain: bool


class Items(NamedTuple):
    """A list of nodes."""

    line: int
    column: int
    items: list[Node]


class Fields(NamedTuple):
    """A mapping: for each key its own scalar and the node of its value, in the file's order."""

    line: int
    column: int
    fields: dict[str, tuple[Scalar, Node]]


Node = Scalar | Items | Fields


def read_nodes(text: str, file: str) -> Fields:
    """The root of a file's text; ``file`` is what errors call it.

    Raises:
        LandformError: ``spec-syntax``, ``spec-duplicate`` and ``spec-value``, as ``read_document`` does.
    """
    directive = _DIRECTIVE.search(text)
    if directive is not None:
        raise _refused("a directive", place_after(file, text[: directive.start()]), "Remove the line.")
    if is_for_libyaml(text):
        try:
            return _Builder(text, file, _fast_events(text), yaml.events).root()
        except yaml.YAMLError:
            # The other parser says what is wrong, and decides whether something is.
            pass
    return _Builder(text, file, _pure_events(text, file), _pure_kinds()).root()


def has_directive(text: str) -> bool:
    """Whether a line begins as a directive does."""
    return _DIRECTIVE.search(text) is not None


def is_for_libyaml(text: str) -> bool:
    """Whether libyaml is there and reads the text as YAML 1.2 wants."""
    return bool(yaml.__with_libyaml__) and not _BEYOND_LIBYAML.search(text)


def plain(node: Node) -> Json:
    """A node as a JSON value."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return plain_fields(node)


def plain_fields(node: Fields) -> dict[str, Any]:
    """A mapping as a JSON value."""
    return {name: plain(value) for name, (_, value) in node.fields.items()}


def shown(node: Node) -> str:
    """A node as the user wrote it: texts in quotes, other scalars bare with their kind, else the kind."""
    if isinstance(node, Items):
        return "a list"
    if isinstance(node, Fields):
        return "a mapping"
    text = node.text if len(node.text) <= 80 else node.text[:77] + "..."
    if isinstance(node.value, str):
        return json.dumps(text, ensure_ascii=False)
    kind = {bool: "true or false", type(None): "nothing"}.get(type(node.value), "a number")
    return f"{text} ({kind})" if text else "nothing"


class _Builder:
    """Builds the nodes of one document out of the parser's events."""

    def __init__(self, text: str, file: str, events: Iterator[Any], kinds: ModuleType) -> None:
        self._text = text
        self._file = file
        self._events = events
        self._kinds = kinds
        self._errors: list[LandformError] = []

    def root(self) -> Fields:
        """The one mapping that the document must be."""
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), self._kinds.StreamEndEvent):
            raise self._not_a_mapping("an empty file", Place(self._file, 1, 1))
        node = self._node(next(self._events), 0)
        if not isinstance(node, Fields):
            raise self._not_a_mapping(shown(node), Place(self._file, node.line, node.column))
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, self._kinds.StreamEndEvent):
            raise _refused("a second document", self._place(after), "Put it into a file of its own.")
        raise_all(self._errors)
        return node

    def _node(self, event: Any, depth: int) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if event.anchor is not None:
            raise _refused(
                "an anchor or alias", self._place(event), "Write the value out where it is needed."
            )
        if event.tag is not None:
            raise _refused(
                "a tag", self._place(event), "Remove it; put a text that looks like a number in quotes."
            )
        if depth > MAX_DEPTH:
            raise _refused(f"more than {MAX_DEPTH} levels of nesting", self._place(event), None)
        if isinstance(event, self._kinds.ScalarEvent):
            return self._scalar(event, line, column)
        if isinstance(event, self._kinds.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self._events), self._kinds.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return Items(line, column, items)
        fields: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(self._events), self._kinds.MappingEndEvent):
            key = self._key(self._node(event, depth + 1))
            value = self._node(next(self._events), depth + 1)
            if isinstance(value, Scalar) and value.plain and not value.text:
                # The parser puts an empty value where the next token stands, often lines below.
                value = value._replace(line=key.line, column=key.column)
            if key.text in fields:
                first = fields[key.text][0]
                self._errors.append(
                    LandformError(
                        Code.SPEC_DUPLICATE,
                        f"The key {key.text!r} is given twice.",
                        place=Place(self._file, key.line, key.column),
                        given=f"{key.text!r}, first in line {first.line}",
                        expected="each key once",
                        fix="Remove one of the two.",
                    )
                )
            fields[key.text] = (key, value)
        return Fields(line, column, fields)

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            raise _refused("a key that is no text", Place(self._file, node.line, node.column), None)
        if not isinstance(node.value, str):
            self._errors.append(
                LandformError(
                    Code.SPEC_VALUE,
                    "A key must be a text.",
                    place=Place(self._file, node.line, node.column),
                    given=shown(node),
                    expected="a text",
                    fix=f'Write "{node.text}" in quotes.',
                )
            )
        return node

    def _scalar(self, event: Any, line: int, column: int) -> Scalar:
        text: str = event.value
        if not event.implicit[0]:
            if _SURROGATE.search(text):
                raise _refused("half of a surrogate pair", self._place(event), "Write the character itself.")
            return Scalar(line, column, text, text, False)
        value = resolved(text)
        if isinstance(value, float) and not math.isfinite(value):
            self._errors.append(
                LandformError(
                    Code.SPEC_VALUE,
                    "A number out of range.",
                    place=Place(self._file, line, column),
                    given=text if len(text) <= 80 else text[:77] + "...",
                    expected=f"a finite number of at most {_MAX_DIGITS} digits, or a text in quotes",
                )
            )
            value = 0
        return Scalar(line, column, value, text, True)

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _not_a_mapping(self, given: str, place: Place) -> LandformError:
        return LandformError(
            Code.SPEC_SYNTAX,
            "The file holds no mapping.",
            place=place,
            given=given,
            expected="keys with values, `schema` first",
        )


def _fast_events(text: str) -> Iterator[Any]:
    """The events of libyaml, in a twentieth of the other parser's time."""
    from yaml._yaml import CParser

    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        yield event


def _pure_kinds() -> ModuleType:
    from ruamel.yaml import events

    return events


def _pure_events(text: str, file: str) -> Iterator[Any]:
    """The events of ruamel.yaml, which keeps to YAML 1.2 and tells where a mistake is."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1)
        raise _syntax(text, str(error.problem), place) from None
    except ReaderError as error:
        place = place_after(file, text[: error.position])
        raise _syntax(text, f"the character U+{error.character:04X} is not allowed", place) from None
    except (YAMLError, ValueError) as error:
        raise _syntax(text, str(error), Place(file)) from None


def _syntax(text: str, problem: str, place: Place) -> LandformError:
    lines = _BREAK.split(text)
    line = lines[place.line - 1] if place.line and place.line <= len(lines) else ""
    tab = place.column is not None and line[place.column - 1 : place.column] == "\t"
    return LandformError(
        Code.SPEC_SYNTAX,
        "A tab stands where YAML allows only spaces." if tab else f"This is not valid YAML: {problem}.",
        place=place,
        given=repr(line.strip()[:80]) if line.strip() else None,
        expected="spaces" if tab else "YAML 1.2",
        fix="Indent with spaces." if tab else None,
    )


def resolved(text: str) -> str | int | float | bool | None:
    """A plain scalar by YAML 1.2's core schema; a whole number of too many digits becomes infinite."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if _INT.fullmatch(text):
        if len(text) > _MAX_DIGITS + 1:
            return math.inf
        return int(text[2:], _BASES[text[:2]]) if text[:2] in _BASES else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def place_after(file: str, before: str) -> Place:
    """The place that follows a text."""
    *above, line = _BREAK.split(before)
    return Place(file, len(above) + 1, len(line) + 1)


def _refused(what: str, place: Place, fix: str | None) -> LandformError:
    return LandformError(
        Code.SPEC_SYNTAX,
        f"The spec does not allow {what}.",
        place=place,
        expected="plain keys and values",
        fix=fix,
    )

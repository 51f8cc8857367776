"""The value of a file about which there is nothing to say, in half of the time that its nodes take.

Thousands of files are read for their values and a few for their places. Whatever is not plain mappings, lists and
scalars is left to ``nodes``, which decides whether it is an error and where it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml
from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from landform.org.nodes import MAX_DEPTH, has_directive, is_for_libyaml, resolved

Next = Callable[[], Any]


class _Unusual(Exception):
    """Something that the nodes have to be asked about."""


def quick_value(text: str) -> dict[str, Any] | None:
    """A file's text as its JSON value; None where only its nodes can tell."""
    if has_directive(text) or not is_for_libyaml(text):
        return None
    from yaml._yaml import CParser

    try:
        return _document(CParser(text).get_event)
    except (_Unusual, yaml.YAMLError):
        return None


def _document(event: Next) -> dict[str, Any]:
    event()  # the start of the stream
    if event().__class__ is StreamEndEvent:
        raise _Unusual
    value = _value(event(), event, 0)
    event()  # the end of the document
    if not isinstance(value, dict) or event().__class__ is not StreamEndEvent:
        raise _Unusual
    return value


def _value(first: Any, event: Next, depth: int) -> Any:
    """The value that begins with an event."""
    if first.__class__ is ScalarEvent:
        return _scalar(first)
    if depth == MAX_DEPTH or first.anchor is not None or first.tag is not None:
        raise _Unusual
    if first.__class__ is MappingStartEvent:
        return _mapping(event, depth)
    # Anchors are behind us, so what is left is a list.
    items: list[Any] = []
    while (first := event()).__class__ is not SequenceEndEvent:
        items.append(_scalar(first) if first.__class__ is ScalarEvent else _value(first, event, depth + 1))
    return items


def _mapping(event: Next, depth: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    while (first := event()).__class__ is not MappingEndEvent:
        if first.__class__ is not ScalarEvent:
            raise _Unusual
        key = _scalar(first)
        if key.__class__ is not str or key in fields:
            raise _Unusual
        first = event()
        fields[key] = _scalar(first) if first.__class__ is ScalarEvent else _value(first, event, depth + 1)
    return fields


def _scalar(event: Any) -> Any:
    if event.anchor is not None or event.tag is not None:
        raise _Unusual
    text: str = event.value
    if event.implicit[0]:
        return _plain(text)
    # Quotes can hold what is no character.
    if not text.isascii():
        raise _Unusual
    return text


@lru_cache(maxsize=1 << 16)
def _plain(text: str) -> str | int | float | bool | None:
    """A scalar without quotes; equal ones are one object, as a fleet says the same again and again."""
    value = resolved(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise _Unusual
    return value

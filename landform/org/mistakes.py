"""pydantic's errors told as landform's: with the place in the file, what was written and what was expected.

pydantic names a location in the value; the document knows where that stands. What was expected comes from the
model's JSON Schema, so that an error, an editor and the model never disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from landform.errors import Code, LandformError, did_you_mean
from landform.org.document import Document, Loc
from landform.org.jsonschema import schema_at
from landform.org.models import Model
from landform.org.nodes import Scalar

# How pydantic calls the key of a mapping, in a location.
_KEY = ("[key]",)

_TYPES: Mapping[str, str] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def mistakes(model: type[Model], document: Document, error: ValidationError) -> Iterator[LandformError]:
    """The errors of one file, one for each place."""
    places = set()
    details = error.errors(include_url=False, include_context=False)
    for detail in details:
        loc = detail["loc"]
        # A list is also called too short because of what is wrong in it.
        if detail["type"] == "too_short" and any(each["loc"][:-1] == loc for each in details):
            continue
        told = (_key if loc[-1:] == _KEY else _KINDS.get(detail["type"], _value))(model, document, loc)
        # A union fails once for each of its members, at one place.
        if (told.place, told.message) not in places:
            places.add((told.place, told.message))
            yield told


def dotted(loc: Loc) -> str:
    """A location in words: ``stacks[2].select.tiers[0]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.removeprefix(".")


def _unknown(model: type[Model], document: Document, loc: Loc) -> LandformError:
    known = sorted(schema_at(model, loc[:-1]).get("properties", {}))
    return LandformError(
        Code.SPEC_UNKNOWN_KEY,
        f"There is no key {loc[-1]!r} here.",
        place=document.key_place(*loc),
        given=str(loc[-1]),
        expected=f"one of {', '.join(known)}",
        fix=did_you_mean(str(loc[-1]), known) or "Remove it, or put it where it belongs.",
    )


def _key(model: type[Model], document: Document, loc: Loc) -> LandformError:
    key = str(loc[-2])
    return LandformError(
        Code.SPEC_VALUE,
        f"The key {key!r} is not what it must be.",
        place=document.key_place(*loc[:-1]),
        given=key,
        expected=in_words(schema_at(model, loc[:-2])["propertyNames"]),
    )


def _missing(model: type[Model], document: Document, loc: Loc) -> LandformError:
    return LandformError(
        Code.SPEC_MISSING_KEY,
        f"The key {loc[-1]!r} is missing" + (f" in {dotted(loc[:-1])}." if loc[:-1] else "."),
        place=document.place(*loc[:-1]),
        expected=f"{loc[-1]}: {in_words(schema_at(model, loc))}",
    )


def _value(model: type[Model], document: Document, loc: Loc) -> LandformError:
    loc = document.reached(loc)
    expected = schema_at(model, loc)
    return LandformError(
        Code.SPEC_VALUE,
        f"The value of {dotted(loc)} is not what it must be.",
        place=document.place(*loc),
        given=document.given(*loc),
        expected=in_words(expected),
        fix=_fix(document, loc, expected),
    )


_KINDS = {"extra_forbidden": _unknown, "missing": _missing}


def in_words(schema: Mapping[str, Any]) -> str:
    """What a part of a model's JSON Schema takes, as an error says it. Every whole number there has both bounds."""
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if schema.get("type") == "array":
        least = " of at least one" if schema.get("minItems") else ""
        return f"a list{least}, each {in_words(schema['items'])}"
    if "$ref" in schema:
        return "a mapping"
    if schema.get("type") == "object":
        return "a mapping" + (f" with {', '.join(schema['properties'])}" if "properties" in schema else "")
    if "minimum" in schema:
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    if "anyOf" in schema and "description" not in schema:
        return " or ".join(in_words(each) for each in schema["anyOf"] if each.get("type") != "null")
    return str(schema.get("description") or _TYPES[schema["type"]])


def _fix(document: Document, loc: Loc, schema: Mapping[str, Any]) -> str | None:
    node = document.node(loc)
    if not isinstance(node, Scalar):
        return None
    if "enum" in schema and isinstance(node.value, str):
        return did_you_mean(node.text, map(str, schema["enum"]))
    texts = schema.get("type") == "string"
    if texts and not isinstance(node.value, str) and node.text:
        as_text = not schema.get("pattern") or re.search(schema["pattern"], node.text)
        return f'Write "{node.text}" in quotes.' if as_text else None
    if schema.get("type") in ("integer", "boolean") and isinstance(node.value, str) and not node.plain:
        return "Remove the quotes."
    return None

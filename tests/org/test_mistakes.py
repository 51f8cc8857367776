"""What is said of a mistake, whatever part of a file it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from landform.org.jsonschema import MODELS, json_schema
from landform.org.mistakes import in_words


def parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every part of a JSON Schema that a value can be at."""
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    inner += [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    for each in inner:
        yield each
        yield from parts(each)


class TestInWords:
    @pytest.mark.parametrize("kind", MODELS)
    def test_every_part_of_every_file(self, kind: str) -> None:
        """Whatever is wrong in a file, what was expected can be said."""
        assert all(in_words(part) for part in parts(json_schema(MODELS[kind])))

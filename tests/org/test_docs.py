"""The reference of the spec: its examples are run, and no key is forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landform.org.document import parse
from landform.org.jsonschema import MODELS, json_schemas

TEXT = (Path(__file__).parents[2] / "docs/spec.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def keys(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    """Every key of a schema, at every depth."""
    for name, inner in schema.get("properties", {}).items():
        yield name
        reference = inner.get("$ref") or inner.get("items", {}).get("$ref")
        if reference:
            yield from keys(definitions[reference.rpartition("/")[2]], definitions)


class TestSpecReference:
    @pytest.mark.parametrize("text", EXAMPLES, ids=[text.splitlines()[0] for text in EXAMPLES])
    def test_an_example(self, text: str) -> None:
        """Each example is a file that landform takes."""
        document = parse(text, "docs/spec.md")
        value = document.value()
        assert MODELS[value["schema"].split("/")[1]].model_validate_json(json.dumps(value))

    def test_each_kind_has_an_example(self) -> None:
        """Six kinds of file, six examples."""
        assert sorted(parse(text, "x").value()["schema"].split("/")[1] for text in EXAMPLES) == sorted(MODELS)

    @pytest.mark.parametrize("kind", sorted(MODELS))
    def test_every_key_is_described(self, kind: str) -> None:
        """Each key of each model stands in the reference."""
        schema = json_schemas()[kind]
        missing = [
            key
            for key in keys(schema, schema.get("$defs", {}))
            if not re.search(rf"`([a-z_]+\.)?{key}[.`]", TEXT)
        ]
        assert missing == []

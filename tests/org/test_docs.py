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
from landform.org.leaves import LEAVES, Kind, dotted

TEXT = (Path(__file__).parents[2] / "docs/spec.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def keys(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    """Every key of a schema, at every depth."""
    for name, inner in schema.get("properties", {}).items():
        yield name
        for each in (inner, inner.get("items", {}), *inner.get("anyOf", ())):
            if "$ref" in each:
                yield from keys(definitions[each["$ref"].rpartition("/")[2]], definitions)


class TestSpecReference:
    @pytest.mark.parametrize("text", EXAMPLES, ids=[text.splitlines()[0] for text in EXAMPLES])
    def test_an_example(self, text: str) -> None:
        """Each example is a file that landform takes."""
        document = parse(text, "docs/spec.md")
        value = document.value
        assert MODELS[value["schema"].split("/")[1]].model_validate_json(json.dumps(value))

    def test_each_kind_has_an_example(self) -> None:
        """As many examples as kinds of file."""
        assert sorted(parse(text, "x").value["schema"].split("/")[1] for text in EXAMPLES) == sorted(MODELS)

    @pytest.mark.parametrize("kind", sorted(MODELS))
    def test_every_key_is_described(self, kind: str) -> None:
        """Each key of each model stands in the reference."""
        schema = json_schemas()[kind]
        missing = [
            key
            for key in keys(schema, schema.get("$defs", {}))
            if not re.search(rf"`([a-z_]+\.)*{key}[.`]", TEXT)
        ]
        assert missing == []

    @pytest.mark.parametrize("name", [dotted(path) for path in LEAVES])
    def test_every_setting_is_in_the_table_of_layers(self, name: str) -> None:
        """How each setting combines stands in the reference, in the words of its kind."""
        words = {
            Kind.STRICTER: "stricter",
            Kind.ALLOW: "what both allow",
            Kind.DENY: "both lists",
            Kind.LIST: "list",
            Kind.VALUE: "nearest",
        }
        kind = LEAVES[tuple(name.split("."))].kind
        rows = [line for line in TEXT.splitlines() if line.startswith("|") and f"`{name}`" in line]
        own = name in ("network.pool", "network.netmask")
        assert own or any(words[kind] in row for row in rows)

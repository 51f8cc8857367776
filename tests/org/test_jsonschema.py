"""The JSON Schemas that editors use."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from landform.org.document import read_document
from landform.org.jsonschema import json_schemas

EXAMPLE = Path(__file__).parents[2] / "examples/acme"
FILES = sorted(path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.glob("org/**/*.yaml"))


class TestJsonSchemas:
    def test_kinds(self) -> None:
        """One schema for each kind of file."""
        assert sorted(json_schemas()) == [
            "account",
            "approvers",
            "baseline",
            "imports",
            "moved",
            "network",
            "org",
            "ous",
            "stacks",
            "tier",
            "waiver",
            "waves",
        ]

    @pytest.mark.parametrize("kind", sorted(json_schemas()))
    def test_is_a_schema(self, kind: str) -> None:
        """Each is valid by draft 2020-12 and allows no unknown key."""
        schema = json_schemas()[kind]
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False

    @pytest.mark.parametrize("file", FILES)
    def test_takes_the_example(self, file: str) -> None:
        """What landform takes, an editor takes."""
        value = read_document(EXAMPLE, file).value
        kind = value["schema"].split("/")[1]
        jsonschema.validate(value, json_schemas()[kind])

    def test_refuses_a_number_as_account_id(self) -> None:
        """What landform refuses, an editor refuses."""
        value = read_document(EXAMPLE, "org/accounts/payments-dev.yaml").value | {"account_id": 12345678901}
        with pytest.raises(jsonschema.ValidationError, match="12345678901"):
            jsonschema.validate(value, json_schemas()["account"])

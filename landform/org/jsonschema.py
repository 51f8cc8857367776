"""The spec's models as JSON Schema (draft 2020-12), for editors and for the words of an error message."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

from landform.org.models import (
    Account,
    Model,
    Organization,
    OrganizationalUnits,
    Stacks,
    Tier,
    Waiver,
)

MODELS: Mapping[str, type[Model]] = MappingProxyType(
    {
        "org": Organization,
        "ous": OrganizationalUnits,
        "tier": Tier,
        "account": Account,
        "stacks": Stacks,
        "waiver": Waiver,
    }
)


def schema_id(model: type[Model]) -> str:
    """What a file of this kind gives as its ``schema``."""
    return str(get_args(model.model_fields["schema_"].annotation)[0])


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each kind of file: org, ous, tier, account, stacks, waiver."""
    return {kind: json_schema(model) for kind, model in MODELS.items()}


def json_schema(model: type[Model]) -> dict[str, Any]:
    """The JSON Schema of one model."""
    schema = model.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schema_id(model), **schema}


@cache
def _cached(model: type[Model]) -> dict[str, Any]:
    return json_schema(model)


def schema_at(model: type[Model], loc: tuple[str | int, ...]) -> dict[str, Any]:
    """The part of a model's JSON Schema for a location, or the deepest on the way to it."""
    whole = _cached(model)
    at = whole
    for part in loc:
        inner = at.get("items") if isinstance(part, int) else at.get("properties", {}).get(part)
        # A mapping's values have one schema for every key; where nothing more is allowed it is False.
        inner = inner or at.get("additionalProperties")
        if not isinstance(inner, dict):
            break
        at = inner
        if "$ref" in at:
            at = whole["$defs"][at["$ref"].removeprefix("#/$defs/")]
    return at

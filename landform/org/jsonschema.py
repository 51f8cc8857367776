"""The spec's models as JSON Schema (draft 2020-12), for editors and for the words of an error message."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

from landform.org.models import (
    Account,
    Approvers,
    Baseline,
    Imports,
    Model,
    Moved,
    Organization,
    OrganizationalUnits,
    Stacks,
    Tier,
    Waiver,
    Waves,
)
from landform.org.models.network import NetworkPools

MODELS: Mapping[str, type[Model]] = MappingProxyType(
    {
        "org": Organization,
        "ous": OrganizationalUnits,
        "tier": Tier,
        "account": Account,
        "baseline": Baseline,
        "stacks": Stacks,
        "waves": Waves,
        "moved": Moved,
        "imports": Imports,
        "waiver": Waiver,
        "approvers": Approvers,
        "network": NetworkPools,
    }
)

# Where the files of each kind lie, relative to the project.
FILES: Mapping[str, str] = MappingProxyType(
    {
        "org": "org/org.yaml",
        "ous": "org/ous.yaml",
        "tier": "org/tiers/*.yaml",
        "account": "org/accounts/*.yaml",
        "baseline": "org/baselines/*.yaml",
        "stacks": "org/stacks.yaml",
        "waves": "org/waves.yaml",
        "moved": "org/moved.yaml",
        "imports": "org/imports.yaml",
        "waiver": "org/waivers/*.yaml",
        "approvers": "org/approvers.yaml",
        "network": "org/network.yaml",
    }
)


def schema_id(model: type[Model]) -> str:
    """What a file of this kind gives as its ``schema``."""
    return str(get_args(model.model_fields["schema_"].annotation)[0])


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each kind of file, by kind."""
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
        # A mapping's values have one schema for every key, or for every key of one form; where nothing more is
        # allowed it is False.
        inner = inner or next(iter(at.get("patternProperties", {}).values()), at.get("additionalProperties"))
        if not isinstance(inner, dict):
            break
        at = _followed(whole, inner)
    return at


def _followed(whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema stands for: where a reference leads, and what an optional value is when it is there."""
    said = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(said) == 1:
        schema = said[0]
    if "$ref" in schema:
        return dict(whole["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    return schema

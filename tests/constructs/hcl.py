"""A stack's Terraform JSON as HCL, for checkov's own command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from landform.schema.pack import BlockSchema, shipped_pack


def hcl(stack: Mapping[str, Any]) -> str:
    """A scan copy of AWS resources as HCL. The provider's schema tells blocks from attributes."""
    aws = shipped_pack("aws")
    parts = [
        f'provider "{name}" {{\n{body(config, None)}}}\n'
        for name, configs in stack.get("provider", {}).items()
        for config in configs
    ]
    parts += [
        f'variable "{name}" {{\n{body(config, None)}}}\n'
        for name, config in stack.get("variable", {}).items()
    ]
    parts.append(f"locals {{\n{body(stack.get('locals', {}), None)}}}\n")
    for kind, schema_of in (("resource", aws.resource), ("data", aws.data_source)):
        parts += [
            f'{kind} "{entity_type}" "{name}" {{\n{body(config, schema_of(entity_type))}}}\n'
            for entity_type, named in stack.get(kind, {}).items()
            for name, config in named.items()
        ]
    return "\n".join(parts)


META = {
    "depends_on": lambda names: f"[{', '.join(names)}]",
    "for_each": lambda value: expression(value),
    "type": lambda name: name if name in ("number", "string") else json.dumps(name),
}


def body(config: Mapping[str, Any], schema: BlockSchema | None) -> str:
    """The arguments and nested blocks between two braces."""
    lines = []
    for key, value in config.items():
        if key in ("lifecycle", "default_tags"):
            lines.append(f"{key} {{\n{body(value[0] if isinstance(value, list) else value, None)}}}\n")
        elif key in META:
            lines.append(f"{key} = {META[key](value)}\n")
        elif schema and (key in schema.blocks or holds_objects(schema.attributes[key].type)):
            nested = schema.blocks[key].block if key in schema.blocks else None
            blocks = value if isinstance(value, list) else [value]
            lines += [f"{key} {{\n{body(block, nested)}}}\n" for block in blocks]
        else:
            lines.append(f"{key} = {expression(value)}\n")
    return "".join(lines)


def holds_objects(terraform_type: Any) -> bool:
    """Whether an attribute is one that HCL writes as blocks, as ``ingress`` of a security group."""
    return isinstance(terraform_type, tuple) and isinstance(terraform_type[1], tuple)


def expression(value: Any) -> str:
    """A value as an HCL expression; a string that is one reference becomes the reference."""
    if isinstance(value, dict):
        return "{\n" + "".join(f"{json.dumps(k)} = {expression(v)}\n" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(expression(item) for item in value) + "]"
    if isinstance(value, str) and value.startswith("${") and value.count("${") == 1 and value.endswith("}"):
        return value[2:-1]
    return json.dumps(value)

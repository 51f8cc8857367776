"""The arguments of a block in one form, whichever of Terraform JSON's forms it was written in.

"JSON Configuration Syntax" of Terraform's documentation lets a nested block be an object or an array of one, and a
number or a boolean be text. The provider's schema says what each is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landform.policies.view import Block, dynamic_blocks
from landform.schema.pack import BlockSchema, shipped_pack

_MADE_AT_PLAN = "${dynamic}"
_WORDS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def typed_arguments(block: Block) -> dict[str, Any]:
    """A copy of a block's arguments, without nulls and empty lists.

    A nested block of which there is one at most is an object, others are a list of objects; numbers and booleans of
    the provider's schema are no text. What a dynamic block makes is a text that is known only to Terraform.
    """
    return _typed(block.body, _schema(block))


def is_made_at_plan(value: object) -> bool:
    """Whether a value of ``typed_arguments`` stands for what a dynamic block makes."""
    return value == _MADE_AT_PLAN


def is_text(block: Block, name: str) -> bool:
    """Whether the provider's schema says that an argument is a text, so that a reference to one is something."""
    schema = _schema(block)
    attribute = schema.attributes.get(name) if schema else None
    return attribute is not None and attribute.type == "string"


def _schema(block: Block) -> BlockSchema | None:
    pack = shipped_pack("aws")
    if block.kind == "resource" and block.type in pack.resource_types:
        return pack.resource(block.type)
    if block.kind == "data" and block.type in pack.data_source_types:
        return pack.data_source(block.type)
    return None


def _typed(body: Mapping[str, Any], schema: BlockSchema | None) -> dict[str, Any]:
    made = dict.fromkeys(dynamic_blocks(body), _MADE_AT_PLAN)
    given = {name: value for name, value in body.items() if value is not None and value != []}
    return {**{name: _argument(name, value, schema) for name, value in given.items()}, **made}


def _argument(name: str, value: Any, schema: BlockSchema | None) -> Any:
    nested = schema.blocks.get(name) if schema else None
    if nested:
        many = value if isinstance(value, list) else [value]
        blocks = [_typed(item, nested.block) if isinstance(item, Mapping) else item for item in many]
        return blocks[0] if len(blocks) == 1 and (nested.max_items == 1 or not nested.repeated) else blocks
    attribute = schema.attributes.get(name) if schema else None
    if attribute and isinstance(value, str):
        if attribute.type == "bool":
            return _WORDS.get(value, value)
        if attribute.type == "number" and _NUMBER.fullmatch(value):
            return float(value) if "." in value else int(value)
    return _copied(value)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items() if item is not None}
    return [_copied(item) for item in value] if isinstance(value, list) else value

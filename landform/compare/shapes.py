"""Where the provider's schema has sets: their order means nothing ("Type Constraints" of Terraform's documentation)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from landform.schema.pack import BlockSchema, TerraformType, shipped_pack


@dataclass(frozen=True, slots=True)
class Shape:
    """A value of a resource: the shapes of what is in it by name, that of its items, whether those have an order."""

    below: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    ordered: bool = True


def within(shape: Shape | None, name: str) -> Shape | None:
    """The shape of an argument of an object; of a nested block that is written as one object, too."""
    if shape is None:
        return None
    return shape.below.get(name) or (within(shape.items, name) if shape.items else None)


def item(shape: Shape | None) -> Shape | None:
    """The shape of a list's items."""
    return shape.items if shape else None


@cache
def shape_of(terraform_type: str) -> Shape | None:
    """The shape of a resource type's arguments; None for a type that the shipped pack has not."""
    pack = shipped_pack("aws")
    if terraform_type not in _types():
        return None
    return _block(pack.resource(terraform_type))


@cache
def _types() -> frozenset[str]:
    return frozenset(shipped_pack("aws").resource_types)


def _block(block: BlockSchema) -> Shape:
    below = {name: _type(attribute.type) for name, attribute in block.attributes.items()}
    for name, nested in block.blocks.items():
        inside = _block(nested.block)
        below[name] = Shape(items=inside, ordered=nested.nesting != "set") if nested.repeated else inside
    return Shape(below=below)


def _type(kind: TerraformType) -> Shape:
    match kind:
        case ("set", element):
            return Shape(items=_type(cast(TerraformType, element)), ordered=False)
        case ("list" | "map", element):
            return Shape(items=_type(cast(TerraformType, element)))
        case ("object", attributes) if isinstance(attributes, Mapping):
            return Shape(below={name: _type(attribute) for name, attribute in attributes.items()})
    return Shape()

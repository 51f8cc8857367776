"""What the provider's schema says of the values of a resource: where sets are, and what only the provider sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from landform.schema.pack import BlockSchema, TerraformType, shipped_pack


@dataclass(frozen=True, slots=True)
class Shape:
    """A value of a resource, or a part of one.

    Attributes:
        below: the shapes of an object's attributes by name, as far as there is something to say of them.
        items: the shape of the elements of a list, a set or a map.
        ordered: whether the elements have an order; those of a set have none.
        made: the attributes of an object that nobody can give a value: they are results, as an ARN.
    """

    below: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    ordered: bool = True
    made: frozenset[str] = frozenset()


UNKNOWN = Shape(made=frozenset({"id"}))
"""Of a type that no shipped schema has."""

# Nobody gives a resource these, yet they change with the tags that its provider gives to everything.
_TOLD_BY_PROVIDERS = frozenset({"tags_all"})


@cache
def shape_of(terraform_type: str) -> Shape:
    """The shape of a resource type's values."""
    if terraform_type not in _types():
        return UNKNOWN
    found = _block(shipped_pack("aws").resource(terraform_type)) or Shape()
    return Shape(below=found.below, made=found.made | UNKNOWN.made)


@cache
def _types() -> frozenset[str]:
    return frozenset(shipped_pack("aws").resource_types)


def _block(block: BlockSchema) -> Shape | None:
    below = {name: _type(attribute.type) for name, attribute in block.attributes.items()}
    for name, nested in block.blocks.items():
        inside = _block(nested.block)
        below[name] = _elements(inside, ordered=nested.nesting != "set") if nested.repeated else inside
    made = frozenset(name for name, attribute in block.attributes.items() if not attribute.settable)
    return _object(below, made - _TOLD_BY_PROVIDERS)


def _type(kind: TerraformType) -> Shape | None:
    match kind:
        case ("set", element):
            return _elements(_type(cast(TerraformType, element)), ordered=False)
        case ("list" | "map", element):
            return _elements(_type(cast(TerraformType, element)), ordered=True)
        case ("object", attributes) if isinstance(attributes, Mapping):
            return _object({name: _type(attribute) for name, attribute in attributes.items()}, frozenset())
    return None


def _elements(items: Shape | None, *, ordered: bool) -> Shape | None:
    return None if ordered and items is None else Shape(items=items, ordered=ordered)


def _object(below: Mapping[str, Shape | None], made: frozenset[str]) -> Shape | None:
    found = {name: inside for name, inside in below.items() if inside is not None}
    return Shape(below=found, made=made) if found or made else None

"""What the values of a block mean among the blocks of its stack, however they are written.

A network is mostly written with ``count`` and functions: ``element(aws_subnet.public[*].id, count.index)`` is one of
``aws_subnet.public``, and ``each.value`` is one of what ``for_each`` names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.policies.view import INSTANCE, Block, is_known

_MENTIONED = re.compile(rf"(?<![\w.])((?:data\.)?aws_\w+\.[A-Za-z_][\w-]*(?:{INSTANCE})?)")
_TEMPLATE = re.compile(r"(?<!\$)\$\{(.*)\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meant:
    """The blocks of the stack that values name, and whether some name what is not in it."""

    blocks: tuple[Block, ...] = ()
    unknown: bool = False

    def __bool__(self) -> bool:
        return bool(self.blocks) or self.unknown


def meant(block: Block, path: str, *types: str) -> Meant:
    """What the values at a path name, of some types; nothing where there is no value."""
    return named(block, block.values(path), *types)


def named(block: Block, values: tuple[Any, ...], *types: str) -> Meant:
    """What some values in a block name, of some types."""
    found: dict[str, Block] = {}
    unknown = False
    for value in values:
        if value in ("", "${null}"):
            continue
        mine = [
            other for other in _named(block, value, types) if other.kind == "resource" and other.type in types
        ]
        found |= {other.address: other for other in mine}
        unknown = unknown or not mine
    return Meant(tuple(found.values()), unknown)


def made(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of which Terraform makes something: not those of a ``count`` that is nought."""
    return (block for block in blocks if block.value("count") not in (0, "0"))


def mentions(text: object) -> tuple[str, ...]:
    """The addresses in the templates of a text, with the key of an instance where one is named."""
    template = _TEMPLATE.search(text) if isinstance(text, str) else None
    return tuple(dict.fromkeys(_MENTIONED.findall(template[1]))) if template else ()


def _named(block: Block, value: object, types: tuple[str, ...]) -> Iterator[Block]:
    stack = block.stack
    addresses = mentions(value)
    if not addresses and isinstance(value, str) and "each." in value:
        addresses = mentions(str(block.body.get("for_each", "")))
    for address in addresses:
        yield from stack.called(address)
    if is_known(value) and isinstance(value, str):
        yield from (other for other in stack.resources(*types) if other.is_meant_by(value))


def objects(block: Block, path: str) -> tuple[tuple[Mapping[str, Any], ...], bool]:
    """The nested blocks at a path, and whether there may be others that only Terraform knows."""
    values = block.values(path)
    known = tuple(value for value in values if isinstance(value, Mapping))
    return known, len(known) < len(values)

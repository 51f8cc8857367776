"""A stack as rules read it: blocks with their arguments, and which block another one means.

Rules read Terraform JSON ("JSON Configuration Syntax" of Terraform's documentation), in which a nested block is an
object or an array of objects, a boolean may be written as a string, and a reference is text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

INSTANCE = r"""\[(?:\d+|"[^"\]]*")\]"""
"""The key of an instance of ``count`` or ``for_each`` behind an address, as a pattern."""

_INSTANCE = re.compile(INSTANCE)
_REFERENCE = re.compile(rf"\$\{{\s*((?:data\.)?[a-z]\w*\.[A-Za-z_][\w-]*)({INSTANCE})?[.\[\s}}]")
_WORDS = {"true": True, "false": False}
# Stands for every argument of a dynamic block: a value that only Terraform knows, if there is one.
_DYNAMIC = "${dynamic}"
_PREFIXES = {"data": "data.", "required_providers": "terraform."}
_NAMES = ("name", "bucket", "function_name", "identifier", "cluster_identifier", "id")


@dataclass(frozen=True, eq=False)
class Block:
    """One block of a stack. Of others than resources and data sources, the type is the kind.

    ``instance`` is the key of the one instance of a ``count`` or ``for_each`` that it is, as ``[0]`` or ``["a"]``;
    empty where it is the block as it was written.
    """

    kind: str
    type: str
    name: str
    body: Mapping[str, Any]
    stack: StackView
    instance: str = ""

    @property
    def reference(self) -> str:
        """What its own module calls all of its instances: type and name, ``data.`` in front of a data source's."""
        return f"{_PREFIXES.get(self.kind, '')}{self.type}.{self.name}"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What rules call it among their ``types``."""
        every = {"resource": (self.type, "*"), "data": (f"data.{self.type}", "data.*")}
        return every.get(self.kind, (self.kind,))

    @property
    def address(self) -> str:
        """Its Terraform address: the reference behind the modules it is in, with the instance's key."""
        return f"{self.stack.module}{self.reference}{self.instance}"

    def values(self, path: str) -> tuple[Any, ...]:
        """Every value at a path of argument names, as ``rule.lifecycle.delete_after``: one for each nested block.

        Lists are looked through, nulls are left out; text that is a boolean is one. What is in a dynamic block
        is a value that is known only to Terraform.
        """
        return tuple(_values(self.body, path.split(".") if path else []))

    def value(self, path: str) -> Any:
        """The first value at a path, or None."""
        return next(iter(self.values(path)), None)

    def objects(self, path: str) -> tuple[Mapping[str, Any], ...]:
        """The nested blocks at a path."""
        return tuple(value for value in self.values(path) if isinstance(value, Mapping))

    def documents(self, path: str) -> tuple[Mapping[str, Any], ...]:
        """The JSON objects that the texts at a path hold, as a queue's ``redrive_policy`` does.

        Those of an array too, as a task's ``container_definitions`` is one; where Terraform's ``jsonencode`` writes
        the text, they stand there as they are.
        """
        return tuple(
            document
            for value in self.values(path)
            for document in _listed(_decoded(value) if isinstance(value, str) else value)
            if isinstance(document, Mapping)
        )

    def refers_to(self, path: str) -> tuple[Block, ...]:
        """The blocks of the stack that are referred to by the values at a path."""
        return tuple(
            block
            for text in self.values(path)
            if isinstance(text, str)
            for reference, instance in _referred(text)
            for block in self.stack.called(f"{reference}{instance}")
        )

    def is_meant_by(self, text: object) -> bool:
        """Whether a value names this block: by a reference to it, by its literal name, or by an ARN that ends in it."""
        if not isinstance(text, str):
            return False
        own = re.split("[:/]", text)[-1] if text.startswith("arn:") else text
        return own in self._names or any(
            reference == self.reference and (not instance or self.instance in ("", instance))
            for reference, instance in _referred(text)
        )

    @cached_property
    def _names(self) -> frozenset[str]:
        literal = (self.value(name) for name in _NAMES)
        return frozenset(name for name in literal if isinstance(name, str) and not references(name))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the spec says of where a stack stands: its account's id, the regions allowed there, the tags it asks for.

    ``prefix`` is what the organisation's names begin with; empty where it does not matter. ``services`` are IAM's
    prefixes of those that are allowed, None where all are; ``data_class`` is how sensitive the account's data is.
    """

    account_id: str
    regions: tuple[str, ...]
    mandatory_tags: tuple[str, ...]
    prefix: str = ""
    services: tuple[str, ...] | None = None
    denied_services: tuple[str, ...] = ()
    data_class: str | None = None


@dataclass(frozen=True, eq=False)
class StackView:
    """The blocks of one stack, or of one module in it, from its scan copy.

    ``name`` is the stack's full name; ``module`` is what the addresses begin with, as ``module.queues.``.
    ``surroundings`` is None where there is no spec, as in a folder that somebody wrote.
    """

    name: str
    document: Mapping[str, Any]
    module: str = ""
    surroundings: Surroundings | None = None

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every resource and data source, then modules, providers and required providers, as the document has them."""
        return (*self._typed("resource"), *self._typed("data"), *self._named("module"), *self._providers())

    def _typed(self, kind: str) -> Iterator[Block]:
        for entity_type, named in self.document.get(kind, {}).items():
            for label, body in named.items():
                # Terraform's names have no bracket: what has one is the instance of a folder that was expanded.
                name, bracket, key = label.partition("[")
                yield Block(kind, entity_type, name, body, self, f"{bracket}{key}")

    def _named(self, kind: str) -> Iterator[Block]:
        for name, body in self.document.get(kind, {}).items():
            yield Block(kind, kind, name, body, self)

    def _providers(self) -> Iterator[Block]:
        for name, bodies in self.document.get("provider", {}).items():
            for body in bodies:
                alias = body.get("alias")
                yield Block("provider", "provider", f"{name}.{alias}" if alias else name, body, self)
        asked = self.document.get("terraform", {}).get("required_providers", {})
        for name, body in asked.items():
            # Terraform still reads the old form, which is the version alone.
            settings = body if isinstance(body, Mapping) else {"version": body}
            yield Block("required_providers", "required_providers", name, settings, self)

    @cached_property
    def by_address(self) -> Mapping[str, Block]:
        """The blocks by their address within the module."""
        return {f"{block.reference}{block.instance}": block for block in self.blocks}

    @cached_property
    def _by_reference(self) -> Mapping[str, tuple[Block, ...]]:
        found: dict[str, list[Block]] = {}
        for block in self.by_address.values():
            found.setdefault(block.reference, []).append(block)
        return {reference: tuple(blocks) for reference, blocks in found.items()}

    def called(self, address: str) -> tuple[Block, ...]:
        """The blocks that an address within the module names.

        Without a key, those are all instances; with one, that instance, or the block as it was written.
        """
        reference = address.partition("[")[0]
        return tuple(
            block
            for block in self._by_reference.get(reference, ())
            if reference == address or block.instance in ("", address.removeprefix(reference))
        )

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Block, ...]]:
        found: dict[str, list[Block]] = {}
        for block in self.blocks:
            if block.kind == "resource":
                found.setdefault(block.type, []).append(block)
        return {name: tuple(blocks) for name, blocks in found.items()}

    def resources(self, *types: str) -> tuple[Block, ...]:
        """The resources of some types."""
        return tuple(block for name in types for block in self._by_type.get(name, ()))

    def about(self, block: Block, entity_type: str, argument: str) -> tuple[Block, ...]:
        """The resources of a type whose argument names a block, as the policies of a queue do."""
        return tuple(
            other
            for other in self.resources(entity_type)
            if any(block.is_meant_by(value) for value in other.values(argument))
        )


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def references(text: str) -> tuple[str, ...]:
    """The addresses of the blocks that a text refers to, as Terraform's templates write them."""
    return tuple(reference for reference, _ in _referred(text))


def _referred(text: str) -> list[tuple[str, str]]:
    """The same, each with the key of the instance that is meant, which is empty where the text does not say."""
    return _REFERENCE.findall(text.replace("$${", ""))


def as_written(address: str) -> str:
    """An address without the keys of instances, those of modules too: what all that one block makes have in common."""
    return _INSTANCE.sub("", address)


def is_known(value: object) -> bool:
    """Whether a value can be read before the plan: no part of it is a template."""
    if isinstance(value, str):
        return "${" not in value.replace("$${", "") and "%{" not in value.replace("%%{", "")
    if isinstance(value, Mapping):
        return all(map(is_known, value.values()))
    return all(map(is_known, value)) if isinstance(value, list | tuple) else True


def dynamic_blocks(body: Mapping[str, Any]) -> frozenset[str]:
    """The names of the nested blocks that Terraform makes at the plan, as many as an expression says."""
    given = body.get("dynamic")
    return frozenset(
        name
        for each in (given if isinstance(given, list) else [given])
        if isinstance(each, Mapping)
        for name in each
    )


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif path:
        if isinstance(value, Mapping) and value.get(path[0]) is not None:
            yield from _values(value[path[0]], path[1:])
        if isinstance(value, Mapping) and path[0] in dynamic_blocks(value):
            yield _DYNAMIC
    elif value is not None:
        yield _WORDS.get(value, value) if isinstance(value, str) else value

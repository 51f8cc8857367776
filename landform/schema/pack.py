"""A schema pack: what one version of one provider takes, read one resource type at a time.

``terraform providers schema -json`` gives 13 MB for the AWS provider and takes seconds to make and to read. A
pack keeps names, types and flags of it, in a zip with one small JSON file a type, so that looking one type up
costs a fraction of a millisecond and an auditor can unzip and read it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from landform.errors import Code, LandformError, Place, did_you_mean

TerraformType = str | tuple[str, "TerraformType"] | tuple[str, Mapping[str, "TerraformType"]]
"""``"string"``, ``("list", "string")``, ``("object", {"name": "string"})``."""

Nesting = Literal["single", "list", "set", "map", "group"]

FORMAT = "landform/schema-pack/v1"
SHIPPED = Path(__file__).parent / "packs"

_FLAGS = {
    "r": "required",
    "o": "optional",
    "c": "computed",
    "s": "sensitive",
    "d": "deprecated",
    "w": "write_only",
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An argument or attribute: its Terraform type and the provider's flags."""

    type: TerraformType
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    deprecated: bool = False
    write_only: bool = False

    @property
    def settable(self) -> bool:
        """Whether a configuration may set it."""
        return self.required or self.optional


@dataclass(frozen=True, slots=True)
class NestedBlock:
    """A kind of nested block. ``max_items`` 0 means any number."""

    nesting: Nesting
    min_items: int
    max_items: int
    block: BlockSchema
    deprecated: bool = False

    @property
    def repeated(self) -> bool:
        """Whether Terraform JSON writes it as a list of objects."""
        return self.nesting in ("list", "set")


@dataclass(frozen=True, slots=True)
class BlockSchema:
    """The attributes and nested blocks of a block, by name."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, NestedBlock]
    required: frozenset[str]

    @property
    def taggable(self) -> bool:
        """Whether the block takes a map of tags."""
        tags = self.attributes.get("tags")
        return tags is not None and tags.settable and tags.type == ("map", "string")

    @property
    def tagged_by_blocks(self) -> bool:
        """Whether the block takes tags as blocks that also say whether what it launches gets them."""
        tag = self.blocks.get("tag")
        return (
            tag is not None
            and not tag.max_items
            and tag.block.required == {"key", "propagate_at_launch", "value"}
        )

    def settable(self) -> list[str]:
        """Every name that a configuration may use, sorted."""
        return sorted([*(n for n, a in self.attributes.items() if a.settable), *self.blocks])


class Pack:
    """One provider version's schemas.

    Args:
        path: the pack's zip file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._schemas: dict[str, BlockSchema] = {}

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        # In memory: processes that are forked share an open file's position, and would read each other's parts.
        return zipfile.ZipFile(io.BytesIO(self.path.read_bytes()))

    @cached_property
    def _index(self) -> Mapping[str, Any]:
        index: Mapping[str, Any] = json.loads(self._zip.read("pack.json"))
        return index

    @property
    def name(self) -> str:
        """The provider's local name: ``aws``."""
        return str(self._index["name"])

    @property
    def source(self) -> str:
        """The provider's source address: ``hashicorp/aws``."""
        return str(self._index["source"])

    @property
    def version(self) -> str:
        """The provider's exact version."""
        return str(self._index["version"])

    @property
    def digest(self) -> str:
        """The digest of the schema document that the pack was made from."""
        return str(self._index["digest"])

    @cached_property
    def resource_types(self) -> tuple[str, ...]:
        """Every resource type, sorted."""
        return self._names("resource")

    @cached_property
    def data_source_types(self) -> tuple[str, ...]:
        """Every data source, sorted."""
        return self._names("data")

    def _names(self, kind: str) -> tuple[str, ...]:
        prefix = f"{kind}/"
        return tuple(n.removeprefix(prefix) for n in self._zip.namelist() if n.startswith(prefix))

    def resource(self, terraform_type: str) -> BlockSchema:
        """The schema of a resource type.

        Raises:
            LandformError: ``unknown-type``, with the nearest right name.
        """
        return self._load("resource", terraform_type)

    def data_source(self, terraform_type: str) -> BlockSchema:
        """The schema of a data source; errors as for ``resource``."""
        return self._load("data", terraform_type)

    def provider(self) -> BlockSchema:
        """The schema of the provider's own configuration."""
        return self._load("provider", self.name)

    def _load(self, kind: str, name: str) -> BlockSchema:
        entry = f"{kind}/{name}"
        known = self._schemas.get(entry)
        if known is not None:
            return known
        try:
            text = self._zip.read(entry)
        except KeyError:
            names = self.data_source_types if kind == "data" else self.resource_types
            raise LandformError(
                Code.UNKNOWN_TYPE,
                f"Provider {self.source} {self.version} has no such {'data source' if kind == 'data' else 'resource'}.",
                given=name,
                fix=did_you_mean(name, names),
            ) from None
        value = json.loads(text)
        if kind == "resource":
            _without_implicit(value["attributes"])
        schema = self._schemas[entry] = _block(value)
        return schema


@cache
def pack_at(path: Path) -> Pack:
    """The pack in a file, opened once."""
    return Pack(path)


@cache
def shipped_pack(name: str) -> Pack:
    """The pack that landform ships for a provider.

    Raises:
        LandformError: ``pack-missing``.
    """
    found = sorted(SHIPPED.glob(f"{name}-*.zip"))
    if not found:
        raise LandformError(
            Code.PACK_MISSING,
            "landform ships no schema pack for this provider.",
            place=Place(file=str(SHIPPED)),
            given=name,
            fix="Make one with `landform bindings`.",
        )
    return pack_at(found[-1])


def _block(value: Mapping[str, Any]) -> BlockSchema:
    attributes = {
        name: Attribute(_type(encoded), **{_FLAGS[flag]: True for flag in flags})
        for name, (encoded, flags) in value["attributes"].items()
    }
    blocks = {
        name: NestedBlock(nesting, least, most, _block(inner), "d" in flags)
        for name, (nesting, least, most, inner, flags) in value["blocks"].items()
    }
    required = {n for n, a in attributes.items() if a.required} | {
        n for n, b in blocks.items() if b.min_items
    }
    return BlockSchema(attributes, blocks, frozenset(required))


def _without_implicit(attributes: dict[str, Any]) -> None:
    # The provider SDK marks these two as settable on every resource type; to set them is never right.
    for name in ("id", "tags_all"):
        kind, flags = attributes.get(name, (None, ""))
        if "c" in flags:
            attributes[name] = [kind, flags.replace("o", "")]


def _type(encoded: Any) -> TerraformType:
    if isinstance(encoded, str):
        return encoded
    kind, inner = encoded[0], encoded[1]
    if kind == "object":
        return (kind, {name: _type(item) for name, item in inner.items()})
    if kind == "tuple":
        return (kind, {str(index): _type(item) for index, item in enumerate(inner)})
    return (kind, _type(inner))


def flags_of(attribute: Mapping[str, Any]) -> str:
    """The one-letter flags under which a pack keeps an attribute of Terraform's schema document."""
    return "".join(letter for letter, name in _FLAGS.items() if attribute.get(name))

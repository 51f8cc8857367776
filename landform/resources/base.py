"""The base of every typed resource: arguments are checked against the provider's schema as they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landform.core import Block, Construct, DataSource, Element, Input, Lifecycle, Provider, Ref, Resource
from landform.core.element import Document
from landform.errors import raise_all
from landform.resources.arguments import argument_errors, deprecated_arguments, normalised
from landform.schema.pack import BlockSchema, Pack, shipped_pack

__all__ = [
    "Block",
    "CheckedDataSource",
    "CheckedResource",
    "Construct",
    "Input",
    "Lifecycle",
    "Provider",
    "Ref",
    "TypedDataSource",
    "TypedResource",
]


class CheckedResource(Resource):
    """A resource of any type of any provider that there is a pack for.

    Use it where there is no generated class: ``CheckedResource(self, "Queue", "aws_sqs_queue", {"name": "jobs"})``.
    Repeatable blocks are lists of objects, or one object.

    Raises:
        LandformError: ``unknown-type`` and everything that is wrong with the arguments, in one go.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        terraform_type: str,
        arguments: Mapping[str, Any],
        *,
        pack: Pack | None = None,
        depends_on: Iterable[Construct] = (),
        provider: Provider | None = None,
        lifecycle: Lifecycle | None = None,
    ) -> None:
        pack = pack or shipped_pack(terraform_type.partition("_")[0])
        self.schema = pack.resource(terraform_type)
        super().__init__(
            scope, id, terraform_type, {}, depends_on=depends_on, provider=provider, lifecycle=lifecycle
        )
        self.arguments = _checked(self, self.schema, terraform_type, arguments)

    def block(self) -> Document:
        block = super().block()
        if self._overrides:
            _check_overridden(self, self.schema, self.terraform_type, block)
        return block


class CheckedDataSource(DataSource):
    """A data source of any type of any provider that there is a pack for; as ``CheckedResource``."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        terraform_type: str,
        arguments: Mapping[str, Any],
        *,
        pack: Pack | None = None,
        depends_on: Iterable[Construct] = (),
        provider: Provider | None = None,
    ) -> None:
        pack = pack or shipped_pack(terraform_type.partition("_")[0])
        self.schema = pack.data_source(terraform_type)
        super().__init__(scope, id, terraform_type, {}, depends_on=depends_on, provider=provider)
        self.arguments = _checked(self, self.schema, terraform_type, arguments)

    def block(self) -> Document:
        block = super().block()
        if self._overrides:
            _check_overridden(self, self.schema, self.terraform_type, block)
        return block


class TypedResource(CheckedResource):
    """What generated resource classes share."""

    TYPE: ClassVar[str]
    PACK: ClassVar[Pack | None] = None

    def __init__(
        self,
        scope: Construct,
        id: str,
        arguments: Mapping[str, Any],
        depends_on: Iterable[Construct],
        provider: Provider | None,
        lifecycle: Lifecycle | None,
    ) -> None:
        super().__init__(
            scope,
            id,
            self.TYPE,
            arguments,
            pack=self.PACK,
            depends_on=depends_on,
            provider=provider,
            lifecycle=lifecycle,
        )


class TypedDataSource(CheckedDataSource):
    """What generated data source classes share."""

    TYPE: ClassVar[str]
    PACK: ClassVar[Pack | None] = None

    def __init__(
        self,
        scope: Construct,
        id: str,
        arguments: Mapping[str, Any],
        depends_on: Iterable[Construct],
        provider: Provider | None,
    ) -> None:
        super().__init__(
            scope, id, self.TYPE, arguments, pack=self.PACK, depends_on=depends_on, provider=provider
        )


# Meta-arguments are Terraform's own and in no provider's schema.
_META = frozenset(
    {"//", "depends_on", "provider", "lifecycle", "count", "for_each", "provisioner", "connection"}
)


def _checked(
    element: Element, schema: BlockSchema, what: str, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    errors = list(argument_errors(schema, arguments, what=what, place=element.node.place))
    if errors:
        # Whoever catches the exception still has the resource in the tree, without arguments.
        element.node.annotate("error", "Its arguments were refused.")
        raise_all(errors)
    for name in deprecated_arguments(schema, arguments):
        element.node.annotate("warn", f"{what}: the provider calls the argument {name} deprecated.")
    return normalised(schema, arguments)


def _check_overridden(element: Element, schema: BlockSchema, what: str, block: Document) -> None:
    arguments = {name: value for name, value in block.items() if name not in _META}
    places = {name: element.place_of(name) for name in {*arguments, *schema.required}}
    raise_all(list(argument_errors(schema, arguments, what=what, place=element.node.place, places=places)))

"""What a synthesised cdktf stack becomes inside a landform stack: the same blocks, as landform's own elements.

Names are kept, so that references inside stay valid and a resource keeps its address in the state; resources
of a provider that there is a schema pack for are checked like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.core import Construct, DataSource, Local, Output, Provider, Resource, Stack, Variable
from landform.core.element import Document, Element, Managed
from landform.errors import Code, LandformError
from landform.resources.arguments import normalised
from landform.resources.base import CheckedDataSource, CheckedResource
from landform.schema.pack import Pack, shipped_pack

# Terraform's own arguments of a block, in no provider's schema.
_META = ("connection", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "provisioner")
_SECTIONS = frozenset(
    {"//", "terraform", "provider", "resource", "data", "output", "variable", "locals", "moved", "import"}
)
_TERRAFORM = frozenset({"backend", "required_providers"})


@dataclass(frozen=True, slots=True)
class CdktfStack:
    """What cdktf made of a stack: its document, and its annotations as (construct path, level, message).

    Construct paths are relative to the stack; the stack's own is empty. ``own_providers`` counts, for each
    provider, the configurations at the head of the list that stand for those of the landform stack.
    """

    document: Mapping[str, Any]
    annotations: tuple[tuple[str, str, str], ...]
    own_providers: Mapping[str, int]


class Mounted(Construct):
    """The mount point: what cdktf made stands below it, under the construct paths that cdktf gave it.

    Raises:
        LandformError: ``cdktf-failed`` for what landform has no element for, ``duplicate-id`` for a name that
            the stack has already, and everything the schema check finds.
    """

    def __init__(self, scope: Construct, id: str, stack: CdktfStack) -> None:
        super().__init__(scope, id)
        self._refuse_unknown(stack.document)
        self._add_providers(stack)
        for name, block in stack.document.get("variable", {}).items():
            _named(_MountedVariable(self, f"var.{name}", block), name)
        for name, value in stack.document.get("locals", {}).items():
            _named(Local(self, f"local.{name}", value), name)
        self._add_resources(stack.document)
        self._add_outputs(stack.document)
        for path, level, message in stack.annotations:
            self._at(path.split("/") if path else []).node.annotate(level, message)

    def _refuse_unknown(self, document: Mapping[str, Any]) -> None:
        unknown = sorted(document.keys() - _SECTIONS)
        unknown += [f"terraform.{name}" for name in sorted(document["terraform"].keys() - _TERRAFORM)]
        if unknown:
            raise LandformError(
                Code.CDKTF_FAILED,
                "A cdktf construct makes a block that cannot be mounted.",
                place=self.node.place,
                given=", ".join(unknown),
                expected="resources, data sources, providers, outputs, variables and locals",
                fix="Set it on the landform stack with add_override.",
            )

    def _at(self, parts: list[str]) -> Construct:
        found: Construct = self
        for part in parts:
            found = found.node.try_find_child(part) or Construct(found, part)
        return found

    def _add_providers(self, stack: CdktfStack) -> None:
        required = stack.document["terraform"].get("required_providers", {})
        for name, wanted in required.items():
            self._refuse_other_version(name, wanted)
            blocks = stack.document.get("provider", {}).get(name, [])
            for block in blocks[stack.own_providers.get(name, 0) :]:
                arguments = {key: value for key, value in block.items() if key != "alias"}
                alias = block.get("alias")
                id = f"provider.{name}.{alias}" if alias else f"provider.{name}"
                Provider(self, id, name, arguments, **wanted, alias=alias)

    def _refuse_other_version(self, name: str, wanted: Mapping[str, str]) -> None:
        stack = self.node.stack
        assert stack is not None
        others = [{"source": p.source, "version": p.version} for p in _providers(stack) if p.name == name]
        expected = others[0] if others else {"source": "...", "version": "..."}
        if (others and wanted != expected) or wanted.keys() != expected.keys():
            raise LandformError(
                Code.CDKTF_FAILED,
                "A stack takes each provider from one source, in one version.",
                place=self.node.place,
                given=f"{name}: {dict(wanted)}",
                expected=f"{name}: {expected}",
                fix="Take the bindings of that version, or change the version of the landform stack.",
            )

    def _add_resources(self, document: Mapping[str, Any]) -> None:
        leading = _leading(document)
        blocks = [
            (block["//"]["metadata"]["path"].split("/")[1:], section, terraform_type, name, block)
            for section in ("resource", "data")
            for terraform_type, named in document.get(section, {}).items()
            for name, block in named.items()
        ]
        # An element may stand below another, and the upper one must be there first.
        for path, section, terraform_type, name, block in sorted(blocks, key=lambda item: len(item[0])):
            scope = self._at(path[:-1])
            element = _KINDS[section, _pack(terraform_type) is not None](
                scope, path[-1], terraform_type, block
            )
            _named(element, name)
            element.leading = leading.pop(f"{terraform_type}.{name}", {}) if section == "resource" else {}
        if leading:
            raise LandformError(
                Code.CDKTF_FAILED,
                "A move or an import leads to a resource that is not mounted.",
                place=self.node.place,
                given=", ".join(sorted(leading)),
                fix="Say move_from on the resource that takes its place.",
            )

    def _add_outputs(self, document: Mapping[str, Any]) -> None:
        paths = {name: path[1:] for path, name in _leaves(document["//"]["outputs"], ())}
        for name, block in document.get("output", {}).items():
            # Of an output below an output cdktf keeps one path.
            path = list(paths.get(name, (name,)))
            _named(_MountedOutput(self._at(path[:-1]), path[-1], block), name)


class _MountedBlock(Managed):
    """A resource or data source as cdktf wrote it: arguments to be checked, meta-arguments as they are."""

    meta: Document
    leading: Document

    def block(self) -> Document:
        return {**super().block(), **self.meta}

    def write(self, document: Document) -> None:
        super().write(document)
        for section, blocks in self.leading.items():
            document.setdefault(section, []).extend(blocks)


class _CheckedMountedResource(_MountedBlock, CheckedResource):
    def __init__(self, scope: Construct, id: str, terraform_type: str, block: Document) -> None:
        arguments, self.meta = _split(block)
        CheckedResource.__init__(self, scope, id, terraform_type, _without_dynamic(arguments, self.meta))
        self.arguments = normalised(self.schema, arguments)


class _CheckedMountedData(_MountedBlock, CheckedDataSource):
    def __init__(self, scope: Construct, id: str, terraform_type: str, block: Document) -> None:
        arguments, self.meta = _split(block)
        CheckedDataSource.__init__(self, scope, id, terraform_type, _without_dynamic(arguments, self.meta))
        self.arguments = normalised(self.schema, arguments)


class _PlainMountedResource(_MountedBlock, Resource):
    def __init__(self, scope: Construct, id: str, terraform_type: str, block: Document) -> None:
        arguments, self.meta = _split(block)
        Resource.__init__(self, scope, id, terraform_type, arguments)


class _PlainMountedData(_MountedBlock, DataSource):
    def __init__(self, scope: Construct, id: str, terraform_type: str, block: Document) -> None:
        arguments, self.meta = _split(block)
        DataSource.__init__(self, scope, id, terraform_type, arguments)


_KINDS = {
    ("resource", True): _CheckedMountedResource,
    ("resource", False): _PlainMountedResource,
    ("data", True): _CheckedMountedData,
    ("data", False): _PlainMountedData,
}


class _MountedVariable(Variable):
    def __init__(self, scope: Construct, id: str, block: Document) -> None:
        super().__init__(scope, id, type=block.get("type", "any"))
        self.arguments = block


class _MountedOutput(Output):
    def __init__(self, scope: Construct, id: str, block: Document) -> None:
        super().__init__(scope, id, block["value"])
        self._block = block

    def write(self, document: Document) -> None:
        document.setdefault("output", {})[self.logical_id] = self._resolved(self._block)


def _named(element: Element, name: str) -> None:
    element.override_logical_id(name)


def _pack(terraform_type: str) -> Pack | None:
    try:
        return shipped_pack(terraform_type.partition("_")[0])
    except LandformError as error:
        if error.code is Code.PACK_MISSING:
            return None
        raise


def _providers(stack: Stack) -> Iterator[Provider]:
    return (element for element in stack.elements() if isinstance(element, Provider))


def _split(block: Mapping[str, Any]) -> tuple[Document, Document]:
    """A block's arguments, and its meta-arguments."""
    arguments = {key: value for key, value in block.items() if key not in _META and key != "//"}
    return arguments, {key: block[key] for key in _META if key in block}


def _without_dynamic(arguments: Any, meta: Mapping[str, Any]) -> Any:
    """The arguments with each dynamic block as one block of its content, which is what the schema knows."""
    plain = {key: _inlined(value) for key, value in arguments.items()}
    for name, dynamic in meta.get("dynamic", {}).items():
        plain[name] = [_inlined(dynamic["content"])]
    return plain


def _inlined(value: Any) -> Any:
    if isinstance(value, list):
        return [_inlined(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _is_dynamic(value.get("dynamic")):
        inner = {key: item for key, item in value.items() if key != "dynamic"}
        return _without_dynamic(inner, value)
    return {key: _inlined(item) for key, item in value.items()}


def _is_dynamic(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(d, dict) and "content" in d for d in value.values())


def _leading(document: Mapping[str, Any]) -> dict[str, Document]:
    """The ``moved`` and ``import`` blocks by the address they lead to."""
    found: dict[str, Document] = {}
    for section in ("moved", "import"):
        for block in document.get(section, []):
            found.setdefault(block["to"], {}).setdefault(section, []).append(block)
    return found


def _leaves(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, str):
        yield path, tree
        return
    for part, inner in tree.items():
        yield from _leaves(inner, (*path, part))

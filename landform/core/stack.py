"""A stack: the unit that Terraform plans and applies, and its synthesis into one JSON document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from landform.core.blocks import Backend, Output
from landform.core.construct import Aspect, Construct
from landform.core.element import Document, Element, Managed, deep_merge, override, set_path
from landform.core.emit import terraform_json
from landform.errors import Code, LandformError, did_you_mean, raise_all

# The version whose output is reproduced; the cdktf command lines read it from manifest and metadata.
CDKTF_VERSION = "0.21.0"

_ADDRESS = re.compile(r"(?<![\w.-])(data\.)?([a-z][a-z0-9]*_[a-z0-9_]+)\.([A-Za-z_][A-Za-z0-9_-]*)")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message on a construct: level ``info``, ``warn`` or ``error``."""

    construct_path: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class StackSynthesis:
    """What a stack became: the text of its ``cdk.tf.json`` and where each address came from.

    ``origins`` maps a resource's address to its construct path and its source ``file:line``.
    """

    name: str
    path: str
    text: str
    dependencies: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    origins: dict[str, tuple[str, str]]


class Stack(Construct):
    """A stack. Its id is its name: unique in the app, free of white space and slashes.

    Raises:
        LandformError: ``construct-id`` for a name cdktf would refuse, ``duplicate-id`` for a second stack.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", id):
            raise LandformError(
                Code.CONSTRUCT_ID,
                "A stack's name becomes a folder and a key of the state.",
                place=self.node.place,
                given=repr(id),
                expected="letters, digits, dots, underscores and hyphens, the first a letter or digit",
            )
        if self.node.stack is not None:
            raise LandformError(
                Code.CONSTRUCT_ID,
                "A stack cannot stand inside another stack.",
                place=self.node.place,
                given=f"{id!r} below {self.node.stack.name!r}",
                fix="Make it a child of the app, and say with add_dependency which comes first.",
            )
        self.node.stack = self
        self.depth = len(self.node.scopes) - 1
        self.dependencies: list[Stack] = []
        self._overrides: Document = {}
        self._claimed: dict[str, Element] = {}

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.node.id

    def add_dependency(self, other: Stack) -> None:
        """Say that another stack must be applied first.

        Raises:
            LandformError: ``dependency-cycle`` where the other one already waits for this one.
        """
        if other is self or self in other.all_dependencies():
            raise LandformError(
                Code.DEPENDENCY_CYCLE,
                "These stacks would wait for each other.",
                place=self.node.place,
                given=f"{self.name} -> {other.name} -> {self.name}",
            )
        if other not in self.dependencies:
            self.dependencies.append(other)

    def all_dependencies(self) -> set[Stack]:
        """Every stack that must be applied before this one."""
        found: set[Stack] = set()
        waiting = list(self.dependencies)
        while waiting:
            stack = waiting.pop()
            if stack not in found:
                found.add(stack)
                waiting += stack.dependencies
        return found

    def add_override(self, path: str, value: Any) -> None:
        """Set anything in the stack's document, named by a dotted path: ``terraform.required_version``."""
        set_path(self._overrides, path, value)

    def claim(self, address: str, element: Element) -> None:
        """Register an element's address; two of one address are an error, where cdktf keeps the last."""
        other = self._claimed.setdefault(address, element)
        if other is not element:
            # Whoever catches the exception still has the element in the tree.
            element.node.annotate("error", f"Its address was refused: {address}.")
            raise LandformError(
                Code.DUPLICATE_ID,
                "Two constructs give one Terraform address.",
                place=element.node.place,
                given=address,
                expected="ids that differ in more than the characters Terraform cannot hold",
                fix=f"The other one is {other.node.path!r}, made at {other.node.source}. Rename one of the two.",
            )

    def release(self, address: str) -> None:
        """Give an address back, before its element claims another."""
        del self._claimed[address]

    def elements(self) -> Iterator[Element]:
        """Every Terraform element of the stack, parents before children."""
        return (c for c in self.node.find_all() if isinstance(c, Element))

    def synthesise(self) -> StackSynthesis:
        """Run aspects and validations, then write the document.

        Raises:
            LandformError: every failed validation, error annotation and dangling reference in one go.
        """
        run_aspects(self)
        constructs = list(self.node.find_all())
        elements = [c for c in constructs if isinstance(c, Element)]
        annotations = tuple(
            Annotation(c.node.path, level, text) for c in constructs for level, text in c.node.annotations
        )
        errors = [*self._own_errors(elements), *_construct_errors(constructs)]
        raise_all(errors)
        document = self._document(elements)
        raise_all(list(self._dangling(document)))
        return StackSynthesis(
            name=self.name,
            path=self.node.path,
            text=terraform_json(document),
            dependencies=tuple(stack.name for stack in self.dependencies),
            annotations=annotations,
            origins={e.address: (e.node.path, e.node.source) for e in elements if isinstance(e, Managed)},
        )

    def _own_errors(self, elements: list[Element]) -> Iterator[LandformError]:
        backends = [element for element in elements if isinstance(element, Backend)]
        if len(backends) != 1:
            yield LandformError(
                Code.NO_BACKEND,
                "A stack has one backend, and says where its state lives.",
                place=self.node.place,
                given=f"{len(backends)} backends",
                expected="one",
                fix="Add a Backend to the stack; there is no default, because a local path differs by checkout.",
            )

    def _document(self, elements: list[Element]) -> Document:
        metadata: Document = {"version": CDKTF_VERSION, "stackName": self.name, "backend": "local"}
        if self._overrides:
            metadata["overrides"] = {"stack": list(self._overrides)}
        outputs: Document = {}
        document: Document = {"//": {"metadata": metadata, "outputs": outputs}}
        for element in elements:
            if extra := element.metadata():
                deep_merge(metadata, extra)
            if isinstance(element, Output):
                deep_merge(outputs, _nested(element.node.path.split("/"), element.logical_id))
            element.write(document)
        if self._overrides and elements:
            override(document, self._overrides, elements[0])
        return document

    def _dangling(self, document: Document) -> Iterator[LandformError]:
        providers = set(document.get("provider", ()))
        for section, prefix in (("resource", ""), ("data", "data.")):
            for terraform_type, blocks in document.get(section, {}).items():
                for name, block in blocks.items():
                    for address in _addresses(block, providers):
                        if address not in self._claimed:
                            yield self._dangling_error(f"{prefix}{terraform_type}.{name}", address)

    def _dangling_error(self, owner: str, address: str) -> LandformError:
        element = self._claimed.get(owner, self)
        return LandformError(
            Code.REFERENCE,
            "A reference names something that is not in this stack.",
            place=element.node.place,
            given=address,
            expected="the address of a resource or data source of the same stack",
            fix=did_you_mean(address, self._claimed)
            or "A formatted reference to another stack ends up here: use a literal instead.",
        )


def _nested(path: list[str], value: str) -> Document:
    first, *rest = path
    return {first: _nested(rest, value) if rest else value}


def _addresses(value: Any, providers: set[str]) -> Iterator[str]:
    for text in _templates(value):
        for data, terraform_type, name in _ADDRESS.findall(text):
            if terraform_type.partition("_")[0] in providers:
                yield f"{data}{terraform_type}.{name}"


def _templates(value: Any) -> Iterator[str]:
    """The template expressions in a block: what stands between ``${`` and ``}``, escapes left out."""
    if isinstance(value, str):
        if "${" in value:
            yield from re.findall(r"(?<!\$)\$\{([^}]*)\}", value)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "//":
                yield from _templates(item)
    elif isinstance(value, list):
        for item in value:
            yield from _templates(item)


def _construct_errors(constructs: list[Construct]) -> Iterator[LandformError]:
    for construct in constructs:
        for level, message in construct.node.annotations:
            if level == "error":
                yield LandformError(Code.ANNOTATION, message, place=construct.node.place)
        for message in construct.node.validate():
            yield LandformError(Code.VALIDATION, message, place=construct.node.place)


def run_aspects(root: Construct) -> None:
    """Have each aspect visit its scope: parents first, in order of addition, each construct once.

    Aspects of the scopes above the root apply too. An aspect added by an aspect does not run; as in cdktf, a
    warning says so.
    """
    inherited = [aspect for scope in root.node.scopes[:-1] for aspect in scope.node.aspects]
    warned = False

    def recurse(construct: Construct, above: list[Aspect]) -> None:
        nonlocal warned
        here = construct.node.aspects
        applying = [*above, *here]
        for index, aspect in enumerate(applying):
            if any(aspect is earlier for earlier in applying[:index]):
                continue
            aspect.visit(construct)
            if not warned and construct.node.aspects != here:
                construct.node.annotate(
                    "warn", "We detected an Aspect was added via another Aspect, and will not be applied"
                )
                warned = True
        for child in construct.node.children:
            recurse(child, applying)

    if inherited or any(construct.node.aspects for construct in root.node.find_all()):
        recurse(root, inherited)

"""Terraform elements: constructs that become blocks of a stack's ``cdk.tf.json``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from landform.core.construct import Construct
from landform.core.names import checked_name, unique_id
from landform.core.values import Ref, cross_stack, resolve
from landform.errors import Code, LandformError, Place

if TYPE_CHECKING:
    from landform.core.blocks import Provider
    from landform.core.stack import Stack

Document = dict[str, Any]


class Element(Construct):
    """A construct that becomes a block. ``stack`` is the one it belongs to."""

    stack: Stack

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        stack = self.node.stack
        if stack is None:
            raise LandformError(
                Code.NO_STACK,
                "A Terraform element must stand inside a stack.",
                place=self.node.place,
                given=f"the scope {scope!r}",
                fix="Pass a stack, or a construct inside one, as the scope.",
            )
        self.stack = stack
        self._overrides: Document = {}
        self._override_places: dict[str, Place] = {}
        self._logical_id: str | None = None
        self._namespace: str | None = None
        self._relied_on = False

    @property
    def logical_id(self) -> str:
        """The name of the block: cdktf's unique id, unless overridden. Who reads it relies on it."""
        self._relied_on = True
        return self._name()

    def _name(self) -> str:
        if self._logical_id is None:
            self._logical_id = self._allocated()
        return self._logical_id

    def _allocated(self) -> str:
        components = [scope.node.id for scope in self.node.scopes[self.stack.depth + 1 :]]
        try:
            name = unique_id(components)
        except ValueError:
            name = ""
        return checked_name(name, self.node.place)

    def override_logical_id(self, logical_id: str) -> None:
        """Give the block another name. Do it before anything refers to the element.

        Raises:
            LandformError: ``construct-id`` where the name is none, or an address was already handed out;
                ``duplicate-id`` where another element has the name.
        """
        if self._relied_on:
            raise LandformError(
                Code.CONSTRUCT_ID,
                "Something refers to this element by its name already.",
                place=self.node.place,
                given=repr(logical_id),
                expected=f"its name to stay {self._logical_id!r}",
                fix="Override the name right after making the element.",
            )
        name = checked_name(logical_id, self.node.place)
        if self._namespace is not None:
            self.stack.release(f"{self._namespace}.{self._name()}")
        self._logical_id = name
        if self._namespace is not None:
            self._claim(self._namespace)

    def _claim(self, namespace: str) -> None:
        """Take the name for this element alone, among those of its kind."""
        self._namespace = namespace
        self.stack.claim(f"{namespace}.{self._name()}", self)

    @property
    def address(self) -> str:
        """How Terraform expressions name the element."""
        raise NotImplementedError

    def add_override(self, path: str, value: Any) -> None:
        """Set any argument, named by a dotted path; a list is appended to, ``None`` removes.

        cdktf's escape hatch, with its meaning. What it gives is still checked where a schema is known.
        """
        set_path(self._overrides, path, value)
        self._override_places[path.partition(".")[0]] = self.node.here

    def place_of(self, argument: str) -> Place:
        """The user's line that said what an argument is: that of its last override, or where the element was made."""
        return self._override_places.get(argument, self.node.place)

    def write(self, document: Document) -> None:
        """Add the element's block to the stack's document."""
        raise NotImplementedError

    def metadata(self) -> Document:
        """What the element adds to the stack's metadata."""
        return {}

    def _resolved(self, arguments: Mapping[str, Any]) -> Document:
        block: Document = resolve(arguments, self)
        if self._overrides:
            override(block, self._overrides, self)
        return block

    def _path_metadata(self) -> Document:
        return {"metadata": {"path": self.node.path, "uniqueId": self.logical_id}}


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Terraform's ``lifecycle`` meta-argument. ``ignore_changes`` names arguments, or is ``"all"``."""

    create_before_destroy: bool | None = None
    prevent_destroy: bool | None = None
    ignore_changes: Sequence[str] | Literal["all"] | None = None
    replace_triggered_by: Sequence[Element] | None = None

    def arguments(self) -> Document:
        """The block's arguments; those not set are None."""
        triggers = self.replace_triggered_by
        return {
            "create_before_destroy": self.create_before_destroy,
            "prevent_destroy": self.prevent_destroy,
            "ignore_changes": self.ignore_changes,
            "replace_triggered_by": None if triggers is None else [e.address for e in triggers],
        }


class Managed(Element):
    """What resources and data sources share: a type, arguments, references and meta-arguments."""

    section: ClassVar[str]
    address_prefix: ClassVar[str] = ""

    def __init__(
        self,
        scope: Construct,
        id: str,
        terraform_type: str,
        arguments: Mapping[str, Any],
        *,
        depends_on: Iterable[Construct] = (),
        provider: Provider | None = None,
        lifecycle: Lifecycle | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.terraform_type = terraform_type
        self.arguments = dict(arguments)
        self.depends_on = list(depends_on)
        self.provider = provider
        self.lifecycle = lifecycle
        self._claim(f"{self.address_prefix}{terraform_type}")

    @property
    def address(self) -> str:
        return f"{self.address_prefix}{self.terraform_type}.{self.logical_id}"

    def ref(self, attribute: str) -> Ref[Any]:
        """A reference to an attribute, named as in Terraform: ``"arn"``, ``"website.0.endpoint"``."""
        return Ref(self, f".{attribute}")

    def written(self, argument: str) -> Any:
        """An argument as it will be written, overrides laid over it; None where it will not be."""
        block: Document = resolve({argument: self.arguments.get(argument)}, self)
        if argument in self._overrides:
            override(block, {argument: self._overrides[argument]}, self)
        return block.get(argument)

    def block(self) -> Document:
        """The block's arguments and meta-arguments as JSON.

        Raises:
            LandformError: as ``resolve``; ``reference`` for a dependency on something of another stack.
        """
        dependencies = [
            self._dependency(element)
            for construct in self.depends_on
            for element in construct.node.find_all()
            if isinstance(element, Managed)
        ]
        block = self._resolved(
            {
                **self.arguments,
                "depends_on": dependencies or None,
                "provider": self.provider.address if self.provider else None,
                "lifecycle": self.lifecycle.arguments() if self.lifecycle else None,
            }
        )
        block["//"] = {**block.get("//", {}), **self._path_metadata()}
        return block

    def _dependency(self, element: Managed) -> str:
        if element.stack is not self.stack:
            raise cross_stack(Ref(element, ""), self)
        return element.address

    def write(self, document: Document) -> None:
        section = document.setdefault(self.section, {})
        section.setdefault(self.terraform_type, {})[self.logical_id] = self.block()

    def metadata(self) -> Document:
        return {"overrides": {self.terraform_type: list(self._overrides)}} if self._overrides else {}


class Resource(Managed):
    """A managed resource: a ``resource`` block, and the ``moved`` and ``import`` blocks that lead to it."""

    section = "resource"

    def __init__(
        self,
        scope: Construct,
        id: str,
        terraform_type: str,
        arguments: Mapping[str, Any],
        *,
        depends_on: Iterable[Construct] = (),
        provider: Provider | None = None,
        lifecycle: Lifecycle | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            terraform_type,
            arguments,
            depends_on=depends_on,
            provider=provider,
            lifecycle=lifecycle,
        )
        self._moved_from: str | None = None
        self._moved_earlier: tuple[str, ...] = ()
        self._import_id: str | None = None

    def move_from(self, address: str, *earlier: str) -> None:
        """Say that this resource stood at another address before, so that it is not destroyed and made anew.

        Args:
            address: where it stood last.
            earlier: where it stood before that, the latest first, as states that were not applied since have it.
        """
        self._moved_from = address
        self._moved_earlier = earlier

    def import_from(self, import_id: str) -> None:
        """Take over an existing cloud object, by the id that ``terraform import`` takes for this type."""
        self._import_id = import_id

    def write(self, document: Document) -> None:
        super().write(document)
        if self._moved_from:
            places = [self.address, self._moved_from, *self._moved_earlier]
            blocks = document.setdefault("moved", [])
            blocks += [{"from": was, "to": now} for now, was in pairwise(places)]
        if self._import_id:
            block = {"id": self._import_id, "to": self.address}
            if self.provider:
                block["provider"] = self.provider.address
            document.setdefault("import", []).append(block)

    def metadata(self) -> Document:
        metadata = super().metadata()
        named = {self.terraform_type: [self.logical_id]}
        if self._import_id:
            metadata["imports"] = named
        if self._moved_from:
            metadata["moved"] = named
        return metadata


class DataSource(Managed):
    """A data source: a ``data`` block, read by Terraform."""

    section = "data"
    address_prefix = "data."


def set_path(target: Document, path: str, value: Any) -> None:
    """Set a value in nested objects by a dotted path, making objects on the way."""
    *parents, last = path.split(".")
    for part in parents:
        if not isinstance(target.get(part), dict):
            target[part] = {}
        target = target[part]
    target[last] = value


def override(document: Document, overrides: Document, owner: Element) -> None:
    """Lay overrides over a document.

    Raises:
        LandformError: ``value`` where one names an entry that cannot be.
    """
    try:
        deep_merge(document, _resolved_override(overrides, owner))
    except ValueError as error:
        raise LandformError(
            Code.VALUE,
            "An override cannot be laid over what is there.",
            place=owner.node.place,
            given=str(error),
        ) from None


def _resolved_override(value: Any, owner: Element) -> Any:
    """An override as JSON, its ``None`` kept: there it means removal."""
    if isinstance(value, dict):
        return {key: None if item is None else _resolved_override(item, owner) for key, item in value.items()}
    return resolve(value, owner)


def deep_merge(target: Document, source: Mapping[str, Any]) -> None:
    """Merge as cdktf does: objects by key, lists by appending, ``None`` removes, anything else replaces.

    A list is also merged by index where the source is an object with numbers as keys.

    Raises:
        ValueError: where a key for a list is not a number.
    """
    for key, value in source.items():
        merged = _merged(target.get(key), value)
        if merged is None:
            target.pop(key, None)
        else:
            target[key] = merged


def _merged(current: Any, value: Any) -> Any:
    if isinstance(value, Mapping):
        if isinstance(current, list):
            return _merged_by_index(current, value)
        fresh = current if isinstance(current, dict) else {}
        deep_merge(fresh, value)
        return fresh
    if isinstance(value, list) and isinstance(current, list):
        return [*current, *value]
    return value


def _merged_by_index(current: list[Any], source: Mapping[str, Any]) -> list[Any]:
    """Indices are those of the list as it was: what is removed leaves a hole until all is merged."""
    slots: Document = {str(index): item for index, item in enumerate(current)}
    for key in source:
        if not key.isdecimal():
            raise ValueError(f"a list has no entry {key!r}: an override names it by its number")
    deep_merge(slots, {str(int(key)): value for key, value in source.items()})
    return [slots[key] for key in sorted(slots, key=int)]

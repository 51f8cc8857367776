"""Values and references: ``Ref[T]`` is a value that Terraform fills in, ``Input[T]`` is one or the other.

A reference is an object and never a string that looks like text. It turns into Terraform's ``${...}`` when it
is written, or formatted into a string. A reference into another stack is refused: cdktf would answer it with
read access to the other stack's whole state.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.core.element import Element

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Ref(Generic[T_co]):
    """A value known to Terraform alone: an attribute of an element, as ``element.address`` + ``suffix``."""

    __slots__ = ("element", "suffix")

    def __init__(self, element: Element, suffix: str) -> None:
        self.element = element
        self.suffix = suffix

    @property
    def expression(self) -> str:
        """The bare Terraform expression: ``aws_s3_bucket.logs.arn``."""
        return self.element.address + self.suffix

    def __str__(self) -> str:
        return "${" + self.expression + "}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f"Ref({self.expression})"

    def __getitem__(self, key: int | str) -> Ref[Any]:
        """An element of a list (by index) or of a map (by key)."""
        part = f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        return Ref(self.element, self.suffix + part)

    def within(self, before: str = "", after: str = "") -> Ref[str]:
        """The value within text, still a reference: an ARN that ends in an id that AWS chooses."""
        return _RefWithin(self.element, self.suffix, before, after)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Ref)
            and self.element is other.element
            and self.suffix == other.suffix
            and str(self) == str(other)
        )

    def __hash__(self) -> int:
        return hash((id(self.element), self.suffix))


class _RefWithin(Ref[str]):
    """A reference and the literal text around it."""

    __slots__ = ("after", "before")

    def __init__(self, element: Element, suffix: str, before: str, after: str) -> None:
        super().__init__(element, suffix)
        self.before = before
        self.after = after

    @property
    def expression(self) -> str:
        return f'"{self}"'

    def __str__(self) -> str:
        return f"{self.before}${{{self.element.address}{self.suffix}}}{self.after}"

    def within(self, before: str = "", after: str = "") -> Ref[str]:
        return _RefWithin(self.element, self.suffix, before + self.before, self.after + after)


class Block:
    """The arguments of one nested block; generated bindings subclass it, one class a block."""

    __slots__ = ("arguments",)

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = arguments


class Lazy(Generic[T_co]):
    """A value that is made when the stack is written: a policy that grants are still being added to."""

    __slots__ = ("produce",)

    def __init__(self, produce: Callable[[], T_co]) -> None:
        self.produce = produce


Input: TypeAlias = T | Ref[T] | Lazy[T]
"""A value, a reference to one, or one that is made later."""


def literal(text: str) -> str:
    """Text that Terraform must not read as a template: ``${`` and ``%{`` are escaped.

    An IAM policy variable is the common case: ``literal("${aws:username}")``.
    """
    return text.replace("${", "$${").replace("%{", "%%{")


def resolve(value: Any, owner: Element) -> Any:
    """A value as plain JSON: references written out, blocks as objects, keys without a value left out.

    Raises:
        LandformError: ``value`` for what JSON cannot hold, ``reference`` for a reference into another stack.
    """
    if isinstance(value, str):
        return value if value.isascii() else _encodable(value, owner)
    if value is True or value is False:
        return value
    if isinstance(value, Mapping):
        return {_key(key, owner): resolve(item, owner) for key, item in value.items() if item is not None}
    if isinstance(value, Ref):
        if value.element.stack is not owner.stack:
            raise cross_stack(value, owner)
        return str(value)
    if isinstance(value, Lazy):
        return resolve(value.produce(), owner)
    if isinstance(value, Block):
        return {key: resolve(item, owner) for key, item in value.arguments.items() if item is not None}
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [resolve(item, owner) for item in value]
    raise _not_json(
        value, owner, "text, a finite number, a truth value, a list, a mapping, a block or a reference"
    )


def _key(key: Any, owner: Element) -> str:
    if isinstance(key, str):
        return key if key.isascii() else _encodable(key, owner)
    raise _not_json(key, owner, "a mapping with text as keys")


def _encodable(text: str, owner: Element) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _not_json(text, owner, "text without lone surrogates, which UTF-8 cannot hold") from None
    return text


def _not_json(value: Any, owner: Element, expected: str) -> LandformError:
    return LandformError(
        Code.VALUE,
        "A value cannot be written as Terraform JSON.",
        place=owner.node.place,
        given=f"{value!r} ({type(value).__name__})",
        expected=expected,
    )


def cross_stack(ref: Ref[Any], owner: Element) -> LandformError:
    """The error for a reference from one stack into another."""
    return LandformError(
        Code.REFERENCE,
        "A reference reaches into another stack.",
        place=owner.node.place,
        given=f"{ref.expression}, which belongs to stack {ref.element.stack.name!r}",
        expected=f"something of stack {owner.stack.name!r}",
        fix="Use a literal (names and ARNs are known at synth), or publish the value as an SSM parameter.",
    )

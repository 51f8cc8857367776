"""Checks arguments against a schema, when the resource is made and not when Terraform reads the file.

The message names the construct, the user's own line, what was given, what the provider takes and the nearest
right name. cdktf lets a misspelt argument through its escape hatches to ``terraform plan``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from landform.core.values import Block, Lazy, Ref
from landform.errors import Code, LandformError, Place, did_you_mean
from landform.schema.pack import BlockSchema, NestedBlock, TerraformType

_PRIMITIVES: Mapping[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "bool": (bool,)}
_REMEDY = {
    ("string", int): "Quote it.",
    ("string", bool): 'Write "true" or "false".',
    ("number", str): "Drop the quotes.",
    ("bool", str): "Use True or False.",
}


def argument_errors(
    schema: BlockSchema,
    arguments: Mapping[str, Any],
    *,
    what: str,
    place: Place,
    places: Mapping[str, Place] = MappingProxyType({}),
) -> Iterator[LandformError]:
    """Everything that is wrong with the arguments of a block; ``what`` is the type it belongs to.

    ``places`` says of arguments where they were given, where that is not ``place``.
    """
    yield from _block_errors(schema, arguments, what, place, "", places)


def deprecated_arguments(schema: BlockSchema, arguments: Mapping[str, Any]) -> list[str]:
    """The top-level arguments and blocks given that the provider calls deprecated."""
    given = (name for name, value in arguments.items() if value is not None)
    known = ((name, schema.attributes.get(name) or schema.blocks.get(name)) for name in given)
    return [name for name, kind in known if kind is not None and kind.deprecated]


def normalised(schema: BlockSchema, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the one form that is written: repeatable blocks as lists, what is None left out."""
    done: dict[str, Any] = {}
    for name, value in arguments.items():
        if value is None:
            continue
        nested = schema.blocks.get(name)
        if nested is None:
            done[name] = value
            continue
        items = [normalised(nested.block, _arguments(item)) for item in _items(value)]
        if nested.repeated:
            # An empty list and no block are one thing to Terraform; the shorter is written.
            if items:
                done[name] = items
        elif nested.nesting == "map":
            done[name] = {key: normalised(nested.block, _arguments(item)) for key, item in value.items()}
        else:
            done[name] = items[0]
    return done


def _block_errors(
    schema: BlockSchema,
    arguments: Mapping[str, Any],
    what: str,
    at: Place,
    path: str,
    places: Mapping[str, Place] = MappingProxyType({}),
) -> Iterator[LandformError]:
    for name in schema.required:
        if arguments.get(name) is None:
            yield _missing(schema, name, what, places.get(name, at), path)
    for name, value in arguments.items():
        if value is None:
            continue
        place = places.get(name, at)
        attribute = schema.attributes.get(name)
        if attribute is not None:
            if not attribute.settable:
                yield LandformError(
                    Code.READ_ONLY_ARGUMENT,
                    f"{what} sets {path}{name} itself.",
                    place=place,
                    given=f"{path}{name} = {_shown(value, attribute.sensitive)}",
                    fix="Leave it out; read it as an attribute of the resource.",
                )
            elif not isinstance(value, (Ref, Lazy)):
                yield from _type_errors(attribute.type, value, what, place, path + name, attribute.sensitive)
        elif (nested := schema.blocks.get(name)) is not None:
            yield from _nested_errors(nested, value, what, place, path + name)
        else:
            yield LandformError(
                Code.UNKNOWN_ARGUMENT,
                f"{what} has no argument {path}{name}.",
                place=place,
                given=name,
                expected=f"one of {', '.join(schema.settable())}",
                fix=did_you_mean(name, schema.settable()),
            )


def _nested_errors(
    nested: NestedBlock, value: Any, what: str, place: Place, path: str
) -> Iterator[LandformError]:
    if isinstance(value, Ref):
        yield LandformError(
            Code.ARGUMENT_TYPE,
            f"{what}: {path} is a block and cannot be a reference.",
            place=place,
            given=value.expression,
            expected="a block",
            fix="Refer to the values inside the block one by one.",
        )
        return
    items = list(value.values()) if nested.nesting == "map" and isinstance(value, Mapping) else _items(value)
    if len(items) < nested.min_items or (nested.max_items and len(items) > nested.max_items):
        yield LandformError(
            Code.BLOCK_COUNT,
            f"{what}: the number of {path} blocks is wrong.",
            place=place,
            given=str(len(items)),
            expected=_count(nested),
        )
    for index, item in enumerate(items):
        at = f"{path}[{index}]." if len(items) > 1 else f"{path}."
        if isinstance(item, (Mapping, Block)):
            yield from _block_errors(nested.block, _arguments(item), what, place, at)
        else:
            yield _mistyped(what, at.rstrip("."), item, "a block", place, False)


def _type_errors(
    expected: TerraformType, value: Any, what: str, place: Place, path: str, sensitive: bool
) -> Iterator[LandformError]:
    if isinstance(value, (Ref, Lazy)) or (isinstance(value, str) and "${" in value) or expected == "dynamic":
        return
    if isinstance(expected, str):
        right = isinstance(value, _PRIMITIVES[expected])
        if not right or (isinstance(value, bool) and expected != "bool"):
            yield _mistyped(what, path, value, type_name(expected), place, sensitive)
        return
    kind, inner = expected
    if kind == "object" and isinstance(inner, Mapping):
        yield from _object_errors(inner, value, what, place, path, sensitive)
    elif kind == "map":
        if not isinstance(value, Mapping):
            yield _mistyped(what, path, value, type_name(expected), place, sensitive)
            return
        for key, item in value.items():
            if not isinstance(key, str):
                yield _mistyped(what, f"{path} key", key, "a string", place, False)
            yield from _type_errors(inner, item, what, place, f"{path}[{key!r}]", sensitive)  # type: ignore[arg-type]
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for index, item in enumerate(value):
            yield from _type_errors(inner, item, what, place, f"{path}[{index}]", sensitive)  # type: ignore[arg-type]
    else:
        yield _mistyped(what, path, value, type_name(expected), place, sensitive)


def _object_errors(
    members: Mapping[str, TerraformType], value: Any, what: str, place: Place, path: str, sensitive: bool
) -> Iterator[LandformError]:
    if not isinstance(value, Mapping):
        yield _mistyped(what, path, value, type_name(("object", members)), place, sensitive)
        return
    for name in value.keys() - members.keys():
        yield LandformError(
            Code.UNKNOWN_ARGUMENT,
            f"{what} has no {path}.{name}.",
            place=place,
            given=str(name),
            expected=f"one of {', '.join(sorted(members))}",
            fix=did_you_mean(str(name), members),
        )
    for name, inner in members.items():
        if value.get(name) is not None:
            yield from _type_errors(inner, value[name], what, place, f"{path}.{name}", sensitive)


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else [value]


def _arguments(item: Any) -> Mapping[str, Any]:
    return item.arguments if isinstance(item, Block) else item


def _missing(schema: BlockSchema, name: str, what: str, place: Place, path: str) -> LandformError:
    attribute = schema.attributes.get(name)
    expected = type_name(attribute.type) if attribute else f"{_count(schema.blocks[name])} of the block"
    return LandformError(
        Code.MISSING_ARGUMENT,
        f"{what} needs {path}{name}.",
        place=place,
        given="nothing",
        expected=expected,
    )


def _mistyped(
    what: str, path: str, value: Any, expected: str, place: Place, sensitive: bool
) -> LandformError:
    return LandformError(
        Code.ARGUMENT_TYPE,
        f"{what}: {path} is of the wrong type.",
        place=place,
        given=f"{_shown(value, sensitive)} ({type(value).__name__})",
        expected=expected,
        fix=_REMEDY.get((expected.removeprefix("a "), type(value))),
    )


def _shown(value: Any, sensitive: bool) -> str:
    if sensitive:
        return "(sensitive value)"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _count(nested: NestedBlock) -> str:
    if not nested.max_items:
        return f"at least {nested.min_items}"
    if nested.min_items == nested.max_items:
        return f"exactly {nested.min_items}"
    return f"{nested.min_items} to {nested.max_items}"


def type_name(expected: TerraformType) -> str:
    """A Terraform type in words: ``a string``, ``a list of strings``, ``an object with ...``."""
    if isinstance(expected, str):
        return {"bool": "a bool", "dynamic": "any value"}.get(expected, f"a {expected}")
    kind, inner = expected
    if isinstance(inner, Mapping):
        return f"an object with {', '.join(sorted(inner))}"
    return f"a {kind} of {type_name(inner).removeprefix('a ').removeprefix('an ')}s"

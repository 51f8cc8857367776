"""What a stack publishes, held against what its rule promises: stacks that need it rely on the promise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from landform.errors import Code, LandformError, did_you_mean, raise_all
from landform.org.fleet import OutputShape, StackInstance

_KINDS: Mapping[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "bool": bool}


def check_outputs(instance: StackInstance, text: str) -> None:
    """Compare the outputs of a stack with those that its rule declares.

    Args:
        instance: the stack.
        text: its Terraform JSON.

    Raises:
        LandformError: ``spec-output`` for an output that is not made, or is not what was declared, all in one go.
    """
    if not instance.outputs:
        return
    made = {name: block.get("value") for name, block in json.loads(text).get("output", {}).items()}
    raise_all(list(_broken(instance, made)))


def _broken(instance: StackInstance, made: Mapping[str, Any]) -> Iterator[LandformError]:
    for name, shape in instance.outputs.items():
        if name not in made:
            yield LandformError(
                Code.SPEC_OUTPUT,
                f"The stack makes no output {name!r}, which its rule declares.",
                place=instance.source,
                given=", ".join(sorted(made)) or "no output",
                expected=str(shape),
                fix=did_you_mean(name, made)
                or f'In {instance.construct}: Output(self, "{name}", ..., static_id=True).',
            )
        elif not _is(made[name], shape):
            yield LandformError(
                Code.SPEC_OUTPUT,
                f"The output {name!r} is not what the rule of its stack declares.",
                place=instance.source,
                given=f"a list of {len(made[name])}"
                if isinstance(made[name], list)
                else type(made[name]).__name__,
                expected=str(shape),
                fix=f"Change the output in {instance.construct}, or its declaration.",
            )


def _is(value: Any, shape: OutputShape) -> bool:
    """Whether a value is of a shape; of a reference nobody knows more than that it is one."""
    if _is_reference(value):
        return True
    if not shape.is_list:
        return _is_kind(value, shape)
    if not isinstance(value, list) or shape.length not in (None, len(value)):
        return False
    return all(_is_reference(item) or _is_kind(item, shape) for item in value)


def _is_kind(value: Any, shape: OutputShape) -> bool:
    # In Python a boolean is a number too.
    return isinstance(value, _KINDS[shape.kind]) and (shape.kind == "bool" or not isinstance(value, bool))


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("${")

"""Documents that a service takes as JSON text: patterns, filters, definitions, which people write as mappings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from landform.core import Construct, Ref
from landform.errors import Code, LandformError


def json_text(value: Mapping[str, Any], owner: Construct, what: str) -> str:
    """A mapping as compact JSON, keys sorted, references as Terraform's text. ``what`` it is stands in errors.

    Raises:
        LandformError: ``value`` for what JSON cannot hold, ``reference`` for a reference into another stack.
    """

    def text_of(item: object) -> str:
        if not isinstance(item, Ref):
            raise TypeError(f"{item!r} ({type(item).__name__})")
        if item.element.stack is not owner.node.stack:
            raise LandformError(
                Code.REFERENCE,
                f"The {what} refers to something that another stack makes.",
                place=owner.node.place,
                given=f"{item.expression} of stack {item.element.stack.name!r}",
                expected="literal names and ARNs, or something of the same stack",
            )
        return str(item)

    try:
        return json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False, default=text_of)
    except (TypeError, ValueError) as error:
        raise LandformError(
            Code.VALUE,
            f"The {what} cannot be written as JSON.",
            place=owner.node.place,
            given=str(error),
            expected="mappings with text as keys, lists, text, finite numbers, truth values and references",
        ) from error

"""Several names in one text of the spec: a parameter can be no mapping of lists."""

from __future__ import annotations


def named(text: str) -> tuple[str, ...]:
    """``"Dev, Prod"`` as its names; what stands between two commas, empty or not."""
    return tuple(map(str.strip, text.split(",")))

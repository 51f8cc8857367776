"""Drift read from a plan: what changed outside since the last apply, without what nobody changed.

Terraform lists under ``resource_drift`` whatever its refresh stored differently ("JSON Output Format"). Most of it is
the provider's own: null where the API gives an empty list, sets in another order, and values that AWS keeps and
nobody can set. What is left is a person's work, or another program's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from landform.digest import canonical_json
from landform.policies.change import ResourceChange
from landform.schema.pack import BlockSchema, shipped_pack


def without_noise(drift: Iterable[ResourceChange]) -> tuple[ResourceChange, ...]:
    """The drift that somebody made: null against empty, order of sets and computed values are taken out.

    A resource that was made or destroyed outside stays whole. Of one that was changed, ``after`` differs from
    ``before`` in what was changed alone.
    """
    return tuple(real for change in drift if (real := _real(change)) is not None)


def _real(change: ResourceChange) -> ResourceChange | None:
    if change.action != "update":
        return None if change.action in ("no-op", "read") else change
    after = _settled(change.before, change.after, _schema(change.type))
    return None if after == change.before else replace(change, after=after)


def _schema(type: str) -> BlockSchema | None:
    pack = shipped_pack("aws")
    return pack.resource(type) if type in pack.resource_types else None


def _settled(before: Any, after: Any, schema: BlockSchema | None) -> Any:
    """``after``, with the value of ``before`` wherever the two mean the same."""
    if _same(before, after):
        return before
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return {
            key: _member(key, before.get(key), after.get(key), schema)
            for key in dict.fromkeys([*before, *after])
            if key in before or not _is_empty(after[key])
        }
    return after


def _member(key: str, before: Any, after: Any, schema: BlockSchema | None) -> Any:
    attribute = schema.attributes.get(key) if schema else None
    if attribute and not attribute.settable:
        return before
    nested = schema.blocks.get(key) if schema else None
    inner = nested.block if nested else None
    is_set = nested.nesting == "set" if nested else bool(attribute and _is_set(attribute.type))
    if isinstance(before, list) and isinstance(after, list):
        if is_set and _members(before) == _members(after):
            return before
        if not is_set and len(before) == len(after):
            return [_settled(one, other, inner) for one, other in zip(before, after, strict=True)]
    return _settled(before, after, inner)


def _members(values: list[Any]) -> list[str]:
    return sorted(canonical_json(_bare(value)) for value in values)


def _bare(value: Any) -> Any:
    """A value without what is empty in it."""
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items() if not _is_empty(item)}
    return value


def _is_set(type: Any) -> bool:
    return isinstance(type, list | tuple) and bool(type) and type[0] == "set"


def _same(before: Any, after: Any) -> bool:
    return before == after or (_is_empty(before) and _is_empty(after))


def _is_empty(value: Any) -> bool:
    """Whether a value is what the provider writes where there is nothing. False and 0 are something."""
    return value is None or value in ("", [], {})

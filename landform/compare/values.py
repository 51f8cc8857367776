"""Two JSON values side by side, by meaning: one line for each argument, list item or policy statement that differs.

What Terraform takes as equal is equal: null and an argument that is not set, one nested block and a list of one ("JSON
Configuration Syntax"), JSON text in another layout, the order of a set. Lists of blocks are aligned: equal ones first,
then those that share a name, then the most alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from landform.compare.model import How, Line
from landform.digest import digest
from landform.schema.shapes import Shape

# Arguments that name a block among its like, the first first.
_NAMES = ("Sid", "sid", "id", "rule_id", "name", "key", "type")
# Less in common than this, and one block is not the other, changed.
_ALIKE = 0.3


def lines(before: Any, after: Any, shape: Shape | None = None, path: str = "") -> Iterator[Line]:
    """What differs between two values, in the order of the arguments' names.

    Args:
        shape: what the schema says of them: where sets are.
    """
    before, after = _meant(before), _meant(after)
    # Python takes False for 0, JSON does not.
    if before == after and digest(before) == digest(after):
        return
    if isinstance(before, dict) and isinstance(after, list):
        before = [before]
    elif isinstance(before, list) and isinstance(after, dict):
        after = [after]
    pair = (before, after)
    if any(map(_is_policy, pair)) and all(one is None or _is_policy(one) for one in pair):
        yield from _policies(path, before or {}, after or {})
    elif all(isinstance(one, dict) for one in pair) or (not path and None in pair):
        yield from _mappings(path, before or {}, after or {}, shape)
    elif all(isinstance(one, list) for one in pair):
        yield from _lists(path, before, after, shape)
    else:
        yield Line(path, before, after)


def shown(value: Any) -> str:
    """A value as people read it: a text as it is, a list of texts with commas, a longer value as JSON."""
    match value:
        case None:
            return ""
        case str() as text:
            return text
        case list() as items if items and all(isinstance(one, str) for one in items):
            return ", ".join(items)
        case other:
            return json.dumps(other, ensure_ascii=False, sort_keys=True)


def _meant(value: Any) -> Any:
    """JSON in a text is what it says; nulls and empty lists are nothing."""
    if isinstance(value, str) and value[:1] in ("{", "[") and "${" not in value[:2]:
        try:
            return _meant(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {name: one for name, one in value.items() if one is not None and one != []}
    return None if value == [] else value


def _mappings(
    path: str, before: Mapping[str, Any], after: Mapping[str, Any], shape: Shape | None
) -> Iterator[Line]:
    for name in sorted({*before, *after}):
        below = f"{path}.{name}" if path else name
        yield from lines(before.get(name), after.get(name), _within(shape, name), below)


def _lists(path: str, before: list[Any], after: list[Any], shape: Shape | None) -> Iterator[Line]:
    gone, new = _left(before, after)
    if not gone and not new:
        same = [digest(_meant(one)) for one in before] == [digest(_meant(one)) for one in after]
        if not same and (shape is None or shape.ordered):
            yield Line(path, before, after, "order")
        return
    if not any(isinstance(one, dict | list) for _, one in (*gone, *new)):
        yield Line(path, [one for _, one in gone], [one for _, one in new], _how(before, after, gone, new))
        return
    if len(before) == len(after) == 1:
        yield from lines(before[0], after[0], _item(shape), path)
        return
    for one, other in _aligned(gone, new):
        label = f"{path}[{_label(one, other)}]"
        if one and other:
            yield from lines(one[1], other[1], _item(shape), label)
        else:
            yield Line(label, one[1] if one else None, other[1] if other else None)


def _within(shape: Shape | None, name: str) -> Shape | None:
    """The shape of an argument of an object; of a nested block that is written as one object, too."""
    if shape is None:
        return None
    return shape.below.get(name) or (_within(shape.items, name) if shape.items else None)


def _item(shape: Shape | None) -> Shape | None:
    return shape.items if shape else None


def _how(before: list[Any], after: list[Any], gone: Sequence[Any], new: Sequence[Any]) -> How:
    return "value" if len(gone) == len(before) and len(new) == len(after) else "items"


Placed = tuple[int, Any]


def _left(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[Placed], list[Placed]]:
    """What one list has and the other has not, each as often as it has more of it."""
    found = [(index, one, digest(_meant(one))) for index, one in enumerate(before)]
    others = [(index, one, digest(_meant(one))) for index, one in enumerate(after)]
    return _without(found, others), _without(others, found)


def _without(items: Sequence[tuple[int, Any, str]], others: Sequence[tuple[int, Any, str]]) -> list[Placed]:
    count: dict[str, int] = {}
    for _, _, key in others:
        count[key] = count.get(key, 0) + 1
    left = []
    for index, one, key in items:
        if count.get(key, 0):
            count[key] -= 1
        else:
            left.append((index, one))
    return left


def _aligned(gone: Sequence[Placed], new: Sequence[Placed]) -> Iterator[tuple[Placed | None, Placed | None]]:
    """What is the same block, changed: by name, else the most alike; then what has no other.

    It is the same whichever of the two is before.
    """
    scored = sorted(
        (
            -score,
            abs(one[0] - other[0]),
            min(one[0], other[0]),
            sorted((digest(one[1]), digest(other[1]))),
            one[0],
            one,
            other,
        )
        for one, other in product(gone, new)
        if (score := _likeness(one[1], other[1])) >= _ALIKE
    ) if len(gone) * len(new) <= 10_000 else []  # fmt: skip
    pairs: list[tuple[Placed | None, Placed | None]] = []
    taken: set[int] = set()
    met: set[int] = set()
    for *_, one, other in scored:
        if one[0] not in taken and other[0] not in met:
            taken.add(one[0])
            met.add(other[0])
            pairs.append((one, other))
    pairs += [(one, None) for one in gone if one[0] not in taken]
    pairs += [(None, other) for other in new if other[0] not in met]
    yield from sorted(pairs, key=lambda pair: min(one[0] for one in pair if one))


def _likeness(one: Any, other: Any) -> float:
    """2 for blocks of one name, 0 for those of different names, else the share of what they have in common."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return 0.0
    for name in _NAMES:
        if isinstance(one.get(name), str) and isinstance(other.get(name), str):
            return 2.0 if one[name] == other[name] else 0.0
    keys = {*one, *other}
    same = sum(digest(_meant(one.get(key))) == digest(_meant(other.get(key))) for key in keys)
    return same / len(keys) if keys else 1.0


def _label(one: Placed | None, other: Placed | None) -> str:
    for placed in (one, other):
        if placed and isinstance(placed[1], dict):
            for name in _NAMES:
                if isinstance(placed[1].get(name), str):
                    return json.dumps(placed[1][name], ensure_ascii=False)
    indices = dict.fromkeys(placed[0] for placed in (one, other) if placed)
    return " -> ".join(map(str, indices))


# --- policies -------------------------------------------------------------------------------------------------------


def _is_policy(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("Statement"), dict | list)


def _policies(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
    """By statement: what is gone, what is new, and in one that stays its actions, resources, principals, conditions."""
    for name in sorted({*before, *after} - {"Statement"}):
        yield from lines(before.get(name), after.get(name), None, f"{path} {name}".strip())
    gone, new = _left(_statements(before), _statements(after))
    for one, other in _aligned(gone, new):
        label = f"{path} statement {_label(one, other)}".strip()
        if one and other:
            for name in sorted({*one[1], *other[1]}):
                yield from lines(one[1].get(name), other[1].get(name), _UNORDERED, f"{label} {name}")
        else:
            yield Line(label, one[1] if one else None, other[1] if other else None)


_UNORDERED = Shape(ordered=False)


def _statements(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements with every element as a sorted list, one text being a list of one; conditions by operator and
    key."""
    found = policy.get("Statement", [])
    return [
        {label: values for name, value in statement.items() for label, values in _element(name, value)}
        for statement in (found if isinstance(found, list) else [found])
        if isinstance(statement, dict)
    ]


def _element(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if name in ("Sid", "Effect"):
        yield name, value
    elif name == "Condition" and isinstance(value, dict):
        for operator, keys in value.items():
            for key, values in keys.items() if isinstance(keys, dict) else ():
                yield f"Condition {operator} {key}", _many(values)
    elif isinstance(value, dict):
        for kind, values in value.items():
            yield f"{name} {kind}", _many(values)
    else:
        yield name, _many(value)


def _many(value: Any) -> list[Any]:
    return sorted(value, key=str) if isinstance(value, list) else [value]

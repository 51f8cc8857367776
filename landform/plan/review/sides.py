"""What a change does, side by side: one line for each argument that changes, and for each statement of a policy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from landform.digest import digest
from landform.plan.classes import embedded

UNKNOWN = "(known after apply)"
# The elements of a statement, in the order in which a person reads them, and the words before them.
_ELEMENTS = {
    "Action": "",
    "NotAction": "all but ",
    "Resource": "on ",
    "NotResource": "on all but ",
    "Principal": "by ",
    "NotPrincipal": "by all but ",
    "Condition": "if ",
}

# How a witness ends: the statement, by its policy and its Sid.
_GIVEN_BY = re.compile(r"\((?:\S+: )?(?P<sid>[^()]+)\)$")


@dataclass(frozen=True, slots=True)
class Side:
    """One value before and after, as texts; empty is none. ``path`` is the argument's, or names a statement."""

    path: str
    before: str
    after: str


def sides(before: Any, after: Any, unknown: Any = None) -> tuple[Side, ...]:
    """What differs between two states of a resource. Null and empty are the same.

    Args:
        before: None where there is no resource yet.
        after: None where there is none any more.
        unknown: the tree of what in ``after`` is known only after apply.
    """
    return tuple(_compared("", before, _overlaid(after, unknown)))


def granting(witness: str | None, found: Iterable[Side]) -> tuple[Side, ...]:
    """Of the sides of a policy the new statement that gives what a witness says; none where nothing tells which."""
    match = _GIVEN_BY.search(witness or "")
    return tuple(side for side in found if match and side.path.endswith(f" statement {match['sid']}"))


def shown(value: Any) -> str:
    """A value as a person reads it: a list of texts with commas, a longer value as JSON."""
    match _plain(value):
        case None:
            return ""
        case str() as text:
            return text
        case list() as items if all(isinstance(item, str) for item in items):
            return ", ".join(items)
        case other:
            return json.dumps(other, ensure_ascii=False, sort_keys=True)


def _compared(path: str, before: Any, after: Any) -> Iterator[Side]:
    before, after = _plain(before), _plain(after)
    if digest(before) == digest(after):
        return
    if _is_policy(before) or _is_policy(after):
        yield from _policies(path, before, after)
    elif _is_one_of(dict, before, after):
        for name in sorted({*(before or ()), *(after or ())}):
            below = f"{path}.{name}" if path else name
            yield from _compared(below, (before or {}).get(name), (after or {}).get(name))
    elif _is_one_of(list, before, after):
        yield from _lists(path, before or [], after or [])
    else:
        yield Side(path, shown(before), shown(after))


def _plain(value: Any) -> Any:
    """What a text holds as JSON is read, and what is empty is nothing."""
    value = embedded(value) if isinstance(value, str) else value
    return None if value == [] or value == {} else value


def _is_one_of(kind: type, before: Any, after: Any) -> bool:
    return all(isinstance(one, kind) or one is None for one in (before, after))


def _lists(path: str, before: list[Any], after: list[Any]) -> Iterator[Side]:
    """What is in both is left out, wherever it stands."""
    gone, new = _without(before, after), _without(after, before)
    if not gone and not new:
        yield Side(f"{path} (order)", shown(before), shown(after))
    elif not any(isinstance(item, dict | list) for item in (*gone, *new)):
        yield Side(path, shown(gone), shown(new))
    else:
        for index, (one, other) in enumerate(zip_longest(gone, new)):
            yield from _compared(f"{path}[{index}]", one, other)


def _without(items: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    known = set(map(digest, others))
    return [item for item in items if digest(item) not in known]


def _is_policy(value: Any) -> bool:
    return isinstance(value, dict) and "Statement" in value


def _policies(path: str, before: Any, after: Any) -> Iterator[Side]:
    """By statement: what is gone, what is new, and of one that has the same Sid, what changes in it."""
    if not all(_is_policy(one) or one is None for one in (before, after)):
        # Only one of the two can be read.
        yield Side(path, shown(before), shown(after))
        return
    gone, new = (_statements(one) for one in (before, after))
    for name in dict.fromkeys((*gone, *new)):
        one, other = gone.get(name), new.get(name)
        label = f"{path} statement {name}"
        if one is None or other is None:
            yield Side(label, statement_text(one) if one else "", statement_text(other) if other else "")
        else:
            for element in sorted(one.keys() | other.keys()):
                yield from _compared(f"{label} {element}", _listed(one, element), _listed(other, element))


def _statements(policy: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """By Sid; those without one by what they say, so that only equal ones meet."""
    found = _many((policy or {}).get("Statement"))
    named: dict[str, Mapping[str, Any]] = {}
    for statement in found:
        if isinstance(statement, dict):
            name = statement.get("Sid") or f"({digest(statement)[-6:]})"
            named[name if name not in named else f"{name} ({digest(statement)[-6:]})"] = statement
    return named


def _listed(statement: Mapping[str, Any], element: str) -> Any:
    """One text is a list of one."""
    value = statement.get(element)
    return _many(value) if element not in ("Sid", "Effect") and not isinstance(value, dict) else value


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def statement_text(statement: Mapping[str, Any]) -> str:
    """A statement of a policy in a line: ``Allow s3:GetObject on arn:aws:s3:::x if Bool aws:SecureTransport true``."""
    parts: list[str] = [str(statement.get("Effect", "Allow"))]
    parts += [
        f"{word}{_element(name, statement[name])}" for name, word in _ELEMENTS.items() if name in statement
    ]
    return " ".join(parts)


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict) and name == "Condition":
        return " and ".join(
            f"{operator} {key} {shown(_many(values))}"
            for operator, keys in value.items()
            if isinstance(keys, dict)
            for key, values in keys.items()
        )
    if isinstance(value, dict):
        return " and ".join(f"{kind} {shown(_many(values))}" for kind, values in value.items())
    return shown(_many(value))


def _overlaid(after: Any, unknown: Any) -> Any:
    """The values afterwards with a word where they are not known yet."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict) and isinstance(after, dict | None):
        known = after or {}
        return known | {name: _overlaid(known.get(name), inside) for name, inside in unknown.items()}
    if isinstance(unknown, list) and isinstance(after, list):
        return [_overlaid(item, inside) for item, inside in zip_longest(after, unknown)]
    return after


def unknown_paths(unknown: Any, path: str = "") -> Iterable[str]:
    """The paths of what is known only after apply."""
    if unknown is True:
        yield path
    elif isinstance(unknown, dict):
        for name, inside in unknown.items():
            yield from unknown_paths(inside, f"{path}.{name}" if path else name)
    elif isinstance(unknown, list):
        for index, inside in enumerate(unknown):
            yield from unknown_paths(inside, f"{path}[{index}]")

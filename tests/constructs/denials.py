"""Which statements of a policy deny a request, by the rules of IAM ("Policy evaluation logic", "Condition operators").

Only what guardrails use: one value of a key in a request, and the operators of the table below.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "ArnLike": fnmatchcase,
    "Bool": operator.eq,
    "NumericLessThan": lambda given, bound: float(given) < float(bound),
    "StringEquals": operator.eq,
}
NEGATED = {"ArnNotLike": "ArnLike", "StringNotEquals": "StringEquals"}


def denying(
    statements: Iterable[Mapping[str, Any]], action: str, context: Mapping[str, str], resource: str = "*"
) -> set[str]:
    """The ids of the statements that deny an action on a resource, in a context."""
    return {
        statement["Sid"]
        for statement in statements
        if statement["Effect"] == "Deny"
        and _acts(statement, action)
        and any(fnmatchcase(resource, pattern) for pattern in _listed(statement["Resource"]))
        and all(
            _holds(test, context.get(key), [*map(str, _listed(values))])
            for test, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    }


def _acts(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(fnmatchcase(action, pattern) for pattern in _listed(statement["NotAction"]))
    return any(fnmatchcase(action, pattern) for pattern in _listed(statement["Action"]))


def _holds(test: str, given: str | None, values: list[str]) -> bool:
    if test == "Null":
        return str(given is None).lower() in values
    name = test.removesuffix("IfExists")
    if given is None:
        # A key that is not there: true of "if exists", and of what says "not".
        return test != name or name in NEGATED
    matches = any(MATCHES[NEGATED.get(name, name)](given, value) for value in values)
    return matches is (name not in NEGATED)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

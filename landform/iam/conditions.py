"""Condition tests: what an operator, a context key and the values of a policy say of a request.

Follows "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or values" of
the IAM guide. An answer is true, false, or ``None`` where the request does not say what the key's value is: such a
test is a guard, which an analysis shows and never drops.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from typing import Literal

from landform.iam import pattern

Family = Literal["text", "arn", "number", "date", "bool", "address", "null"]
Quantifier = Literal["", "ForAnyValue", "ForAllValues"]

Context = Mapping[str, tuple[str, ...]]
"""What is known of a request: lower-case context key -> its values; no values where the request has no such key.
A key that is not in the mapping is not known."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of AWS's table: how it compares, and whether it is the negation of that."""

    name: str
    family: Family
    compare: Callable[[str, str], bool]
    negated: bool = False
    wildcards: bool = False
    fold: bool = False


@lru_cache(maxsize=4_096)
def number(text: str) -> Decimal | None:
    """A number as ``Numeric*`` operators read it."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


@lru_cache(maxsize=4_096)
def moment(text: str) -> Decimal | None:
    """A date, of ISO 8601 or in seconds since 1970, in seconds since 1970."""
    if (seconds := number(text)) is not None:
        return seconds
    try:
        date = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return Decimal(str((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()))


@lru_cache(maxsize=4_096)
def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """An address or a range of addresses."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _compared(
    read: Callable[[str], Decimal | None], test: Callable[[Decimal, Decimal], bool]
) -> Callable[[str, str], bool]:
    def compare(given: str, wanted: str) -> bool:
        left, right = read(given), read(wanted)
        return left is not None and right is not None and test(left, right)

    return compare


def _in_network(given: str, wanted: str) -> bool:
    inner, outer = network(given), network(wanted)
    # Both are of one version here, which mypy cannot see.
    return (
        inner is not None and outer is not None and inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]
    )


def _never(given: str, wanted: str) -> bool:
    raise AssertionError(f"{given!r} and {wanted!r} are compared as patterns, not as texts")


_ORDER: tuple[tuple[str, Callable[[Decimal, Decimal], bool], bool], ...] = (
    ("Equals", lambda a, b: a == b, False),
    ("NotEquals", lambda a, b: a == b, True),
    ("LessThan", lambda a, b: a < b, False),
    ("LessThanEquals", lambda a, b: a <= b, False),
    ("GreaterThan", lambda a, b: a > b, False),
    ("GreaterThanEquals", lambda a, b: a >= b, False),
)

OPERATORS: Mapping[str, Operator] = {
    operator.name.lower(): operator
    for operator in (
        Operator("StringEquals", "text", _never),
        Operator("StringNotEquals", "text", _never, negated=True),
        Operator("StringEqualsIgnoreCase", "text", _never, fold=True),
        Operator("StringNotEqualsIgnoreCase", "text", _never, negated=True, fold=True),
        Operator("StringLike", "text", _never, wildcards=True),
        Operator("StringNotLike", "text", _never, negated=True, wildcards=True),
        Operator("ArnEquals", "arn", _never, wildcards=True),
        Operator("ArnLike", "arn", _never, wildcards=True),
        Operator("ArnNotEquals", "arn", _never, negated=True, wildcards=True),
        Operator("ArnNotLike", "arn", _never, negated=True, wildcards=True),
        *(Operator(f"Numeric{n}", "number", _compared(number, t), negated=no) for n, t, no in _ORDER),
        *(Operator(f"Date{n}", "date", _compared(moment, t), negated=no) for n, t, no in _ORDER),
        Operator("Bool", "bool", lambda given, wanted: given.lower() == wanted.lower()),
        Operator("BinaryEquals", "text", _never),
        Operator("IpAddress", "address", _in_network),
        Operator("NotIpAddress", "address", _in_network, negated=True),
        Operator("Null", "null", _never),
    )
}
"""Every operator of the guide, by its lower-case name without ``ForAnyValue:``, ``ForAllValues:`` and ``IfExists``."""

_QUANTIFIERS: Mapping[str, Quantifier] = {"foranyvalue": "ForAnyValue", "forallvalues": "ForAllValues"}


def read_operator(text: str) -> tuple[Operator, Quantifier, bool] | None:
    """An operator as a policy writes it: the operator, its quantifier, and whether ``IfExists`` follows; or None."""
    prefix, colon, name = text.lower().rpartition(":")
    if_exists = name.endswith("ifexists") and name != "nullifexists"
    operator = OPERATORS.get(name.removesuffix("ifexists") if if_exists else name)
    if operator is None or (colon and prefix not in _QUANTIFIERS):
        return None
    return operator, _QUANTIFIERS[prefix] if colon else "", if_exists


@dataclass(frozen=True)
class ConditionTest:
    """One operator on one key, with the values that match. ``variables`` is false in a policy of version 2008-10-17."""

    operator: Operator
    key: str
    values: tuple[str, ...]
    quantifier: Quantifier = ""
    if_exists: bool = False
    variables: bool = True

    @property
    def name(self) -> str:
        """The operator as a policy writes it."""
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.operator.name}{'IfExists' if self.if_exists else ''}"

    def __str__(self) -> str:
        return f"{self.name} {self.key} {' or '.join(self.values) or '(nothing)'}"

    @cached_property
    def patterns(self) -> tuple[tuple[pattern.Token, ...], ...]:
        """The values of a text or ARN operator as patterns."""
        return tuple(
            pattern.tokens(value, variables=self.variables, wildcards=self.operator.wildcards)
            for value in self.values
        )

    def holds(self, context: Context) -> bool | None:
        """Whether the test holds in a request; None where the request does not say."""
        given = context.get(self.key.lower())
        if given is None:
            return None
        if self.operator.family == "null":
            return any((value.lower() == "true") == (not given) for value in self.values)
        if not given:
            if self.if_exists:
                return True
            return self.quantifier == "ForAllValues" or (self.operator.negated and not self.quantifier)
        matched = [self._matches(value, context) for value in given]
        if self.operator.negated and self.quantifier:
            return _both(map(_not, matched), every=self.quantifier == "ForAllValues")
        found = _both(matched, every=self.quantifier == "ForAllValues")
        return _not(found) if self.operator.negated else found

    def _matches(self, given: str, context: Context) -> bool | None:
        """Whether one of the policy's values matches one of the request's."""
        if self.operator.family not in ("text", "arn"):
            return any(self.operator.compare(given, wanted) for wanted in self.values)
        return _both((self._pattern_matches(parts, given, context) for parts in self.patterns), every=False)

    def _pattern_matches(self, parts: tuple[pattern.Token, ...], given: str, context: Context) -> bool | None:
        return matches_in(parts, given, context, arn=self.operator.family == "arn", fold=self.operator.fold)


def matches_in(
    parts: tuple[pattern.Token, ...], given: str, context: Context, *, arn: bool = False, fold: bool = False
) -> bool | None:
    """Whether a text matches a pattern in a request: its variables have the values of the request's keys.

    None where it depends on a key that the request does not tell. A variable whose key the request has not, and
    that has no default, matches nothing.
    """
    filled: list[pattern.Token] = []
    unknown = False
    for part in parts:
        if not isinstance(part, pattern.Variable):
            filled.append(part)
            continue
        values = context.get(part.key.lower())
        if values is None:
            unknown = True
            filled.append(part)
        elif values:
            filled.extend(values[0])
        elif part.default is not None:
            filled.extend(part.default)
        else:
            return False
    whole = tuple(filled)
    found = pattern.arn_matches(whole, given) if arn else pattern.matches(whole, given, fold=fold)
    return None if found and unknown else found


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _both(answers: Iterable[bool | None], *, every: bool) -> bool | None:
    """All of some answers, or any of them; None where one that is not known decides."""
    unknown = False
    for answer in answers:
        if answer is None:
            unknown = True
        elif answer != every:
            return not every
    return None if unknown else every

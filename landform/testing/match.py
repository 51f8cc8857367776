"""Patterns of arguments: what an assertion expects, and where a value is not that.

A plain value matches what equals it. A mapping matches an object that has its keys, whatever else that has; a list
matches a list of as many elements, one by one. ``Match`` makes what says more or less than that; its words are those
of ``Match`` in the AWS CDK. Terraform's JSON writes a nested block as an object or as an array of one, and both
match both ("JSON Configuration Syntax" of Terraform's documentation).
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_LONGEST = 300


class _Absent:
    """Stands for an argument that is not there."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place where a value is not what was expected: the path of the argument, and both in words."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path or 'the value'}\n  - {self.expected}\n  + {self.found}"


class Matcher(ABC):
    """A pattern that is no plain value."""

    @abstractmethod
    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        """Where a value is not what this expects; nothing where it matches.

        Args:
            actual: the value, ``ABSENT`` where there is none.
            path: where it stands.
        """


def mismatches(pattern: Any, actual: Any, path: str = "", *, partial: bool = True) -> Iterator[Mismatch]:
    """Where a value is not what a pattern expects.

    Args:
        pattern: a ``Matcher``, or a plain value, which may hold matchers.
        actual: the value, ``ABSENT`` where there is none.
        path: where it stands.
        partial: whether objects may have more keys than the pattern.
    """
    if isinstance(pattern, Matcher):
        yield from pattern.mismatches(actual, path)
    elif isinstance(pattern, Mapping):
        yield from _of_object(pattern, _one(actual), path, partial=partial)
    elif isinstance(pattern, list | tuple):
        yield from _of_list(
            pattern, [actual] if isinstance(actual, Mapping) else actual, path, partial=partial
        )
    elif isinstance(pattern, bool) != isinstance(actual, bool) or actual != pattern:
        yield Mismatch(path, _said(pattern), _said(actual))


def _one(actual: Any) -> Any:
    """A block that is written as an array of one, as itself."""
    single = isinstance(actual, list) and len(actual) == 1 and isinstance(actual[0], Mapping)
    return actual[0] if single else actual


def _of_object(pattern: Mapping[str, Any], actual: Any, path: str, *, partial: bool) -> Iterator[Mismatch]:
    if not isinstance(actual, Mapping):
        yield Mismatch(path, _said(pattern), _said(actual))
        return
    for key, value in pattern.items():
        yield from mismatches(value, actual.get(key, ABSENT), _joined(path, key), partial=partial)
    if not partial:
        for key in actual:
            if key not in pattern:
                yield Mismatch(_joined(path, key), "nothing", _said(actual[key]))


def _of_list(pattern: Sequence[Any], actual: Any, path: str, *, partial: bool) -> Iterator[Mismatch]:
    if not isinstance(actual, list):
        yield Mismatch(path, _said(pattern), _said(actual))
        return
    if len(actual) != len(pattern):
        yield Mismatch(path, f"{len(pattern)} elements: {_said(pattern)}", f"{len(actual)}: {_said(actual)}")
    for number, (one, value) in enumerate(zip(pattern, actual, strict=False)):
        yield from mismatches(one, value, f"{path}[{number}]", partial=partial)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _said(value: Any) -> str:
    text = (
        repr(value)
        if _has_matcher(value)
        else json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)
    )
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _has_matcher(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_matcher, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_matcher, value))
    return isinstance(value, Matcher | _Absent)


@dataclass(frozen=True, repr=False)
class _AnyValue(Matcher):
    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        if actual is ABSENT or actual is None:
            yield Mismatch(path, repr(self), _said(actual))

    def __repr__(self) -> str:
        return "any value"


@dataclass(frozen=True, repr=False)
class _NoValue(Matcher):
    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        if actual is not ABSENT:
            yield Mismatch(path, repr(self), _said(actual))

    def __repr__(self) -> str:
        return "nothing"


@dataclass(frozen=True, repr=False)
class _Whole(Matcher):
    pattern: Any
    partial: bool

    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        yield from mismatches(self.pattern, actual, path, partial=self.partial)

    def __repr__(self) -> str:
        return f"{'at least' if self.partial else 'exactly'} {self.pattern!r}"


@dataclass(frozen=True, repr=False)
class _ArrayWith(Matcher):
    patterns: tuple[Any, ...]

    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        if isinstance(actual, Mapping):
            actual = [actual]
        if not isinstance(actual, list):
            yield Mismatch(path, repr(self), _said(actual))
            return
        start = 0
        for pattern in self.patterns:
            wrong = {
                at: list(mismatches(pattern, actual[at], f"{path}[{at}]")) for at in range(start, len(actual))
            }
            found = next((at for at, each in wrong.items() if not each), None)
            if found is None:
                rest = f" after element {start - 1}" if start else ""
                yield Mismatch(path, f"an element{rest} that is {_said(pattern)}", _said(actual))
                # The nearest element, which shows what is missing of it.
                yield from min(wrong.values(), key=len, default=[])
            else:
                start = found + 1

    def __repr__(self) -> str:
        return f"a list with {list(self.patterns)!r}"


@dataclass(frozen=True, repr=False)
class _Not(Matcher):
    pattern: Any

    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        if not any(mismatches(self.pattern, actual, path)):
            yield Mismatch(path, repr(self), _said(actual))

    def __repr__(self) -> str:
        return f"not {_said(self.pattern)}"


@dataclass(frozen=True, repr=False)
class _OneOf(Matcher):
    patterns: tuple[Any, ...]

    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        if all(any(mismatches(pattern, actual, path)) for pattern in self.patterns):
            yield Mismatch(path, repr(self), _said(actual))

    def __repr__(self) -> str:
        return " or ".join(map(_said, self.patterns))


@dataclass(frozen=True, repr=False)
class _Text(Matcher):
    pattern: re.Pattern[str]

    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        if not isinstance(actual, str) or not self.pattern.search(actual):
            yield Mismatch(path, repr(self), _said(actual))

    def __repr__(self) -> str:
        return f"text like {self.pattern.pattern}"


@dataclass(frozen=True, repr=False)
class _Json(Matcher):
    pattern: Any

    def mismatches(self, actual: Any, path: str) -> Iterator[Mismatch]:
        try:
            value = json.loads(actual)
        except (TypeError, ValueError):
            yield Mismatch(path, repr(self), _said(actual))
            return
        yield from mismatches(self.pattern, value, f"{path}:json")

    def __repr__(self) -> str:
        return f"JSON text of {_said(self.pattern)}"


class Match:
    """Makes patterns that say more, or less, than a plain value."""

    @staticmethod
    def any_value() -> Matcher:
        """Any value; there must be one."""
        return _AnyValue()

    @staticmethod
    def absent() -> Matcher:
        """The argument must not be there."""
        return _NoValue()

    @staticmethod
    def object_like(pattern: Mapping[str, Any]) -> Matcher:
        """An object that has these keys, at every depth; what a plain mapping means by itself."""
        return _Whole(pattern, partial=True)

    @staticmethod
    def object_equals(pattern: Mapping[str, Any]) -> Matcher:
        """An object with these keys and no others, at every depth."""
        return _Whole(pattern, partial=False)

    @staticmethod
    def array_with(patterns: Sequence[Any]) -> Matcher:
        """A list that has these elements in this order, whatever stands between them."""
        return _ArrayWith(tuple(patterns))

    @staticmethod
    def array_equals(patterns: Sequence[Any]) -> Matcher:
        """A list of these elements, whose objects have no other keys."""
        return _Whole(tuple(patterns), partial=False)

    @staticmethod
    def not_(pattern: Any) -> Matcher:
        """Whatever does not match the pattern; an argument that is not there is such a thing."""
        return _Not(pattern)

    @staticmethod
    def one_of(*patterns: Any) -> Matcher:
        """What matches one of some patterns."""
        return _OneOf(patterns)

    @staticmethod
    def string_like_regexp(pattern: str) -> Matcher:
        """Text in which a regular expression of Python's is found.

        Raises:
            re.error: where it is none.
        """
        return _Text(re.compile(pattern))

    @staticmethod
    def serialized_json(pattern: Any) -> Matcher:
        """JSON text whose value matches, as a policy's or a queue's ``redrive_policy`` is."""
        return _Json(pattern)

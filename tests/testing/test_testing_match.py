"""Patterns of arguments."""

from __future__ import annotations

from typing import Any

import pytest

from landform.testing.match import ABSENT, Match, mismatches

MATCHING: list[tuple[Any, Any]] = [
    ("a", "a"),
    (None, None),
    ({"a": 1}, {"a": 1, "b": 2}),
    ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
    ({"a": {"b": 1}}, {"a": [{"b": 1}]}),
    ({"a": [{"b": 1}]}, {"a": {"b": 1}}),
    ([{"a": 1}, 2], [{"a": 1, "b": 2}, 2]),
    (Match.any_value(), 0),
    ({"a": Match.absent()}, {"b": 1}),
    (Match.object_like({"a": 1}), {"a": 1, "b": 2}),
    (Match.object_equals({"a": {"b": 1}}), {"a": {"b": 1}}),
    (Match.array_with([1, 3]), [1, 2, 3]),
    (Match.array_with([{"a": 1}]), {"a": 1, "b": 2}),
    (Match.array_equals([{"a": 1}]), [{"a": 1}]),
    ({"a": Match.not_("b")}, {"a": "c"}),
    ({"a": Match.not_("b")}, {}),
    (Match.one_of("a", Match.string_like_regexp("^b")), "bb"),
    (Match.string_like_regexp("[0-9]+$"), "queue-12"),
    (Match.serialized_json({"a": [1]}), '{"a": [1], "b": 2}'),
]
OTHER: list[tuple[Any, Any, list[str]]] = [
    ("a", "b", [""]),
    (1, True, [""]),
    (0, False, [""]),
    (None, ABSENT, [""]),
    ({"a": 1}, {}, ["a"]),
    ({"a": 1}, "a", [""]),
    ({"a": {"b": 1}, "c": 2}, {"a": {"b": 2}, "c": 3}, ["a.b", "c"]),
    ({"a": {"b": 1}}, {"a": [{"b": 1}, {"b": 1}]}, ["a"]),
    ([1, 2], [1], [""]),
    ([1, 2], [1, 3], ["[1]"]),
    ([1], 1, [""]),
    (Match.any_value(), None, [""]),
    ({"a": Match.any_value()}, {}, ["a"]),
    ({"a": Match.absent()}, {"a": None}, ["a"]),
    (Match.object_equals({"a": {"b": 1}}), {"a": {"b": 1, "c": 2}}, ["a.c"]),
    (Match.array_with([3, 1]), [1, 2, 3], [""]),
    (Match.array_with([{"a": 1, "b": 2}]), [{"a": 2}, {"a": 1}], ["", "[1].b"]),
    (Match.array_with([1]), 1, [""]),
    (Match.array_equals([{"a": 1}]), [{"a": 1, "b": 2}], ["[0].b"]),
    (Match.not_("b"), "b", [""]),
    (Match.one_of("a", "b"), "c", [""]),
    (Match.string_like_regexp("x"), "y", [""]),
    (Match.string_like_regexp("1"), 1, [""]),
    (Match.serialized_json({"a": 1}), '{"a": 2}', [":json.a"]),
    (Match.serialized_json({"a": 1}), "{", [""]),
    (Match.serialized_json({"a": 1}), ABSENT, [""]),
]


class TestMismatches:
    """``mismatches``."""

    @pytest.mark.parametrize(("pattern", "actual"), MATCHING, ids=repr)
    def test_what_matches(self, pattern: Any, actual: Any) -> None:
        """There is none."""
        assert list(mismatches(pattern, actual)) == []

    @pytest.mark.parametrize(("pattern", "actual", "paths"), OTHER, ids=repr)
    def test_what_does_not(self, pattern: Any, actual: Any, paths: list[str]) -> None:
        """Each is told by its path."""
        assert [each.path for each in mismatches(pattern, actual)] == paths

    def test_both_are_told(self) -> None:
        """What was expected and what is there, patterns in words and long values cut."""
        told = [str(each) for each in mismatches({"a": Match.one_of("x", "y"), "b": ["z"]}, {"a": "w" * 400})]
        assert told == [
            f'a\n  - "x" or "y"\n  + "{"w" * 299}…',
            'b\n  - ["z"]\n  + nothing',
        ]

"""What a stack is made from, and how two such differ."""

import json

import pytest

from landform.org.facts import Change, changes, facts, shown
from landform.org.load import load
from landform.org.resolve import resolve


class TestChanges:
    """The fields that differ."""

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ({"a": 1}, {"a": 1}, []),
            ({"a": 1}, {"a": 2}, [Change("a", 1, 2)]),
            ({"a": {"b": 1}}, {"a": {"b": 1, "c": [1]}}, [Change("a.c", None, [1])]),
            ({"a": [1]}, {"a": [2]}, [Change("a", [1], [2])]),
            ({"a": {"b": 1}}, {}, [Change("a.b", 1, None)]),
            ({"a": {}}, {}, []),
            (None, {"a": 1}, [Change("a", None, 1)]),
            ({"a": {"b": 1}}, {"a": 1}, [Change("a", {"b": 1}, 1)]),
            ({"a": 0}, {"a": False}, []),
            ({"a": 0}, {}, [Change("a", 0, None)]),
        ],
    )
    def test_one_case(self, before, after, expected):
        """A list is one field, a mapping one for each key, an empty mapping none."""
        assert list(changes(before, after)) == expected


class TestChange:
    """A change in words."""

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            (Change("a.b", 1, 2), "a.b: 1 -> 2"),
            (Change("a", None, True), "a: true (new)"),
            (Change("a", ["x", "y"], None), "a: [x, y] (gone)"),
            (Change("a", "", "x" * 80), f"a: nothing -> {'x' * 57}..."),
        ],
    )
    def test_reads_as_a_sentence(self, change, text):
        """Before and after, or that it is new or gone."""
        assert str(change) == text

    def test_shown_takes_any_json(self):
        """Nested lists too."""
        assert shown([[1, None], False]) == "[[1, nothing], false]"


class TestFacts:
    """The parts of one stack."""

    def test_are_json(self, project):
        """Whatever the spec holds."""
        for instance in resolve(load(project.root)).instances:
            assert json.loads(json.dumps(facts(instance))) == facts(instance)

    def test_equal_facts_and_equal_digests_go_together(self, project):
        """A change that no part shows would be one that nobody can explain."""
        edits = [
            ("org/org.yaml", "prefix: acme", "prefix: acme2"),
            ("org/org.yaml", "layer: organization", "layer: other"),
            ("org/tiers/dev.yaml", "fail_on: medium", "fail_on: low"),
            ("org/ous.yaml", "layer: dev-unit", "layer: unit"),
            ("org/accounts/payments-dev.yaml", "purpose: something", "purpose: else"),
            ("org/stacks.yaml", "size: 20", "size: 21"),
            ("org/stacks.yaml", "construct: acme.app:App", "construct: acme.app:Other"),
        ]
        for file, old, new in edits:
            before = {i.key: i for i in resolve(load(project.root)).instances}
            project.edit(file, old, new)
            after = {i.key: i for i in resolve(load(project.root)).instances}
            differing = {key for key in before if before[key].digest != after[key].digest}
            assert differing
            assert differing == {key for key in before if facts(before[key]) != facts(after[key])}

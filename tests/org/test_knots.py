"""Circles in a graph."""

from __future__ import annotations

import graphlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.org.knots import Graph, knots, shortest_circle

NODES = "abcdefg"
GRAPHS = st.fixed_dictionaries({node: st.lists(st.sampled_from(NODES), max_size=3) for node in NODES})


def reaches(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    ahead = [*graph[start]]
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += graph[node]
    return found


class TestKnots:
    @pytest.mark.parametrize(
        ("graph", "expected"),
        [
            ({}, []),
            ({"a": ["b"], "b": []}, []),
            ({"a": ["a"]}, [("a",)]),
            ({"a": ["b"], "b": ["a"]}, [("a", "b")]),
            ({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, [("a", "b"), ("c", "d")]),
            ({"x": ["b"], "b": ["c"], "c": ["b", "x"], "d": ["x"]}, [("x", "b", "c")]),
        ],
    )
    def test_small_graphs(self, graph: Graph, expected: list[tuple[str, ...]]) -> None:
        """Each knot once, in the graph's order; what only leads there is in none."""
        assert knots(graph) == expected

    @given(graph=GRAPHS)
    def test_what_a_knot_is(self, graph: Graph) -> None:
        """Two nodes are in one knot exactly where each reaches the other."""
        found = {node: knot for knot in knots(graph) for node in knot}
        reached = {node: reaches(graph, node) for node in graph}
        assert {(a, b) for a in found for b in found[a]} == {
            (a, b) for a in graph for b in graph if b in reached[a] and a in reached[b]
        }

    @given(graph=GRAPHS)
    def test_the_standard_library_agrees(self, graph: Graph) -> None:
        """Where there is no knot, there is an order."""
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError:
            ordered = False
        else:
            ordered = True
        assert ordered == (not knots(graph))

    def test_a_chain_longer_than_the_stack(self) -> None:
        """A circle of ten thousand nodes is found as a circle of two is."""
        graph = {str(number): [str((number + 1) % 10_000)] for number in range(10_000)}
        (knot,) = knots(graph)
        assert len(shortest_circle(graph, knot)) == 10_001


class TestShortestCircle:
    def test_the_short_way(self) -> None:
        """Of two ways around the shorter one is told."""
        graph = {"a": ["b", "c"], "b": ["c"], "c": ["a"]}
        assert shortest_circle(graph, ("a", "b", "c")) == ["a", "c", "a"]

    @given(graph=GRAPHS)
    def test_it_is_a_circle(self, graph: Graph) -> None:
        """It begins and ends at the knot's first node, and each step is in the graph."""
        for knot in knots(graph):
            circle = shortest_circle(graph, knot)
            assert circle[0] == circle[-1] == knot[0]
            assert all(after in graph[before] for before, after in pairwise(circle))

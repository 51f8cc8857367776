"""Circles in a graph: each knot of nodes that all reach each other, and the shortest way around through its first.

A knot is what graph theory calls a strongly connected component. Two knots share no node, so each is one mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]


def knots(graph: Graph) -> list[tuple[str, ...]]:
    """Every knot, and every node that leads to itself, each in the graph's order, in the order of their first nodes.

    Args:
        graph: for each node those that it leads to, all of them nodes of the graph.
    """
    order = {node: number for number, node in enumerate(graph)}
    found = (sorted(each, key=order.__getitem__) for each in _components(graph))
    tied = [tuple(each) for each in found if len(each) > 1 or each[0] in graph[each[0]]]
    return sorted(tied, key=lambda knot: order[knot[0]])


def shortest_circle(graph: Graph, knot: Sequence[str]) -> list[str]:
    """A shortest way from a knot's first node around to itself; that node is also the last."""
    start, inside = knot[0], {*knot}
    came_from: dict[str, str] = {}
    ahead = [start]
    for node in ahead:
        for each in graph[node]:
            if each in inside and each not in came_from:
                came_from[each] = node
                ahead.append(each)
    circle = [start]
    while circle[-1] != start or len(circle) == 1:
        circle.append(came_from[circle[-1]])
    return circle[::-1]


def _components(graph: Graph) -> Iterator[list[str]]:
    """Tarjan's algorithm without recursion, as a chain of needs may be longer than Python's stack."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: dict[str, int] = {}
    for root in graph:
        if root in number:
            continue
        work = [(root, iter(graph[root]))]
        while work:
            node, following = work[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                on_path[node] = len(path)
                path.append(node)
            for each in following:
                if each not in number:
                    work.append((each, iter(graph[each])))
                    break
                if each in on_path:
                    low[node] = min(low[node], number[each])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == number[node]:
                    start = on_path[node]
                    component = path[start:]
                    del path[start:]
                    for each in component:
                        del on_path[each]
                    yield component

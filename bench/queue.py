"""The ready queue beside the standard library's ``graphlib``, which knows neither pools nor lengths."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from statistics import median

from landform.plan.queue import Node, Ready

_STACKS_AN_ACCOUNT = 5


@dataclass(frozen=True, slots=True)
class Queueing:
    """The processor's seconds, a median, in which a queue starts and ends every node of one graph."""

    who: str
    processor: float
    nodes: int


def queueings(nodes: int, *, runs: int) -> list[Queueing]:
    """Both over one graph of accounts with five stacks each, in turns; landform with two pools a node and 50 jobs."""
    graph = _graph(nodes)
    who: dict[str, Callable[[], int]] = {
        "landform's ready queue": lambda: _landform(graph),
        "graphlib.TopologicalSorter": lambda: _graphlib(graph),
    }
    found: dict[str, list[float]] = {name: [] for name in who}
    for _ in range(runs):
        for name, drive in who.items():
            started = time.process_time()
            ended = drive()
            found[name].append(time.process_time() - started)
            if ended != len(graph):
                raise RuntimeError(f"{name} ended {ended} of {len(graph)} nodes")
    return [Queueing(name, median(seconds), len(graph)) for name, seconds in found.items()]


def _graph(nodes: int) -> list[Node]:
    found = []
    for number in range(nodes):
        account, place = divmod(number, _STACKS_AN_ACCOUNT)
        needs = (f"{account}.{place - 1}",) if place else ()
        if account and not place:
            needs = ("0.0",)
        pools = (f"account:{account}", f"api:{place}")
        found.append(Node(f"{account}.{place}", needs, pools, float(10 + number % 7)))
    return found


def _landform(graph: list[Node]) -> int:
    pools = {pool for node in graph for pool in node.pools}
    ready = Ready(graph, jobs=50, limits={pool: 1 if pool.startswith("account") else 20 for pool in pools})
    running: list[str] = []
    ended = 0
    while not ready.ended:
        for key in ready.ready():
            ready.start(key)
            running.append(key)
        ready.done(running.pop(0))
        ended += 1
    return ended


def _graphlib(graph: list[Node]) -> int:
    sorter = TopologicalSorter({node.key: node.needs for node in graph})
    sorter.prepare()
    ended = 0
    while sorter.is_active():
        for key in sorter.get_ready():
            sorter.done(key)
            ended += 1
    return ended

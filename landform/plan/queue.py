"""The ready queue: what may start now, when stacks need each other and the machine and AWS bear only so much at once.

Of the nodes whose needs are done, the one with the longest way still to go after it comes first (the critical path,
by expected seconds), because what is started last decides when all of it ends. A pool bounds how many nodes of one
kind run at once: an account, an API that throttles, a lock. A node that fails takes with it what needs it, and
nothing else. :class:`Ready` is a state machine without threads or clock; :func:`run` drives it with threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from heapq import heappop, heappush
from queue import SimpleQueue
from typing import Generic, Literal, TypeVar

from landform.errors import Code, LandformError
from landform.org.knots import knots, shortest_circle

T = TypeVar("T")
State = Literal["waiting", "ready", "running", "done", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Node:
    """Something to do.

    Attributes:
        key: its name, of which there is one.
        needs: the keys of nodes that must be done before it starts.
        pools: the pools in each of which it takes one place while it runs.
        seconds: how long it is expected to take.
    """

    key: str
    needs: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    seconds: float = 1.0


def needs_first(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The nodes in an order in which each comes after its needs, else as given. Raises as :class:`Ready` does."""
    found = {node.key: node for node in _unique(nodes)}
    return tuple(_needs_first(found, _dependents(found)))


def most_urgent_first(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The nodes by the longest way from the start of each to an end, in seconds, the longest first; equal ones as
    given. Raises as :class:`Ready` does.
    """
    found = {node.key: node for node in _unique(nodes)}
    return tuple(_urgent(found, _dependents(found)))


class Ready:
    """Which nodes may start, as others end.

    What :meth:`ready` offers holds its places in the pools from then on, so all that is offered can be started. Equal
    nodes come in the order in which they were given.

    Args:
        nodes: the graph.
        jobs: how many nodes run at once, whatever their pools.
        limits: how many run at once in a pool; a pool without a limit has none.

    Raises:
        LandformError: ``duplicate-id`` for a key given twice, ``reference`` for a need that is no node,
            ``dependency-cycle`` for nodes that need each other, ``usage`` for a limit below one.
    """

    def __init__(self, nodes: Iterable[Node], *, jobs: int, limits: Mapping[str, int] | None = None) -> None:
        self._nodes = {node.key: node for node in _unique(nodes)}
        self._limits = dict(limits or {})
        _check_limits(jobs, self._limits)
        self._dependents = _dependents(self._nodes)
        self._states: dict[str, State] = dict.fromkeys(self._nodes, "waiting")
        self._because: dict[str, str] = {}
        self._missing = {key: len({*node.needs}) for key, node in self._nodes.items()}
        self._ranks = {key: rank for rank, key in enumerate(_urgent(self._nodes, self._dependents))}
        self._free = jobs
        self._room = dict(self._limits)
        self._classes: dict[tuple[str, ...], _Class] = {}
        self._open: list[tuple[int, _Class]] = []
        self._parked: dict[str, list[tuple[int, _Class]]] = {pool: [] for pool in self._limits}
        self._offered: dict[str, None] = {}
        self._left = len(self._nodes)
        for key, missing in self._missing.items():
            if not missing:
                self._release(key)

    @property
    def states(self) -> Mapping[str, State]:
        """The state of each node, in the order given."""
        return self._states

    @property
    def because(self) -> Mapping[str, str]:
        """For each skipped node the failed one for which it was skipped."""
        return self._because

    @property
    def ended(self) -> bool:
        """Whether every node is done, failed or skipped."""
        return not self._left

    def ready(self) -> tuple[str, ...]:
        """All that may be started now and was not, the most urgent first."""
        while self._free and self._open:
            rank, group = heappop(self._open)
            if group.place is not None or not group.ranks or group.ranks[0] != rank:
                # Another entry of the same class, for a node that was or is more urgent, says where it is.
                continue
            full = next((pool for pool in group.pools if not self._room[pool]), None)
            if full is None:
                self._offer(group)
            else:
                group.place = full
                heappush(self._parked[full], (rank, group))
            for pool in group.pools:
                self._wake(pool)
        return tuple(self._offered)

    def start(self, key: str) -> None:
        """Say that an offered node runs.

        Raises:
            ValueError: where it is not among what :meth:`ready` offers.
        """
        if key not in self._offered:
            raise ValueError(f"{key} is {self._states.get(key, 'no node')}, not offered")
        del self._offered[key]
        self._states[key] = "running"

    def done(self, key: str) -> None:
        """Say that a running node has ended well; what needs it may become ready.

        Raises:
            ValueError: where it does not run.
        """
        self._end(key, "done")
        for dependent in self._dependents[key]:
            self._missing[dependent] -= 1
            if not self._missing[dependent] and self._states[dependent] == "waiting":
                self._release(dependent)

    def fail(self, key: str) -> tuple[str, ...]:
        """Say that a running node has failed. Gives what is skipped for it, the nearest first.

        Raises:
            ValueError: where it does not run.
        """
        self._end(key, "failed")
        ahead = [key]
        for one in ahead:
            for dependent in self._dependents[one]:
                if self._states[dependent] == "waiting":
                    self._states[dependent] = "skipped"
                    self._because[dependent] = key
                    ahead.append(dependent)
        self._left -= len(ahead) - 1
        return tuple(ahead[1:])

    def _offer(self, group: _Class) -> None:
        key = group.keys.pop(heappop(group.ranks))
        self._offered[key] = None
        self._free -= 1
        for pool in group.pools:
            self._room[pool] -= 1
        if group.ranks:
            heappush(self._open, (group.ranks[0], group))

    def _release(self, key: str) -> None:
        """A node's needs are done: it joins its class, the nodes of the same pools."""
        pools = tuple(pool for pool in dict.fromkeys(self._nodes[key].pools) if pool in self._limits)
        group = self._classes.get(pools)
        if group is None:
            group = self._classes[pools] = _Class(pools, len(self._classes))
        rank = self._ranks[key]
        self._states[key] = "ready"
        heappush(group.ranks, rank)
        group.keys[rank] = key
        if group.ranks[0] == rank:
            heap = self._open if group.place is None else self._parked[group.place]
            heappush(heap, (rank, group))

    def _wake(self, pool: str) -> None:
        """Where a pool has room, the most urgent class that was parked for it is looked at again."""
        parked = self._parked[pool]
        while self._room[pool] and parked:
            rank, group = heappop(parked)
            if group.place == pool and group.ranks[0] == rank:
                group.place = None
                heappush(self._open, (rank, group))
                return

    def _end(self, key: str, state: State) -> None:
        if self._states.get(key) != "running":
            raise ValueError(f"{key} is {self._states.get(key, 'no node')}, not running")
        self._states[key] = state
        self._left -= 1
        self._free += 1
        for pool in dict.fromkeys(self._nodes[key].pools):
            if pool in self._limits:
                self._room[pool] += 1
                self._wake(pool)


@dataclass(slots=True)
class _Class:
    """The ready nodes of one tuple of pools, which have room at the same time: a thousand accounts are looked at
    when their pools change, not at every start. ``place`` is the full pool at which they wait, or None.
    """

    pools: tuple[str, ...]
    number: int
    ranks: list[int] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)
    place: str | None = None

    def __lt__(self, other: _Class) -> bool:
        # For heaps, where an outdated entry may have the rank of another class's.
        return self.number < other.number


@dataclass(frozen=True, slots=True)
class QueueEvent:
    """A node has started or ended. ``because`` is the failed node for which this one was skipped."""

    key: str
    state: Literal["running", "done", "failed", "skipped"]
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """How a node ended: with a value, with an error, or not at all because of another."""

    state: Literal["done", "failed", "skipped"]
    value: T | None = None
    error: LandformError | None = None
    because: str | None = None


def run(
    nodes: Iterable[Node],
    work: Callable[[str], T],
    *,
    jobs: int,
    limits: Mapping[str, int] | None = None,
    on_event: Callable[[QueueEvent], None] = lambda _: None,
    on_stop: Callable[[], None] = lambda: None,
) -> dict[str, Ended[T]]:
    """Do the work of every node, several at once, each in a thread.

    Args:
        nodes: the graph.
        work: does one node, by its key. A ``LandformError`` fails the node; any other exception stops everything.
        jobs: how many at once.
        limits: how many at once in a pool.
        on_event: told what starts and ends, in order, by the thread that called.
        on_stop: called once when no more is to be started while some still runs. It may make that end soon; what runs
            is waited for in any case.

    Returns:
        How each node ended, in the order given.

    Raises:
        LandformError: as :class:`Ready` does.
        KeyboardInterrupt: on Ctrl-C, after what ran has ended and was told. Any other exception of ``work`` likewise.
    """
    nodes = tuple(nodes)
    ready = Ready(nodes, jobs=jobs, limits=limits)
    ended: dict[str, Ended[T]] = {}
    running: dict[str, Future[T]] = {}
    finished: SimpleQueue[str] = SimpleQueue()

    def start(key: str) -> None:
        ready.start(key)
        on_event(QueueEvent(key, "running"))
        running[key] = pool.submit(work, key)
        running[key].add_done_callback(lambda _: finished.put(key))

    def end(key: str) -> None:
        """May be broken off by Ctrl-C at any point, and is then done again."""
        future = running[key]
        error = future.exception()
        if isinstance(error, LandformError):
            if ready.states[key] == "running":
                ready.fail(key)
            ended[key] = Ended("failed", error=error)
            on_event(QueueEvent(key, "failed"))
            for skipped in (each for each, because in ready.because.items() if because == key):
                ended[skipped] = Ended("skipped", because=key)
                on_event(QueueEvent(skipped, "skipped", key))
        else:
            value = future.result()
            if ready.states[key] == "running":
                ready.done(key)
            ended[key] = Ended("done", value=value)
            on_event(QueueEvent(key, "done"))
        del running[key]

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            while not ready.ended:
                for key in ready.ready():
                    start(key)
                end(finished.get())
        except BaseException:
            on_stop()
            wait(running.values())
            for key, future in tuple(running.items()):
                if future.exception() is None or isinstance(future.exception(), LandformError):
                    end(key)
            raise
    return {node.key: ended[node.key] for node in nodes}


def _unique(nodes: Iterable[Node]) -> Sequence[Node]:
    nodes = tuple(nodes)
    seen: set[str] = set()
    for node in nodes:
        if node.key in seen:
            raise LandformError(Code.DUPLICATE_ID, "Two nodes of a queue have one key.", given=node.key)
        seen.add(node.key)
    return nodes


def _check_limits(jobs: int, limits: Mapping[str, int]) -> None:
    for what, limit in {"jobs": jobs, **limits}.items():
        if limit < 1:
            raise LandformError(
                Code.USAGE,
                "At least one must be able to run at once.",
                given=f"{what}: {limit}",
                expected="a whole number from 1",
            )


def _dependents(nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    """For each node those that need it, in the order given."""
    found: dict[str, list[str]] = {key: [] for key in nodes}
    for node in nodes.values():
        for need in dict.fromkeys(node.needs):
            if need not in found:
                raise LandformError(
                    Code.REFERENCE, "A node needs one that is not in the queue.", given=f"{node.key}: {need}"
                )
            found[need].append(node.key)
    return found


def _needs_first(nodes: Mapping[str, Node], dependents: Mapping[str, Sequence[str]]) -> list[str]:
    missing = {key: len({*node.needs}) for key, node in nodes.items()}
    order = [key for key, count in missing.items() if not count]
    for key in order:
        for dependent in dependents[key]:
            missing[dependent] -= 1
            if not missing[dependent]:
                order.append(dependent)
    if len(order) < len(nodes):
        circle = shortest_circle(dependents, knots(dependents)[0])
        raise LandformError(
            Code.DEPENDENCY_CYCLE,
            "Stacks need each other in a circle.",
            given=" -> ".join(reversed(circle)),
            fix="Take one of these needs away.",
        )
    return order


def _urgent(nodes: Mapping[str, Node], dependents: Mapping[str, Sequence[str]]) -> list[str]:
    ways: dict[str, float] = {}
    for key in reversed(_needs_first(nodes, dependents)):
        ways[key] = nodes[key].seconds + max((ways[each] for each in dependents[key]), default=0.0)
    return sorted(nodes, key=lambda key: -ways[key])

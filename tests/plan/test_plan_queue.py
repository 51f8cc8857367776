"""The ready queue: needs first, within the pools, the longest way first; a failure takes only what needs it."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.plan.queue import Node, QueueEvent, Ready, run

POOLS = ("account:a", "account:b", "api:s3")


@st.composite
def graphs(draw):
    """Up to 12 nodes, each of which may need any before it."""
    keys = [f"n{number}" for number in range(draw(st.integers(1, 12)))]
    return [
        Node(
            key,
            needs=tuple(draw(st.lists(st.sampled_from(keys[:number]), max_size=3))) if number else (),
            pools=tuple(draw(st.lists(st.sampled_from(POOLS), max_size=2, unique=True))),
            seconds=draw(st.sampled_from([1.0, 1.0, 5.0])),
        )
        for number, key in enumerate(keys)
    ]


def walk(data, nodes, jobs, limits):
    """Run a queue with ends in any order; gives what started, and what ran at each start."""
    ready, running, started = Ready(nodes, jobs=jobs, limits=limits), [], []
    while not ready.ended:
        for key in ready.ready():
            ready.start(key)
            running.append(key)
            started.append((key, tuple(running), dict(ready.states)))
        assert running, "nothing runs and nothing may start"
        key = running.pop(data.draw(st.integers(0, len(running) - 1)))
        if data.draw(st.integers(0, 4)) == 0:
            ready.fail(key)
        else:
            ready.done(key)
    return ready, started


class TestReady:
    """The state machine."""

    @settings(deadline=None)
    @given(st.data(), graphs(), st.integers(1, 5), st.integers(1, 2))
    def test_nothing_starts_before_its_needs_are_done(self, data, nodes, jobs, limit):
        """Whatever ends in whatever order, well or not."""
        needs = {node.key: node.needs for node in nodes}
        _, started = walk(data, nodes, jobs, dict.fromkeys(POOLS, limit))
        for key, _, states in started:
            assert all(states[need] == "done" for need in needs[key])

    @settings(deadline=None)
    @given(st.data(), graphs(), st.integers(1, 5), st.integers(1, 2))
    def test_no_pool_is_ever_exceeded(self, data, nodes, jobs, limit):
        """Neither a pool nor the number of jobs."""
        pools = {node.key: node.pools for node in nodes}
        _, started = walk(data, nodes, jobs, dict.fromkeys(POOLS, limit))
        for _, running, _ in started:
            assert len(running) <= jobs
            assert all(sum(pool in pools[key] for key in running) <= limit for pool in POOLS)

    @settings(deadline=None)
    @given(st.data(), graphs(), st.integers(1, 5), st.integers(1, 2))
    def test_everything_ends_and_only_what_needs_a_failure_is_skipped(self, data, nodes, jobs, limit):
        """A node is skipped if and only if one of its needs failed or was skipped."""
        ready, started = walk(data, nodes, jobs, dict.fromkeys(POOLS, limit))
        assert set(ready.states.values()) <= {"done", "failed", "skipped"}
        assert len({key for key, _, _ in started}) == len(started)
        for node in nodes:
            lost = any(ready.states[need] in ("failed", "skipped") for need in node.needs)
            assert (ready.states[node.key] == "skipped") == lost

    @settings(deadline=None)
    @given(graphs(), st.integers(1, 5), st.integers(1, 2))
    def test_no_place_stays_empty_that_a_ready_node_could_take(self, nodes, jobs, limit):
        """What is ready and not offered has a full pool, or all jobs are taken."""
        pools = {node.key: node.pools for node in nodes}
        ready, running = Ready(nodes, jobs=jobs, limits=dict.fromkeys(POOLS, limit)), []
        while not ready.ended:
            for key in ready.ready():
                ready.start(key)
                running.append(key)
            full = {pool for pool in POOLS if sum(pool in pools[key] for key in running) == limit}
            for key, state in ready.states.items():
                assert state != "ready" or len(running) == jobs or full & {*pools[key]}
            ready.done(running.pop(0))

    @settings(deadline=None)
    @given(graphs())
    def test_the_order_is_the_same_every_time(self, nodes):
        """One node at a time, everything done: the same nodes in the same order."""
        assert order(nodes) == order(nodes)

    def test_equal_nodes_come_in_the_order_given(self):
        """No name and no hash decides."""
        assert order([Node("b"), Node("a"), Node("c")]) == ["b", "a", "c"]

    def test_the_longest_way_starts_first(self):
        """A short node that a long one waits for is more urgent than one of middle length."""
        nodes = [Node("middle", seconds=50), Node("short", seconds=1), Node("long", ("short",), seconds=100)]
        assert order(nodes) == ["short", "long", "middle"]

    def test_a_full_pool_does_not_hold_up_others(self):
        """The second node of an account waits, a node of another account does not."""
        nodes = [Node("a1", pools=("a",)), Node("a2", pools=("a",)), Node("b1", pools=("b",))]
        ready = Ready(nodes, jobs=5, limits={"a": 1, "b": 1})
        assert ready.ready() == ("a1", "b1")

    def test_a_freed_place_goes_past_one_that_another_pool_holds_up(self):
        """What waits for two pools does not keep the place in one of them."""
        nodes = [
            Node("x", pools=("p",), seconds=9),
            Node("y", pools=("q",), seconds=8),
            Node("both", pools=("p", "q"), seconds=7),
            Node("z", pools=("p",), seconds=1),
        ]
        ready = Ready(nodes, jobs=9, limits={"p": 1, "q": 1})
        for key in ready.ready():
            ready.start(key)
        ready.done("x")
        assert ready.ready() == ("z",)

    def test_a_failure_names_itself_to_what_is_skipped(self):
        """Also to what needs it through others."""
        ready = Ready([Node("a"), Node("b", ("a",)), Node("c", ("b",)), Node("d")], jobs=1)
        assert ready.ready() == ("a",)
        ready.start("a")
        assert ready.fail("a") == ("b", "c")
        assert ready.because == {"b": "a", "c": "a"}
        assert ready.ready() == ("d",)

    def test_only_what_is_offered_can_start(self):
        """And only once."""
        ready = Ready([Node("a"), Node("b", ("a",))], jobs=2)
        ready.ready()
        with pytest.raises(ValueError, match="b is waiting"):
            ready.start("b")
        ready.start("a")
        with pytest.raises(ValueError, match="a is running"):
            ready.start("a")

    @pytest.mark.parametrize(
        ("nodes", "code", "given"),
        [
            ([Node("a"), Node("a")], Code.DUPLICATE_ID, "a"),
            ([Node("a", ("b",))], Code.REFERENCE, "a: b"),
            ([Node("a", ("b",)), Node("b", ("a",))], Code.DEPENDENCY_CYCLE, "a -> b -> a"),
        ],
    )
    def test_what_is_no_graph_is_refused(self, nodes, code, given):
        """Before anything starts."""
        with pytest.raises(LandformError) as refused:
            Ready(nodes, jobs=1)
        assert (refused.value.code, refused.value.given) == (code, given)

    @pytest.mark.parametrize(("jobs", "limits"), [(0, {}), (1, {"a": 0})])
    def test_a_limit_below_one_is_refused(self, jobs, limits):
        """Nothing could ever end."""
        with pytest.raises(LandformError) as refused:
            Ready([Node("a")], jobs=jobs, limits=limits)
        assert refused.value.code is Code.USAGE


class TestRun:
    """The queue with threads."""

    def test_values_errors_and_skipped_nodes_come_back_in_the_order_given(self):
        """Each with its own."""

        def work(key):
            if key == "bad":
                raise LandformError(Code.TERRAFORM_FAILED, "no")
            return key.upper()

        ended = run([Node("after", ("bad",)), Node("bad"), Node("good")], work, jobs=2)
        assert list(ended) == ["after", "bad", "good"]
        assert ended["good"].value == "GOOD"
        assert ended["bad"].error.code is Code.TERRAFORM_FAILED
        assert (ended["after"].state, ended["after"].because) == ("skipped", "bad")

    def test_what_starts_and_ends_is_told_in_order(self):
        """By the thread that called."""
        told = []
        run(
            [Node("a"), Node("b", ("a",))],
            str.upper,
            jobs=4,
            on_event=lambda event: told.append((threading.current_thread(), event)),
        )
        assert [event for _, event in told] == [
            QueueEvent("a", "running"),
            QueueEvent("a", "done"),
            QueueEvent("b", "running"),
            QueueEvent("b", "done"),
        ]
        assert {thread for thread, _ in told} == {threading.main_thread()}

    def test_as_many_run_at_once_as_there_are_jobs(self):
        """Three wait for each other, which fewer could not."""
        barrier = threading.Barrier(3, timeout=10)
        ended = run([Node(key) for key in "abc"], lambda _: barrier.wait(), jobs=3)
        assert {each.state for each in ended.values()} == {"done"}

    def test_on_ctrl_c_nothing_more_starts_and_what_runs_is_waited_for(self):
        """And its end is told."""
        told, stopped = [], threading.Event()

        def on_event(event):
            told.append(event)
            if event == QueueEvent("b", "running"):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(
                [Node(key) for key in "abc"],
                lambda _: stopped.wait(10),
                jobs=2,
                on_event=on_event,
                on_stop=stopped.set,
            )
        assert told == [QueueEvent("a", "running"), QueueEvent("b", "running"), QueueEvent("a", "done")]

    def test_an_exception_that_is_no_error_of_a_stack_stops_everything(self):
        """A mistake in landform itself is not counted as a failed stack."""
        with pytest.raises(ZeroDivisionError):
            run([Node("a"), Node("b", ("a",))], lambda _: 1 / 0, jobs=1)


def order(nodes):
    """The order in which a queue starts its nodes, one at a time."""
    ready, keys = Ready(nodes, jobs=1), []
    while not ready.ended:
        (key,) = ready.ready()
        ready.start(key)
        ready.done(key)
        keys.append(key)
    return keys

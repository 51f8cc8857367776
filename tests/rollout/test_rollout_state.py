"""A roll-out as a fold over its record, what it does next, and that a kill at any point loses and doubles nothing."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.rollout.decide import Health, Over, Settle, Start, Until, Wait, Write, decide, limit
from landform.rollout.loop import drive
from landform.rollout.policy import Freeze
from landform.rollout.simulate import SimulatedEvent
from landform.rollout.state import Rollout

from .fleets import NOW, step
from .worlds import Killed, World

STACKS = ("a.base", "a.app", "b.base", "b.app")
KINDS = (
    "stack-started",
    "stack-applied",
    "stack-failed",
    "stack-in-doubt",
    "stack-skipped",
)


def event(kind, stack=None, **body):
    return SimulatedEvent(kind, stack, NOW.isoformat(), body)


TWO = (step("a", "b"),)
WAVE_1 = {"wave": 1, "name": "step 1", "stacks": ["a.base", "a.app"]}


def opened(*events, steps=TWO):
    """A roll-out whose first step is open, after some events."""
    return Rollout.of(steps, [event("run-started"), event("wave-started", wave=1), *events])


def started(stack):
    return event("stack-started", stack)


def applied(stack):
    return event("stack-applied", stack)


def failed(stack):
    return event("stack-failed", stack, error={"code": "terraform-failed", "message": "no"})


def strict_holds(rollout_steps, events):
    """At every start: not more accounts at once than the strict rule allows, and the roll-out was not halted."""
    rollout = Rollout.of(rollout_steps)
    for each in events:
        at_hand = rollout.step
        rollout = rollout.after(each)
        if each.kind == "stack-started":
            active = {rollout.stacks[name].account for name in rollout.names("applying")}
            assert len(active) <= limit(at_hand, len(rollout.failed_accounts(at_hand)))
            assert rollout.halted is None
            assert not rollout.names("in-doubt")


class TestAfter:
    """The fold."""

    @pytest.mark.parametrize(
        ("events", "state"),
        [
            ([], "pending"),
            ([started("a.base")], "applying"),
            ([started("a.base"), applied("a.base")], "applied"),
            ([started("a.base"), failed("a.base")], "failed"),
            ([started("a.base"), event("stack-in-doubt", "a.base")], "in-doubt"),
            ([event("stack-skipped", "a.base", reason="no")], "skipped"),
            ([started("a.base"), event("resumed")], "in-doubt"),
            ([started("a.base"), event("resumed"), applied("a.base")], "applied"),
            (
                [started("a.base"), event("resumed"), event("stack-failed", "a.base", changed=False)],
                "pending",
            ),
            ([started("a.base"), event("resumed"), failed("a.base")], "failed"),
            ([started("a.base"), event("stack-failed", "a.base", changed=False)], "failed"),
            ([started("a.base"), failed("a.base"), event("resumed")], "pending"),
            ([event("planned", "a.base"), event("drift-found")], "pending"),
        ],
    )
    def test_what_a_stack_is_follows_from_what_was_recorded(self, events, state):
        """Every state, and every way into it."""
        assert opened(*events).states["a.base"] == state

    @pytest.mark.parametrize(
        "events",
        [
            [started("a.base"), started("a.base")],
            [started("a.base"), event("resumed"), started("a.base")],
            [started("a.base"), applied("a.base"), started("a.base")],
            [event("halted", reason="no"), started("a.base")],
            [applied("a.base")],
            [started("c.base")],
            [event("stack-skipped", "a.base"), applied("a.base")],
            [event("stack-in-doubt", "a.base")],
            [event("wave-started", wave=2)],
            [event("wave-started")],
            [event("bake-started", wave=1, until=NOW.isoformat())],
            [event("bake-ended", wave=1, healthy=True)],
            [event("run-ended")],
            [event("run-started")],
        ],
    )
    def test_a_record_of_what_cannot_have_happened_is_refused(self, events):
        """It is not guessed what was meant."""
        with pytest.raises(LandformError) as refused:
            opened(*events)
        assert refused.value.code is Code.ROLLOUT_RECORD

    def test_a_halted_roll_out_can_be_given_up_once_nothing_runs(self):
        """It is over then, and cannot be resumed."""
        halted = opened(started("a.base"), event("halted", reason="no"))
        with pytest.raises(LandformError):
            halted.after(event("run-ended"))
        given_up = halted.after(failed("a.base")).after(event("run-ended"))
        assert decide(given_up, NOW) == Over("ended")
        with pytest.raises(LandformError):
            given_up.after(event("resumed"))

    def test_a_stack_of_a_step_that_is_not_open_cannot_have_started(self):
        """The barrier holds in the record too."""
        steps = (step("a"), step("b", number=2))
        with pytest.raises(LandformError) as refused:
            opened(started("b.base"), steps=steps)
        assert refused.value.code is Code.ROLLOUT_RECORD

    @settings(deadline=None, max_examples=300)
    @given(
        st.lists(
            st.one_of(
                st.tuples(st.sampled_from(KINDS), st.sampled_from(STACKS), st.booleans()),
                st.tuples(st.sampled_from(["halted", "resumed"]), st.none(), st.just(False)),
            ),
            max_size=40,
        )
    )
    def test_no_order_of_events_starts_a_stack_twice_unsettled_or_after_a_halt(self, drawn):
        """What the fold takes of any events at all."""
        rollout, halted = opened(), False
        since: dict[str, list[str]] = {}
        for kind, stack, settled in drawn:
            body = {"changed": False} if settled else {"reason": "no"}
            try:
                rollout = rollout.after(event(kind, stack, **body))
            except LandformError:
                continue
            halted = {"halted": True, "resumed": False}.get(kind, halted)
            if kind == "stack-started":
                assert not halted
                assert stack not in since or {"settled", "resumed-after-failure"} & {*since[stack]}
                since[stack] = []
            elif stack in since:
                doubted = since[stack] and since[stack][-1] in ("stack-in-doubt", "resumed")
                unchanged = kind == "stack-failed" and settled and doubted
                since[stack].append("settled" if unchanged else kind)
            elif kind == "resumed":
                for seen in since.values():
                    seen.append("resumed-after-failure" if seen and seen[-1] == "stack-failed" else kind)


class TestDecide:
    """What comes next."""

    def test_it_begins_with_the_record_of_its_start(self):
        """Then opens the first step."""
        rollout = Rollout.of((step("a"),))
        assert decide(rollout, NOW) == Write("run-started")
        rollout = rollout.after(event("run-started"))
        assert decide(rollout, NOW) == Write("wave-started", body=WAVE_1)

    def test_without_tolerance_one_account_changes_at_a_time(self):
        """Whatever the tier's max_concurrent says."""
        rollout = opened(steps=(step("a", "b", max_concurrent=10),))
        assert decide(rollout, NOW) == Start(("a.base",))
        assert decide(rollout.after(started("a.base")), NOW) == Wait(("a.base",))

    @pytest.mark.parametrize(
        ("tolerance", "most", "failures", "expected"),
        [(0, 10, 0, 1), (3, 10, 0, 4), (3, 2, 0, 2), (3, 10, 2, 2), (3, 2, 3, 1), (0, 10, 1, 0)],
    )
    def test_as_many_accounts_as_may_still_fail_and_one(self, tolerance, most, failures, expected):
        """StackSets' strict rule."""
        assert limit(step("a", tolerance=tolerance, max_concurrent=most), failures) == expected

    def test_an_account_that_has_begun_comes_before_a_new_one(self):
        """As few as can be are half-way."""
        assert decide(opened(started("b.base"), applied("b.base")), NOW) == Start(("b.app",))

    def test_an_account_that_waits_for_another_does_not_hold_it_up(self):
        """Though only one may change at a time."""
        step_ = step("a", "b")
        stacks = tuple(
            replace(each, needs=("b.app",)) if each.name == "a.app" else each for each in step_.stacks
        )
        rollout = opened(started("a.base"), applied("a.base"), steps=(replace(step_, stacks=stacks),))
        assert decide(rollout, NOW) == Start(("b.base",))

    def test_more_failures_than_the_tolerance_halt(self):
        """The failed account is named."""
        rollout = opened(started("a.base"), failed("a.base"))
        assert decide(rollout, NOW) == Write(
            "halted",
            body={
                "wave": 1,
                "reason": "step 1 (step 1): failed in 1 of 2 accounts, 0 may fail: a",
                "failed": ["a.base"],
            },
        )

    def test_two_failures_in_one_account_count_once(self):
        """The tolerance counts accounts."""
        bases = step("a", "b", stacks=("base",), tolerance=1, max_concurrent=2)
        both = replace(bases, stacks=(*bases.stacks, *step("a", stacks=("other",)).stacks))
        events = [started("a.base"), started("a.other"), failed("a.base"), failed("a.other")]
        assert decide(opened(*events, steps=(both,)), NOW) == Start(("b.base",))

    def test_a_tolerated_failure_skips_what_needs_it_and_nothing_else(self):
        """And the skipped stack knows why."""
        steps = (step("a", "b", tolerance=1),)
        rollout = opened(started("a.base"), failed("a.base"), steps=steps)
        because = {"wave": 1, "reason": "it needs a.base, which failed"}
        assert decide(rollout, NOW) == Write("stack-skipped", "a.app", because)
        rollout = rollout.after(event("stack-skipped", "a.app", **because))
        assert rollout.reasons == {"a.base": "no", "a.app": "it needs a.base, which failed"}
        assert decide(rollout, NOW) == Start(("b.base",))

    def test_never_more_stacks_at_once_than_jobs(self):
        """However many accounts may change."""
        rollout = opened(steps=(step("a", "b", "c", tolerance=9, max_concurrent=9),))
        assert decide(rollout, NOW, jobs=2) == Start(("a.base", "b.base"))

    def test_once_halted_only_what_runs_is_waited_for(self):
        """Until somebody resumes it."""
        rollout = opened(started("a.base"), event("halted", reason="by hand"))
        assert decide(rollout, NOW) == Wait(("a.base",))
        rollout = rollout.after(applied("a.base"))
        assert decide(rollout, NOW) == Over("halted", "by hand")
        assert decide(rollout.after(event("resumed")), NOW) == Start(("a.app",))

    def test_what_was_being_applied_at_a_kill_is_settled_first(self):
        """Before anything else starts."""
        rollout = opened(started("a.base"), event("resumed"))
        assert decide(rollout, NOW) == Settle(("a.base",))

    def test_after_a_resume_what_failed_is_tried_first(self):
        """So that the limits soon know of it again."""
        events = [started("a.base"), applied("a.base"), started("a.app"), failed("a.app")]
        rollout = opened(*events, event("halted", reason="no"), event("resumed"))
        assert decide(rollout, NOW) == Start(("a.app",))

    def test_a_step_bakes_before_the_next_one_opens(self):
        """From its last end, for as long as the step says."""
        steps = (step("a", stacks=("base",), bake=600), step("b", number=2))
        rollout = opened(started("a.base"), applied("a.base"), steps=steps)
        until = NOW + timedelta(minutes=10)
        begun = Write("bake-started", body={"wave": 1, "until": until.isoformat()})
        assert decide(rollout, NOW) == begun
        rollout = rollout.after(event(begun.kind, **begun.body))
        assert decide(rollout, NOW) == Until(1, until, "bake", "step 1 bakes")
        green = Write("bake-ended", body={"wave": 1, "healthy": True})
        assert decide(rollout, until) == green
        rollout = rollout.after(event(green.kind, **green.body))
        assert decide(rollout, until) == Write(
            "wave-started", body={"wave": 2, "name": "step 2", "stacks": ["b.base", "b.app"]}
        )

    @pytest.mark.parametrize("retried", [False, True])
    def test_a_resume_goes_on_with_a_bake_unless_something_is_tried_again(self, retried):
        """Then it proves nothing."""
        until = NOW + timedelta(hours=1)
        rollout = opened(
            started("a.base"),
            failed("a.base") if retried else applied("a.base"),
            event("bake-started", wave=1, until=until.isoformat()),
            event("resumed"),
            steps=(step("a", stacks=("base",), tolerance=1, bake=3600),),
        )
        later = NOW + timedelta(minutes=59)
        expected = Start(("a.base",)) if retried else Until(1, until, "bake", "step 1 bakes")
        assert decide(rollout, later) == expected

    def test_a_red_verdict_halts_and_is_asked_for_again_on_resume(self):
        """What it found may be mended."""
        rollout = opened(
            started("a.base"),
            applied("a.base"),
            event("bake-started", wave=1, until=NOW.isoformat()),
            steps=(step("a", stacks=("base",)),),
        )
        assert decide(rollout, NOW, health=True) == Health(1)
        rollout = rollout.after(event("bake-ended", wave=1, healthy=False))
        decision = decide(rollout, NOW, health=True)
        assert decision.kind == "halted"
        rollout = rollout.after(event("halted", **decision.body)).after(event("resumed"))
        assert decide(rollout, NOW, health=True) == Health(1)

    def test_in_a_freeze_window_nothing_starts(self):
        """Neither a step nor the next stack of an open one; it is said until when and why."""
        window = Freeze(date(2026, 11, 23), date(2026, 11, 24), "sale")
        steps = (step("a", freeze=(window,)),)
        frozen = Until(1, NOW.replace(day=25, hour=0), "freeze", "sale")
        assert decide(Rollout.of(steps, [event("run-started")]), NOW) == frozen
        rollout = opened(started("a.base"), steps=steps)
        assert decide(rollout, NOW) == Wait(("a.base",))
        assert decide(rollout.after(applied("a.base")), NOW) == frozen

    def test_the_end_is_recorded(self):
        """After the last step."""
        rollout = opened(
            started("a.base"),
            applied("a.base"),
            event("bake-ended", wave=1, healthy=True),
            steps=(step("a", stacks=("base",)),),
        )
        counts = {"outcome": "done", "applied": 1, "failed": 0, "skipped": 0}
        assert decide(rollout, NOW) == Write("run-ended", body=counts)
        assert decide(rollout.after(event("run-ended")), NOW) == Over("ended")


FLEET = (
    step("a", bake=60),
    step("b", "c", "d", number=2, tolerance=1, max_concurrent=3),
    step("e", "f", "g", "h", number=3, tolerance=2, max_concurrent=2, bake=60),
)


class TestDrive:
    """The loop, in worlds where anything may end first."""

    @settings(deadline=None)
    @given(st.integers(0, 10**6), st.sets(st.sampled_from([s.name for each in FLEET for s in each.stacks])))
    def test_the_strict_rule_holds_at_every_start(self, seed, failing):
        """Whatever fails, in whatever order."""
        world = World(seed, failing=failing)
        drive(Rollout.of(FLEET), world, health=True)
        strict_holds(FLEET, world.events)

    def test_what_fails_too_often_leaves_the_later_steps_alone(self):
        """They are never opened."""
        world = World(failing={"b.base", "c.base"})
        ended = drive(Rollout.of(FLEET), world)
        assert ended.halted.startswith("step 2")
        assert ended.names("failed") == ("b.base", "c.base")
        assert {ended.states[stack.name] for stack in FLEET[2].stacks} == {"pending"}

    @pytest.mark.parametrize("failing", [(), ("b.base", "e.app", "f.base")])
    def test_two_hundred_kills_end_where_the_uninterrupted_run_does(self, failing):
        """Each at a random action of a run, and again while it is resumed; nothing is applied twice."""
        quiet = World(failing=failing)
        expected = drive(Rollout.of(FLEET), quiet, health=True)
        assert expected.ended
        chance = random.Random(6)
        for seed in range(200):
            world = World(seed, failing=failing)
            kills = sorted(chance.randrange(1, quiet.actions) for _ in range(chance.choice([1, 1, 2, 3])))
            ended = survive(world, kills)
            assert ended.states == expected.states
            assert ended.ended
            assert max(world.applies.values()) == 1
            strict_holds(FLEET, world.events)

    def test_a_kill_of_a_run_that_halts_leaves_it_halted(self):
        """Not more accounts fail in a step than its tolerance and one, however often it is resumed."""
        chance = random.Random(7)
        failing = {"b.base", "c.app", "d.base"}
        for seed in range(100):
            world = World(seed, failing=failing)
            ended = survive(world, [chance.randrange(1, 60)])
            assert ended.halted
            assert len(ended.failed_accounts(FLEET[1])) <= FLEET[1].tolerance + 1
            assert max(world.applies.values(), default=1) == 1
            strict_holds(FLEET, world.events)

    def test_a_red_verdict_halts_and_a_resume_goes_on(self):
        """With the step after it."""
        world = World(verdicts=[False])
        ended = drive(Rollout.of(FLEET), world, health=True)
        assert (ended.halted, ended.closed) == ("the health command said no after step 1", 0)
        ended = drive(ended.after(world.record("resumed")), world, health=True)
        assert ended.ended
        assert Counter(ended.states.values()) == {"applied": 16}


def survive(world, kills):
    """Roll out, killed at these actions of the whole story and resumed each time."""
    for kill in (*kills, None):
        world.kill = kill if kill is None or kill > world.actions else world.actions + kill
        try:
            rollout = Rollout.of(FLEET, world.events)
            if rollout.started and not rollout.ended:
                rollout = rollout.after(world.record("resumed"))
            ended = drive(rollout, world, health=True)
        except Killed:
            continue
        world.kill = None
        if ended.halted:
            break
    return Rollout.of(FLEET, world.events)

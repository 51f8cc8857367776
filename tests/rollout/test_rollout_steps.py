"""Waves, tiers and percentages cut into steps."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.rollout.policy import AccountWave, Freeze, TierPolicy, WavePolicy, frozen_until
from landform.rollout.steps import make_steps

from .fleets import NOW, policy, record


def accounts_of(steps):
    return [step.accounts for step in steps]


class TestMakeSteps:
    """From records and a policy to steps."""

    def test_waves_come_one_after_the_other(self):
        """Whatever the accounts are called."""
        steps = make_steps([record("a", "x"), record("b", "x")], policy({"a": 2, "b": 1}))
        assert accounts_of(steps) == [("b",), ("a",)]
        assert [step.number for step in steps] == [1, 2]

    def test_in_a_wave_the_tiers_come_by_rank(self):
        """And tiers of one rank together."""
        records = [record("p", "x"), record("d", "x", tier="dev"), record("t", "x", tier="test")]
        tiers = {"prod": TierPolicy(40), "dev": TierPolicy(10), "test": TierPolicy(10)}
        steps = make_steps(records, policy({"p": 1, "d": 1, "t": 1}, **tiers))
        assert accounts_of(steps) == [("d", "t"), ("p",)]
        assert steps[0].title == "wave 1, dev and test"

    @pytest.mark.parametrize(
        ("count", "sizes"), [(1, [1]), (2, [1, 1]), (10, [1, 4, 5]), (200, [2, 18, 80, 100])]
    )
    def test_percentages_are_cumulative_and_no_part_is_empty(self, count, sizes):
        """1% of ten accounts is one account, and so is 10% of them."""
        names = [f"a{number:03}" for number in range(count)]
        tiers = {"prod": TierPolicy(40, parts=(1, 10, 50, 100))}
        steps = make_steps([record(name, "x") for name in names], policy(dict.fromkeys(names, 1), **tiers))
        assert [len(step.accounts) for step in steps] == sizes
        assert [name for step in steps for name in step.accounts] == names

    def test_needed_accounts_come_in_an_earlier_part(self):
        """The network of z is there before a connects to it."""
        tiers = {"prod": TierPolicy(40, parts=(1, 100))}
        records = [record("a", "x", needs=["z.net"]), record("b", "x"), record("z", "net")]
        steps = make_steps(records, policy({"a": 1, "b": 1, "z": 1}, **tiers))
        assert [stack.name for step in steps for stack in step.stacks].index("z.net") < [
            stack.name for step in steps for stack in step.stacks
        ].index("a.x")

    def test_accounts_that_need_each_other_stay_together(self):
        """Their stacks make no circle, the accounts do."""
        tiers = {"prod": TierPolicy(40, parts=(1, 100))}
        records = [
            record("a", "x", needs=["b.y"]),
            record("b", "y"),
            record("b", "z", needs=["a.w"]),
            record("a", "w"),
            record("c", "x"),
        ]
        steps = make_steps(records, policy({"a": 1, "b": 1, "c": 1}, **tiers))
        assert sorted(accounts_of(steps)) == [("a", "b"), ("c",)]

    def test_a_need_in_a_later_step_is_refused(self):
        """Both stacks and their steps are named."""
        records = [record("a", "x", needs=["b.net"]), record("b", "net")]
        with pytest.raises(LandformError) as refused:
            make_steps(records, policy({"a": 1, "b": 2}))
        assert refused.value.code is Code.ROLLOUT_ORDER
        assert refused.value.given == "a.x in step 1 (wave 1, prod), b.net in step 2 (wave 2, prod)"

    def test_a_need_that_is_not_rolled_out_counts_as_applied(self):
        """It is not in the selection."""
        (step,) = make_steps([record("a", "x", needs=["b.net"])], policy({"a": 1}))
        assert step.stacks[0].needs == ()

    def test_two_regions_of_one_stack_are_never_changed_at_once(self):
        """The second waits for the first."""
        records = [record("a", "net", region=region) for region in ("eu-west-1", "eu-central-1")]
        (step,) = make_steps(records, policy({"a": 1}))
        assert [(stack.name, stack.needs) for stack in step.stacks] == [
            ("a.eu-central-1.net", ()),
            ("a.eu-west-1.net", ("a.eu-central-1.net",)),
        ]

    def test_the_order_of_regions_follows_what_they_need(self):
        """A region that another needs comes first, so that no circle is made."""
        records = [
            record("a", "net", region="eu-central-1", needs=["a.hub"]),
            record("a", "hub", needs=["a.eu-west-1.net"]),
            record("a", "net", region="eu-west-1"),
        ]
        (step,) = make_steps(records, policy({"a": 1}))
        assert [stack.name for stack in step.stacks] == ["a.eu-west-1.net", "a.hub", "a.eu-central-1.net"]

    def test_the_strictest_of_the_tiers_holds(self):
        """10% of the step's 15 accounts, rounded down, is one."""
        names = [f"d{number:02}" for number in range(14)]
        records = [record("t", "x", tier="test"), *(record(name, "x", tier="dev") for name in names)]
        window = Freeze(date(2026, 12, 20), date(2027, 1, 3))
        tiers = {
            "dev": TierPolicy(10, failure_tolerance="10%", max_concurrent=25, bake=60),
            "test": TierPolicy(10, failure_tolerance=5, max_concurrent=3, bake=300, freeze=(window,)),
        }
        (step,) = make_steps(records, policy(dict.fromkeys(["t", *names], 1), **tiers))
        assert (step.tolerance, step.max_concurrent, step.bake, step.freeze) == (1, 3, 300, (window,))

    def test_after_a_wave_the_longer_bake_holds(self):
        """Inside it the tier's."""
        accounts = {name: AccountWave(1, "wave 1 canary", 3600) for name in "ab"}
        tiers = {"prod": TierPolicy(40, bake=60, parts=(50, 100))}
        steps = make_steps([record("a", "x"), record("b", "x")], WavePolicy(accounts, tiers))
        assert [step.bake for step in steps] == [60, 3600]

    def test_the_bake_of_a_wave_comes_after_its_last_tier(self):
        """Not after each."""
        accounts = {name: AccountWave(1, "wave 1 canary", 3600) for name in "dp"}
        tiers = {"dev": TierPolicy(10, bake=5), "prod": TierPolicy(40, bake=60)}
        steps = make_steps([record("d", "x", tier="dev"), record("p", "x")], WavePolicy(accounts, tiers))
        assert [step.bake for step in steps] == [5, 3600]

    def test_an_account_without_a_wave_is_refused(self):
        """Nobody knows when it may change."""
        with pytest.raises(LandformError) as refused:
            make_steps([record("a", "x")], policy({}))
        assert refused.value.code is Code.NO_BUNDLE

    @settings(deadline=None)
    @given(st.data())
    def test_every_stack_is_in_one_step_and_never_before_its_needs(self, data):
        """Whatever the waves, tiers, percentages and needs; else it is refused."""
        count = data.draw(st.integers(1, 8))
        names = [f"a{number}" for number in range(count)]
        records = []
        for name in names:
            earlier = [each.name for each in records]
            needs = data.draw(st.lists(st.sampled_from(earlier), max_size=2)) if earlier else []
            tier = data.draw(st.sampled_from(["dev", "prod"]))
            records.append(record(name, "x", tier=tier, needs=needs))
        parts = data.draw(st.lists(st.integers(1, 99), max_size=3))
        tiers = {"dev": TierPolicy(1, parts=(*sorted(parts), 100)), "prod": TierPolicy(2)}
        waves = {name: data.draw(st.integers(1, 2)) for name in names}
        refused = None
        try:
            steps = make_steps(records, policy(waves, **tiers))
        except LandformError as error:
            refused = error
        if refused:
            assert refused.code is Code.ROLLOUT_ORDER
            return
        found = {stack.name: step.number for step in steps for stack in step.stacks}
        assert sorted(found) == sorted(each.name for each in records)
        assert sum(len(step.stacks) for step in steps) == len(records)
        assert all(step.stacks for step in steps)
        for each in records:
            assert all(found[need] <= found[each.name] for need in each.dependencies)


WAVES = {"a": {"number": 1, "name": "wave 1 canary", "bake": "30m"}}
ROLLOUT = {
    "failure_tolerance": "10%",
    "max_concurrent": 25,
    "bake": "1h",
    "waves": ["1%", "50%"],
    "freeze": [{"from": "2026-12-20", "to": "2027-01-03", "reason": "end of the year"}],
}


class TestFromJson:
    """The policy as a bundle's index says it."""

    def test_durations_are_seconds_and_the_last_part_is_all(self):
        """Whether or not 100% was said."""
        found = WavePolicy.from_json(WAVES, {"prod": {"rank": 40, "rollout": ROLLOUT}})
        assert found.accounts == {"a": AccountWave(1, "wave 1 canary", 1800)}
        window = Freeze(date(2026, 12, 20), date(2027, 1, 3), "end of the year")
        assert found.tiers == {"prod": TierPolicy(40, "10%", 25, 3600, (1, 50, 100), (window,))}

    def test_an_index_that_does_not_say_it_is_refused(self):
        """As that of an older landform."""
        with pytest.raises(LandformError) as refused:
            WavePolicy.from_json(WAVES, {"prod": {"rank": 40}})
        assert refused.value.code is Code.NO_BUNDLE


class TestFrozenUntil:
    """Freeze windows, in days of UTC."""

    def test_both_days_are_frozen(self):
        """To the end of the last."""
        window = (Freeze(date(2026, 11, 23), date(2026, 11, 24), "sale"),)
        assert frozen_until(window, NOW) == (NOW.replace(day=25, hour=0), "sale")
        assert frozen_until(window, NOW.replace(day=24, hour=23, minute=59))
        assert frozen_until(window, NOW.replace(day=25, hour=0)) is None
        assert frozen_until(window, NOW.replace(day=22, hour=23)) is None

    def test_windows_that_follow_each_other_are_one(self):
        """Nothing starts between them."""
        windows = (
            Freeze(date(2026, 11, 25), date(2026, 11, 26)),
            Freeze(date(2026, 11, 23), date(2026, 11, 24)),
        )
        assert frozen_until(windows, NOW) == (NOW.replace(day=27, hour=0), "freeze window")

"""Roll-outs simulated: how long, how many at once, what a failure reaches; and their picture."""

import json
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from landform.errors import Code, LandformError
from landform.rollout.policy import Freeze, duration
from landform.rollout.simulate import Failures, simulate
from landform.rollout.steps import Step, StepStack
from landform.rollout.timeline_svg import timeline_svg

from .fleets import NOW, step


def wide(count, **settings):
    """A step of so many accounts with one stack each."""
    return step(*(f"a{number:02}" for number in range(count)), stacks=("x",), **settings)


class TestSimulate:
    """The real loop against a clock that jumps."""

    def test_it_takes_as_long_as_the_strict_rule_lets_it(self):
        """Ten stacks of a minute in ten accounts: without tolerance ten minutes, with a tolerance of four two."""
        assert simulate([wide(10, max_concurrent=10)], NOW).seconds == 600
        assert simulate([wide(10, max_concurrent=10, tolerance=4)], NOW).seconds == 120

    def test_stacks_take_as_long_as_they_are_expected_to(self):
        """And the longest way decides."""
        stacks = (
            StepStack("a.x", "a", (), 10),
            StepStack("a.y", "a", ("a.x",), 100),
            StepStack("a.z", "a", (), 30),
        )
        assert simulate([Step(1, "s", stacks)], NOW).seconds == 110

    def test_bakes_are_waited_for(self):
        """Between the steps and after the last."""
        simulation = simulate([wide(1, bake=300), replace(wide(1, bake=60), number=2, stacks=B)], NOW)
        assert simulation.seconds == 60 + 300 + 60 + 60
        assert [(span.what, span.step) for span in simulation.spans] == [
            ("applied", 1),
            ("bake", 1),
            ("applied", 2),
            ("bake", 2),
        ]

    def test_a_failure_halts_and_the_rest_is_untouched(self):
        """The accounts that nothing was started in are named."""
        steps = [wide(2), step("b", "c", number=2)]
        simulation = simulate(steps, NOW, failures=Failures(stacks=("a01.*",)))
        assert simulation.rollout.names("failed") == ("a01.x",)
        assert simulation.rollout.halted.startswith("step 1")
        assert simulation.untouched == ("b", "c")
        assert [run.started for run in simulation.runs] == [0, None]

    def test_the_peak_is_of_accounts_not_of_stacks(self):
        """Two stacks of one account at once are one account."""
        stacks = (StepStack("a.x", "a"), StepStack("a.y", "a"))
        (run,) = simulate([Step(1, "s", stacks)], NOW).runs
        assert run.peak == 1
        (run,) = simulate([wide(9, max_concurrent=3, tolerance=9)], NOW).runs
        assert run.peak == 3

    def test_a_freeze_window_is_waited_for_and_shown(self):
        """Until midnight after its last day."""
        window = Freeze(date(2026, 11, 23), date(2026, 11, 23))
        simulation = simulate([wide(1, freeze=(window,))], NOW)
        assert [(span.what, duration(span.end - span.start)) for span in simulation.spans] == [
            ("freeze", "15h"),
            ("applied", "1m"),
        ]

    def test_the_same_seed_fails_the_same_stacks(self):
        """Another fails others."""
        steps = [wide(60, tolerance=60, max_concurrent=60)]
        failed = [
            simulate(steps, NOW, failures=Failures(0.2, seed=seed)).rollout.names("failed")
            for seed in (1, 1, 2)
        ]
        assert failed[0] == failed[1] != failed[2]
        assert 3 <= len(failed[0]) <= 25

    def test_its_document_is_json_and_says_what_happened(self):
        """With the timeline."""
        document = json.loads(json.dumps(simulate([wide(2)], NOW).as_json()))
        assert document["format"] == "landform/rollout-simulation/v1"
        assert (document["seconds"], document["stacks"], document["halted"]) == (120, {"applied": 2}, None)
        assert [(each["stack"], each["start"], each["end"]) for each in document["timeline"]] == [
            ("a00.x", 0, 60),
            ("a01.x", 60, 120),
        ]


B = (StepStack("b.x", "b"),)


class TestFailures:
    """What ``--fail`` says."""

    def test_percentages_and_names_are_told_apart(self):
        """The largest percentage counts."""
        assert Failures.parse(["2%", "0.5%", "a.*"], 7) == Failures(0.02, ("a.*",), 7)

    @pytest.mark.parametrize("text", ["x%", "101%", "-1%", "%", "nan%"])
    def test_what_is_no_percentage_is_refused(self, text):
        """Nothing is simulated."""
        with pytest.raises(LandformError) as refused:
            Failures.parse([text])
        assert refused.value.code is Code.USAGE


class TestTimelineSvg:
    """The picture."""

    def bars(self, picture):
        root = ElementTree.fromstring(picture)
        found = {}
        for bar in root.iter("{http://www.w3.org/2000/svg}rect"):
            title = bar.find("{http://www.w3.org/2000/svg}title")
            if title is not None:
                found[title.text] = {key: float(bar.get(key)) for key in ("x", "y", "width", "height")}
        return found

    def test_every_stack_that_started_has_a_bar(self):
        """Those of a later time further right, none over another."""
        bars = self.bars(timeline_svg(simulate([wide(2)], NOW), "two"))
        first, second = bars["a00.x applied, 0s to 1m"], bars["a01.x applied, 1m to 2m"]
        assert first["x"] + first["width"] <= second["x"]

    def test_what_runs_at_once_is_drawn_one_below_the_other(self):
        """In the row of its step."""
        bars = self.bars(timeline_svg(simulate([wide(2, tolerance=1, max_concurrent=2)], NOW), "two"))
        first, second = bars["a00.x applied, 0s to 1m"], bars["a01.x applied, 0s to 1m"]
        assert first["y"] + first["height"] <= second["y"]

    def test_a_freeze_window_is_narrow_however_long(self):
        """The minutes of work keep their room."""
        window = Freeze(date(2026, 11, 23), date(2027, 1, 23))
        bars = self.bars(timeline_svg(simulate([wide(1, freeze=(window,))], NOW), "frozen"))
        (frozen,) = [bar for title, bar in bars.items() if title.startswith("freeze")]
        (work,) = [bar for title, bar in bars.items() if title.startswith("a00.x")]
        assert frozen["width"] < 50 < work["width"]
        assert frozen["x"] + frozen["width"] == pytest.approx(work["x"], abs=0.2)

    def test_names_cannot_break_the_picture(self):
        """A heading and titles are text."""
        picture = timeline_svg(simulate([replace(wide(1), title="<b> & c")], NOW), "<script>")
        assert ElementTree.fromstring(picture) is not None
        assert "<script>" not in picture


class TestDuration:
    """A time in words."""

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(0, "0s"), (45, "45s"), (1800, "30m"), (7500, "2h 5m"), (3605, "1h"), (1_220_400, "14d 3h")],
    )
    def test_the_two_largest_units_are_said(self, seconds, text):
        """The rest would only be read past."""
        assert duration(seconds) == text

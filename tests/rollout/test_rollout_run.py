"""A run from its beginning to its end, over a fake Terraform: what keeps it from beginning, halts it, ends it."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from landform.errors import Code, LandformError
from landform.plan.store import find, load
from landform.plan.vault import Vault
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.rollout import run as run_module
from landform.rollout.apply import Applier
from landform.rollout.decide import Until
from landform.rollout.loop import Ending
from landform.rollout.policy import Freeze
from landform.rollout.run import (
    check_begins,
    check_goes_on,
    check_saved,
    give_up,
    past,
    roll_out,
    saved_plans,
    skip,
    steps_of,
)
from landform.rollout.state import Rollout
from landform.rollout.world import HealthCommand, RealWorld

from .fake_terraform import VERSION, FakeTerraform
from .faults import KEY, Project, make_runner, no_findings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Twelve stacks that are planned."""
    return Project.planned(tmp_path_factory.mktemp("run") / "project")


class Run:
    """A roll-out of a project in this process, at a time that the test sets."""

    def __init__(self, project, health=None):
        self.project = project
        self.time = NOW
        (project.root / "record").mkdir()
        self.ledger = Ledger.open(project.root / LEDGER)
        self.folder = find(project.root)
        self.plan_set = load(self.folder)
        self.saved = saved_plans(self.plan_set, self.folder, project.bundle, None, project.bundle.stacks)
        self.terraform = FakeTerraform(project.cloud)
        self.runner = make_runner(project.bundle, project.root, self.terraform)
        self.applier = Applier(self.runner, Vault(KEY), self.saved, no_findings(project.bundle))
        self.steps = steps_of(project.bundle, project.bundle.stacks, self.ledger, waves=True)
        self.health = health

    def world(self, applier=None):
        about = {
            "purpose": "rollout",
            "bundle": self.project.bundle.digest,
            "plan_set": self.plan_set.id,
            "stacks": sorted(self.saved),
            "health": self.health is not None,
        }
        health = HealthCommand(self.health, {"PATH": "/usr/bin:/bin"}) if self.health else None
        return RealWorld(
            self.ledger, "r1", applier or self.applier, about, now=lambda: self.time, jobs=4, health=health
        )

    def go(self, rollout=None, applier=None, jobs=4):
        return roll_out(
            self.world(applier), rollout or Rollout.of(self.steps), jobs=jobs, health=self.health is not None
        )

    def resumed(self):
        event = self.ledger.append(EventKind.RESUMED, at=self.time.isoformat(), run="r1")
        return Rollout.of(self.steps, self.ledger.events(run="r1")[:-1]).after(event)

    def kinds(self):
        assert self.ledger.verify() is None
        return [event.kind.value for event in self.ledger.events()]


@pytest.fixture
def run(planned, tmp_path):
    """A run that has not begun."""
    return Run(planned.copy(tmp_path / "project"))


class Failing:
    """An applier that does something else with one stack."""

    def __init__(self, applier, stack, instead):
        self.runner, self.saved, self.settle = applier.runner, applier.saved, applier.settle
        self._applier, self._stack, self._instead = applier, stack, instead
        self.tried = []

    def apply(self, stack):
        self.tried.append(stack)
        return self._instead() if stack == self._stack else self._applier.apply(stack)


class TestRollOut:
    """``roll_out``."""

    @pytest.mark.parametrize("jobs", [1, 4])
    def test_to_its_end(self, run, jobs):
        """Every stack once, whether one at a time or several."""
        ended = run.go(jobs=jobs)
        assert ended.ended
        assert len(run.project.cloud.effects()) == 36
        assert run.kinds().count("stack-applied") == 12
        assert run.kinds()[-1] == "run-ended"

    def test_a_failure_halts_it(self, run):
        """Nothing of a later step begins."""
        run.project.cloud.fail_once("a.net")
        ended = run.go()
        assert ended.halted
        assert {effect[0] for effect in run.project.cloud.effects()} == {"a.base", "a.net"}

    def test_landform_itself_fails_at_a_stack(self, run):
        """It is looked at once, and not tried for ever."""

        def broken():
            raise ZeroDivisionError

        failing = Failing(run.applier, "a.base", broken)
        ended = run.go(applier=failing)
        assert ended.halted
        assert failing.tried == ["a.base"]
        assert "ZeroDivisionError" in ended.reasons["a.base"]

    def test_a_clock_that_jumps_back(self, run):
        """It stops with a status of its own; what nobody could record is in doubt, and then known as applied."""

        def late():
            ending = run.applier.apply("a.net")
            run.time -= timedelta(hours=1)
            return ending

        with pytest.raises(LandformError) as caught:
            run.go(applier=Failing(run.applier, "a.net", late))
        assert caught.value.code is Code.RUN_STOPPED
        assert "clock-moved" in str(caught.value.given)
        assert "--resume" in str(caught.value.fix)
        assert run.kinds()[-1] == "stack-started"
        run.time = NOW
        assert run.go(run.resumed()).ended
        assert len(run.project.cloud.effects()) == 36

    def test_a_ledger_that_cannot_begin(self, run):
        """Nothing began, so it is the refusal itself."""
        run.ledger.append(EventKind.PLANNED, at=(NOW + timedelta(days=1)).isoformat(), run="r0")
        with pytest.raises(LandformError) as caught:
            run.go()
        assert caught.value.code is Code.CLOCK_MOVED
        assert run.kinds() == ["planned"]

    def test_a_full_disk_half_way(self, run, monkeypatch):
        """What the ledger could not take is settled when there is room again."""
        append = Ledger.append

        def full(self, kind, **more):
            if kind is EventKind.STACK_APPLIED and more["stack"] == "a.net":
                raise LandformError(Code.NOT_WRITABLE, "The disk is full, and the ledger cannot be added to.")
            return append(self, kind, **more)

        monkeypatch.setattr(Ledger, "append", full)
        with pytest.raises(LandformError) as caught:
            run.go()
        assert caught.value.code is Code.RUN_STOPPED
        assert run.kinds()[-1] == "halted"
        monkeypatch.undo()
        assert run.go(run.resumed()).ended
        assert len(run.project.cloud.effects()) == 36

    def test_ctrl_c(self, run, monkeypatch):
        """It is recorded as halted, after every apply has ended, and goes on."""
        world = run.world()
        monkeypatch.setattr(world, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            roll_out(world, Rollout.of(run.steps), jobs=4, health=False)
        halted = run.ledger.events()[-1]
        assert (halted.kind, halted.body) == ("halted", {"reason": "it was interrupted"})
        assert run.go(run.resumed()).ended
        assert len(run.project.cloud.effects()) == 36

    def test_an_error_of_its_own(self, run, monkeypatch):
        """It is halted too, and can be resumed."""
        world = run.world()
        monkeypatch.setattr(world, "wait", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            roll_out(world, Rollout.of(run.steps), jobs=4, health=False)
        assert run.kinds()[-1] == "halted"
        assert run.go(run.resumed()).ended


def interrupted():
    raise KeyboardInterrupt


class TestHealth:
    """``HealthCommand``, and what comes of it."""

    @pytest.mark.parametrize(
        ("command", "well"), [("true", True), ("exit 3", False), ("/no/such/command", False)]
    )
    def test_its_status_is_its_word(self, command, well):
        """One that is missing says no."""
        assert HealthCommand(command, {"PATH": "/usr/bin:/bin"}).ask("r", 1) is well

    def test_no_answer_in_time_is_no_good_one(self):
        """It is not waited for for ever."""
        assert not HealthCommand("sleep 60", {"PATH": "/usr/bin:/bin"}, timeout=0.1).ask("r", 1)

    def test_it_is_told_which_run_and_step(self):
        """By its environment."""
        command = HealthCommand('test "$LANDFORM_RUN/$LANDFORM_STEP" = r1/2', {"PATH": "/usr/bin:/bin"})
        assert command.ask("r1", 2)

    def test_where_it_says_no_the_run_halts(self, planned, tmp_path):
        """After the first step."""
        run = Run(planned.copy(tmp_path / "project"), health="false")
        ended = run.go()
        assert "health command" in ended.halted
        assert set(ended.names("applied")) == {"a.app", "a.base", "a.net"}


class TestUntil:
    """``RealWorld.until``."""

    def test_a_freeze_window_is_not_waited_for(self, run):
        """It says from when on."""
        with pytest.raises(LandformError) as caught:
            run.world().until(Until(1, NOW + timedelta(days=2), "freeze", "end of year"))
        assert (caught.value.code, caught.value.given) == (Code.FROZEN, "end of year")
        assert "2026-11-25" in str(caught.value.expected)

    def test_a_bake_is_waited_for(self, run):
        """Until its time, or a look at the clock."""
        run.world().until(Until(1, NOW, "bake", "step 1 bakes"))


class TestCheckBegins:
    """``check_begins``."""

    def test_a_frozen_day(self, run):
        """Nothing is recorded of a run that could not begin."""
        from dataclasses import replace

        first = replace(run.steps[0], freeze=(Freeze(date(2026, 11, 20), date(2026, 11, 30), "sale"),))
        with pytest.raises(LandformError) as caught:
            check_begins((first, *run.steps[1:]), NOW)
        assert caught.value.code is Code.FROZEN
        check_begins((first, *run.steps[1:]), NOW + timedelta(days=8))


class TestCheckSaved:
    """``check_saved``."""

    def test_whole_plans_of_this_terraform(self, run):
        """They may begin."""
        check_saved(run.saved, Vault(KEY), VERSION)

    def test_another_terraform(self, run):
        """Both versions are named."""
        with pytest.raises(LandformError) as caught:
            check_saved(run.saved, Vault(KEY), "1.12.0")
        assert caught.value.code is Code.PLAN_STALE
        assert {"1.12.0", VERSION} == {
            str(said).removeprefix("Terraform ") for said in (caught.value.given, caught.value.expected)
        }

    @pytest.mark.parametrize(
        "spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"landform-plan-1\n")]
    )
    def test_a_file_that_is_not_whole(self, run, spoil):
        """Gone, or cut short."""
        spoil(run.folder / "d.net.plan")
        with pytest.raises(LandformError) as caught:
            check_saved(run.saved, Vault(KEY), VERSION)
        assert caught.value.code is Code.PLAN_FILE

    def test_another_plan_of_the_same_stack(self, run):
        """It opens, and is not the one that was judged."""
        clear = run.folder / "clear"
        clear.write_text("{}")
        Vault(KEY).seal(clear, run.folder / "d.net.plan", "d.net")
        with pytest.raises(LandformError) as caught:
            check_saved(run.saved, Vault(KEY), VERSION)
        assert caught.value.code is Code.PLAN_FILE


class TestPast:
    """``past`` and ``check_goes_on``."""

    def halted(self, run):
        run.project.cloud.fail_once("a.net")
        run.go()
        return past(run.ledger, None, None)

    def test_the_last_run_that_has_not_ended(self, run):
        """With its stacks and plan sets, the newest last."""
        assert self.halted(run).plan_sets == (run.plan_set.id,)
        run.ledger.append(EventKind.RESUMED, at=NOW.isoformat(), run="r1", body={"plan_set": "newer"})
        before = past(run.ledger, "r", None)
        assert (before.run, before.plan_sets) == ("r1", (run.plan_set.id, "newer"))
        assert before.stacks == tuple(sorted(run.saved))

    def test_one_that_has_ended(self, run):
        """It cannot go on."""
        run.go()
        with pytest.raises(LandformError) as caught:
            past(run.ledger, None, None)
        assert caught.value.code is Code.NO_RUN

    def test_one_of_another_place(self, run):
        """A run in the real AWS does not go on in a sandbox."""
        self.halted(run)
        with pytest.raises(LandformError) as caught:
            past(run.ledger, None, "a-sandbox")
        assert caught.value.code is Code.NO_RUN

    def test_a_beginning_of_two_names(self, run):
        """Neither is taken for the other."""
        self.halted(run)
        body = run.ledger.events(kind=EventKind.RUN_STARTED)[0].body
        run.ledger.append(EventKind.RUN_STARTED, at=NOW.isoformat(), run="r2", body=body)
        with pytest.raises(LandformError) as caught:
            past(run.ledger, "r", None)
        assert "r1, r2" in str(caught.value.expected)

    def test_a_bundle_of_today(self, run):
        """A stack may be gone from it: the run is over another."""
        from dataclasses import replace

        other = replace(run.project.bundle, digest="sha256:other")
        with pytest.raises(LandformError) as caught:
            check_goes_on(self.halted(run), other, health=False)
        assert caught.value.code is Code.PLAN_OUTDATED
        assert "--give-up" in str(caught.value.fix)

    def test_a_health_command_that_is_left_out(self, planned, tmp_path):
        """What it said no to would go on unasked."""
        run = Run(planned.copy(tmp_path / "project"), health="false")
        run.go()
        with pytest.raises(LandformError) as caught:
            check_goes_on(past(run.ledger, None, None), run.project.bundle, health=False)
        assert caught.value.code is Code.USAGE
        check_goes_on(past(run.ledger, None, None), run.project.bundle, health=True)


class TestSkip:
    """``skip``."""

    def test_a_run_goes_on_without_an_account(self, run, monkeypatch):
        """One that was suspended while the run was halted: its stacks are skipped, all others are applied."""
        world = run.world()
        monkeypatch.setattr(world, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            roll_out(world, Rollout.of(run.steps), jobs=4, health=False)
        resumed = skip(run.ledger, "r1", run.resumed(), {"b"}, NOW.isoformat())
        assert all(each.partition(".")[0] == "b" for each in resumed.names("skipped"))
        ended = run.go(resumed)
        assert ended.ended
        assert {name.partition(".")[0] for name in ended.names("applied")} == {"a", "c", "d"}
        assert len(ended.names("skipped")) == 3
        assert ended.reasons["b.net"] == "Its account is suspended or closed."
        assert not [effect for effect in run.project.cloud.effects() if effect[0].startswith("b.")]

    def test_what_was_applied_stays_so(self, run):
        """Only what waits is skipped."""
        run.project.cloud.fail_once("a.net")
        run.go()
        resumed = skip(run.ledger, "r1", run.resumed(), {"a"}, NOW.isoformat())
        assert "a.base" in resumed.names("applied")
        assert "a.net" in resumed.names("skipped")


class TestGiveUp:
    """``give_up``."""

    def test_a_halted_run_ends(self, run):
        """The record bears it, and the run cannot go on."""
        run.project.cloud.fail_once("a.net")
        run.go()
        given_up = give_up(run.ledger, None, by="kim", at=NOW.isoformat())
        assert (given_up.run, given_up.doubtful) == ("r1", ())
        assert Rollout.of(run.steps, run.ledger.events(run="r1")).ended
        with pytest.raises(LandformError):
            past(run.ledger, None, None)

    def test_a_killed_run_tells_what_is_in_doubt(self, run):
        """Of what it was applying nobody knows the end."""
        world = run.world()
        world.record("run-started", None, {})
        world.record("wave-started", None, {"wave": 1, "name": "w", "stacks": []})
        world.record("stack-started", "a.base", {"wave": 1})
        assert give_up(run.ledger, "r1", by="kim", at=NOW.isoformat()).doubtful == ("a.base",)
        assert Rollout.of(run.steps, run.ledger.events(run="r1")).ended

    def test_nothing_to_give_up(self, run):
        """A run that has ended stays as it is."""
        run.go()
        before = run.kinds()
        with pytest.raises(LandformError) as caught:
            give_up(run.ledger, None, by="kim", at=NOW.isoformat())
        assert (caught.value.code, run.kinds()) == (Code.NO_RUN, before)


class TestSavedPlans:
    """``saved_plans``."""

    def test_another_bundle(self, run):
        """A plan set is of one bundle."""
        from dataclasses import replace

        other = replace(run.project.bundle, digest="sha256:other")
        with pytest.raises(LandformError) as caught:
            saved_plans(run.plan_set, run.folder, other, None, ["a.base"])
        assert caught.value.code is Code.PLAN_OUTDATED

    def test_another_place(self, run):
        """What was planned for the real AWS is not applied in a sandbox."""
        with pytest.raises(LandformError) as caught:
            saved_plans(run.plan_set, run.folder, run.project.bundle, "a-sandbox", ["a.base"])
        assert "the sandbox a-sandbox" in str(caught.value.given)


class TestStepsOf:
    """``steps_of``."""

    def test_at_once_there_are_no_waves(self, run):
        """As ``landform apply`` applies: what needs another waits for it, and nothing else."""
        steps = steps_of(run.project.bundle, run.project.bundle.stacks, run.ledger, waves=False)
        assert [len(step.stacks) for step in steps] == [12]

    def test_what_was_slow_is_begun_early(self, run):
        """The time that it took the last time counts."""
        assert run_module.seconds_of(run.ledger) == {}
        run.go()
        assert set(run_module.seconds_of(run.ledger)) == set(run.saved)


class TestStop:
    """``RealWorld.stop``."""

    def test_it_waits_for_what_runs(self, run):
        """And says how it ended."""
        go = threading.Event()

        def slow():
            go.wait(10)
            return Ending("a.base", "stack-applied")

        world = run.world(Failing(run.applier, "a.base", slow))
        world.start("a.base")
        threading.Timer(0.05, go.set).start()
        assert [(one.stack, one.kind) for one in world.stop()] == [("a.base", "stack-applied")]

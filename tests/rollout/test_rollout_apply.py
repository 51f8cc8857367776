"""One saved plan applied, and what is found out where nobody saw the end: the real code over a fake Terraform."""

import errno
import json
import os
from pathlib import Path

import pytest

from landform.errors import Code
from landform.plan.store import find, load
from landform.plan.vault import Vault
from landform.rollout import apply as apply_module
from landform.rollout.apply import Applier
from landform.rollout.run import saved_plans

from . import fake_terraform
from .fake_terraform import FakeTerraform
from .faults import KEY, Project, make_runner, no_findings

STACK = "a.base"
WHOLE = {key: f"a-base-{key}" for key in "xyz"}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Twelve stacks that are planned; every base is there with an old value."""
    return Project.planned(tmp_path_factory.mktemp("apply") / "project")


@pytest.fixture
def project(planned, tmp_path):
    """A copy of it."""
    return planned.copy(tmp_path / "project")


@pytest.fixture
def terraform(project):
    """The fake that it is applied with."""
    return FakeTerraform(project.cloud)


@pytest.fixture
def applier(project, terraform):
    """What applies its saved plans."""
    folder = find(project.root)
    saved = saved_plans(load(folder), folder, project.bundle, None, project.bundle.stacks)
    runner = make_runner(project.bundle, project.root, terraform)
    return Applier(runner, Vault(KEY), saved, no_findings(project.bundle))


def error_of(ending):
    """The code of the error that is recorded."""
    return ending.body["error"]["code"]


class TestApply:
    """``Applier.apply``."""

    def test_what_was_planned_is_applied(self, project, applier):
        """And recorded by its digests and counts."""
        ending = applier.apply(STACK)
        judged = applier.saved[STACK].judged
        assert (ending.kind, ending.body["digest"]) == ("stack-applied", judged.digest)
        assert ending.body["counts"] == {"add": 2, "change": 1, "replace": 0, "destroy": 0, "imports": 0}
        assert project.cloud.state(STACK)["resources"] == WHOLE

    def test_no_plan_file_is_left_in_clear(self, project, applier):
        """Whatever came of it."""
        project.cloud.fail_once("a.net")
        kinds = [applier.apply(stack).kind for stack in (STACK, "a.net")]
        assert kinds == ["stack-applied", "stack-failed"]
        assert not list(project.root.rglob("raw.plan"))

    def test_a_failure_half_way_says_that_something_changed(self, project, applier):
        """Credentials that expired after the first resource."""
        project.cloud.fail_once(STACK)
        ending = applier.apply(STACK)
        assert (error_of(ending), ending.body["changed"]) == ("credentials-expired", True)
        assert project.cloud.state(STACK)["resources"] == {"x": "a-base-x"}

    def test_a_second_time_is_known_as_applied(self, project, applier):
        """Terraform refuses the plan because the state has moved on: by this very plan."""
        applier.apply(STACK)
        assert applier.apply(STACK).kind == "stack-applied"
        assert len(project.cloud.effects()) == 3

    def test_a_state_that_another_moved_is_told(self, project, applier):
        """With what to do: what is left is something else than what was approved."""
        project.cloud.save(STACK, {"serial": 9, "resources": {"x": "theirs"}})
        ending = applier.apply(STACK)
        assert (error_of(ending), ending.body["changed"]) == ("plan-stale", False)
        assert "landform rollout PLAN_SET --resume" in ending.body["error"]["fix"]
        assert project.cloud.effects() == []

    def test_a_plan_file_of_another_stack(self, project, applier):
        """It does not open under this name."""
        folder = find(project.root)
        (folder / f"{STACK}.plan").write_bytes((folder / "b.base.plan").read_bytes())
        assert error_of(applier.apply(STACK)) == "plan-file"
        assert project.cloud.effects() == []

    def test_a_plan_that_does_something_else(self, project, applier):
        """The digest of what it would do is not the one that was approved."""
        folder = find(project.root)
        clear = project.root / "clear"
        applier.vault.open(folder / f"{STACK}.plan", clear, STACK)
        plan = json.loads(clear.read_text())
        clear.write_text(json.dumps(plan | {"wanted": plan["wanted"] | {"x": "evil"}}))
        sha256 = applier.vault.seal(clear, folder / f"{STACK}.plan", STACK)
        judged = applier.saved[STACK].judged
        object.__setattr__(judged, "plan_file_sha256", sha256)
        assert error_of(applier.apply(STACK)) == "plan-file"
        assert project.cloud.effects() == []

    def test_a_plan_of_a_newer_format(self, project, applier, monkeypatch):
        """None of it is read, and nothing applied."""
        known = fake_terraform.document
        monkeypatch.setattr(fake_terraform, "document", lambda plan: known(plan) | {"format_version": "2.0"})
        ending = applier.apply(STACK)
        assert (error_of(ending), ending.body["changed"]) == ("plan-format", False)
        assert project.cloud.effects() == []

    @pytest.mark.parametrize("name", ["raw.plan", "landform-init"])
    def test_a_full_disk(self, project, applier, monkeypatch, name):
        """An error of the stack, and nothing in clear stays behind."""
        opened = os.open

        def full(path, *more):
            if Path(path).name == name:
                raise OSError(errno.ENOSPC, "No space left on device")
            return opened(path, *more)

        monkeypatch.setattr("os.open", full)
        ending = applier.apply(STACK)
        assert (error_of(ending), ending.body["changed"]) == ("disk-full", False)
        assert not list(project.root.rglob("raw.plan"))

    def test_a_provider_that_crashes(self, project, applier, monkeypatch):
        """What was done until then is told as changed."""
        crash = fake_terraform.diagnostic("Plugin did not respond", "The plugin encountered an error")
        monkeypatch.setattr(fake_terraform, "EXPIRED", crash)
        project.cloud.fail_once(STACK)
        ending = applier.apply(STACK)
        assert (error_of(ending), ending.body["changed"]) == ("provider-crashed", True)

    def test_being_stopped_leaves_a_doubt(self, applier, terraform, monkeypatch):
        """Whether Terraform got to it nobody knows."""

        def stopped(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(terraform, "_apply", stopped)
        assert applier.apply(STACK).kind == "stack-in-doubt"

    def test_a_risk_that_was_written_down_lower(self, project, applier):
        """The guard judges once more."""
        judged = applier.saved[STACK].judged
        object.__setattr__(judged, "risk", min(type(judged.risk)))
        assert error_of(applier.apply(STACK)) == "not-approved"
        assert project.cloud.effects() == []


class TestSettle:
    """``Applier.settle``."""

    def test_all_of_it_was_done(self, project, applier):
        """Nothing is left to do."""
        project.cloud.save(STACK, {"serial": 4, "resources": WHOLE})
        assert applier.settle(STACK).kind == "stack-applied"

    def test_nothing_of_it_was_done(self, applier):
        """What is left is what was approved."""
        ending = applier.settle(STACK)
        assert (ending.kind, ending.body) == ("stack-failed", {"changed": False})

    def test_a_part_of_it_was_done(self, project, applier):
        """It says so, what is left, and what to do."""
        project.cloud.save(STACK, {"serial": 4, "resources": {"x": "a-base-x"}})
        ending = applier.settle(STACK)
        assert (error_of(ending), ending.body["changed"]) == ("half-applied", True)
        assert ending.body["error"]["given"].startswith("2 to add")

    def test_it_waits_for_a_terraform_that_is_just_ending(self, project, applier, terraform, monkeypatch):
        """The lock of its state is asked for with patience."""
        asked = []
        plan = terraform._plan
        monkeypatch.setattr(
            terraform,
            "_plan",
            lambda folder, options, say: asked.append(options) or plan(folder, options, say),
        )
        applier.settle(STACK)
        assert f"-lock-timeout={apply_module.LOCK_SECONDS}s" in asked[0]

    def test_a_stack_that_cannot_be_planned(self, project, applier, monkeypatch):
        """Its error is told."""
        monkeypatch.setattr(apply_module, "LOCK_SECONDS", 0)
        with project.cloud.lock(STACK, 1):
            ending = applier.settle(STACK)
        assert error_of(ending) == Code.STATE_LOCKED.slug


class TestSaved:
    """``Saved.does_nothing``."""

    def test_a_plan_with_changes_does_something(self, applier):
        """So it needs an approval."""
        assert not applier.saved[STACK].does_nothing

    def test_what_stands_as_it_should_is_not_touched(self, project, terraform, applier):
        """No Terraform is started for it."""
        for name in project.bundle.stacks:
            applier.apply(name)
        folder = find(project.root, project_plans(project, terraform))
        saved = saved_plans(load(folder), folder, project.bundle, None, [STACK])
        terraform.commands.clear()
        again = Applier(applier.runner, applier.vault, saved, applier.report)
        ending = again.apply(STACK)
        assert saved[STACK].does_nothing
        assert (ending.kind, ending.body["counts"]["add"]) == ("stack-applied", 0)
        assert terraform.commands == []


def project_plans(project, terraform):
    """Plan all stacks anew; the id of the plan set."""
    from .faults import plan_all

    return plan_all(project.root, project.bundle, make_runner(project.bundle, project.root, terraform)).name

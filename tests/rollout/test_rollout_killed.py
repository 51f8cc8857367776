"""A roll-out that is killed at any step, goes on, and is killed again: no state is lost and nothing is done twice."""

import os
from collections import Counter
from random import Random

import pytest

from landform.rollout.run import steps_of
from landform.rollout.state import Rollout

from .fake_terraform import STUBBORN
from .faults import KILLED, Project, in_process

# Each takes about a second: elsewhere than in CI a fifth of them, the same ones.
STORIES = 200 if os.environ.get("CI") == "true" else 40
DONE, STOPPED = 0, 4


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Twelve stacks that are planned."""
    return Project.planned(tmp_path_factory.mktemp("killed") / "project")


@pytest.fixture(scope="module")
def undisturbed(planned, tmp_path_factory):
    """The same, rolled out in one go."""
    project = planned.copy(tmp_path_factory.mktemp("undisturbed") / "project")
    log = project.root / "log"
    assert in_process(project.go, log) == DONE, log.read_text()
    return project


class Story:
    """One roll-out with its kills, by a seed."""

    def __init__(self, project, seed):
        self.project, self.random = project, Random(seed)
        self.log = project.root / "log"
        self.kills = 0
        if self.random.random() < 0.3:
            (project.cloud.folder / STUBBORN).touch()
        if self.random.random() < 0.3:
            project.cloud.fail_once(self.random.choice(sorted(project.bundle.stacks)))

    def tell(self):
        """Go on until it is done."""
        status = None
        for _ in range(30):
            again = status == STOPPED or self.random.random() < 0.2 * (status is not None)
            status = self.turn(again and self.project.rollout() is not None)
            self.look()
            if status == DONE or self.project.ended():
                return
            assert status in (KILLED, STOPPED), self.log.read_text()
        raise AssertionError(self.log.read_text())

    def turn(self, again):
        """One process, killed or not."""
        self.project.wait_for_lock()
        kill = seconds = None
        if self.kills < 6 and self.random.random() < 0.8:
            if self.random.random() < 0.2:
                seconds = self.random.uniform(0, 0.4)
            else:
                kill = self.random.randint(1, 160)
        status = in_process(lambda: self.project.go(kill, again=again), self.log, seconds)
        self.kills += status == KILLED
        return status

    def look(self):
        """Whatever happened, the ledger is whole, and what was done is said to have begun."""
        if not (self.project.root / "record").exists():
            return
        with self.project.ledger() as ledger:
            assert ledger.verify() is None
            events = ledger.events()
        begun = {event.stack for event in events if event.kind == "stack-started"}
        assert {effect[0] for effect in self.project.cloud.effects()} <= begun
        wanted = self.wanted()
        for event in events:
            if event.kind == "stack-applied":
                assert self.project.cloud.state(event.stack)["resources"] == wanted[event.stack]

    def wanted(self):
        return {
            name: {key: f"{name.replace('.', '-')}-{key}" for key in "xyz"}
            for name in self.project.bundle.stacks
        }


class TestKilled:
    """``landform rollout`` and ``landform rollout --resume`` over a fake Terraform, with ``kill -9``."""

    @pytest.mark.parametrize("seed", range(STORIES))
    def test_nothing_is_lost_and_nothing_is_done_twice(self, planned, undisturbed, tmp_path, seed):
        """Every change was made once, what stands is what an undisturbed roll-out leaves, and the record says so."""
        project = planned.copy(tmp_path / "project")
        story = Story(project, seed)
        story.tell()
        project.cloud.settled()

        assert project.values() == undisturbed.values() == story.wanted()
        assert Counter(project.cloud.effects()) == Counter(undisturbed.cloud.effects())
        with project.ledger() as ledger:
            events = ledger.events()
            steps = steps_of(project.bundle, project.bundle.stacks, ledger, waves=True)
        rollout = Rollout.of(steps, events)
        assert rollout.ended
        assert set(rollout.states.values()) == {"applied"}

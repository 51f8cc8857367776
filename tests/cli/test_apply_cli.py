"""``landform apply`` and ``landform rollout`` as processes, with the real Terraform: what they refuse, what stops them,
and what is true afterwards.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from applying import Applying, stack

from landform.digest import canonical_json

pytestmark = pytest.mark.terraform

DONE, REFUSED, STOPPED, INTERRUPTED = 0, 1, 4, 130


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Applying:
    """Two stacks in two accounts, planned; nobody has approved them."""
    names = ("pay-dev.base", "pay-prod.base")
    project = Applying.made(tmp_path_factory.mktemp("applying") / "p", {name: stack(name) for name in names})
    status, said = project.run("plan")
    assert status == DONE, said
    return project


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Applying:
    """Two stacks whose second resource waits until it may go on."""
    wait = "for i in $(seq 600); do [ -e $GO ] && break; sleep 0.05; done"
    names = ("pay-dev.app", "pay-dev.base")
    project = Applying.made(
        tmp_path_factory.mktemp("slow") / "p",
        {name: stack(name, wait) for name in names},
        auto_apply="always",
    )
    status, said = project.run("plan")
    assert status == DONE, said
    project.approve()
    return project


@pytest.fixture
def project(planned: Applying, tmp_path: Path) -> Applying:
    """A copy of it."""
    return planned.copy(tmp_path / "p")


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; fail where it does not within a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


class TestApply:
    """``landform apply``."""

    def test_what_is_approved_is_applied_once(self, project: Applying) -> None:
        """The ledger says so, nothing secret is in it, and a second time there is nothing to do any more."""
        project.approve()
        status, said = project.run("apply")
        assert status == DONE, said
        assert sorted(project.effects()) == [
            "pay-dev.base.a",
            "pay-dev.base.b",
            "pay-prod.base.a",
            "pay-prod.base.b",
        ]
        assert project.events().count("stack-applied") == 2
        assert project.events()[-1] == "run-ended"
        project.check_nothing_leaks()
        before = project.events()
        status, said = project.run("rollout", "--resume")
        assert (status, project.events()) == (2, before)
        assert "no-run" in said

    def test_what_is_not_approved_is_refused(self, project: Applying) -> None:
        """All of it, before anything begins."""
        status, said = project.run("apply")
        assert status == REFUSED
        assert "not-approved" in said
        assert (project.effects(), project.events()) == ([], [])

    def test_a_tampered_approval_counts_for_nothing(self, project: Applying) -> None:
        """One letter of it is another."""
        path = project.approve()
        approval = json.loads(path.read_text())
        path.write_text(canonical_json(approval | {"reason": "I never said so"}) + "\n")
        status, said = project.run("apply")
        assert status == REFUSED
        assert "not hold" in said
        assert (project.effects(), project.events()) == ([], [])

    def test_a_truncated_plan_file(self, project: Applying) -> None:
        """It is refused before the stacks whose plans are whole are touched."""
        project.approve()
        sealed = project.sealed("pay-prod.base")
        sealed.write_bytes(sealed.read_bytes()[:-9])
        status, said = project.run("apply")
        assert status == REFUSED
        assert "plan-file" in said
        assert (project.effects(), project.events()) == ([], [])

    def test_a_plan_of_another_terraform(self, project: Applying, tmp_path: Path) -> None:
        """Both versions are named."""
        other = tmp_path / "terraform"
        other.write_text("#!/bin/sh\necho Terraform v1.99.0\n")
        other.chmod(0o755)
        project.approve()
        status, said = project.run("apply", "--terraform", str(other))
        assert status == REFUSED
        assert "plan-stale" in said
        assert "1.99.0" in said
        assert (project.effects(), project.events()) == ([], [])

    def test_a_clock_that_jumps_back(self, project: Applying) -> None:
        """An event of tomorrow is in the ledger: nothing is applied until the clock is right."""
        from datetime import timedelta

        from landform.cli.working import clock
        from landform.record.events import EventKind
        from landform.record.ledger import LEDGER, Ledger

        project.approve()
        with Ledger.open(project.root / LEDGER) as ledger:
            ledger.append(EventKind.PLANNED, at=(clock() + timedelta(days=1)).isoformat(), run="r")
        status, said = project.run("apply")
        assert status == REFUSED
        assert "clock-moved" in said
        assert (project.effects(), project.events()) == ([], ["planned"])


class TestInterrupted:
    """``landform apply`` that is stopped while Terraform works."""

    def test_ctrl_c(self, slow: Applying, tmp_path: Path) -> None:
        """Terraform saves what it did, the record says that the run halted, and it goes on."""
        project = slow.copy(tmp_path / "p")
        go = tmp_path / "go"
        with project.start("apply", GO=str(go)) as process:
            until(lambda: len(project.effects()) == 2)
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            go.touch()
            _, err = process.communicate(timeout=60)
        assert process.returncode == INTERRUPTED
        assert "--resume" in err
        assert "nothing that was there before" not in err
        assert project.events()[-1] == "halted"
        project.check_nothing_leaks()
        project.go_on(GO=str(go))
        assert sorted(project.effects()) == sorted(f"pay-dev.{n}.{r}" for n in ("app", "base") for r in "ab")

    def test_two_at_once(self, slow: Applying, tmp_path: Path) -> None:
        """The second is refused, and is told who is at work; the first is not disturbed."""
        project = slow.copy(tmp_path / "p")
        go = tmp_path / "go"
        with project.start("apply", GO=str(go)) as process:
            until(lambda: len(project.effects()) == 2)
            for arguments in (("apply",), ("rollout", "--resume"), ("rollout", "--give-up")):
                status, said = project.run(*arguments)
                assert status == REFUSED
                assert f"process {process.pid}" in said
            go.touch()
            process.communicate(timeout=60)
        assert process.returncode == DONE
        assert len(project.effects()) == 4


class TestKilled:
    """``landform rollout`` that is killed outright, with the real Terraform."""

    @pytest.mark.parametrize("made", [0, 1, 2, 3, 4])
    def test_it_goes_on(self, slow: Applying, tmp_path: Path, made: int) -> None:
        """Whenever it is killed, in the end everything was made once, and the record says so."""
        project = slow.copy(tmp_path / "p")
        go = tmp_path / "go"
        if made > 2:
            go.touch()
        with project.start("rollout", GO=str(go)) as process:
            until(lambda: len(project.effects()) >= made and "stack-started" in project.events())
            process.kill()
        go.touch()
        # On a busy machine it may have ended before the kill came; there is nothing to resume then.
        if project.events()[-1] != "run-ended":
            project.go_on(GO=str(go))
        assert sorted(project.effects()) == sorted(f"pay-dev.{n}.{r}" for n in ("app", "base") for r in "ab")
        assert project.events().count("stack-applied") == 2
        assert project.events()[-1] == "run-ended"
        project.check_nothing_leaks()

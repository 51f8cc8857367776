"""What a run did, taken back: which stacks go back to what, which cannot, and what the ledger is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from records import Project

from landform.errors import Code, LandformError
from landform.rollout.history import read_history
from landform.rollout.rollback import NEVER, Rollback, rollback, taken_back
from landform.synth.bundle import Bundle

FIRST = {"dev.queue": 1, "prod.queue": 1}
SECOND = {"dev.queue": 2, "prod.queue": 2}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def first(project: Project) -> Bundle:
    """What was applied first, everywhere."""
    bundle = project.bundle("first", FIRST)
    project.run("r1", bundle, FIRST)
    return bundle


def returned(found: Rollback) -> dict[str, str]:
    return {one.stack: one.to.run for one in found.returns}


class TestHistory:
    """``read_history``."""

    def test_without_a_ledger(self, project: Project) -> None:
        """And none is begun by looking."""
        with pytest.raises(LandformError) as caught:
            read_history(project.root, None)
        assert caught.value.code is Code.NOTHING_APPLIED
        assert not (project.root / "record").exists()

    def test_places_are_apart(self, project: Project, first: Bundle) -> None:
        """What was applied to a sandbox was not applied to AWS."""
        project.run("s1", project.bundle("second", SECOND), SECOND, sandbox="box")
        assert [run.id for run in project.history.runs] == ["r1"]
        assert [run.id for run in read_history(project.root, "box").runs] == ["s1"]

    def test_another_sandbox_has_ended(self, project: Project) -> None:
        """What was applied there is gone with it, and that is said."""
        project.run("s1", project.bundle("second", SECOND), SECOND, sandbox="gone")
        with pytest.raises(LandformError, match="one that has ended") as caught:
            read_history(project.root, "new").run()
        assert caught.value.code is Code.NOTHING_APPLIED

    def test_how_stacks_ended(self, project: Project) -> None:
        """A stack that failed unchanged is none of the run's; one that was killed may have changed."""
        stacks = {"dev.a": 1, "dev.b": 1, "dev.c": 1, "dev.d": 1}
        project.run(
            "r1",
            project.bundle("one", stacks),
            ["dev.a"],
            failed={"dev.b": True, "dev.c": False},
            killed=["dev.d"],
        )
        outcomes = {stack: change.outcome for stack, change in project.history.runs[0].stacks.items()}
        assert outcomes == {"dev.a": "applied", "dev.b": "failed", "dev.d": "in-doubt"}
        assert list(project.history.applied) == ["dev.a"]

    def test_a_run_by_its_beginning(self, project: Project, first: Bundle) -> None:
        """Where one alone begins so."""
        project.run("s2", first, ["dev.queue"])
        assert project.history.run("r").id == "r1"
        for wrong in ("", "x"):
            with pytest.raises(LandformError) as caught:
                project.history.run(wrong)
            assert caught.value.code is Code.NO_RUN


class TestRollback:
    """``rollback``."""

    def test_the_last_run_is_taken_back(self, project: Project, first: Bundle) -> None:
        """Each of its stacks goes back to what it had before, with when and by whom that was applied."""
        project.run("r2", project.bundle("second", SECOND), SECOND)
        found = rollback(project.root, project.history)
        assert (found.run and found.run.id, found.bundle) == ("r2", first.digest)
        assert returned(found) == {"dev.queue": "r1", "prod.queue": "r1"}
        document = found.as_json()["returns"][0]
        assert document["to_sha256"] == first.stacks["dev.queue"].sha256
        assert document["applied"] == {"run": "r1", "at": "2024-01-01T13:00:00.000000Z", "by": "jane"}

    def test_an_account_that_is_away(self, project: Project, first: Bundle) -> None:
        """One in which nobody can work keeps the others from nothing: its stacks stay, and that is said."""
        project.run("r2", project.bundle("second", SECOND), SECOND)
        found = rollback(project.root, project.history, away={"dev"})
        assert returned(found) == {"prod.queue": "r1"}
        assert [(one.stack, one.reason) for one in found.left] == [
            ("dev.queue", "is in an account that is suspended or closed")
        ]

    def test_what_failed_goes_back_too(self, project: Project, first: Bundle) -> None:
        """A stack that changed half-way is the reason to go back."""
        second = project.bundle("second", {**SECOND, "dev.late": 1})
        project.run("r2", second, ["dev.queue"], failed={"prod.queue": True, "dev.late": False})
        found = rollback(project.root, project.history)
        assert returned(found) == {"dev.queue": "r1", "prod.queue": "r1"}
        assert {one.stack: one.now.outcome for one in found.returns}["prod.queue"] == "failed"

    def test_what_is_new_stays(self, project: Project, first: Bundle) -> None:
        """To go back to nothing would be to destroy, which is said and not done."""
        second = project.bundle("second", {**SECOND, "dev.new": 1})
        project.run("r2", second, second.stacks)
        found = rollback(project.root, project.history)
        assert set(returned(found)) == set(SECOND)
        assert [(one.stack, one.reason) for one in found.left] == [("dev.new", NEVER)]

    def test_nothing_was_before(self, project: Project, first: Bundle) -> None:
        """The first run cannot be taken back."""
        with pytest.raises(LandformError) as caught:
            rollback(project.root, project.history)
        assert caught.value.code is Code.NOTHING_APPLIED
        assert "destroy" in str(caught.value.given)

    def test_some_stacks(self, project: Project, first: Bundle) -> None:
        """A selection of the run's, by stack id or full name; one of no stack is refused."""
        project.run("r2", project.bundle("second", SECOND), SECOND)
        assert set(returned(rollback(project.root, project.history, stacks=["prod.*"]))) == {"prod.queue"}
        assert set(returned(rollback(project.root, project.history, stacks=["queue"]))) == set(SECOND)
        with pytest.raises(LandformError) as caught:
            rollback(project.root, project.history, stacks=["topic"])
        assert caught.value.code is Code.NO_MATCH

    def test_an_earlier_run(self, project: Project, first: Bundle) -> None:
        """What later runs did to the same stacks is taken back with it, and they are named."""
        project.run("r2", project.bundle("second", SECOND), SECOND)
        project.run("r3", project.bundle("third", {**SECOND, "dev.queue": 3}), ["dev.queue"])
        found = rollback(project.root, project.history, run="r2")
        assert {one.stack: one.later for one in found.returns} == {"dev.queue": ("r3",), "prod.queue": ()}

    def test_what_is_back_already(self, project: Project, first: Bundle) -> None:
        """Nothing is left to do, and nothing is refused."""
        project.run("r2", project.bundle("second", SECOND), SECOND)
        project.run("r3", first, FIRST)
        found = rollback(project.root, project.history, run="r2")
        assert found.returns == ()
        assert all(one.settled for one in found.left)

    def test_back_to_a_bundle(self, project: Project, first: Bundle) -> None:
        """All runs since are taken back, whichever stacks each was over."""
        second = project.bundle("second", SECOND)
        project.run("r2", second, ["dev.queue"])
        project.run("r3", second, ["prod.queue"])
        found = rollback(project.root, project.history, to=first.digest.removeprefix("sha256:")[:8])
        assert (found.run, set(returned(found))) == (None, set(FIRST))
        assert set(returned(rollback(project.root, project.history, run="r3", to=first.digest))) == {
            "prod.queue"
        }

    def test_back_to_a_bundle_that_was_never_applied(self, project: Project, first: Bundle) -> None:
        """Those that were are named."""
        with pytest.raises(LandformError) as caught:
            rollback(project.root, project.history, to="ffff")
        assert caught.value.code is Code.NOTHING_APPLIED
        assert first.digest in str(caught.value.expected)

    def test_back_to_what_a_stack_never_had(self, project: Project, first: Bundle) -> None:
        """A bundle may hold what was never applied; that is no way back."""
        second = project.bundle("second", SECOND)
        project.run("r2", second, ["dev.queue"])
        project.run("r3", project.bundle("third", {"dev.queue": 3, "prod.queue": 3}), FIRST)
        found = rollback(project.root, project.history, to=second.digest)
        assert set(returned(found)) == {"dev.queue"}
        assert found.left[0].stack == "prod.queue"
        assert "never had" in found.left[0].reason

    def test_stacks_of_several_bundles(self, project: Project, first: Bundle) -> None:
        """One bundle at a time: of the others it is said which one has what they had."""
        project.run("r2", project.bundle("second", {**SECOND, "prod.queue": 5}), ["dev.queue"])
        project.run("r3", project.bundle("third", {"dev.queue": 3, "prod.queue": 3}), FIRST)
        found = rollback(project.root, project.history)
        assert returned(found) == {"dev.queue": "r2"}
        assert [one.stack for one in found.left] == ["prod.queue"]
        assert f"--to {first.digest}" in found.left[0].reason

    def test_the_bundle_is_gone_from_the_record(self, project: Project, first: Bundle) -> None:
        """Without its index nobody knows what to go back to."""
        project.run("r2", project.bundle("second", SECOND), SECOND)
        for path in (project.root / "record" / "objects").rglob("*"):
            if path.is_file():
                path.unlink()
        with pytest.raises(LandformError) as caught:
            rollback(project.root, project.history)
        assert caught.value.code is Code.OBJECT_BROKEN


class TestTakenBack:
    """``taken_back``."""

    def test_what_a_stack_had(self, project: Project, first: Bundle) -> None:
        """The event says from what to what, and which run is taken back."""
        second = project.bundle("second", SECOND)
        project.run("r2", second, SECOND)
        sha = first.stacks["dev.queue"].sha256
        assert taken_back(project.history, "r9", "dev.queue", sha) == {
            "from_sha256": second.stacks["dev.queue"].sha256,
            "to_sha256": sha,
            "of_run": "r2",
        }

    def test_after_a_failure(self, project: Project, first: Bundle) -> None:
        """What was applied last is applied again: the failed run is taken back."""
        project.run("r2", project.bundle("second", SECOND), failed={"dev.queue": True})
        body = taken_back(project.history, "r9", "dev.queue", first.stacks["dev.queue"].sha256)
        assert body
        assert body["of_run"] == "r2"

    def test_a_run_that_goes_on(self, project: Project, first: Bundle) -> None:
        """A roll-back that was killed and goes on takes back the run before it, not itself."""
        project.run("r2", project.bundle("second", SECOND), SECOND)
        project.run("r3", first, killed=["dev.queue"])
        body = taken_back(project.history, "r3", "dev.queue", first.stacks["dev.queue"].sha256)
        assert body is not None
        assert body["of_run"] == "r2"

    def test_what_is_new_is_no_way_back(self, project: Project, first: Bundle) -> None:
        """Neither a new text, nor the same again, nor a stack that was never applied."""
        sha = first.stacks["dev.queue"].sha256
        assert taken_back(project.history, "r9", "dev.queue", "0" * 64) is None
        assert taken_back(project.history, "r9", "dev.queue", sha) is None
        assert taken_back(project.history, "r9", "dev.other", sha) is None

"""``landform rollback``: the bundle is restored, what goes back is said, and nothing is applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from records import Project

FIRST, SECOND = {"dev.queue": 1, "prod.queue": 1}, {"dev.queue": 2, "prod.queue": 2, "dev.new": 1}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two runs; the second changed both stacks and made a third."""
    made = Project(tmp_path)
    first, second = made.bundle("first", FIRST), made.bundle("second", SECOND)
    made.run("r1", first, FIRST)
    made.run("r2", second, SECOND)
    return made


class TestRollback:
    def test_what_goes_back_is_restored(self, landform, project):
        """The restored bundle is the first one, and the next command plans exactly the stacks that go back."""
        said = landform("rollback", "r2", "-s", "prod.*", "--no-plan", "--json", cwd=project.root)
        document = said.document
        assert said.status == 0
        assert document["format"] == "landform/rollback/v1"
        assert [one["stack"] for one in document["returns"]] == ["prod.queue"]
        restored = Path(document["restored"])
        assert restored == project.root / ".landform" / "rollback" / document["bundle"][7:19]
        for name in ("manifest.json", "landform/bundle.json", "stacks/dev.queue/cdk.tf.json"):
            assert (restored / name).read_bytes() == (project.root / "first" / name).read_bytes()
        assert document["next"] == (
            f"landform plan --out {restored.relative_to(project.root)} --all --stack prod.queue"
        )

    def test_it_is_told_to_people(self, landform, project):
        """A row a stack, what stays and why, and the next command."""
        said = landform("rollback", "--no-plan", cwd=project.root)
        assert said.status == 0
        assert "stays: dev.new was never applied before this run" in said.out
        assert "2 stacks to bundle" in said.out
        assert "next: landform plan --out .landform/rollback/" in said.out

    def test_nothing_before(self, landform, project):
        """The first run has nothing before it: bad input, and nothing is restored."""
        said = landform("rollback", "r1", cwd=project.root)
        assert (said.status, "nothing-applied" in said.err) == (2, True)
        assert not (project.root / ".landform").exists()

    def test_an_unknown_run(self, landform, project):
        """The last runs are named."""
        said = landform("rollback", "r9", "--json", cwd=project.root)
        error = said.document["errors"][0]
        assert (said.status, error["code"], error["given"]) == (2, "no-run", "r9")
        assert "r1, r2" in error["expected"]

    def test_no_sandbox(self, landform, project):
        """What was applied in a sandbox went with it."""
        said = landform("rollback", "--sandbox", cwd=project.root)
        assert said.status == 2
        assert "No sandbox runs" in said.err

    def test_nothing_to_do(self, landform, project):
        """What is back already is no failure."""
        project.run("r3", project.bundle("again", FIRST), FIRST)
        said = landform("rollback", "--to", project.history.last("dev.queue").bundle, cwd=project.root)
        assert said.status == 0
        assert "Nothing goes back" in said.out

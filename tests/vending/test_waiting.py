"""Addresses that changes on branches hold."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from landform.org.lock import LOCK, Lock, lock_text
from landform.org.models.network import Block
from landform.vending.waiting import waiting

GROUP = ("prod", "eu-west-1")
STANDING = Block(account="a", cidr="10.0.0.0/24", sequence=1)
HELD = Block(account="b", cidr="10.0.1.0/24", sequence=2)


class Git(Protocol):
    """What the fixture ``git`` gives."""

    def __call__(self, folder: Path, *arguments: str) -> str: ...

    def commit(self, root: Path) -> None: ...


def locked(*blocks: Block) -> Lock:
    """A lock with some blocks."""
    return Lock.of({GROUP: blocks})


@pytest.fixture
def project(tmp_path: Path, git: Git) -> Path:
    """A project below the top of a repository, with one block, committed."""
    project = tmp_path / "infra"
    (project / LOCK).parent.mkdir(parents=True)
    (project / LOCK).write_text(lock_text(locked(STANDING)))
    git.commit(tmp_path)
    return project


@pytest.fixture
def branched(project: Path, git: Git) -> Path:
    """The same, with a change on a branch that has a block more."""
    branch(project, git, "vend/b", lock_text(locked(STANDING, HELD)))
    return project


def branch(project: Path, git: Git, name: str, text: str) -> None:
    """Commit a lock file on a branch of its own."""
    git(project, "checkout", "-q", "-b", name)
    (project / LOCK).write_text(text)
    git.commit(project.parent)
    git(project, "checkout", "-q", "main")


class TestWaiting:
    """``waiting``."""

    def test_what_a_branch_has_more(self, branched: Path) -> None:
        """Its own blocks, without those that stand."""
        assert waiting(branched, locked(STANDING)).blocks == locked(HELD).blocks

    @pytest.mark.parametrize("name", ["vend/b", "landform/job-1"])
    def test_names_that_landform_gives(self, project: Path, git: Git, name: str) -> None:
        """The command line's, and the server's."""
        branch(project, git, name, lock_text(locked(STANDING, HELD)))
        assert waiting(project, locked(STANDING)).blocks

    def test_a_branch_of_somebody_else(self, project: Path, git: Git) -> None:
        """Is no request's."""
        branch(project, git, "vendor/b", lock_text(locked(STANDING, HELD)))
        assert waiting(project, locked(STANDING)) == Lock({})

    def test_a_merged_branch(self, branched: Path, git: Git) -> None:
        """Waits no longer, whatever became of its blocks since."""
        git(branched, "merge", "-q", "vend/b")
        assert waiting(branched, locked(STANDING)) == Lock({})

    def test_a_squashed_branch(self, branched: Path, git: Git) -> None:
        """What the lock has is held by the lock."""
        git(branched, "merge", "-q", "--squash", "vend/b")
        git.commit(branched.parent)
        assert waiting(branched, locked(STANDING, HELD)) == Lock({})

    def test_a_branch_of_a_remote(self, branched: Path, git: Git, tmp_path: Path) -> None:
        """A request that another machine pushed waits too."""
        git(tmp_path, "clone", "-q", str(tmp_path), "clone")
        assert waiting(tmp_path / "clone/infra", locked(STANDING)).blocks == locked(HELD).blocks

    def test_a_lock_that_is_none(self, branched: Path, git: Git) -> None:
        """Holds nothing, and hides none of the others."""
        branch(branched, git, "vend/c", "<<<<<<< ours\n")
        assert waiting(branched, locked(STANDING)).blocks == locked(HELD).blocks

    def test_a_branch_without_the_file(self, branched: Path, git: Git) -> None:
        """Holds nothing either."""
        git(branched, "checkout", "-q", "--orphan", "vend/d")
        git(branched, "rm", "-rqf", ".")
        git.commit(branched.parent)
        git(branched.parent, "checkout", "-q", "main")
        assert waiting(branched, locked(STANDING)).blocks == locked(HELD).blocks

    def test_no_repository(self, tmp_path: Path) -> None:
        """Nothing waits."""
        assert waiting(tmp_path, Lock({})) == Lock({})

    def test_no_git(self, branched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A project needs none."""
        monkeypatch.setenv("PATH", "")
        assert waiting(branched, locked(STANDING)) == Lock({})

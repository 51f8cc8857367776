"""A change of the spec, written or committed."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from landform.errors import Code, LandformError
from landform.vending import change as module
from landform.vending.change import SpecChange


class Git(Protocol):
    """What the fixture ``git`` gives."""

    def __call__(self, folder: Path, *arguments: str) -> str: ...

    def commit(self, root: Path) -> None: ...


CHANGE = SpecChange({"org/a.yaml": "a: 1\n", "org/new/b.yaml": "b: 2\n"}, "vend b", "Because.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one file of a spec."""
    (tmp_path / "org").mkdir()
    (tmp_path / "org/a.yaml").write_text("a: 0\n")
    return tmp_path


@pytest.fixture
def repository(folder: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same below the top of a repository, committed."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "t")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "t@t.example")
    project = folder / "infra"
    project.mkdir()
    (folder / "org").rename(project / "org")
    git.commit(folder)
    return project


class TestWrite:
    """``SpecChange.write``."""

    def test_what_changed(self, folder: Path) -> None:
        """Is written and named; folders are made."""
        assert CHANGE.write(folder) == ("org/a.yaml", "org/new/b.yaml")
        assert (folder / "org/new/b.yaml").read_text() == "b: 2\n"

    def test_twice(self, folder: Path) -> None:
        """Changes nothing the second time."""
        CHANGE.write(folder)
        assert CHANGE.write(folder) == ()

    def test_all_or_none(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where one file cannot be written, the others are as they were."""
        real = module.write_file

        def failing(path: Path, text: str) -> bool:
            if path.name == "b.yaml":
                raise LandformError(Code.NOT_WRITABLE, "full")
            return real(path, text)

        monkeypatch.setattr(module, "write_file", failing)
        with pytest.raises(LandformError, match="full"):
            CHANGE.write(folder)
        assert (folder / "org/a.yaml").read_text() == "a: 0\n"
        assert not (folder / "org/new/b.yaml").exists()


class TestDiff:
    """``SpecChange.diff``."""

    def test_new_and_changed(self, folder: Path) -> None:
        """Both sides of each file."""
        text = CHANGE.diff(folder)
        assert "-a: 0\n+a: 1\n" in text
        assert "+++ b/org/new/b.yaml\n" in text

    def test_nothing(self, folder: Path) -> None:
        """Is empty once written."""
        CHANGE.write(folder)
        assert CHANGE.diff(folder) == ""


class TestCommit:
    """``SpecChange.commit``."""

    def test_one_commit_on_a_branch(self, repository: Path, git: Git) -> None:
        """With both files, where the project lies, and the message."""
        made = CHANGE.commit(repository, "vend/b")
        assert git(repository, "rev-parse", "vend/b") == made
        assert git(repository, "log", "-1", "--format=%B", made) == "vend b\n\nBecause."
        assert git(repository, "diff", "--name-only", "main", made).split() == [
            "infra/org/a.yaml",
            "infra/org/new/b.yaml",
        ]

    def test_nothing_here_changes(self, repository: Path, git: Git) -> None:
        """Neither the files, nor the index, nor the branch that is checked out."""
        CHANGE.commit(repository, "vend/b")
        assert git(repository, "status", "--porcelain") == ""
        assert (repository / "org/a.yaml").read_text() == "a: 0\n"
        assert git(repository, "branch", "--show-current") == "main"

    def test_twice(self, repository: Path) -> None:
        """The same change on the same branch is the same commit."""
        assert CHANGE.commit(repository, "vend/b") == CHANGE.commit(repository, "vend/b")

    def test_another_change_on_the_branch(self, repository: Path) -> None:
        """Is refused: nobody's branch is moved."""
        CHANGE.commit(repository, "vend/b")
        other = SpecChange({"org/a.yaml": "a: 9\n"}, "other")
        with pytest.raises(LandformError, match="holds something else"):
            other.commit(repository, "vend/b")

    @pytest.mark.parametrize("branch", ["a..b", "-x", "a b", ""])
    def test_a_name_that_git_refuses(self, repository: Path, branch: str) -> None:
        """Is told before anything is made."""
        with pytest.raises(LandformError, match="no branch of this name"):
            CHANGE.commit(repository, branch)

    def test_a_spec_that_is_not_committed(self, repository: Path) -> None:
        """The change was worked out from files that the branch would not have."""
        (repository / "org/other.yaml").write_text("x: 1\n")
        with pytest.raises(LandformError, match="not committed") as caught:
            CHANGE.commit(repository, "vend/b")
        assert "other.yaml" in str(caught.value.given)

    def test_no_repository(self, folder: Path) -> None:
        """Says so."""
        with pytest.raises(LandformError) as caught:
            CHANGE.commit(folder, "vend/b")
        assert caught.value.code is Code.NO_REVISION

    def test_nothing_to_commit(self, repository: Path) -> None:
        """A change that the last commit has."""
        with pytest.raises(LandformError, match="nothing to commit"):
            SpecChange({"org/a.yaml": "a: 0\n"}, "none").commit(repository, "vend/none")

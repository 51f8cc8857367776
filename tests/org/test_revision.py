"""A project at a git revision: read, and nothing of the repository touched."""

import os

import pytest

from landform.errors import Code, LandformError, Place
from landform.org.revision import at_revision, places_of


@pytest.fixture
def repo(tmp_path, git):
    """A project in a folder of a repository, with a file that changed since the last commit."""
    project = tmp_path / "repo" / "acme"
    (project / "org").mkdir(parents=True)
    (project / "org" / "a.yaml").write_text("old\n")
    (project / "code.py").write_text("old\n")
    git.commit(tmp_path / "repo")
    (project / "org" / "a.yaml").write_text("new\n")
    (project / "org" / "b.yaml").write_text("new\n")
    return project


class TestAtRevision:
    """The files as they were."""

    def test_has_the_files_of_the_revision_alone(self, repo):
        """Not what changed since, nor what was never committed."""
        with at_revision(repo, "HEAD") as there:
            assert (there / "org" / "a.yaml").read_text() == "old\n"
            assert sorted(path.name for path in there.rglob("*") if path.is_file()) == ["a.yaml", "code.py"]

    def test_one_folder_alone(self, repo):
        """What else is in the project is not written out."""
        with at_revision(repo, "HEAD", "org") as there:
            assert (there / "org" / "a.yaml").read_text() == "old\n"
            assert not (there / "code.py").exists()

    def test_the_folder_goes_away(self, repo):
        """Also where something fails."""
        with pytest.raises(RuntimeError), at_revision(repo, "HEAD") as there:
            raise RuntimeError
        assert not there.exists()

    def test_neither_work_tree_nor_index_changes(self, repo, git):
        """What is staged stays staged."""
        git(repo, "add", "org/b.yaml")
        before = git(repo, "status", "--porcelain"), (repo.parent / ".git" / "index").read_bytes()
        with at_revision(repo, "HEAD"):
            pass
        assert (git(repo, "status", "--porcelain"), (repo.parent / ".git" / "index").read_bytes()) == before

    def test_what_archives_leave_out_is_there(self, repo, git):
        """A file that is kept out of release archives is a part of the project all the same."""
        (repo / ".gitattributes").write_text("code.py export-ignore\n*.yaml export-subst\n")
        (repo / "org" / "a.yaml").write_text("$Format:%H$\n")
        git.commit(repo.parent)
        with at_revision(repo, "HEAD") as there:
            assert (there / "code.py").exists()
            assert (there / "org" / "a.yaml").read_text() == "$Format:%H$\n"

    def test_inside_a_hook(self, repo, monkeypatch):
        """git names its own repository and index there; they are not ours."""
        monkeypatch.setenv("GIT_DIR", "/nowhere")
        monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
        with at_revision(repo, "HEAD") as there:
            assert (there / "code.py").exists()

    @pytest.mark.parametrize("revision", ["nope", "--help", "", "HEAD~7", "main:acme"])
    def test_no_such_revision(self, repo, revision):
        """What names no commit, or looks like an option."""
        with pytest.raises(LandformError) as caught, at_revision(repo, revision):
            pass
        assert caught.value.code is Code.NO_REVISION
        assert caught.value.given == revision

    def test_before_the_project_was_there(self, tmp_path, git):
        """The revision is there and the folder is not."""
        git.commit(tmp_path)
        (tmp_path / "acme").mkdir()
        with pytest.raises(LandformError) as caught, at_revision(tmp_path / "acme", "HEAD"):
            pass
        assert "not there" in caught.value.message

    def test_no_repository(self, tmp_path):
        """A folder of its own."""
        with pytest.raises(LandformError) as caught, at_revision(tmp_path, "HEAD"):
            pass
        assert caught.value.code is Code.NO_REVISION

    def test_no_git(self, repo, monkeypatch):
        """It is named as missing, with exit status 3."""
        monkeypatch.setenv("PATH", os.devnull)
        with pytest.raises(LandformError) as caught, at_revision(repo, "HEAD"):
            pass
        assert (caught.value.code, caught.value.code.status) == (Code.GIT_MISSING, 3)


class TestPlacesOf:
    """Errors name the revision they are of."""

    def test_each_place_has_it_in_front(self):
        """Line and column stay."""
        with pytest.raises(LandformError) as caught, places_of("v1"):
            raise LandformError(Code.SPEC_VALUE, "wrong", place=Place("org/org.yaml", 3, 1))
        assert str(caught.value.place) == "v1:org/org.yaml:3:1"

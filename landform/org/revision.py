"""A project as it was at a git revision, in a folder of its own that goes away again.

The files are what a checkout would give (line ends and filters of the repository hold), and neither the work tree,
the index nor the history of the repository is touched: git reads the tree into an index of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from landform.errors import Code, LandformError, Place, raise_all
from landform.org.git import ask_git


@contextmanager
def at_revision(project: Path, revision: str, folder: str = "") -> Iterator[Path]:
    """A project's files as of a revision.

    Args:
        project: the project's folder, anywhere in a repository's work tree.
        revision: whatever git takes for a commit: a branch, a tag, ``HEAD~2``.
        folder: only this folder of the project.

    Yields:
        A temporary folder that stands for the project's.

    Raises:
        LandformError: ``no-revision`` where the project is in no repository, the repository has no such
            revision, or the project was not there yet; ``git-missing``.
    """
    commit = resolve_revision(project, revision)
    inside = ask_git(project, "rev-parse", "--show-prefix") or ""
    top = Path(ask_git(project, "rev-parse", "--show-toplevel") or project)
    tree = f"{commit}:{inside}{folder}".rstrip("/")
    with tempfile.TemporaryDirectory(prefix="landform-") as temporary:
        at = Path(temporary, "project", folder)
        at.mkdir(parents=True)
        index = {"GIT_INDEX_FILE": str(Path(temporary, "index"))}
        if ask_git(top, "read-tree", tree, **index) is None:
            raise LandformError(
                Code.NO_REVISION,
                "The project was not there at this revision.",
                place=Place(file=f"{inside}{folder}".rstrip("/") or None),
                given=revision,
                expected="a revision that has this folder",
            )
        if ask_git(top, "checkout-index", "--all", f"--prefix={at}/", **index) is None:
            raise LandformError(
                Code.NO_REVISION,
                "git could not write out the files of this revision.",
                given=revision,
                fix="`git fsck` says whether something is missing; a partial clone may have to fetch it.",
            )
        yield Path(temporary, "project")


def resolve_revision(project: Path, revision: str) -> str:
    """The commit that a revision names. Raises as ``at_revision`` does."""
    if ask_git(project, "rev-parse", "--is-inside-work-tree") != "true":
        raise LandformError(
            Code.NO_REVISION,
            "The project is in no git repository.",
            given=revision,
            expected="a folder in a repository's work tree",
        )
    commit = ask_git(
        project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if commit is None:
        raise LandformError(
            Code.NO_REVISION,
            "git knows no such revision here.",
            given=revision,
            expected="a branch, tag or commit of the project's repository",
            fix="A clone made for a build is often shallow: fetch the revision first.",
        )
    return commit


def file_at(project: Path, revision: str, file: str) -> str | None:
    """The text of one file of a project as of a revision, its last line ended; None where it was not there.

    Raises:
        LandformError: as ``at_revision`` does where there is no such revision.
    """
    text = ask_git(project, "show", f"{resolve_revision(project, revision)}:./{file}")
    return None if text is None else f"{text}\n"


@contextmanager
def places_of(name: str) -> Iterator[None]:
    """Errors from inside name what they are of: ``HEAD~1:org/org.yaml`` in place of ``org/org.yaml``."""
    try:
        yield
    except LandformError as error:
        for single in error.each():
            if single.place and single.place.file:
                single.place = replace(single.place, file=f"{name}:{single.place.file}")
        raise_all(error.each())

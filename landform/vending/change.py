"""A change of the spec as a value: whole texts of files, written all or none, or made one commit of a branch."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from landform.errors import Code, LandformError
from landform.org.files import make_folder, write_file
from landform.org.git import ask_git, run_git
from landform.org.revision import resolve_revision

_NOBODY = "0" * 40


@dataclass(frozen=True, slots=True)
class SpecChange:
    """What is to be written into a project.

    Attributes:
        files: whole texts by file, relative to the project and in POSIX form. None is ever removed.
        title: what the change is, in one line.
        body: the rest of a commit's message, or the text of a pull request, in Markdown.
    """

    files: Mapping[str, str]
    title: str
    body: str = ""

    def diff(self, project: Path) -> str:
        """What would change in the project's files, as a unified diff; empty where nothing would."""
        return "".join(
            line
            for file, text in sorted(self.files.items())
            for line in difflib.unified_diff(
                _text(project / file).splitlines(keepends=True),
                text.splitlines(keepends=True),
                f"a/{file}",
                f"b/{file}",
            )
        )

    def write(self, project: Path) -> tuple[str, ...]:
        """Write the files; those that changed, sorted.

        Each is written whole. Where one cannot be, those before it get their old texts back.

        Raises:
            LandformError: ``not-writable``.
        """
        before = {file: _bytes(project / file) for file in self.files}
        changed: list[str] = []
        try:
            for file, text in sorted(self.files.items()):
                make_folder((project / file).parent)
                if write_file(project / file, text):
                    changed.append(file)
        except BaseException:
            for file in changed:
                _restore(project / file, before[file])
            raise
        return tuple(changed)

    def commit(self, project: Path, branch: str) -> str:
        """Make one commit with the files, on the last one that is checked out, and a new branch at it; its id.

        The work tree, the index and the branch that is checked out stay as they are. A branch that has this very
        change already is left, and its commit is given.

        Raises:
            LandformError: ``git-missing``, ``no-revision`` where there is no repository or no commit in it,
                ``usage`` where the branch is there and holds something else, where its name is none, where nothing
                would change, or where files of the spec were changed and not committed.
        """
        head = resolve_revision(project, "HEAD")
        self._check_clean(project)
        ref = f"refs/heads/{branch}"
        if ask_git(project, "check-ref-format", "--branch", branch) is None:
            raise LandformError(Code.USAGE, "git takes no branch of this name.", given=branch)
        tree = self._tree(project, head)
        there = ask_git(project, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        if there is not None:
            if ask_git(project, "rev-parse", f"{there}^{{tree}}") == tree:
                return there
            raise LandformError(
                Code.USAGE,
                "The branch is there already, and holds something else.",
                given=branch,
                fix="Name another one, or delete it where its change was given up.",
            )
        if ask_git(project, "rev-parse", f"{head}^{{tree}}") == tree:
            raise LandformError(
                Code.USAGE, "There is nothing to commit: the last commit has it all.", given=branch
            )
        message = f"{self.title}\n\n{self.body}".strip() + "\n"
        made = _told(project, "commit-tree", tree, "-p", head, given=message)
        _told(project, "update-ref", "-m", f"landform: {self.title}", ref, made, _NOBODY)
        return made

    def _check_clean(self, project: Path) -> None:
        """Judge whether what the change was worked out from is what is committed."""
        status = ask_git(project, "status", "--porcelain", "--untracked-files=all", "--", "org") or ""
        dirty = [line[3:] for line in status.splitlines()]
        if dirty:
            raise LandformError(
                Code.USAGE,
                "Files of the spec were changed and not committed.",
                given=", ".join(dirty[:5]) + (f" and {len(dirty) - 5} more" if len(dirty) > 5 else ""),
                expected="a spec as the last commit has it: the change was worked out from the files",
                fix="Commit or stash them.",
            )

    def _tree(self, project: Path, head: str) -> str:
        """The tree of the last commit with the files in it."""
        inside = ask_git(project, "rev-parse", "--show-prefix") or ""
        with tempfile.TemporaryDirectory(prefix="landform-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            _told(project, "read-tree", head, **index)
            for file, text in sorted(self.files.items()):
                # Every text is written with the line ends that landform writes, whatever the repository's filters.
                blob = _told(project, "hash-object", "-w", "--stdin", "--no-filters", given=text)
                entry = f"100644,{blob},{inside}{file}"
                _told(project, "update-index", "--add", "--cacheinfo", entry, **index)
            return _told(project, "write-tree", **index)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _text(path: Path) -> str:
    data = _bytes(path)
    return "" if data is None else data.decode("utf-8", errors="replace")


def _restore(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        write_file(path, before.decode("utf-8"))


def _told(project: Path, *arguments: str, given: str | None = None, **environment: str) -> str:
    said = run_git(project, *arguments, given=given, **environment)
    if said.returncode:
        raise LandformError(
            Code.USAGE,
            f"git refused {arguments[0]}.",
            given=said.stderr.strip() or None,
            fix="git config user.name and user.email say who commits."
            if arguments[0] == "commit-tree"
            else None,
        )
    return said.stdout.strip()

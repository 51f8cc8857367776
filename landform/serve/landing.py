"""Where the change of a request goes: a branch with one commit, or the project's own files.

Both can be done twice. A branch is named by its job, so one that is there is what an attempt before this one made; and
files are written from what the request means for the project as it is then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landform.errors import Code, LandformError
from landform.org.revision import resolve_revision
from landform.vending.waiting import SERVED

if TYPE_CHECKING:
    from landform.vending.change import SpecChange


class Landing(StrEnum):
    """Where changes go."""

    BRANCH = "branch"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Landed:
    """What was made.

    Attributes:
        changed: whether anything was.
        files: that the change has, relative to the project.
        branch, commit: where it is, if there.
    """

    changed: bool
    files: tuple[str, ...]
    branch: str | None = None
    commit: str | None = None

    def as_json(self) -> Mapping[str, Any]:
        """What was made, as a JSON object."""
        return {
            "changed": self.changed,
            "files": list(self.files),
            "branch": self.branch,
            "commit": self.commit,
        }


def branch_of(job: str) -> str:
    """The branch of a job."""
    return f"{SERVED}{job}"


def landed_before(project: Path, job: str) -> str | None:
    """The commit that an attempt before this one made of a job; None where there is none."""
    try:
        return resolve_revision(project, f"refs/heads/{branch_of(job)}")
    except LandformError as error:
        if error.code is Code.NO_REVISION:
            return None
        raise


def land(change: SpecChange, project: Path, landing: Landing, job: str) -> Landed:
    """Bring a change to where it goes.

    Raises:
        LandformError: as ``SpecChange.write`` and ``SpecChange.commit`` do.
    """
    files = tuple(sorted(change.files))
    if landing is Landing.FILES:
        change.write(project)
        return Landed(True, files)
    return Landed(True, files, branch_of(job), change.commit(project, branch_of(job)))

"""git in a project's repository: no hook runs, and what the environment says of another repository is left out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from landform.errors import Code, LandformError

# In a hook git names its own repository and index in the environment; they are not ours.
_OWN_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
)
_SETTINGS = ("core.hooksPath=/dev/null", "core.sparseCheckout=false", "core.fsmonitor=false")


def run_git(
    folder: Path, *arguments: str, given: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run git in a folder; bytes that are no UTF-8 come as surrogates.

    Args:
        folder: a folder in a repository's work tree.
        arguments: a command of git with its arguments.
        given: what it reads.
        environment: more variables for it.

    Raises:
        LandformError: ``git-missing``.
    """
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    try:
        return subprocess.run(
            ["git", *settings, "-C", str(folder), *arguments],
            env={key: value for key, value in os.environ.items() if key not in _OWN_VARIABLES} | environment,
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        raise LandformError(
            Code.GIT_MISSING,
            "git could not be run.",
            given=error.strerror,
            expected="git on PATH",
            fix="Install git, or compare folders.",
        ) from None


def ask_git(folder: Path, *arguments: str, **environment: str) -> str | None:
    """What git says, without the last line's end; None where it says no. Takes and raises as ``run_git`` does."""
    done = run_git(folder, *arguments, **environment)
    return done.stdout.removesuffix("\n") if done.returncode == 0 else None

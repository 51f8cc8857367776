"""The bundles that are compared: a folder's, that of a git revision, or what another landform makes of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError, raise_all
from landform.synth.base import bundle_named, error_from_json, write_base
from landform.synth.bundle import INDEX, Bundle

_NOT_OURS = shutil.ignore_patterns(".terraform*", "*.tfstate*")
_VERSION = re.compile(r"v?[0-9]+(\.[0-9]+)*\S*")


@contextmanager
def bundle_of(
    project: Path,
    name: str,
    *,
    present: Path,
    context: Mapping[str, Any],
    jobs: int | None = None,
) -> Iterator[Bundle]:
    """A bundle by name, for as long as it is looked at.

    Args:
        name: a bundle's folder, relative to the project, or what git takes for a commit.
        present: the project's bundle; what a revision makes alike is not made again.

    Raises:
        LandformError: ``no-bundle``, ``no-revision``; whatever is wrong in the project at the revision.
    """
    folder = bundle_named(project, name)
    if folder is not None:
        yield Bundle.load(folder)
        return
    with _scratch(present) as out:
        write_base(project, name, out, context=context, jobs=jobs)
        yield Bundle.load(out)


@contextmanager
def bundle_by(
    python: Path | None, project: Path, *, present: Path, environ: Mapping[str, str]
) -> Iterator[Bundle]:
    """What a landform makes of the project, as it is.

    Args:
        python: the interpreter of the environment that has it; None for this landform.
        environ: the environment of this process.

    Raises:
        LandformError: ``extra-missing`` where it has no landform; ``stack-failed``, or what that landform says.
    """
    environment = dict(environ) if python is None else _without_this(environ)
    python = python or Path(sys.executable)
    asked = _run([str(python), "-c", "import landform; print(landform.__version__)"], project, environment)
    if asked.returncode:
        raise LandformError(
            Code.EXTRA_MISSING,
            "There is no landform in this environment.",
            given=f"{python}: {_last(asked.stderr)}",
            expected="an interpreter that imports landform",
            fix=f"Install one: {python} -m pip install landform",
        )
    with _scratch(present) as out:
        command = [str(python), "-m", "landform.cli.main", "synth", "--json", "--quiet", "--out", str(out)]
        done = _run([*command, "-C", str(project)], project, environment)
        if done.returncode:
            _refuse(done, f"landform {asked.stdout.strip()} of {python}")
        yield Bundle.load(out)


def interpreter(given: str) -> Path:
    """The interpreter of a virtual environment: its folder, or the interpreter itself.

    Raises:
        LandformError: ``usage`` where it is neither.
    """
    path = Path(os.path.abspath(given))
    for candidate in (path / "bin" / "python", path / "Scripts" / "python.exe", path):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    version = _VERSION.fullmatch(given)
    number = given.removeprefix("v")
    raise LandformError(
        Code.USAGE,
        "There is no Python environment here.",
        given=f"--upgrade {given}",
        expected="the folder of a virtual environment that has the other landform, or its interpreter",
        fix=f"python -m venv ../landform-{number} && ../landform-{number}/bin/pip install landform=={number}, then "
        f"--upgrade ../landform-{number}"
        if version
        else None,
    )


@contextmanager
def _scratch(present: Path) -> Iterator[Path]:
    """A folder for a bundle, which holds the present one to begin with."""
    with tempfile.TemporaryDirectory(prefix="landform-") as temporary:
        out = Path(temporary, "cdktf.out")
        if (present / INDEX).is_file():
            shutil.copytree(present, out, ignore=_NOT_OURS)
        yield out


def _without_this(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would lend this landform to another interpreter."""
    here = Path(__file__).parents[2]
    kept = {key: value for key, value in environ.items() if key not in ("PYTHONHOME", "PYTHONPATH")}
    paths = [path for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    paths = [path for path in paths if Path(path).resolve() != here]
    return {**kept, **({"PYTHONPATH": os.pathsep.join(paths)} if paths else {})}


def _run(
    command: list[str], project: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=project,
        env=dict(environment),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _refuse(done: subprocess.CompletedProcess[str], who: str) -> None:
    try:
        found = [error_from_json(each) for each in json.loads(done.stdout)["errors"]]
    except (ValueError, KeyError, TypeError, StopIteration):
        # It said it in no way, or with a code, that this landform knows.
        found = []
    for error in found:
        error.message = f"{who}: {error.message}"
    raise_all(found)
    raise LandformError(
        Code.STACK_FAILED,
        "The other landform could not synthesise the project.",
        given=f"{who}: {_last(done.stderr) or _last(done.stdout)}",
        fix="Run its `landform synth` in the project.",
    )


def _last(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:300]

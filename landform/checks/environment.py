"""Another environment, in which checkov is installed: for users who need other versions of what checkov pins.

Only checkov runs there, with users' checks for it. landform's own rules and users' other rules run here, beside the
packages that they import. Python values go to and fro over a pair of sockets, pickled, as ``multiprocessing`` sends
them to its workers: what checkov reads of HCL is more than JSON can hold. It is as trusted as the interpreter is that
is named; what it says first is JSON, and another version of landform is refused before anything is unpickled.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, BinaryIO

from landform import __version__
from landform.errors import Code, LandformError, Place

MODULE = "landform.checks.isolated"

START_SECONDS = 60
"""How long the other side has to say who it is. It imports landform, and checkov not yet."""

# They are of this environment, and would lead that interpreter back into it.
_OURS = ("PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer: what was raised, by name."""

    error: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is installed there: the versions of landform, checkov and Python."""

    landform: str
    checkov: str
    python: str


def ask(python: Path, what: str, *arguments: Any) -> Any:
    """Have something done in the environment of another interpreter.

    It is started once a process, and stays until this process ends.

    Args:
        python: the interpreter.
        what: one of the names that the other side answers to.
        arguments: for it.

    Raises:
        LandformError: ``checks-environment`` where it cannot be started, is of another landform, has no checkov, or
            breaks down; what is raised there, as it is.
    """
    asked = _started(python, os.getpid())
    try:
        asked.connection.send((what, arguments))
        answer = asked.connection.recv()
    except Exception as error:
        # Whatever it sent, or did not send, is no answer.
        _started.cache_clear()
        given = f"{asked.end()}; {type(error).__name__}"
        raise _refused("The environment for checkov broke down.", python, given=given) from error
    if isinstance(answer, LandformError):
        raise answer
    if not isinstance(answer, Said):
        given = answer.error if isinstance(answer, Failed) else f"no answer, but {type(answer).__name__}"
        raise _refused("The environment for checkov broke down.", python, given=given)
    return answer.value


def greeting(python: Path) -> Greeting:
    """What is installed in the environment of an interpreter.

    Raises:
        LandformError: ``checks-environment``, as ``ask``.
    """
    return _started(python, os.getpid()).greeting


@dataclass(frozen=True, slots=True)
class _Process:
    """The other side, at work."""

    process: subprocess.Popen[bytes]
    connection: Connection
    greeting: Greeting

    def end(self) -> str:
        """End it; gives how it ended."""
        self.connection.close()
        return _ended(self.process)


@functools.cache
def _started(python: Path, pid: int) -> _Process:
    """The other side; of this process, because two that share one would take each other's answers."""
    here, there = Pipe()
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                # The folder that somebody stands in is no part of an environment.
                [python, "-P", "-m", MODULE, str(there.fileno())],
                stdin=subprocess.PIPE,
                # stdout is the report's.
                stdout=errors,
                stderr=errors,
                pass_fds=[there.fileno()],
                env={name: value for name, value in os.environ.items() if name not in _OURS},
            )
        except OSError as error:
            given = f"{python}: {error.strerror}"
            raise _refused("The Python for checkov cannot be started.", python, given=given) from error
        finally:
            there.close()
        try:
            said = json.loads(here.recv_bytes()) if here.poll(START_SECONDS) else None
        except (EOFError, OSError, ValueError):
            said = None
        if not isinstance(said, Mapping):
            here.close()
            given = f"{_ended(process)}; {_last_line(errors)}"
            raise _refused("There is no landform with checks in the environment.", python, given=given)
    problem = None
    if said.get("landform") != __version__:
        problem = "The environment for checkov has another landform.", f"landform {said.get('landform')}"
    elif not said.get("checkov"):
        problem = "There is no checkov in the environment that was named for it.", "landform without checkov"
    if problem:
        here.close()
        _ended(process)
        raise _refused(problem[0], python, given=problem[1])
    return _Process(process, here, Greeting(said["landform"], said["checkov"], str(said.get("python"))))


def _ended(process: subprocess.Popen[bytes]) -> str:
    """End a process that has nobody to answer; gives its exit status."""
    if process.stdin:
        process.stdin.close()
    try:
        status = process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "no answer"
    return f"exit status {status}"


def _last_line(errors: BinaryIO) -> str:
    """What Python says why it ended. Nothing of a stack was sent yet, so nothing of one is in it."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")[:200]


def _refused(message: str, python: Path, *, given: str) -> LandformError:
    return LandformError(
        Code.CHECKS_ENVIRONMENT,
        message,
        place=Place(file=str(python)),
        given=given,
        expected=f"a Python that has landform {__version__} with its checks",
        fix=f"Install 'landform[checks]=={__version__}' there, or name another Python in LANDFORM_CHECKS_PYTHON.",
    )

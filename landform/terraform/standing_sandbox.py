"""A sandbox that stays up: started by one command, used by the next ones, ended by a third.

moto keeps everything in memory, so what is applied lasts as long as its server. The server is recorded in
``<project>/.landform/sandbox.json``. A record alone proves nothing, since a machine gives out ports and process ids
again: a server is used only where it answers at that port with the recorded name. The server ends by itself where
its record goes, so that no project that was deleted leaves one behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from landform.errors import Code, LandformError, Place
from landform.terraform.sandbox import (
    END,
    NAME_PATH,
    Sandbox,
    end_server,
    say,
    start_sandbox,
    start_server,
)

FOLDER = Path(".landform")
RECORD = "sandbox.json"
LOG = "sandbox.log"
LOCK = "sandbox.lock"
# Seconds that a server which is alive may take to say its name, be it ever so busy.
ANSWER = 10.0
HOST = "127.0.0.1"
# The policies that AWS manages, which a role cannot be given unless they are there: 5 MB an account.
SETTINGS = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}


@dataclass(frozen=True, slots=True)
class Record:
    """A sandbox that was told to stay.

    Attributes:
        pid: its process.
        port: where it listens, on 127.0.0.1.
        instance: its name, which it answers with.
        token: what it wants to hear before it stops. Not for others.
    """

    pid: int
    port: int
    instance: str
    token: str

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox, to be used."""
        return Sandbox(f"http://{HOST}:{self.port}", self.instance, stays=True)

    def __repr__(self) -> str:
        return f"Record(pid={self.pid}, port={self.port}, instance={self.instance!r})"


def find(project: Path, on_notice: Callable[[str], None] = lambda _: None) -> Record | None:
    """The sandbox that stays up for a project, or None. A record whose server is gone is told, and removed.

    Raises:
        LandformError: ``not-writable`` where the record cannot be read.
    """
    path = project / FOLDER / RECORD
    try:
        record = Record(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (TypeError, ValueError):
        path.unlink(missing_ok=True)
        on_notice(f"{path} was no record of a sandbox and was removed.")
        return None
    except OSError as error:
        raise _unusable(path, error) from None
    if _ask(record, "GET") == record.instance:
        return record
    path.unlink(missing_ok=True)
    on_notice(
        f"The sandbox of process {record.pid} at port {record.port} has ended, and with it all that was applied there."
    )
    return None


def start(project: Path, on_notice: Callable[[str], None] = lambda _: None) -> Record:
    """Start a sandbox that stays up; where the project has one, that is it.

    Raises:
        LandformError: ``extra-missing``, ``sandbox-failed``, ``not-writable``.
    """
    folder = project / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with _alone(folder / LOCK), _private(folder / LOG) as log:
            return find(project, on_notice) or _start(folder / RECORD, log)
    except OSError as error:
        raise _unusable(folder, error) from None


def stop(project: Path, on_notice: Callable[[str], None] = lambda _: None) -> Record | None:
    """Stop a project's sandbox; returns what was stopped, None where there was none.

    Raises:
        LandformError: ``not-writable`` where the record cannot be read or removed.
    """
    record = find(project, on_notice)
    if record is None:
        return None
    _ask(record, "POST")
    deadline = time.monotonic() + END
    while _ask(record, "GET") == record.instance:
        if time.monotonic() > deadline:
            # It has just said that it is ours, so the process is, too.
            with contextlib.suppress(ProcessLookupError):
                os.kill(record.pid, signal.SIGKILL)
        time.sleep(0.05)
    try:
        (project / FOLDER / RECORD).unlink(missing_ok=True)
    except OSError as error:
        raise _unusable(project / FOLDER / RECORD, error) from None
    return record


@contextlib.contextmanager
def use_sandbox(project: Path, on_notice: Callable[[str], None] = lambda _: None) -> Iterator[Sandbox]:
    """The sandbox that stays up, or one for as long as the block lasts.

    Raises:
        LandformError: ``extra-missing``, ``sandbox-failed``, ``not-writable``.
    """
    record = find(project, on_notice)
    with contextlib.nullcontext(record.sandbox) if record else start_sandbox() as running:
        yield running


def _start(path: Path, log: IO[bytes]) -> Record:
    server = start_server(log, SETTINGS)
    try:
        port = int(server.sandbox.url.rpartition(":")[2])
        record = Record(server.process.pid, port, server.sandbox.instance, server.token)
        with _private(path) as file:
            file.write(json.dumps(asdict(record)).encode())
        say(server.process, str(path.absolute()))
        return record
    except BaseException:
        end_server(server.process)
        raise


def _ask(record: Record, method: str) -> str | None:
    """What the server at the record's port says its name is; None where nothing answers there as a sandbox does."""
    connection = http.client.HTTPConnection(HOST, record.port, timeout=ANSWER)
    try:
        # The token is for a server that has said its name, and not for whoever else has the port now.
        headers = {"Authorization": record.token} if method == "POST" else {}
        connection.request(method, NAME_PATH, headers=headers)
        return connection.getresponse().read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else starts a sandbox in this project meanwhile."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that is its owner's alone, in the place of what was there."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        yield file


def _unusable(path: Path, error: OSError) -> LandformError:
    return LandformError(
        Code.NOT_WRITABLE,
        "The record of the sandbox that stays up cannot be read or written.",
        place=Place(file=str(path)),
        given=error.strerror or str(error),
    )

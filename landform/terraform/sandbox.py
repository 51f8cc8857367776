"""The local AWS: a moto server of landform's own, on this machine, for as long as it is needed.

moto keeps a separate world for each account and knows the account of a caller by its credentials. A provider
that assumes a role in an account therefore works in that account's world: many accounts, one server.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import IO

from landform.errors import Code, LandformError

LAUNCHER = Path(__file__).with_name("moto_launcher.py")
# Seconds that the server may take to answer, and to end.
START = 60.0
END = 5.0
LAST_LINES = 8
# Where a server says its name. Below moto's own prefix, which no service of AWS uses.
NAME_PATH = "/moto-api/landform"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running local AWS at ``url``.

    Attributes:
        url: where it answers.
        instance: names this one server: what another one was told, this one does not know.
        stays: whether it outlives the command, so that what is planned in it can be applied in it.
    """

    url: str
    instance: str
    stays: bool = False

    def environment(self, environ: Mapping[str, str] = os.environ) -> dict[str, str | None]:
        """What to change in an environment so that nothing in it leads to a real AWS.

        Every ``AWS_*`` variable of the user is taken away (None), the shared files of ``~/.aws`` are out of
        sight, and every service of every provider version is answered by the sandbox.
        """
        return {
            **{key: None for key in environ if key.startswith("AWS_")},
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }


@dataclass(frozen=True, slots=True)
class Server:
    """A server as a child of this process. Who knows the ``token`` can stop it."""

    process: subprocess.Popen[bytes]
    sandbox: Sandbox
    token: str


@contextlib.contextmanager
def start_sandbox() -> Iterator[Sandbox]:
    """Start the local AWS and stop it at the end, whatever the end is.

    Raises:
        LandformError: ``extra-missing`` where moto is not installed, ``sandbox-failed`` where it does not start.
    """
    with tempfile.TemporaryFile() as log:
        server = start_server(log)
        try:
            yield server.sandbox
        finally:
            end_server(server.process)


def start_server(log: IO[bytes], environ: Mapping[str, str] | None = None) -> Server:
    """Start a server, which ends with this process unless it is told to stay.

    Args:
        log: what the server says goes there.
        environ: moto's own settings, which are not the user's to make.

    Raises:
        LandformError: ``extra-missing`` where moto is not installed, ``sandbox-failed`` where it does not start.
    """
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
        raise LandformError(
            Code.EXTRA_MISSING,
            "The sandbox needs moto's server, which is not installed.",
            fix="pip install 'landform[sandbox]'",
        )
    # Its own session: Ctrl-C must end Terraform first, which still talks to it.
    process = subprocess.Popen(
        [sys.executable, "-P", str(LAUNCHER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
        env={key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MOTO_"))}
        | dict(environ or {}),
    )
    try:
        instance, token = token_hex(8), token_hex(32)
        say(process, json.dumps({"path": NAME_PATH, "instance": instance, "token": token}))
        port = _port(process)
        if port is None:
            log.seek(0)
            said = log.read().decode(errors="replace").strip().splitlines()[-LAST_LINES:]
            raise LandformError(
                Code.SANDBOX_FAILED,
                "The local AWS (moto) did not start.",
                given="\n".join(said) or f"no answer within {START:.0f} seconds",
                fix="pip install --upgrade 'landform[sandbox]', or plan without --sandbox.",
            )
        return Server(process, Sandbox(f"http://127.0.0.1:{port}", instance), token)
    except BaseException:
        end_server(process)
        raise


def say(process: subprocess.Popen[bytes], line: str) -> None:
    """Write a line to a server; where it has ended already, that shows in what it does not answer."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(f"{line}\n".encode())
        process.stdin.flush()


def _port(server: subprocess.Popen[bytes]) -> int | None:
    """The port that the server listens on, or None where it ended or is too slow."""
    assert server.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(server.stdout, selectors.EVENT_READ)
        if not selector.select(START):
            return None
    line = server.stdout.readline().strip()
    return int(line) if line.isdigit() else None


def end_server(process: subprocess.Popen[bytes]) -> None:
    """End a server that has not been told to stay."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.stdout.close()
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

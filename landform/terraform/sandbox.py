"""The local AWS: a moto server of landform's own, on this machine, for as long as it is needed.

moto keeps a separate world for each account and knows the account of a caller by its credentials. A provider
that assumes a role in an account therefore works in that account's world: many accounts, one server.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landform.errors import Code, LandformError

LAUNCHER = Path(__file__).with_name("moto_launcher.py")
# Seconds that the server may take to answer, and to end.
START = 60.0
END = 5.0
LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running local AWS at ``url``."""

    url: str

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


@contextlib.contextmanager
def start_sandbox() -> Iterator[Sandbox]:
    """Start the local AWS and stop it at the end, whatever the end is.

    Raises:
        LandformError: ``extra-missing`` where moto is not installed, ``sandbox-failed`` where it does not start.
    """
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
        raise LandformError(
            Code.EXTRA_MISSING,
            "The sandbox needs moto's server, which is not installed.",
            fix="pip install 'landform[sandbox]'",
        )
    with tempfile.TemporaryFile() as log:
        # Its own session: Ctrl-C must end Terraform first, which still talks to it.
        server = subprocess.Popen(
            [sys.executable, "-P", str(LAUNCHER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            env={key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MOTO_"))},
        )
        try:
            port = _port(server)
            if port is None:
                log.seek(0)
                said = log.read().decode(errors="replace").strip().splitlines()[-LAST_LINES:]
                raise LandformError(
                    Code.SANDBOX_FAILED,
                    "The local AWS (moto) did not start.",
                    given="\n".join(said) or f"no answer within {START:.0f} seconds",
                    fix="pip install --upgrade 'landform[sandbox]', or plan without --sandbox.",
                )
            yield Sandbox(f"http://127.0.0.1:{port}")
        finally:
            _stop(server)


def _port(server: subprocess.Popen[bytes]) -> int | None:
    """The port that the server listens on, or None where it ended or is too slow."""
    assert server.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(server.stdout, selectors.EVENT_READ)
        if not selector.select(START):
            return None
    line = server.stdout.readline().strip()
    return int(line) if line.isdigit() else None


def _stop(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.close()
    server.stdout.close()
    try:
        server.wait(END)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()

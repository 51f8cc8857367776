"""Child processes that never outlive what they were started for.

Terraform starts a provider process of its own, so a child is stopped as a whole group. The group is not the
terminal's: Ctrl-C reaches Terraform once, from here, and not a second time from the terminal, which Terraform
would take as an order to die without unlocking its state.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# Seconds between asking a child to stop and killing its group.
GRACE = 5.0


class Processes:
    """Runs children and can stop all of them, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a child to its end and capture what it writes. Files that it makes are its owner's alone.

        Raises:
            KeyboardInterrupt: after ``stop``, here or in another thread; the child is gone.
            subprocess.TimeoutExpired: after ``timeout`` seconds; the child is gone.
            OSError: where the child cannot be started.
        """
        with self._lock:
            if self._stopped:
                raise KeyboardInterrupt
            child = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                umask=0o077,
            )
            self._running.add(child)
        try:
            out, err = child.communicate(timeout=timeout)
        finally:
            _end([child])
            with self._lock:
                self._running.discard(child)
        if self._stopped:
            raise KeyboardInterrupt
        return subprocess.CompletedProcess(
            argv, child.returncode, out.decode(errors="replace"), err.decode(errors="replace")
        )

    def stop(self) -> None:
        """Stop every child and start no more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        _end(running)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask what still runs to stop, all at once; kill what does not within the grace."""
    running = [child for child in children if child.poll() is None]
    for child in running:
        _signal(child, signal.SIGINT)
    deadline = time.monotonic() + GRACE
    try:
        for child in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
    finally:
        # Also on a second Ctrl-C, which cuts the grace short.
        for child in running:
            _signal(child, signal.SIGKILL)
            child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group is gone where every process of it has ended, which is what the signal is for.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)

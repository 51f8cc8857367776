"""Child processes that never outlive what they were started for.

Terraform starts a provider process of its own, so a child is stopped as a whole group. The group is not the
terminal's: Ctrl-C reaches Terraform once, from here, and not a second time from the terminal, which Terraform
would take as an order to die without unlocking its state. Where this process dies without a word, the launcher
between it and the child (``child.py``) stops the group instead.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

LAUNCHER = Path(__file__).with_name("child.py")
# Seconds between asking a child to stop and killing its group.
GRACE = 5.0
CHUNK = 65536


class Processes:
    """Runs children and can stop all of them, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[subprocess.Popen[bytes], float] = {}
        self._stopped = threading.Event()

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,
        grace: float = GRACE,
        on_line: Callable[[str], None] = lambda _: None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a child to its end and capture what it writes. Files that it makes are its owner's alone.

        Args:
            argv: the command.
            cwd: where it runs.
            env: its whole environment.
            timeout: seconds that it may take.
            grace: seconds that it has to end by itself when it is stopped.
            on_line: told each line of its output as it comes.

        Raises:
            KeyboardInterrupt: after ``stop``, here or in another thread; the child is gone.
            subprocess.TimeoutExpired: after ``timeout`` seconds; the child is gone.
            OSError: where the child cannot be started.
        """
        deadline = time.monotonic() + timeout
        # A pipe of which this process alone holds one end: its end is the launcher's sign.
        reading, writing = os.pipe()
        try:
            child = self._start(argv, cwd, env, grace, reading)
        except BaseException:
            os.close(writing)
            raise
        finally:
            os.close(reading)
        reader = _Reader(child, argv)
        try:
            reader.read(deadline, on_line)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            reader.leave(grace, on_line)
            raise
        except BaseException:
            reader.leave(grace, lambda _: None)
            raise
        finally:
            os.close(writing)
            reader.close()
            with self._lock:
                del self._running[child]
        if self._stopped.is_set():
            raise KeyboardInterrupt
        return subprocess.CompletedProcess(
            argv, child.returncode, reader.out.decode(errors="replace"), reader.err.decode(errors="replace")
        )

    def _start(
        self, argv: Sequence[str], cwd: Path, env: Mapping[str, str], grace: float, reading: int
    ) -> subprocess.Popen[bytes]:
        command = argv[0] if os.sep in argv[0] else _found(argv[0], env)
        if not os.access(cwd / command, os.X_OK):
            # The launcher would only say so in a traceback.
            raise FileNotFoundError(f"{argv[0]} is not a command that can be run")
        with self._lock:
            if self._stopped.is_set():
                raise KeyboardInterrupt
            child = subprocess.Popen(
                # Neither the site's packages nor the user's variables: it starts in 20 ms and imports nothing else.
                [sys.executable, "-I", "-S", str(LAUNCHER), str(grace), command, *argv[1:]],
                cwd=cwd,
                env=dict(env),
                stdin=reading,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                umask=0o077,
            )
            self._running[child] = grace
        return child

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond ``stop``.

        Raises:
            KeyboardInterrupt: after ``stop``.
        """
        if self._stopped.wait(seconds):
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Stop every child and start no more."""
        with self._lock:
            self._stopped.set()
            running = dict(self._running)
        _end(running)


def _found(command: str, env: Mapping[str, str]) -> str:
    import shutil

    return shutil.which(command, path=env.get("PATH")) or command


class _Reader:
    """Reads what a child writes, until it ends. A child whose pipe is full would wait for a reader for ever."""

    def __init__(self, child: subprocess.Popen[bytes], argv: Sequence[str]) -> None:
        self.out, self.err = bytearray(), bytearray()
        self._child, self._argv = child, argv
        self._told = 0
        self._selector = selectors.DefaultSelector()
        for pipe, kept in ((child.stdout, self.out), (child.stderr, self.err)):
            assert pipe is not None
            self._selector.register(pipe, selectors.EVENT_READ, kept)

    def read(self, deadline: float, on_line: Callable[[str], None]) -> None:
        """Read to the end of both outputs and of the child, by a time of ``time.monotonic``."""
        started = time.monotonic()
        while self._selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(self._argv, deadline - started)
            for key, _ in self._selector.select(left):
                chunk = os.read(key.fd, CHUNK)
                key.data.extend(chunk)
                if not chunk:
                    self._selector.unregister(key.fileobj)
            self._tell(on_line)
        self._child.wait(max(0.0, deadline - time.monotonic()))

    def _tell(self, on_line: Callable[[str], None]) -> None:
        while (end := self.out.find(b"\n", self._told)) >= 0:
            line = self.out[self._told : end].decode(errors="replace")
            self._told = end + 1
            on_line(line)

    def leave(self, grace: float, on_line: Callable[[str], None]) -> None:
        """Ask the child to stop, once: Terraform takes a second time as an order to die without saving its state."""
        if self._child.poll() is None:
            _signal(self._child, signal.SIGINT)
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.read(time.monotonic() + grace, on_line)
        finally:
            # Also on a second Ctrl-C, which cuts the grace short.
            _kill([self._child])

    def close(self) -> None:
        """Give the pipes back."""
        self._selector.close()
        for pipe in (self._child.stdout, self._child.stderr):
            assert pipe is not None
            pipe.close()


def _end(children: Mapping[subprocess.Popen[bytes], float]) -> None:
    """Ask what still runs to stop, all at once; kill what does not within its grace."""
    running = {child: grace for child, grace in children.items() if child.poll() is None}
    for child in running:
        _signal(child, signal.SIGINT)
    asked = time.monotonic()
    try:
        for child, grace in running.items():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, asked + grace - time.monotonic()))
    finally:
        # Also on a second Ctrl-C, which cuts the grace short.
        _kill(running)


def _kill(children: Iterable[subprocess.Popen[bytes]]) -> None:
    # Also a group whose leader has ended: what ignored the order to stop is still in it.
    for child in children:
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group is gone where every process of it has ended, which is what the signal is for.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)

"""Runs one command for a parent, and ends it where the parent is gone: the parent's pipe is this process's input.

Killed outright (``kill -9``, out of memory), a parent cannot stop its children. Terraform would go on for as long as
its plan lasts, with nobody to write down what it did. Its group is asked to stop, as by Ctrl-C, so that Terraform
saves its state and gives back its lock; what has not ended after the grace is killed. Until then what it writes is
read here and thrown away: without a reader it would die of its first line, and its state with it.

Run as ``python child.py GRACE OUT ERR COMMAND...``, in a session of its own; OUT and ERR are the descriptors from
which the parent reads. Works on any POSIX, where a signal on the
parent's death (``PR_SET_PDEATHSIG``) is Linux's alone and hangs on the thread that started the child.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time


def main() -> int:
    """The exit status of the command."""
    # Ctrl-C is for the command; this process ends when that one does. A handler, unlike "ignore", is not inherited.
    signal.signal(signal.SIGINT, lambda *_: None)
    child = subprocess.Popen(sys.argv[4:], stdin=subprocess.DEVNULL)
    orphaned = threading.Event()
    threading.Thread(target=_watch, args=(float(sys.argv[1]), orphaned), daemon=True).start()
    status = child.wait()
    if orphaned.is_set():
        # The command has ended in order; what it left, as a provider that hears no Ctrl-C, would never.
        os.killpg(0, signal.SIGKILL)
    return status if status >= 0 else 128 - status


def _watch(grace: float, orphaned: threading.Event) -> None:
    # Nothing is ever written: a read ends when the last holder of the other end has.
    os.read(0, 1)
    orphaned.set()
    for pipe in map(int, sys.argv[2:4]):
        threading.Thread(target=_drain, args=(pipe,), daemon=True).start()
    os.killpg(0, signal.SIGINT)
    time.sleep(grace)
    os.killpg(0, signal.SIGKILL)


def _drain(pipe: int) -> None:
    while os.read(pipe, 65536):
        pass


if __name__ == "__main__":
    sys.exit(main())

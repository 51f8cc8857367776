"""Processes that share out work, and that end with the process that started them, however that ends.

Leaving a pool ends its processes. One that is killed leaves nothing: its workers would wait for work for ever, which CI
runners make many of, because they end a job with SIGTERM.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool


@contextmanager
def worker_pool(processes: int) -> Iterator[Pool]:
    """A pool of processes. Leaving it, by an interrupt too, ends them."""
    with multiprocessing.get_context().Pool(processes, _start) as pool:
        yield pool


def _start() -> None:
    # Ctrl-C reaches all of them; the one that started them ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        # Its end of a pipe is closed when it is gone, whatever ended it.
        parent.join()
        os._exit(1)

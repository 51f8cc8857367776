"""One run at a time: a lock on a file that the kernel frees when its holder ends, however it ends.

The lock is ``flock(2)``'s. What the file says is who holds it, for whoever is refused; it is not the lock.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from landform.errors import Code, LandformError, Place

_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a lock: the id of the run, the process, the user and the machine."""

    run: str
    pid: int
    user: str
    host: str

    def __str__(self) -> str:
        return f"run {self.run}, process {self.pid} of {self.user} on {self.host}"


@contextmanager
def exclusive(path: Path, owner: Owner) -> Iterator[None]:
    """Hold a lock file as ``owner`` for as long as the context lasts. Its folder must be there.

    Raises:
        LandformError: ``in-use`` where another process holds it; ``not-writable``.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _not_writable(path, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(path, descriptor) from None
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(asdict(owner)).encode(), 0)
        except OSError as error:
            raise _not_writable(path, error) from None
        yield
    finally:
        os.close(descriptor)


def _in_use(path: Path, descriptor: int) -> LandformError:
    try:
        holder = str(Owner(**json.loads(os.pread(descriptor, _MAX_BYTES, 0))))
    except (ValueError, TypeError):
        # It has the lock and has not yet written who it is.
        holder = "a process that has just begun"
    return LandformError(
        Code.IN_USE,
        "Another run is at work here, and two at once would spoil each other's.",
        place=Place(str(path)),
        given=f"held by {holder}",
        fix="Wait until it ends. The lock ends with its process, so there is no file to remove.",
    )


def _not_writable(path: Path, error: OSError) -> LandformError:
    return LandformError(
        Code.NOT_WRITABLE,
        "The lock file cannot be written.",
        place=Place(str(path)),
        given=error.strerror,
        fix="Make room, or give write access to its folder.",
    )

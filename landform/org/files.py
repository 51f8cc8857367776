"""Folders made, files read up to a size, and files written whole or not at all: what is read is the old or the new."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from landform.errors import Code, LandformError, Place

# What nearly every file of a spec fits into.
_USUAL_BYTES = 64 * 1024


def read_file(path: Path, most: int) -> bytes:
    """The bytes of a file, of a larger one ``most`` and one more.

    Raises:
        OSError: where it cannot be read, or is no file: reading a pipe or a device may never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    with path.open("rb") as stream:
        data = stream.read(_USUAL_BYTES)
        return data + stream.read(most + 1 - _USUAL_BYTES) if len(data) == _USUAL_BYTES else data


def make_folder(folder: Path, what: str = "folder") -> None:
    """Make a folder, and those that it stands in; ``what`` is what an error calls it.

    Raises:
        LandformError: ``not-writable``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            f"The {what} cannot be made.",
            place=Place(file=str(folder)),
            given=error.strerror,
        ) from None


def write_file(path: Path, text: str) -> bool:
    """Write a text as UTF-8 in place of a file, keeping its mode; whether that changed anything.

    Raises:
        LandformError: ``not-writable``.
    """
    # A link stays a link: what it leads to is what gets replaced.
    target = Path(os.path.realpath(path))
    data = text.encode()
    try:
        if target.is_file() and target.read_bytes() == data:
            return False
        # Hidden, so that a file of a run that was killed is no part of a spec.
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
            os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
            os.replace(name, target)
        except OSError:
            os.unlink(name)
            raise
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "The file cannot be written.",
            place=Place(file=str(path)),
            given=error.strerror,
            fix="Name another one, or make its folder.",
        ) from None
    return True

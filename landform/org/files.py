"""Files written whole or not at all: what a reader sees is the old file or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from landform.errors import Code, LandformError, Place


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

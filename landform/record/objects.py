"""What was applied, kept as it was: texts under their SHA-256, written once and never again.

An object's name is the digest of what it holds, so that whoever has the name can tell whether it is still that, and
equal texts of many bundles are one file. The ledger names the objects; without them it says that something was
applied and not what.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from landform.digest import sha256
from landform.errors import Code, LandformError, Place

FOLDER = Path("record/objects")
"""Where the objects stand in a project."""

# As many folders as two hexadecimal digits make, so that none holds more than a file system lists quickly.
_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects in a folder, ``<folder>/<2 digits>/<sha256>``. Several threads and processes may add to one."""

    folder: Path

    @classmethod
    def of(cls, project: Path) -> Objects:
        """The objects of a project."""
        return cls(project / FOLDER)

    def path(self, name: str) -> Path:
        """Where the object of a SHA-256 stands, as 64 hexadecimal digits."""
        return self.folder / name[:_DIGITS] / name

    def put(self, data: bytes) -> str:
        """Keep some bytes and return their SHA-256; when this returns, they are on the disk. What is there already is
        read again and left as it is.

        Raises:
            LandformError: ``not-writable``; ``object-broken`` where what stands under the name is something else.
        """
        name = sha256(data)
        path = self.path(name)
        try:
            if path.exists():
                self.get(name)
                return name
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, part = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(descriptor)
                os.chmod(part, 0o444)
                # Of two that write the same, the second writes it once more: the bytes are equal.
                os.replace(part, path)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
            _sync(path.parent)
        except OSError as error:
            raise LandformError(
                Code.NOT_WRITABLE,
                "What is applied cannot be kept in the record.",
                place=Place(file=str(path)),
                given=error.strerror or str(error),
                fix="Make room, or give write access to the folder.",
            ) from None
        return name

    def get(self, name: str) -> bytes:
        """The bytes of a SHA-256, after comparing them with it.

        Raises:
            LandformError: ``object-broken`` where they are gone or are not what was kept.
        """
        path = self.path(name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _broken(path, f"no readable file: {error.strerror}") from None
        if sha256(data) != name:
            raise _broken(path, f"sha256 {sha256(data)}")
        return data


def _broken(path: Path, given: str) -> LandformError:
    return LandformError(
        Code.OBJECT_BROKEN,
        "A file that the record keeps is gone, or is not what was kept.",
        place=Place(file=str(path)),
        given=given,
        expected=f"sha256 {path.name}",
        fix="Restore record/ from a copy, and find out who changed it.",
    )


def _sync(folder: Path) -> None:
    """Put a folder's entries on the disk: a file is not there after a loss of power unless its entry is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

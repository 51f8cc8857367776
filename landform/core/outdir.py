"""An output folder that is written whole or not at all.

Files go to a temporary folder beside the target; one rename puts it in place. A file whose bytes did not
change stays the very same file, and where none changed nothing is touched. What others put into the folder
(Terraform's ``.terraform``, a local state) is carried over.
"""

from __future__ import annotations

import fcntl
import filecmp
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from landform.errors import Code, LandformError, Place


class OutputFolder:
    """A folder being written. Use it as a context manager: leaving without an exception puts it in place.

    Args:
        target: the folder to replace.
        marker: a file that a folder written before must hold; a folder that is neither empty nor marked is
            somebody's and is refused.
        owned: whether a relative path is one of those that earlier runs wrote. Others are carried over.

    Raises:
        LandformError: ``not-writable``, ``not-empty``.
    """

    def __init__(self, target: Path, *, marker: str, owned: Callable[[Path], bool]) -> None:
        # A link to a folder stays a link: what it leads to is what gets replaced.
        self.target = Path(os.path.realpath(target))
        self._owned = owned
        self._marker = marker
        self._new = self.target.parent / f".{self.target.name}.new-{os.getpid()}"
        self._old = self.target.parent / f".{self.target.name}.old"
        self._held = -1
        self._changed = False
        self._written: set[Path] = set()

    def __enter__(self) -> OutputFolder:
        with _not_writable(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            if self.target.exists() and not self.target.is_dir():
                raise NotADirectoryError(20, "a file stands where the folder should be")
            with self._locked():
                self._recover()
                self._refuse_foreign()
                self._sweep()
                self._new.mkdir()
                self._held = os.open(self._new, os.O_RDONLY)
                fcntl.flock(self._held, fcntl.LOCK_EX)
        return self

    def _refuse_foreign(self) -> None:
        target = self.target
        if target.is_dir() and any(target.iterdir()) and not (target / self._marker).exists():
            raise LandformError(
                Code.NOT_EMPTY,
                "The output folder holds something else, and would be replaced.",
                place=Place(file=str(target)),
                expected=f"an empty folder, or one that holds {self._marker}",
                fix="Name another folder with --out.",
            )

    def _sweep(self) -> None:
        """Drop the temporary folders of runs that were killed: those that no process holds."""
        for folder in self.target.parent.iterdir():
            if not folder.name.startswith(f".{self.target.name}.new-"):
                continue
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            else:
                shutil.rmtree(folder)
            finally:
                os.close(descriptor)

    def write(self, path: str, text: str) -> None:
        """Write one file, by its path relative to the folder."""
        data = text.encode()
        relative = Path(path)
        old, new = self.target / relative, self._new / relative
        with _not_writable(self.target):
            new.parent.mkdir(parents=True, exist_ok=True)
            if _holds(old, data):
                _link(old, new)
            else:
                new.write_bytes(data)
                self._changed = True
        self._written.add(relative)

    def write_parts(self, path: str, parts: Iterable[str]) -> None:
        """Write one file that would fill the memory, by its path relative to the folder, a part at a time."""
        relative = Path(path)
        old, new = self.target / relative, self._new / relative
        with _not_writable(self.target):
            new.parent.mkdir(parents=True, exist_ok=True)
            with new.open("w", encoding="utf-8", newline="") as file:
                file.writelines(parts)
            if old.is_file() and filecmp.cmp(old, new, shallow=False):
                new.unlink()
                _link(old, new)
            else:
                self._changed = True
        self._written.add(relative)

    def keep(self, path: str) -> None:
        """Take over a file as it stands in the folder."""
        relative = Path(path)
        with _not_writable(self.target):
            (self._new / relative).parent.mkdir(parents=True, exist_ok=True)
            _link(self.target / relative, self._new / relative)
        self._written.add(relative)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._put_in_place()
            else:
                shutil.rmtree(self._new, ignore_errors=True)
        finally:
            os.close(self._held)

    def _put_in_place(self) -> None:
        with _not_writable(self.target), self._locked():
            before = {p for p in _files(self.target) if self._owned(p)} if self.target.is_dir() else None
            if not self._changed and before == self._written:
                shutil.rmtree(self._new)
                return
            with _signals_held():
                self._swap()
            self._recover()

    def _swap(self) -> None:
        try:
            if self.target.exists():
                os.rename(self.target, self._old)
            os.rename(self._new, self.target)
        except BaseException:
            # A signal is still told of where another thread runs.
            self._recover()
            raise

    def _recover(self) -> None:
        """Finish what an earlier run, or this one, left: put the old folder back, or empty and drop it."""
        if not self._old.exists():
            return
        if not self.target.exists():
            os.rename(self._old, self.target)
            return
        for path in _foreign(self._old, self._owned):
            kept = self.target / path.relative_to(self._old)
            if not kept.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                os.rename(path, kept)
        shutil.rmtree(self._old)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self.target.parent, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError):
        return False


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:
        # A file system without hard links: the copy keeps bytes and times.
        shutil.copy2(old, new)


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not os.path.islink(os.path.join(root, name))]
        for name in files:
            yield Path(root, name).relative_to(folder)


def _foreign(folder: Path, owned: Callable[[Path], bool]) -> list[Path]:
    """The topmost entries of a folder that nothing of ours stands in."""
    found: list[Path] = []
    for entry in sorted(folder.iterdir()):
        relative = entry.relative_to(folder)
        if entry.is_dir() and not entry.is_symlink():
            inside = [relative / path for path in _files(entry)]
            if not any(owned(path) for path in inside):
                found += [entry] if inside or not relative.parts else []
            else:
                found += [
                    folder / relative / path.relative_to(entry)
                    for path in _foreign(entry, lambda path, at=relative: owned(at / path))  # type: ignore[misc]
                ]
        elif not owned(relative):
            found.append(entry)
    return found


@contextmanager
def _signals_held() -> Iterator[None]:
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


@contextmanager
def _not_writable(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "The output folder cannot be written.",
            place=Place(file=str(target)),
            given=error.strerror or str(error),
            fix="Name another folder with --out, or make room or give write access.",
        ) from None

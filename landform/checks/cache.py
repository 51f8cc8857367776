"""What the rules said of a stack, kept under the digest of everything that they read, so that it is said once.

The unit is the stack: a rule may look at every block of a stack and at nothing outside of it. Its key is made of the
stack's name, the digest of its file, what the spec says of its place, and the engine: Python, every installed
distribution with its version (checkov's parts and AWS's action tables are some of them) and the digest of landform's
own files. What is kept is a summary, which holds ids, addresses and the paths of arguments, and no value. An entry
that cannot be read, or is not whole, is none.

Nothing here proves who wrote an entry: the folder is to be trusted as much as landform's installation is.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import landform
from landform.checks.environment import ask
from landform.checks.summary import Summary, summary_from, summary_text
from landform.digest import digest, sha256
from landform.errors import LandformError
from landform.org.files import write_file
from landform.policies.user_rules import rules_digest
from landform.synth.bundle import StackRecord

FOLDER = Path(".landform/cache/checks")
"""Where the cache stands in a project."""

_SUFFIX = ".json"
_FOLDER_NAME = re.compile("[0-9a-f]{16}")
# Neither is read by a rule: the example that `landform init` copies, and what Python compiled.
_NO_ENGINE = frozenset({"example", "__pycache__"})


class Entries:
    """Texts that one engine wrote into a folder, each whole and unchanged, or none.

    ``folder`` is where they are, in a folder an engine; ``unwritable`` says why nothing more is kept, None where all is
    well.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.unwritable: str | None = None
        self._engine = engine
        self._mine = folder / sha256(engine)[:16]

    def text(self, key: str) -> str | None:
        """What was kept under a key."""
        try:
            seal, _, body = self._path(key).read_text(encoding="utf-8").partition("\n")
        except (OSError, ValueError):
            # No entry, or none that can be read: the rules are asked again.
            return None
        return body if seal == self._seal(key, body) else None

    def keep(self, key: str, body: str) -> None:
        """Keep a text; where that fails, ``unwritable`` says why and nothing is lost but time."""
        if self.unwritable is not None:
            return
        try:
            self._mine.mkdir(parents=True, exist_ok=True)
            write_file(self._path(key), f"{self._seal(key, body)}\n{body}")
        except LandformError as error:
            self.unwritable = error.given or error.message
        except OSError as error:
            self.unwritable = error.strerror or type(error).__name__

    def prune(self, keys: Iterable[str]) -> None:
        """Remove what is under none of these keys, and what other engines wrote."""
        if self.unwritable is not None or not self.folder.is_dir():
            return
        needed = {self._path(key) for key in keys}
        try:
            for folder in self.folder.iterdir():
                if not _FOLDER_NAME.fullmatch(folder.name) or folder.is_symlink():
                    continue
                for path in folder.iterdir():
                    if path not in needed:
                        # Another check may have removed it too.
                        path.unlink(missing_ok=True)
                if folder != self._mine:
                    folder.rmdir()
        except OSError as error:
            self.unwritable = error.strerror or type(error).__name__

    def _path(self, key: str) -> Path:
        return self._mine / (sha256(f"{self._engine}\n{key}") + _SUFFIX)

    def _seal(self, key: str, body: str) -> str:
        """What an entry begins with: an entry that was cut off, changed or renamed has another one."""
        return sha256(f"{self._engine}\n{key}\n{body}")


class JudgementCache:
    """The cache in one folder, as one engine uses it. ``hits`` and ``misses`` count the stacks that were asked for."""

    def __init__(self, folder: Path, *, engine: str | None = None) -> None:
        self.entries = Entries(folder, engine or engine_digest())
        self.hits = 0
        self.misses = 0

    def known(self, records: Iterable[StackRecord]) -> dict[str, Summary]:
        """What the engine said of some stacks before, by the stack's name."""
        found = {}
        for record in records:
            body = self.entries.text(_key(record))
            if body is None:
                self.misses += 1
            else:
                self.hits += 1
                found[record.name] = summary_from(body)
        return found

    def keep(self, record: StackRecord, summary: Summary) -> None:
        """Keep what was said of a stack."""
        self.entries.keep(_key(record), summary_text(summary))

    def prune(self, records: Iterable[StackRecord]) -> None:
        """Remove what is about none of these stacks as they are, and what other engines said."""
        self.entries.prune(map(_key, records))

    def as_json(self) -> dict[str, int]:
        """How much it was of use, as a JSON object."""
        return {"hits": self.hits, "misses": self.misses}


def _key(record: StackRecord) -> str:
    place = digest({"account_id": record.account_id, "bounds": record.bounds})
    return f"{record.sha256}\n{record.name}\n{place}"


def cache_of(project: Path, checks_python: Path | None = None) -> JudgementCache:
    """The cache of a project, whose own rules are part of what judges; so is the environment that checkov is in."""
    return JudgementCache(project / FOLDER, engine=project_engine(project, checks_python))


def project_engine(project: Path, checks_python: Path | None = None) -> str:
    """The digest of what judges for a project: the engine, the project's own rules, and the engine that checkov is in.

    Raises:
        LandformError: ``checks-environment``.
    """
    engines = [engine_digest(), *([ask(checks_python, "engine")] if checks_python else [])]
    return digest([*engines, rules_digest(project)])


def engine_digest() -> str:
    """The digest of what judges: Python, the installed distributions and landform's files."""
    root = Path(landform.__file__).parent
    files = {str(path.relative_to(root)): sha256(path.read_bytes()) for path in _files(root)}
    return digest({"python": sys.version, "distributions": sorted(_distributions()), "landform": files})


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _NO_ENGINE and not name.startswith(".")]
        yield from (Path(folder, name) for name in names)


def _distributions() -> Iterator[str]:
    """The installed distributions with their versions, by the folders that say so: reading each would take longer."""
    for place in sys.path:
        try:
            yield from (
                name for name in os.listdir(place or ".") if name.endswith((".dist-info", ".egg-info"))
            )
        except OSError:
            # Python's path names archives, and folders that are not there.
            continue

"""What the rules said of a folder of Terraform, kept under the digest of everything that was read of it.

The unit is the whole folder: a module in it is judged where it is called, so a file may change what is said of any
other one. A folder that reads what lies outside of it is not kept, because that is found out only by reading it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from landform.checks.cache import Entries, project_engine
from landform.checks.configuration import Files, Lines
from landform.checks.summary import Summary, summary_from, summary_text
from landform.digest import digest, sha256

FOLDER = Path(".landform/cache/folders")
"""Where the cache stands in the project from which folders are checked: a folder in it for each of them."""


@dataclass(frozen=True, slots=True)
class FolderJudgement:
    """What was said of a folder, and where the blocks are that it was said of, by stack and address.

    ``is_whole`` is whether nothing outside of the folder was read, or asked for.
    """

    summary: Summary
    lines: Mapping[tuple[str, str], Lines]
    is_whole: bool


class FolderCache:
    """The cache for one folder. ``hits`` and ``misses`` count the stacks in it that were asked for."""

    def __init__(self, place: Path, *, engine: str) -> None:
        self.entries = Entries(place, engine)
        self.hits = 0
        self.misses = 0

    def known(self, files: Files) -> FolderJudgement | None:
        """What was said of a folder as it is."""
        stacks = len({*files.hcl, *files.json})
        body = self.entries.text(_key(files))
        if body is None:
            self.misses += stacks
            return None
        self.hits += stacks
        return _judgement(body)

    def keep(self, files: Files, judgement: FolderJudgement) -> None:
        """Keep what was said of a folder, in place of what was said of it as it was before."""
        if judgement.is_whole:
            self.entries.keep(_key(files), _text(judgement))
        self.entries.prune({_key(files)})

    def as_json(self) -> dict[str, int]:
        """How much it was of use, as a JSON object."""
        return {"hits": self.hits, "misses": self.misses}


def folder_cache_of(project: Path, folder: Path, checks_python: Path | None = None) -> FolderCache:
    """The cache of a project for a folder, which the project's own rules judge too."""
    name = sha256(str(folder.resolve()))[:16]
    return FolderCache(project / FOLDER / name, engine=project_engine(project, checks_python))


def _key(files: Files) -> str:
    every = (path for named in (files.hcl, files.json) for paths in named.values() for path in paths)
    read = {
        path.relative_to(files.root).as_posix(): sha256(path.read_bytes())
        for path in (*every, *files.variables)
    }
    return digest(read)


def _text(judgement: FolderJudgement) -> str:
    lines = [[*key, place.file, place.line] for key, place in sorted(judgement.lines.items())]
    return (
        f"{json.dumps(lines, ensure_ascii=False, separators=(',', ':'))}\n{summary_text(judgement.summary)}"
    )


def _judgement(text: str) -> FolderJudgement:
    places, _, summary = text.partition("\n")
    lines = {(stack, address): Lines(file, line) for stack, address, file, line in json.loads(places)}
    return FolderJudgement(summary_from(summary), lines, is_whole=True)

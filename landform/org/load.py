"""The spec's folder read into models: every file, every error in one go.

A missing or unread file never means that something was removed (account factories have deleted live accounts that
way): each file must lie where it belongs, carry its own name and begin with its schema, and a file that
would not be read is an error.
"""

from __future__ import annotations

import fnmatch
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import to_json

from landform.errors import Code, LandformError, Place, did_you_mean, raise_all
from landform.org.document import Document, read_document
from landform.org.jsonschema import schema_id
from landform.org.lock import LOCK, Lock, read_lock
from landform.org.memory import collector_paused
from landform.org.mistakes import mistakes
from landform.org.models import (
    Account,
    Approvers,
    Baseline,
    Imports,
    Model,
    Moved,
    Organization,
    OrganizationalUnits,
    Stacks,
    Tier,
    Waiver,
    Waves,
)
from landform.org.models.network import NetworkPools
from landform.org.spec import (
    ACCOUNTS,
    APPROVERS,
    BASELINES,
    IMPORTS,
    MOVED,
    NETWORK,
    ORGANIZATION,
    OUS,
    POLICIES,
    ROOT,
    STACKS,
    TIERS,
    WAIVERS,
    WAVES,
    OrgSpec,
)
from landform.org.versions import other_version

M = TypeVar("M", bound=Model)

_REQUIRED = (ORGANIZATION, OUS, STACKS, TIERS, ACCOUNTS)
_KNOWN = (*_REQUIRED, BASELINES, WAIVERS, WAVES, MOVED, IMPORTS, NETWORK, APPROVERS, LOCK, POLICIES)


def require_spec(project: Path) -> None:
    """Refuse a folder that has no spec at all.

    Raises:
        LandformError: ``spec-not-found``.
    """
    if not (project / ROOT).is_dir():
        raise LandformError(
            Code.SPEC_NOT_FOUND,
            "There is no spec here.",
            place=Place(ROOT),
            expected="a folder org/ with org.yaml, ous.yaml, stacks.yaml, tiers/ and accounts/",
            fix="Change into the project, name it with -C, or make one with `landform init`.",
        )


def load(project: Path, *, accounts: Sequence[str] = (), with_lock: bool = True) -> OrgSpec:
    """Read the spec of a project.

    Args:
        project: the folder that holds ``org/``.
        accounts: globs: read no other account than these, and those whose ids every stack may read.
        with_lock: read the lock file of addresses too; who settles it must be able to read all else.

    Raises:
        LandformError: each mistake in each file, sorted by file and line, with a ``spec-...`` code.
    """
    spec, errors = read(project, accounts=accounts, with_lock=with_lock)
    raise_all(in_order(errors))
    return spec


@collector_paused()
def read(
    project: Path, *, accounts: Sequence[str] = (), with_lock: bool = True
) -> tuple[OrgSpec, list[LandformError]]:
    """As much of a project's spec as can be read, and what is wrong with the rest. Arguments as for ``load``.

    Raises:
        LandformError: ``spec-not-found`` where there is no spec at all.
    """
    reader = _Reader(project)
    reader.check_layout()
    # One list a kind, so that a file with errors leaves a gap and not the end of the walk.
    organization = reader.read(ORGANIZATION, Organization)
    ous = reader.read(OUS, OrganizationalUnits)
    stacks = reader.read(STACKS, Stacks)
    tiers = reader.read_all(TIERS, Tier, "name")
    wanted = [*accounts, *_known_to_all(organization, stacks)] if accounts else []
    found = reader.read_all(ACCOUNTS, Account, "name", only=wanted)
    waivers = reader.read_all(WAIVERS, Waiver, "id")
    baselines = reader.read_all(BASELINES, Baseline, "name", "version")
    waves = reader.read(WAVES, Waves)
    moved = reader.read(MOVED, Moved)
    imports = reader.read(IMPORTS, Imports)
    network = reader.read(NETWORK, NetworkPools)
    approvers = reader.read(APPROVERS, Approvers)
    policies = reader.read_policies()
    lock = reader.read_lock() if with_lock else Lock({})
    unread = frozenset(reader.unread)
    spec = OrgSpec(
        # Without its values whoever asks for one is wrong to do so.
        organization=organization[0] if organization else Organization.model_construct(),
        ous=ous[0].ous if ous else (),
        tiers=tuple(tiers),
        accounts=tuple(found),
        stacks=stacks[0].stacks if stacks else (),
        waivers=tuple(waivers),
        documents=reader.documents,
        pools=network[0].pools if network else (),
        policies=policies,
        lock=lock,
        baselines=tuple(baselines),
        waves=waves[0].waves if waves else (),
        approvers=approvers[0] if approvers else None,
        moved=moved[0].moved if moved else (),
        imports=imports[0].imports if imports else (),
        whole=not accounts,
        unread=unread,
    )
    return (spec if spec.knows(ACCOUNTS) else replace(spec, whole=False)), reader.errors


def _known_to_all(organization: Sequence[Organization], stacks: Sequence[Stacks]) -> Iterator[str]:
    """The accounts whose ids stacks of other accounts may read."""
    for each in organization:
        yield from (each.management_account, each.log_archive_account)
    for rules in stacks:
        yield from (name for rule in rules.stacks for name in rule.accounts)


class _Reader:
    """Reads file after file and gathers what is wrong with them, and which of them could not be read."""

    def __init__(self, project: Path) -> None:
        self.documents: dict[str, Document] = {}
        self.errors: list[LandformError] = []
        self.unread: set[str] = set()
        self._project = project

    def check_layout(self) -> None:
        """Gather what is missing and what would not be read.

        Raises:
            LandformError: ``spec-not-found`` where there is no folder to read.
        """
        require_spec(self._project)
        there = self._entries(ROOT)
        for file in _REQUIRED:
            if file not in there:
                kind = "file" if file.endswith(".yaml") else "folder"
                self._gather(
                    file,
                    LandformError(
                        Code.SPEC_NOT_FOUND,
                        f"A {kind} of the spec is missing.",
                        place=Place(file),
                        expected=f"the {kind} {file}",
                        fix="Bring it back, or name the project's folder with -C.",
                    ),
                )
        for file in there:
            if file not in _KNOWN:
                self.errors.append(_unread(file, did_you_mean(file, _KNOWN)))

    def read(self, file: str, model: type[M]) -> list[M]:
        """The model of a file as a list of one; an empty list where the file has errors or is missing."""
        return self._read(file, model) if os.path.lexists(self._project / file) else []

    def _read(self, file: str, model: type[M]) -> list[M]:
        try:
            document = read_document(self._project, file)
            value = model_of(document, model)
        except LandformError as error:
            self._gather(file, error)
            return []
        self.documents[file] = document
        return [value]

    def read_all(self, folder: str, model: type[M], *keys: str, only: Sequence[str] = ()) -> list[M]:
        """The models of a folder's files, sorted by file name; each file is named after its ``keys``.

        ``only`` are globs of the names to read.
        """
        found = []
        files = self._entries(folder)
        for file, entry in files.items():
            if not file.endswith(".yaml") or _is_folder(entry):
                fix = f"Name it <{'>-<'.join(keys)}>.yaml, or move it out of the spec."
                self._gather(file, _unread(file, fix))
                # It may be what somebody means by that name.
                self.unread.add(f"{folder}/{entry.name.partition('.')[0]}.yaml")
                continue
            name = file.removeprefix(f"{folder}/").removesuffix(".yaml")
            if only and not any(fnmatch.fnmatchcase(name, glob) for glob in only):
                continue
            for value in self._read(file, model):
                expected = f"{folder}/{'-'.join(getattr(value, key) for key in keys)}.yaml"
                if file == expected:
                    found.append(value)
                else:
                    # Which of the two names is right is not known, so neither is judged.
                    self._gather(
                        file, _misnamed(self.documents.pop(file), keys[-1], expected, expected in files)
                    )
                    self.unread.add(expected)
        return found

    def read_policies(self) -> dict[str, Mapping[str, Any]]:
        """The service control policies by name; JSON is YAML, so each has its places too."""
        found: dict[str, Mapping[str, Any]] = {}
        for file, entry in self._entries(POLICIES).items():
            name = file.removeprefix(f"{POLICIES}/").removesuffix(".json")
            if not file.endswith(".json") or _is_folder(entry):
                self._gather(file, _unread(file, "Name it <name>.json, or move it out of the spec."))
                continue
            try:
                document = read_document(self._project, file)
                _check_json(file, (self._project / file).read_bytes())
            except LandformError as error:
                self._gather(file, error)
                continue
            self.documents[file] = document
            found[name] = document.value
        return found

    def read_lock(self) -> Lock:
        """The lock file; an empty one where it has errors or is missing."""
        try:
            return read_lock(self._project)
        except LandformError as error:
            self._gather(LOCK, error)
            return Lock({})

    def _gather(self, file: str, error: LandformError) -> None:
        self.errors.extend(error.each())
        self.unread.add(file)

    def _entries(self, folder: str) -> dict[str, os.DirEntry[str]]:
        """What lies in a folder, by file and sorted, without hidden files and notes in Markdown."""
        try:
            with os.scandir(self._project / folder) as entries:
                return {
                    f"{folder}/{entry.name}": entry
                    for entry in sorted(entries, key=lambda entry: entry.name)
                    if not entry.name.startswith(".") and not entry.name.endswith(".md")
                }
        except FileNotFoundError:
            return {}
        except OSError as error:
            refused = LandformError(
                Code.SPEC_NOT_FOUND,
                "A folder of the spec cannot be read.",
                place=Place(folder),
                given=error.strerror,
                expected="a readable folder",
            )
            self._gather(folder, refused)
            return {}


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # Asked of a link that leads to itself, an entry would raise what a path does not.
    return Path(entry).is_dir() if entry.is_symlink() else entry.is_dir()


def model_of(document: Document, model: type[M]) -> M:
    """A file as its model.

    Raises:
        LandformError: each mistake in the file, with its place.
    """
    _check_schema(document, schema_id(model))
    try:
        # JSON mode: strict, and yet a list is a tuple and a text is a date.
        return model.model_validate_json(to_json(document.value))
    except ValidationError as error:
        raise_all(list(mistakes(model, document, error)))
        raise


def in_order(errors: list[LandformError]) -> list[LandformError]:
    """Errors sorted by file, line and column."""

    def key(error: LandformError) -> tuple[str, int, int]:
        place = error.place or Place()
        return (place.file or "", place.line or 0, place.column or 0)

    return sorted(errors, key=key)


def _check_schema(document: Document, expected: str) -> None:
    """Judge a file's first line; what follows has a meaning only if it is right."""
    first = next(iter(document.value), None)
    if first != "schema":
        raise LandformError(
            Code.SPEC_MISSING_KEY,
            "The file does not begin with its schema.",
            place=document.place(),
            given=first,
            expected=f"schema: {expected}",
            fix=f"Make `schema: {expected}` the first line.",
        )
    if document.value["schema"] != expected:
        raise other_version(document, expected) or LandformError(
            Code.SPEC_VALUE,
            "The file's schema is not the one of its place.",
            place=document.place("schema"),
            given=document.given("schema"),
            expected=expected,
            fix=f"Make `schema: {expected}` the first line, or move the file to where it belongs.",
        )


def _check_json(file: str, data: bytes) -> None:
    """Judge whether a file that could be read as YAML is JSON, too, as AWS wants it."""
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        raise LandformError(
            Code.SPEC_SYNTAX,
            "The policy is not JSON.",
            place=Place(file, error.lineno, error.colno),
            given=error.msg,
            expected="the document as AWS takes it",
        ) from None


def _unread(file: str, fix: str | None) -> LandformError:
    return LandformError(
        Code.SPEC_NOT_FOUND,
        "Nothing of this name belongs to the spec; it would not be read.",
        place=Place(file),
        given=file,
        expected=f"one of {', '.join(_KNOWN)}, and .yaml files in the folders",
        fix=fix or "Move it out of org/.",
    )


def _misnamed(document: Document, key: str, expected: str, taken: bool) -> LandformError:
    name = document.given(key)
    if taken:
        return LandformError(
            Code.SPEC_DUPLICATE,
            f"Two files have the {key} {name}.",
            place=document.place(key),
            given=f"{document.file} and {expected}",
            expected=f"each {key} once",
            fix=f"Give this one the {key} of its file, or remove it.",
        )
    return LandformError(
        Code.SPEC_VALUE,
        f"The file is not named after its {key}.",
        place=document.place(key),
        given=f"{name} in {document.file}",
        expected=expected,
        fix=f"Rename the file, or the {key}.",
    )

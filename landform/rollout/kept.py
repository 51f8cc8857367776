"""Bundles that were applied, kept in the record so that each can be had again, byte for byte.

A bundle is kept whole, also where some of its stacks alone are applied: what is checked and planned is a bundle, and
of one with holes nobody can say what it was. Texts are objects under their SHA-256 (``landform.record.objects``), so
that a stack which does not change from bundle to bundle is kept once. What leads from a bundle's digest to its index
is ``<project>/record/bundles/<digest>.json``; the index holds the digests of all else, and its own.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from landform.core.app import MANIFEST
from landform.digest import canonical_json, digest, sha256
from landform.errors import Code, LandformError, Place
from landform.org.files import write_file
from landform.record.objects import Objects
from landform.synth.bundle import INDEX, STACK_FILE, Bundle
from landform.synth.recorded import RECORDED

FORMAT = "landform/kept-bundle/v1"
FOLDER = Path("record/bundles")
"""Where a project's record says which bundles are kept."""


def keep_applied(project: Path, bundle: Bundle, names: Iterable[str]) -> None:
    """Keep a bundle, before stacks of it are applied; when this returns, all of it is on the disk.

    Args:
        project: the project's folder.
        bundle: what is applied.
        names: the full names of the stacks that are about to be applied.

    Raises:
        LandformError: ``no-match`` for a stack that the bundle does not have; ``bundle-tampered`` where a file of the
            bundle is not what its index says; ``object-broken``, ``not-writable``.
    """
    for name in names:
        if name not in bundle.stacks:
            raise _no_stack(name, bundle)
    objects = Objects.of(project)
    index = _read(bundle.root / INDEX, f"digest {bundle.digest}", lambda data: _is_index(data, bundle.digest))
    for name in bundle.stacks:
        objects.put(bundle.text(name).encode())
    for file, sha in beside(json.loads(index)):
        objects.put(_read(bundle.root / file, f"sha256 {sha}", partial(_is, sha)))
    path = pointer(project, bundle.digest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from None
    document = {"format": FORMAT, "digest": bundle.digest, "index": objects.put(index)}
    write_file(path, canonical_json(document) + "\n")


def kept_bundles(project: Path) -> tuple[str, ...]:
    """The digests of the bundles that are kept, sorted."""
    return tuple(sorted(f"sha256:{path.stem}" for path in (project / FOLDER).glob("*.json")))


def pointer(project: Path, bundle_digest: str) -> Path:
    """The file that says which object a bundle's index is."""
    return project / FOLDER / f"{bundle_digest.removeprefix('sha256:')}.json"


def kept(project: Path, bundle_digest: str) -> Bundle:
    """The index of a bundle that is kept, as a bundle without files: its ``root`` is a folder that is not there.

    Raises:
        LandformError: ``nothing-applied`` where no bundle of this digest was kept; ``object-broken``.
    """
    path = pointer(project, bundle_digest)
    return Bundle.from_index(path.with_suffix(""), json.loads(_index(project, bundle_digest)))


def restore(project: Path, bundle_digest: str, into: Path) -> Bundle:
    """Write a bundle that was kept, byte for byte, in place of what is in a folder.

    Args:
        project: the project's folder.
        bundle_digest: which bundle, ``sha256:`` and 64 digits.
        into: the folder; it appears whole or not at all.

    Raises:
        LandformError: ``nothing-applied`` where no bundle of this digest was kept; ``object-broken``;
            ``not-writable``.
    """
    objects = Objects.of(project)
    index = _index(project, bundle_digest)
    bundle = Bundle.from_index(into, json.loads(index))
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{into.name}.new-", dir=into.parent))
        try:
            _write(part / INDEX, index)
            for path, sha in beside(json.loads(index)):
                _write(part / path, objects.get(sha))
            for name, record in bundle.stacks.items():
                _write(part / "stacks" / name / STACK_FILE, objects.get(record.sha256))
            part.chmod(0o755)
            shutil.rmtree(into, ignore_errors=True)
            os.replace(part, into)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    except OSError as error:
        raise _not_writable(into, error) from None
    return bundle


def _is_index(data: bytes, bundle_digest: str) -> bool:
    """Whether some bytes are the index of a bundle: its digest is of all else that the index says."""
    try:
        index = json.loads(data)
        unsigned = {key: value for key, value in index.items() if key != "digest"}
    except (ValueError, AttributeError):
        return False
    return bool(index.get("digest") == bundle_digest == digest(unsigned))


def _index(project: Path, bundle_digest: str) -> bytes:
    path = pointer(project, bundle_digest)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        name = str(document["index"])
    except FileNotFoundError:
        known = kept_bundles(project)
        raise LandformError(
            Code.NOTHING_APPLIED,
            "No bundle of this digest was applied here.",
            place=Place(file=str(path)),
            given=bundle_digest,
            expected=f"one of {len(known)}: {', '.join(known[:5])}" if known else "none is kept",
            fix="Look at the runs of the ledger, or restore record/ from a copy.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(path, f"{type(error).__name__}: {error}", FORMAT) from None
    data = Objects.of(project).get(name)
    if not _is_index(data, bundle_digest):
        raise _broken(path, f"object {name}", f"the index of bundle {bundle_digest}")
    return data


def beside(index: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The files of a bundle beside its index and its stacks, with their SHA-256."""
    for path, key in ((MANIFEST, "manifest"), (RECORDED, "recorded")):
        if index.get(key):
            yield path, index[key]


def _read(path: Path, expected: str, is_whole: Callable[[bytes], bool]) -> bytes:
    try:
        data = path.read_bytes()
        given = f"sha256 {sha256(data)}"
    except OSError as error:
        data, given = b"", f"no readable file: {error.strerror}"
    if not is_whole(data):
        raise LandformError(
            Code.BUNDLE_TAMPERED,
            "A file of the bundle is not the one the index describes.",
            place=Place(file=str(path)),
            given=given,
            expected=expected,
            fix="Run `landform synth` again; change stack code, not the bundle.",
        )
    return data


def _is(sha: str, data: bytes) -> bool:
    return sha256(data) == sha


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _no_stack(name: str, bundle: Bundle) -> LandformError:
    return LandformError(
        Code.NO_MATCH,
        "The bundle has no such stack.",
        place=Place(file=str(bundle.root / INDEX)),
        given=name,
        expected=f"one of its {len(bundle.stacks)} stacks",
    )


def _broken(path: Path, given: str, expected: str) -> LandformError:
    return LandformError(
        Code.OBJECT_BROKEN,
        "What the record says of a bundle that it keeps does not hold.",
        place=Place(file=str(path)),
        given=given,
        expected=expected,
        fix="Restore record/ from a copy, and find out who changed it.",
    )


def _not_writable(path: Path, error: OSError) -> LandformError:
    return LandformError(
        Code.NOT_WRITABLE,
        "A bundle that was applied cannot be kept or restored.",
        place=Place(file=str(path)),
        given=error.strerror or str(error),
        fix="Make room, or give write access to the folder.",
    )

"""The bundle: what synth writes and everything after it reads.

A folder that the cdktf command lines accept (``manifest.json``, ``stacks/<name>/cdk.tf.json``) with landform's
own index beside it, ``landform/bundle.json``: for each stack its account, tier and region, the SHA-256 of its
file, and for each resource the construct path and the source line that made it. It holds no time, no folder
and no machine's name, so that equal inputs give equal bytes.
"""

from __future__ import annotations

import functools
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import Any

from landform.digest import compact_json, sha256
from landform.errors import Code, LandformError, Place
from landform.org.fleet import judge_size
from landform.org.select import matches, no_match
from landform.synth.index import FORMAT, STACKS, read_index

INDEX = "landform/bundle.json"
STACK_FILE = "cdk.tf.json"


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """Where a resource, or a waiver in code, came from: its construct path and the user's ``file:line``."""

    construct_path: str
    source: str

    def as_json(self) -> dict[str, str]:
        """The record as it stands in the index."""
        return {"construct_path": self.construct_path, "source": self.source}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ResourceRecord:
        """The record that ``as_json`` wrote."""
        return cls(value["construct_path"], value["source"])


class Origins(Mapping[str, ResourceRecord]):
    """Where the resources of one stack came from, by address: packed, and unpacked for whoever asks.

    A fleet has hundreds of thousands of resources, and a report asks for few. Nearly every construct path begins with
    the stack's name; packed without it, stacks that are alike share what they say.
    """

    __slots__ = ("_count", "_packed", "_stack")

    def __init__(self, stack: str, count: int, packed: bytes) -> None:
        self._stack = stack
        self._count = count
        self._packed = _shared(packed)

    @classmethod
    def of(cls, stack: str, made: Iterable[tuple[str, ResourceRecord]]) -> Origins:
        """Those of a stack by its full name: address and record of each resource.

        Raises:
            TypeError: where a path or a source is no text.
        """
        rows = [(address, _without(stack, of.construct_path), of.source) for address, of in made]
        if not all(isinstance(source, str) for _, _, source in rows):
            raise TypeError("a source that is no text")
        return cls(stack, len(rows), zlib.compress(json.dumps(rows).encode(), 1))

    def __getitem__(self, address: str) -> ResourceRecord:
        path, source = _unpacked(self._packed)[address]
        return ResourceRecord(self._stack + path if path.startswith("/") else path[1:], source)

    def __iter__(self) -> Iterator[str]:
        return iter(_unpacked(self._packed))

    def __len__(self) -> int:
        return self._count

    def __reduce__(self) -> tuple[type[Origins], tuple[str, int, bytes]]:
        return Origins, (self._stack, self._count, self._packed)


def _without(stack: str, path: str) -> str:
    """A construct path: behind its stack's name from the slash on, or whole behind an equals sign."""
    if not isinstance(path, str):
        raise TypeError("a construct path that is no text")
    return path[len(stack) :] if path.startswith(f"{stack}/") else f"={path}"


# Texts that are equal become one, for as many forms as a fleet's stacks may have.
@functools.lru_cache(maxsize=4096)
def _shared(packed: bytes) -> bytes:
    return packed


# As many as the kinds of stack that an account has: fleets are gone through account by account.
@functools.lru_cache(maxsize=64)
def _unpacked(packed: bytes) -> dict[str, tuple[str, str]]:
    return {address: (path, source) for address, path, source in json.loads(zlib.decompress(packed))}


@dataclass(frozen=True, slots=True)
class StackRecord:
    """One stack of a bundle, as its index describes it. ``waivers`` are as in the spec, JSON-ready.

    ``waivers_in_code`` says of those among them that are written in code where they are, by id. ``tags`` are those that
    the spec gives every resource of the stack.
    ``waiver_limits`` is what the stack's tier says of waivers; a tier may be stricter here than elsewhere. None in a
    bundle of an older landform.
    ``bounds`` is what the spec allows and asks for where the stack stands: ``data_class``, ``denied_services``,
    ``mandatory_tags``, ``prefix``, ``regions``, ``services``. None in a bundle of an older landform.
    ``inputs`` is the digest of all that the stack was made from; equal inputs give the same ``sha256``.
    """

    name: str
    stack: str
    account: str
    account_id: str
    tier: str
    region: str
    construct: str
    sha256: str
    inputs: str
    dependencies: tuple[str, ...]
    waivers: tuple[Mapping[str, Any], ...]
    resources: Mapping[str, ResourceRecord]
    waiver_limits: Mapping[str, Any] | None = None
    waivers_in_code: Mapping[str, tuple[ResourceRecord, ...]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The record as it stands in the index."""
        return {
            "account": self.account,
            "account_id": self.account_id,
            "bounds": self.bounds and dict(self.bounds),
            "construct": self.construct,
            "dependencies": list(self.dependencies),
            "inputs": self.inputs,
            "region": self.region,
            "resource_count": len(self.resources),
            "resources": {address: r.as_json() for address, r in self.resources.items()},
            "sha256": self.sha256,
            "stack": self.stack,
            "tags": dict(self.tags),
            "tier": self.tier,
            "waiver_limits": self.waiver_limits and dict(self.waiver_limits),
            "waivers": [dict(waiver) for waiver in self.waivers],
            "waivers_in_code": {
                id: [place.as_json() for place in places] for id, places in self.waivers_in_code.items()
            },
        }

    @classmethod
    def from_json(cls, name: str, value: Mapping[str, Any]) -> StackRecord:
        """The record that ``as_json`` wrote. What it says as others do, it shares with them."""
        return cls(
            name=name,
            stack=intern(value["stack"]),
            account=intern(value["account"]),
            account_id=value["account_id"],
            tier=intern(value["tier"]),
            region=intern(value["region"]),
            construct=intern(value["construct"]),
            sha256=value["sha256"],
            inputs=value["inputs"],
            dependencies=tuple(value["dependencies"]),
            waivers=tuple(map(_same, value["waivers"])),
            resources=Origins.of(
                name,
                ((address, ResourceRecord.from_json(r)) for address, r in value["resources"].items()),
            ),
            waiver_limits=_same(value.get("waiver_limits")),
            waivers_in_code={
                id: tuple(map(ResourceRecord.from_json, places))
                for id, places in value.get("waivers_in_code", {}).items()
            },
            tags=_same(value.get("tags", {})),
            bounds=_same(value.get("bounds")),
        )


def _same(value: Any) -> Any:
    """An equal value, which is the same one for every stack of which it is said."""
    return _said(compact_json(value))


@functools.lru_cache(maxsize=4096)
def _said(text: str) -> Any:
    return json.loads(text)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle on disk: its folder, its stacks by name (sorted), its guards by tier and its digest.

    ``inputs`` are the digests that all stacks share; ``recorded`` is the SHA-256 of what says how each was made.
    ``waves`` has for each account the ``number`` and ``name`` of its wave and how long that one's ``bake`` is (None
    where the tier says it). ``approvers`` is ``org/approvers.yaml`` as JSON, None where there is none. A bundle of an
    older landform has neither, and its tiers say no ``rollout``.
    """

    root: Path
    stacks: Mapping[str, StackRecord]
    tiers: Mapping[str, Mapping[str, Any]]
    generator: str
    digest: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    recorded: str | None = None
    waves: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    approvers: Mapping[str, Any] | None = None

    @classmethod
    def load(cls, root: Path) -> Bundle:
        """Read a bundle's index.

        Raises:
            LandformError: ``no-bundle`` where the folder has no readable index.
        """
        path = root / INDEX
        try:
            with path.open(encoding="utf-8") as file:
                index = read_index(file, StackRecord.from_json)
            if re.fullmatch(r"landform/bundle/v[0-9]+", str(index["format"])) and index["format"] != FORMAT:
                raise LandformError(
                    Code.NO_BUNDLE,
                    "The bundle was written by another landform, in a format that this one does not read.",
                    place=Place(file=str(path)),
                    given=f"{index['format']} of {index['generator']['name']} {index['generator']['version']}",
                    expected=FORMAT,
                    fix="Use the landform that wrote it, or run `landform synth` again.",
                )
            return cls.from_index(root, index)
        except FileNotFoundError:
            raise LandformError(
                Code.NO_BUNDLE,
                "There is no bundle here.",
                place=Place(file=str(path)),
                expected=f"a folder that holds {INDEX}",
                fix="Run `landform synth` first, or name the folder with --out.",
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LandformError(
                Code.NO_BUNDLE,
                "The bundle's index cannot be read.",
                place=Place(file=str(path)),
                given=f"{type(error).__name__}: {error}",
                expected=f"an index of format {FORMAT}",
                fix="Run `landform synth` again.",
            ) from None

    def check_size(self, records: Iterable[StackRecord]) -> None:
        """Judge whether a selection is small enough to be planned at once.

        Raises:
            LandformError: ``too-many-stacks`` where a tier has more of them than it lets be planned.
        """
        counts = Counter(record.tier for record in records)
        limits = {tier: self.tiers.get(tier, {}).get("max_stacks") for tier in counts}
        judge_size(counts, {tier: limit for tier, limit in limits.items() if limit is not None})

    @classmethod
    def from_index(cls, root: Path, index: Mapping[str, Any]) -> Bundle:
        """The bundle that an index describes, whose stacks may be records already.

        Raises:
            KeyError, TypeError: where it is no index of this format.
        """
        if index["format"] != FORMAT:
            raise KeyError(index["format"])
        return cls(
            root=root,
            stacks={
                name: value if isinstance(value, StackRecord) else StackRecord.from_json(name, value)
                for name, value in index[STACKS].items()
            },
            tiers=index["tiers"],
            generator=f"{index['generator']['name']} {index['generator']['version']}",
            digest=index["digest"],
            inputs=index.get("inputs", {}),
            recorded=index.get("recorded"),
            waves=index.get("waves", {}),
            approvers=index.get("approvers"),
        )

    def folder(self, name: str) -> Path:
        """The folder of a stack."""
        return self.root / "stacks" / name

    def text(self, name: str) -> str:
        """A stack's synthesised text, after comparing it with the digest in the index.

        Raises:
            LandformError: ``bundle-tampered`` where the file is gone or is not what was synthesised.
        """
        path = self.folder(name) / STACK_FILE
        try:
            data = path.read_bytes()
        except OSError:
            data = b""
        if sha256(data) != self.stacks[name].sha256:
            raise LandformError(
                Code.BUNDLE_TAMPERED,
                "A synthesised file is not the one the index describes.",
                place=Place(file=str(path)),
                given=f"sha256 {sha256(data)}" if data else "no readable file",
                expected=f"sha256 {self.stacks[name].sha256}",
                fix="Run `landform synth` again; change stack code, not the bundle.",
            )
        return data.decode()

    def select(
        self,
        *,
        accounts: Sequence[str] = (),
        tiers: Sequence[str] = (),
        stacks: Sequence[str] = (),
        regions: Sequence[str] = (),
    ) -> tuple[StackRecord, ...]:
        """The stacks that match: globs, any of one kind, all kinds. ``stacks`` match ids and full names.

        Raises:
            LandformError: ``no-match`` where nothing does.
        """

        def wanted(record: StackRecord) -> bool:
            return (
                matches(accounts, record.account)
                and matches(tiers, record.tier)
                and matches(stacks, record.stack, record.name)
                and matches(regions, record.region)
            )

        found = tuple(record for record in self.stacks.values() if wanted(record))
        if not found:
            raise no_match(accounts=accounts, tiers=tiers, stacks=stacks, regions=regions)
        return found

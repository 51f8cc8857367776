"""``org/network.lock.json``: which account has which address block, written by ``landform org lock`` alone.

Each block is one line, sorted by account, and each pool has in each region a digest of its own. So git merges two
branches that allotted from different pools, and where both allotted from one it stops at that pool's digest,
which both have changed: two accounts never get one block without somebody seeing it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from landform.digest import digest
from landform.errors import Code, LandformError, Place, raise_all
from landform.org.files import read_file, write_file
from landform.org.models.network import Block, NetworkLock

LOCK = "org/network.lock.json"
SCHEMA = "landform/network-lock/v1"
# Some 200,000 blocks.
MAX_BYTES = 16 * 1024 * 1024

_MARKER = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?= |\n|\Z)", re.MULTILINE)

Group = tuple[str, str]
"""A pool and a region."""


@dataclass(frozen=True)
class Lock:
    """The blocks by pool and region, each group sorted by account and sequence, and the file's text."""

    blocks: Mapping[Group, tuple[Block, ...]]
    text: str = ""

    @classmethod
    def of(cls, blocks: Mapping[Group, Iterable[Block]], text: str = "") -> Lock:
        """A lock of these blocks, in the file's order."""
        return cls(
            {
                group: tuple(sorted(found, key=lambda block: (block.account, block.sequence)))
                for group, found in sorted((group, tuple(found)) for group, found in blocks.items())
                if found
            },
            text,
        )

    def held_by(self, account: str) -> Mapping[str, Block]:
        """The blocks of an account by region, without those that it has given up."""
        return {region: block for region, (_, block) in self._held.get(account, {}).items()}

    def pools_of(self, account: str) -> Mapping[str, str]:
        """The pools that an account's blocks are from, by region."""
        return {region: pool for region, (pool, _) in self._held.get(account, {}).items()}

    def next_sequence(self, group: Group) -> int:
        """The number of the next block of a pool in a region."""
        return max((block.sequence for block in self.blocks.get(group, ())), default=0) + 1

    def adding(self, added: Mapping[Group, Iterable[Block]]) -> Lock:
        """The lock with further blocks."""
        groups = {*self.blocks, *added}
        return Lock.of({group: (*self.blocks.get(group, ()), *added.get(group, ())) for group in groups})

    def place(self, block: Block) -> Place:
        """Where a block stands in the file."""
        line = _block_line(block)
        for number, each in enumerate(self.text.splitlines(), 1):
            if each.strip(" ,") == line:
                return Place(LOCK, number, each.index(line) + 1)
        return Place(LOCK)

    @cached_property
    def _held(self) -> dict[str, dict[str, tuple[str, Block]]]:
        held: dict[str, dict[str, tuple[str, Block]]] = {}
        for (pool, region), blocks in self.blocks.items():
            for block in blocks:
                if block.reserved_until is None:
                    held.setdefault(block.account, {}).setdefault(region, (pool, block))
        return held


def read_lock(project: Path) -> Lock:
    """Read a project's lock file; without one, no block is allotted.

    Raises:
        LandformError: ``spec-lock-conflict`` where git left its markers in it, ``spec-lock`` where it is not
            what landform wrote.
    """
    return parse_lock(read_lock_text(project))


def read_lock_text(project: Path) -> str:
    """The lock file's text; empty where there is no such file.

    Raises:
        LandformError: ``spec-lock`` where it cannot be read.
    """
    try:
        data = read_file(project / LOCK, MAX_BYTES)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _not_ours("The lock file cannot be read.", given=error.strerror) from None
    if len(data) > MAX_BYTES:
        raise _not_ours("The lock file is too large.", expected=f"at most {MAX_BYTES // 1024 // 1024} MiB")
    try:
        # git may check it out with the line ends of another system.
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _not_ours("The lock file is not UTF-8.") from None


def parse_lock(text: str) -> Lock:
    """A lock file's text as a lock. Raises as ``read_lock`` does."""
    marker = _MARKER.search(text)
    if marker:
        raise LandformError(
            Code.SPEC_LOCK_CONFLICT,
            "Two branches allotted addresses, and git could not merge them.",
            place=Place(LOCK, text.count("\n", 0, marker.start()) + 1, 1),
            given=marker.group(),
            fix="Run `landform org lock --resolve`: it keeps one side's blocks and allots the other's anew.",
        )
    if not text:
        return Lock({})
    found = read_blocks(text)
    errors = [
        _not_ours(
            f"The blocks of the pool {pool.pool!r} in {pool.region} were changed by hand.",
            line=_line_of(text, pool.digest),
            given=pool.digest,
            expected=_digest(pool.pool, pool.region, pool.blocks),
        )
        for pool in found.pools
        if pool.digest != _digest(pool.pool, pool.region, pool.blocks)
    ]
    raise_all(errors)
    lock = Lock.of({(pool.pool, pool.region): pool.blocks for pool in found.pools}, text)
    if lock_text(lock) != text:
        raise _not_ours(
            "The lock file is not written as landform writes it.",
            line=_first_difference(text, lock_text(lock)),
        )
    return lock


def read_blocks(text: str) -> NetworkLock:
    """A lock file's text as its model, whatever its digests say.

    Raises:
        LandformError: ``spec-lock`` where it is no such file.
    """
    try:
        return NetworkLock.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        at = ".".join(map(str, first["loc"]))
        # What is no JSON has its place in the message alone.
        said, _, position = first["msg"].partition(" at line ")
        raise _not_ours(
            "The lock file does not have the form of one.",
            line=int(position.split()[0]) if position else None,
            given=f"{at}: {said}".removeprefix(": "),
        ) from None


def lock_text(lock: Lock) -> str:
    """A lock as its file's text: a block a line."""
    pools = []
    for (pool, region), blocks in lock.blocks.items():
        lines = ",\n".join(f"        {_block_line(block)}" for block in blocks)
        pools.append(
            "    {\n"
            f'      "pool": {json.dumps(pool)},\n'
            f'      "region": {json.dumps(region)},\n'
            f'      "blocks": [\n{lines}\n      ],\n'
            f'      "digest": {json.dumps(_digest(pool, region, blocks))}\n'
            "    }"
        )
    listed = "[\n" + ",\n".join(pools) + "\n  ]" if pools else "[]"
    return f'{{\n  "schema": "{SCHEMA}",\n  "pools": {listed}\n}}\n'


def write_lock(project: Path, lock: Lock) -> bool:
    """Write the lock file, whole or not at all; whether that changed anything.

    Raises:
        LandformError: ``not-writable``.
    """
    return write_file(project / LOCK, lock_text(lock))


def block_json(block: Block) -> dict[str, Any]:
    """A block as it stands in the file; keys without a value are left out."""
    # By hand: pydantic's own dump would take most of the time that a large file takes.
    value: dict[str, Any] = {"account": block.account, "cidr": block.cidr, "sequence": block.sequence}
    if block.reserved_until is not None:
        value["reserved_until"] = block.reserved_until.isoformat()
    if block.ipam is not None:
        value["ipam"] = block.ipam
    return value


def _block_line(block: Block) -> str:
    return json.dumps(block_json(block))


def _digest(pool: str, region: str, blocks: Iterable[Block]) -> str:
    return digest({"pool": pool, "region": region, "blocks": [block_json(block) for block in blocks]})


def _line_of(text: str, part: str) -> int | None:
    return next((number for number, line in enumerate(text.splitlines(), 1) if part in line), None)


def _first_difference(text: str, other: str) -> int:
    lines, others = text.splitlines(), other.splitlines()
    differing = (
        number for number, pair in enumerate(zip(lines, others, strict=False), 1) if len({*pair}) > 1
    )
    return next(differing, min(len(lines), len(others)))


def _not_ours(
    message: str, *, line: int | None = None, given: str | None = None, expected: str | None = None
) -> LandformError:
    return LandformError(
        Code.SPEC_LOCK,
        message,
        place=Place(LOCK, line, 1 if line else None),
        given=given,
        expected=expected or "the file as `landform org lock` wrote it",
        fix=f"Take the change back (git checkout -- {LOCK}), or run `landform org lock --resolve`.",
    )

"""Two branches' lock files made one: the older block stays, the younger account gets another.

A block that was allotted may already be somebody's VPC, so as few as possible move: never one that both branches or
the base have, and of two that overlap the one that was allotted earlier stays.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from landform.errors import LandformError
from landform.org.addresses import Demand, Gap, allot
from landform.org.lock import LOCK, Group, Lock, parse_lock, read_blocks
from landform.org.models.network import Block, NetworkPool
from landform.org.revision import file_at

_OURS, _BASE, _THEIRS, _END = "<" * 7, "|" * 7, "=" * 7, ">" * 7
# For each part of a file that git could not merge, the sides that it belongs to.
_PARTS = {_OURS: (True, False), _BASE: (False, False), _THEIRS: (False, True), _END: (True, True)}


@dataclass(frozen=True, slots=True)
class Move:
    """A block that did not stay, and the account's block there now; None where it needs none any more."""

    account: str
    pool: str
    region: str
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A settled lock, what of it was there before, what moved, and what of the base had been lost and is back."""

    lock: Lock
    kept: Lock
    moved: tuple[Move, ...]
    restored: tuple[tuple[Group, Block], ...]


def sides(text: str) -> tuple[str, ...]:
    """The text of each side of a file with git's conflict markers; the text itself where it has none."""
    ours, theirs = [], []
    belongs = _PARTS[_END]
    for line in text.splitlines(keepends=True):
        part = _PARTS.get(line[:7]) if line[7:8] in ("", " ", "\n") else None
        if part is not None:
            belongs = part
            continue
        ours += [line] * belongs[0]
        theirs += [line] * belongs[1]
    return ("".join(ours),) if ours == theirs else ("".join(ours), "".join(theirs))


def settle(
    text: str,
    pools: Mapping[str, NetworkPool],
    demands: Sequence[Demand],
    *,
    base: Lock | None = None,
    as_of: dt.date | None = None,
) -> Settled:
    """Settle a lock file, and allot what is missing then.

    Args:
        text: the file with git's conflict markers, or with digests that are not right.
        base: a lock whose blocks stay whatever happens.
        as_of: as for ``allot``.

    Raises:
        LandformError: ``spec-lock`` where a side is no lock file, ``spec-addresses`` where a pool is exhausted.
    """
    found = [_blocks(side) for side in sides(text) if side]
    locks = [base.blocks if base else {}, *found]
    kept = Lock.of(_numbered(_kept(_ranked(locks))))
    lock = allot(kept, pools, demands, as_of=as_of)
    there = {key for blocks in found for key in _keys(blocks)}
    before = {key for blocks in locks for key in _keys(blocks)}
    after = set(_keys(lock.blocks))
    return Settled(
        lock=lock,
        kept=kept,
        moved=tuple(
            Move(
                account,
                pool,
                region,
                cidr,
                held.cidr if (held := lock.held_by(account).get(region)) else None,
            )
            for account, pool, region, cidr in sorted(before - after)
        ),
        restored=tuple(
            ((pool, region), block)
            for (pool, region), blocks in lock.blocks.items()
            for block in blocks
            if (key := (block.account, pool, region, block.cidr)) in before and key not in there
        ),
    )


def lost(base: Lock, lock: Lock) -> list[tuple[Group, Block]]:
    """The blocks of a base that a lock does not have: nothing may ever be."""
    there = set(_keys(lock.blocks))
    return [
        (group, block)
        for group, blocks in base.blocks.items()
        for block in blocks
        if (block.account, *group, block.cidr) not in there
    ]


def lock_at(project: Path, revision: str) -> Lock:
    """The lock file of a git revision; an empty lock where the revision has none.

    Raises:
        LandformError: ``no-revision``, ``git-missing``; as ``parse_lock`` does.
    """
    return parse_lock(file_at(project, revision, LOCK) or "")


def base_of(project: Path, *, conflict: bool) -> Lock | None:
    """The lock whose blocks stay unless somebody says otherwise; None where git knows none that is whole.

    Where git left its markers, HEAD is one of the two sides and no better than the other; what the remote's
    main branch has may be a VPC already.
    """
    try:
        return lock_at(project, "origin/HEAD" if conflict else "HEAD")
    except LandformError:
        return None


def _blocks(side: str) -> Mapping[Group, Sequence[Block]]:
    found: dict[Group, list[Block]] = {}
    for pool in read_blocks(side).pools:
        found.setdefault((pool.pool, pool.region), []).extend(pool.blocks)
    return found


def _keys(blocks: Mapping[Group, Iterable[Block]]) -> Iterator[tuple[str, str, str, str]]:
    return (
        (block.account, pool, region, block.cidr)
        for (pool, region), found in blocks.items()
        for block in found
    )


def _ranked(locks: Sequence[Mapping[Group, Iterable[Block]]]) -> list[tuple[Group, Block]]:
    """Every block once: the base's first (it is the first lock), then those of all, then the earlier."""
    seen: dict[tuple[str, str, str, str], list[tuple[int, Block]]] = {}
    for number, lock in enumerate(locks):
        for group, blocks in lock.items():
            for block in blocks:
                seen.setdefault((block.account, *group, block.cidr), []).append((number, block))
    ranked = []
    for (account, pool, region, cidr), versions in seen.items():
        first = min((block for _, block in versions), key=lambda block: block.sequence)
        given_up = [block.reserved_until for _, block in versions if block.reserved_until]
        block = first.model_copy(update={"reserved_until": max(given_up, default=None)})
        in_base = versions[0][0] == 0
        everywhere = {number for number, _ in versions} >= set(range(1, len(locks)))
        rank = (not in_base, not everywhere, block.sequence, account, pool, region, cidr)
        ranked.append((rank, (pool, region), block))
    return [(group, block) for _, group, block in sorted(ranked, key=lambda each: each[0])]


def _kept(ranked: Iterable[tuple[Group, Block]]) -> dict[Group, list[Block]]:
    """The blocks that can stand beside each other, taken in their order."""
    kept: dict[Group, list[Block]] = {}
    taken: dict[Group, list[Gap]] = {}
    served = set()
    for group, block in ranked:
        if block.reserved_until is None:
            stretches = taken.setdefault(group, [])
            if (block.account, group[1]) in served or not _inserted(stretches, IPv4Network(block.cidr)):
                continue
            served.add((block.account, group[1]))
        kept.setdefault(group, []).append(block)
    return kept


def _inserted(stretches: list[Gap], network: IPv4Network) -> bool:
    """Put a network among sorted stretches unless it overlaps one; whether it was put there."""
    first = int(network.network_address)
    behind = first + network.num_addresses
    index = bisect_left(stretches, (first, behind))
    before = index > 0 and stretches[index - 1][1] > first
    after = index < len(stretches) and stretches[index][0] < behind
    if before or after:
        return False
    insort(stretches, (first, behind))
    return True


def _numbered(kept: Mapping[Group, Sequence[Block]]) -> dict[Group, list[Block]]:
    """The blocks with a number each; of two with one number the later gets a new one."""
    numbered: dict[Group, list[Block]] = {}
    for group, blocks in kept.items():
        following = max(block.sequence for block in blocks) + 1
        used: set[int] = set()
        for block in blocks:
            sequence = block.sequence
            if sequence in used:
                sequence, following = following, following + 1
            used.add(sequence)
            numbered.setdefault(group, []).append(block.model_copy(update={"sequence": sequence}))
    return numbered

"""Address blocks allotted: first-fit, a pool and a region at a time, once and for good.

What a block is depends on the blocks before it, so it is never worked out anew: what was allotted stands in the
lock file, closed accounts' blocks too, and only what is missing is added. VPCs that overlap can never be
peered or share a transit gateway's route table, so no two blocks overlap, whatever their accounts' tiers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from landform.errors import Code, LandformError, Place, raise_all
from landform.org.document import At, place_of
from landform.org.lock import Group, Lock
from landform.org.models.network import Block, NetworkPool, network_of
from landform.org.problems import named

# The share of a pool from which on a person should make it larger.
NEARLY_FULL = 0.8
_BITS = 32
_NOTHING = Lock({})

Gap = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Demand:
    """A block that an account needs: ``netmask`` is the prefix's length, ``at`` where the spec says so."""

    account: str
    pool: str
    region: str
    netmask: int
    at: At

    @property
    def place(self) -> Place:
        """File, line and column."""
        return place_of(self.at)

    @property
    def group(self) -> Group:
        """The part of the lock file it belongs to."""
        return self.pool, self.region


@dataclass(frozen=True, slots=True)
class Headroom:
    """How much of a pool is taken in a region.

    ``share`` is between 0 and 1; ``largest`` the prefix's length of the largest block that is free, or None.
    """

    pool: str
    region: str
    addresses: int
    taken: int
    largest: int | None

    @property
    def share(self) -> float:
        """How much is taken, of 1."""
        return self.taken / self.addresses

    @property
    def nearly_full(self) -> bool:
        """Whether somebody should widen the pool."""
        return self.share > NEARLY_FULL


def allotted(lock: Lock, account: str) -> dict[str, str]:
    """The blocks of one account, by region; without those it has given up."""
    return {region: block.cidr for region, block in lock.held_by(account).items()}


def missing(lock: Lock, demands: Iterable[Demand]) -> list[Demand]:
    """The demands of accounts that have no block in that region."""
    return [demand for demand in demands if demand.region not in lock.held_by(demand.account)]


def allot(
    lock: Lock,
    pools: Mapping[str, NetworkPool],
    demands: Iterable[Demand],
    *,
    as_of: dt.date | None = None,
    waiting: Lock = _NOTHING,
) -> Lock:
    """Add a block for each demand that has none; what is there stays.

    The result does not depend on the order of the demands: larger blocks come first, then names.

    Args:
        as_of: blocks that were reserved until a day before this one are free again; without it, none is.
        waiting: blocks of changes that are not merged yet: an account gets again what it has there, and no other
            account gets that.

    Raises:
        LandformError: ``spec-addresses`` for each size that a pool cannot give to everybody who wants it.
    """
    unmet: dict[tuple[Group, int], tuple[int | None, list[Demand]]] = {}
    added: dict[Group, list[Block]] = {}
    gaps: dict[Group, list[Gap]] = {}
    again: dict[Group, Mapping[tuple[str, int], IPv4Network]] = {}
    for demand in sorted(missing(lock, demands), key=lambda each: (each.netmask, each.account, each.region)):
        group = demand.group
        if group not in gaps:
            standing = [block for block in lock.blocks.get(group, ()) if not _free_again(block, as_of)]
            networks = pools[demand.pool].networks(demand.region)
            there = waiting.blocks.get(group, ())
            again[group] = _inside(there, free(networks, standing)) if there else {}
            gaps[group] = free(networks, (*standing, *there))
        known = again[group].get((demand.account, demand.netmask))
        network = known or take_first(gaps[group], demand.netmask)
        if network is None:
            if (group, demand.netmask) not in unmet:
                unmet[group, demand.netmask] = (largest(gaps[group]), [])
            unmet[group, demand.netmask][1].append(demand)
            continue
        added.setdefault(group, []).append(
            Block(
                account=demand.account,
                cidr=str(network),
                sequence=lock.next_sequence(group) + len(added.get(group, ())),
            )
        )
    raise_all(
        [
            _exhausted(wanted, size, is_beside=group in waiting.blocks)
            for (group, _), (size, wanted) in unmet.items()
        ]
    )
    return lock.adding(added)


def release(lock: Lock, demands: Iterable[Demand], account: str, until: dt.date) -> Lock:
    """Give up an account's blocks: nobody gets them before a date, and they stay in the file.

    Raises:
        LandformError: ``usage`` where it has none, or none that it does not still need.
    """
    pools = lock.pools_of(account)
    needed = {demand.region: demand for demand in demands if demand.account == account}
    given_up = {
        (pools[region], block)
        for region, block in lock.held_by(account).items()
        if region not in needed
        or (pools[region], network_of(block.cidr).prefixlen) != (needed[region].pool, needed[region].netmask)
    }
    if not given_up:
        raise LandformError(
            Code.USAGE,
            f"The account {account!r} has no block that it could give up.",
            given=", ".join(
                sorted(f"{cidr} in {region}" for region, cidr in allotted(lock, account).items())
            ),
            expected="an account that is closed, or whose file no longer asks for its block",
            fix="Close the account first (`status: closed`), or take its `network` away.",
        )
    return Lock.of(
        {
            (pool, region): [
                block.model_copy(update={"reserved_until": until}) if (pool, block) in given_up else block
                for block in blocks
            ]
            for (pool, region), blocks in lock.blocks.items()
        }
    )


def free(networks: Sequence[IPv4Network], taken: Iterable[Block]) -> list[Gap]:
    """The stretches of some networks that no block takes: first address and the one behind the last."""
    stretches = sorted(_stretch(network_of(block.cidr)) for block in taken)
    gaps: list[Gap] = []
    for network in networks:
        start, end = _stretch(network)
        for first, behind in stretches:
            if behind <= start or first >= end:
                continue
            if first > start:
                gaps.append((start, first))
            start = max(start, behind)
        if start < end:
            gaps.append((start, end))
    return gaps


def take_first(gaps: list[Gap], netmask: int) -> IPv4Network | None:
    """Cut the first block of a size out of the gaps, which change; None where none is large enough."""
    size = 1 << (_BITS - netmask)
    for index, (start, end) in enumerate(gaps):
        first = -(-start // size) * size
        if first + size <= end:
            left = [(start, first), (first + size, end)]
            gaps[index : index + 1] = [gap for gap in left if gap[0] < gap[1]]
            return IPv4Network((first, netmask))
    return None


def largest(gaps: Sequence[Gap]) -> int | None:
    """The prefix's length of the largest block that AWS takes for a VPC and the gaps have room for, or None."""
    for netmask in range(16, 29):
        if take_first(list(gaps), netmask) is not None:
            return netmask
    return None


def headroom(lock: Lock, pools: Iterable[NetworkPool]) -> list[Headroom]:
    """How full each pool is in each of its regions."""
    found = []
    for pool in pools:
        for region in sorted(pool.cidrs):
            networks = pool.networks(region)
            blocks = [block for block in lock.blocks.get((pool.name, region), ()) if not block.reserved_until]
            gaps = free(networks, blocks)
            addresses = sum(network.num_addresses for network in networks)
            found.append(
                Headroom(
                    pool=pool.name,
                    region=region,
                    addresses=addresses,
                    taken=addresses - sum(end - start for start, end in gaps),
                    largest=largest(gaps),
                )
            )
    return found


def overlapping(networks: Iterable[IPv4Network]) -> Iterator[tuple[int, int]]:
    """Networks that overlap, as pairs of their numbers: each with the one before it that reaches furthest."""
    furthest = (0, 0)
    for start, end, number in sorted((*_stretch(network), at) for at, network in enumerate(networks)):
        if start < furthest[0]:
            yield furthest[1], number
        furthest = max(furthest, (end, number))


def _inside(blocks: Iterable[Block], gaps: Sequence[Gap]) -> dict[tuple[str, int], IPv4Network]:
    """The blocks that lie in gaps, by account and the prefix's length."""
    found = {}
    for block in blocks:
        network = network_of(block.cidr)
        first, behind = _stretch(network)
        if any(start <= first and behind <= end for start, end in gaps):
            found[block.account, network.prefixlen] = network
    return found


def _stretch(network: IPv4Network) -> Gap:
    first = int(network.network_address)
    return first, first + network.num_addresses


def _free_again(block: Block, as_of: dt.date | None) -> bool:
    return block.reserved_until is not None and as_of is not None and block.reserved_until < as_of


def _exhausted(demands: Sequence[Demand], left: int | None, *, is_beside: bool) -> LandformError:
    first = demands[0]
    beside = ", beside what changes have that are not merged yet" if is_beside else ""
    return LandformError(
        Code.SPEC_ADDRESSES,
        f"The pool {first.pool!r} has no free /{first.netmask} in {first.region}.",
        place=first.place,
        given=f"/{first.netmask} for {named([demand.account for demand in demands])}{beside}",
        expected=f"at most /{left}" if left else None,
        fix=f"Add a further block to the pool's `cidrs` in {first.region}, in org/network.yaml.",
    )

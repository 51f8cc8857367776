"""The rules of ``org/network.yaml``, of the lock file, and of what accounts say about their network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from landform.errors import Code, LandformError, Place
from landform.org.addresses import Demand, missing, overlapping
from landform.org.lock import LOCK
from landform.org.models import Account, AccountNetwork
from landform.org.models.network import Block, NetworkPool, network_of
from landform.org.problems import Errors, given_twice, named, repeated, unknown
from landform.org.reach import Reach
from landform.org.spec import NETWORK, STACKS, OrgSpec, account_file

# Suspended and closed accounts keep what they have and get nothing.
_SERVED = ("active", "quarantined", "provisioning", "requested")
# The parameter that a stack with `addresses` gets.
CIDRS = "cidrs"


def block_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Every broken rule of the lock file, and accounts that have no block yet."""
    wanted = demands(spec)
    yield from lock_errors(spec, wanted)
    lacking: dict[str, list[Demand]] = {}
    for demand in missing(spec.lock, wanted):
        lacking.setdefault(demand.account, []).append(demand)
    for account, found in lacking.items():
        yield LandformError(
            Code.SPEC_ADDRESSES,
            f"The account {account!r} has no address block yet.",
            place=found[0].place,
            given=f"none in {', '.join(demand.region for demand in found)}",
            fix="Run `landform org lock`, and commit what it writes.",
        )


def demands(spec: OrgSpec) -> list[Demand]:
    """The blocks that the spec's accounts need, where their pools are such that they can be met."""
    pools = {pool.name: pool for pool in spec.pools}
    found = []
    for account in spec.accounts:
        network = account.network
        if network is None or account.status not in _SERVED or network.pool not in pools:
            continue
        pool = pools[network.pool]
        netmask = network.netmask or pool.netmask
        at = spec.spot(account_file(account.name), "network")
        found += [
            Demand(account.name, pool.name, region, netmask, at)
            for region in dict.fromkeys(account.regions)
            if region in pool.cidrs
        ]
    return found


def pool_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Pools that are not what they must be, and accounts that want of a pool what it cannot give."""
    yield from given_twice(spec, NETWORK, "name", [pool.name for pool in spec.pools], "pools")
    for index, pool in enumerate(spec.pools):
        at = ("pools", index)
        for number, tier in enumerate(pool.tiers):
            if tier not in reach.tiers:
                yield unknown(spec.place(NETWORK, *at, "tiers", number), "tier", tier, reach.tiers)
        yield from repeated(spec, NETWORK, (*at, "tiers"), pool.tiers)
        for region in pool.cidrs:
            if region not in spec.organization.regions:
                place = spec.documents[NETWORK].key_place(*at, "cidrs", region)
                yield unknown(
                    place, "region in the organisation's `regions`", region, spec.organization.regions
                )
        if not pool.min_netmask <= pool.netmask <= pool.max_netmask:
            yield LandformError(
                Code.SPEC_VALUE,
                f"The pool {pool.name!r} has a size that it does not allow itself.",
                place=spec.place(NETWORK, *at, "netmask"),
                given=f"/{pool.netmask}",
                expected=f"/{pool.min_netmask} (min_netmask) to /{pool.max_netmask} (max_netmask)",
                fix="Change `netmask`, or its bounds.",
            )
    yield from _overlapping_pools(spec)
    pools = {pool.name: pool for pool in spec.pools}
    for account in spec.accounts:
        if account.network is not None:
            yield from _account(spec, pools, account, account.network)


def lock_errors(spec: OrgSpec, wanted: Iterable[Demand]) -> Errors:
    """Blocks that overlap, that lie in no pool, or that are not what their accounts' files say."""
    pools = {pool.name: pool for pool in spec.pools}
    for (pool, region), blocks in spec.lock.blocks.items():
        if pool not in pools:
            yield LandformError(
                Code.SPEC_REFERENCE,
                f"Blocks of the pool {pool!r} are allotted, and there is no such pool.",
                place=Place(LOCK),
                given=named([block.account for block in blocks]),
                expected=f"one of {', '.join(pools)}" if pools else f"a pool in {NETWORK}",
                fix=f"Keep the pool in {NETWORK} under its name.",
            )
            continue
        networks = pools[pool].networks(region)
        for block in blocks:
            if not any(network_of(block.cidr).subnet_of(network) for network in networks):
                yield LandformError(
                    Code.SPEC_ADDRESSES,
                    f"A block of {block.account!r} lies outside of the pool {pool!r} in {region}.",
                    place=spec.lock.place(block),
                    given=block.cidr,
                    expected=" or ".join(map(str, networks)) or f"no block in {region}",
                    fix=f"Give the pool the block back in {NETWORK}: what was allotted stays.",
                )
    yield from _overlapping_blocks(spec)
    yield from _contradictions(spec, wanted)


def abandoned_blocks(spec: OrgSpec) -> Errors:
    """Accounts whose file is gone while they have blocks that nobody gave up; no rule, as the file may yet come.

    A file that is gone closes no account. ``landform org diff`` sees that with the files as they were, this without.
    """
    there = {account.name for account in spec.accounts}
    first: dict[str, Block] = {}
    for blocks in spec.lock.blocks.values():
        for block in blocks:
            if block.account not in there and block.reserved_until is None:
                first.setdefault(block.account, block)
    for name, block in first.items():
        yield LandformError(
            Code.SPEC_REMOVED,
            f"The account {name!r} has address blocks and no file.",
            place=spec.lock.place(block),
            given=f"no {account_file(name)}",
            expected="its file, with `status: closed` once AWS has closed the account",
            fix="Bring the file back and give it the status that the account is to have, or give its blocks up: "
            f"`landform org lock --release {name} --until DATE`.",
        )


def _overlapping_pools(spec: OrgSpec) -> Errors:
    places = [
        (pool, spec.place(NETWORK, "pools", index, "cidrs", region), network)
        for index, pool in enumerate(spec.pools)
        for region in pool.cidrs
        for network in pool.networks(region)
    ]
    for first, second in overlapping(network for _, _, network in places):
        yield LandformError(
            Code.SPEC_ADDRESSES,
            "Two blocks of the pools overlap.",
            place=places[second][1],
            given=f"{places[second][2]} of {places[second][0].name}, {places[first][2]} of {places[first][0].name}",
            expected="each address in one pool and one region",
            fix="Choose another block for the one from which nothing has been allotted.",
        )


def _account(
    spec: OrgSpec, pools: Mapping[str, NetworkPool], account: Account, network: AccountNetwork
) -> Errors:
    file = account_file(account.name)
    pool = pools.get(network.pool)
    if pool is None:
        yield unknown(spec.place(file, "network", "pool"), "pool", network.pool, pools)
        return
    if pool.tiers and account.tier not in pool.tiers:
        yield LandformError(
            Code.SPEC_REFERENCE,
            f"The pool {pool.name!r} is not for accounts of the tier {account.tier!r}.",
            place=spec.place(file, "network", "pool"),
            given=f"tier {account.tier}",
            expected=f"one of {', '.join(pool.tiers)}",
            fix=f"Choose another pool, or allow the tier in {NETWORK}.",
        )
    if network.netmask is not None and not pool.min_netmask <= network.netmask <= pool.max_netmask:
        yield LandformError(
            Code.SPEC_ADDRESSES,
            f"The pool {pool.name!r} has no blocks of this size.",
            place=spec.place(file, "network", "netmask"),
            given=f"/{network.netmask}",
            expected=f"/{pool.min_netmask} to /{pool.max_netmask}",
            fix=f"Choose another size, or another pool; {NETWORK} says what each may give.",
        )
    for region in dict.fromkeys(account.regions):
        if region not in pool.cidrs and account.status in _SERVED:
            yield LandformError(
                Code.SPEC_ADDRESSES,
                f"The pool {pool.name!r} has no addresses in {region}.",
                place=spec.place(file, "network", "pool"),
                given=pool.name,
                expected=f"a pool with a block in {region}",
                fix=f"Give the pool a block in {region}, in {NETWORK}.",
            )


def _overlapping_blocks(spec: OrgSpec) -> Errors:
    # A block that was given up may have been allotted anew.
    blocks = [block for found in spec.lock.blocks.values() for block in found if block.reserved_until is None]
    for first, second in overlapping(network_of(block.cidr) for block in blocks):
        younger, older = sorted(
            (blocks[first], blocks[second]), key=lambda block: block.sequence, reverse=True
        )
        yield LandformError(
            Code.SPEC_LOCK_CONFLICT,
            f"The accounts {older.account!r} and {younger.account!r} have blocks that overlap.",
            place=spec.lock.place(younger),
            given=f"{older.cidr} and {younger.cidr}",
            fix="Run `landform org lock --resolve`: the older block stays, the other account gets a new one.",
        )


def _contradictions(spec: OrgSpec, wanted: Iterable[Demand]) -> Errors:
    for demand in wanted:
        block = spec.lock.held_by(demand.account).get(demand.region)
        if block is None:
            continue
        pool = spec.lock.pools_of(demand.account)[demand.region]
        netmask = network_of(block.cidr).prefixlen
        if (pool, netmask) != (demand.pool, demand.netmask):
            yield LandformError(
                Code.SPEC_ADDRESSES,
                f"The account {demand.account!r} has another block in {demand.region} than its file asks for.",
                place=demand.place,
                given=f"/{demand.netmask} of {demand.pool}",
                expected=f"{block.cidr}, a /{netmask} of {pool}: another block is another VPC",
                fix=f"Say `network: {{ pool: {pool}, netmask: {netmask} }}`, or give the block up: "
                f"`landform org lock --release {demand.account} --until DATE`.",
            )


def given_block_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Address blocks given by hand to a stack that gets them from the lock file."""
    rules = {rule.id: index for index, rule in enumerate(spec.stacks) if rule.addresses}
    for account in spec.accounts:
        for id in rules.keys() & account.stacks.params.keys():
            if account.network is not None and CIDRS in account.stacks.params[id]:
                place = spec.documents[account_file(account.name)].key_place("stacks", "params", id, CIDRS)
                yield LandformError(
                    Code.SPEC_VALUE,
                    f"The account {account.name!r} has its blocks from the pool {account.network.pool!r}.",
                    place=place,
                    given=f"{CIDRS} by hand",
                    fix="Remove them here, or the account's `network`.",
                )
    for id, index in rules.items():
        if CIDRS in spec.stacks[index].params:
            yield LandformError(
                Code.SPEC_VALUE,
                f"The stack {id!r} has its blocks from the accounts' pools.",
                place=spec.documents[STACKS].key_place("stacks", index, "params", CIDRS),
                given=f"{CIDRS} for every account",
                fix="Remove them here, or `addresses`.",
            )

"""AWS IPAM as the source of address blocks: it chooses, the lock file remembers.

An allocation in IPAM is made in the pool's locale and is strongly consistent: two callers never get one block. Which
IPAM pool serves which pool of the spec needs no further configuration: it is the one whose addresses it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from landform.digest import sha256
from landform.errors import Code, LandformError, Place, raise_all
from landform.org.addresses import Demand, missing
from landform.org.living import told
from landform.org.lock import Group, Lock
from landform.org.models.network import Block, NetworkPool

_NEEDED = "ec2:DescribeIpamPools, ec2:GetIpamPoolCidrs and ec2:AllocateIpamPoolCidr"
_NETWORK = Place("org/network.yaml")


def allot_from_ipam(
    clients: Mapping[str, Any],
    home: str,
    lock: Lock,
    pools: Mapping[str, NetworkPool],
    demands: Iterable[Demand],
    pool_ids: Sequence[str],
) -> Lock:
    """Allocate a block in IPAM for each demand that has none, and add it to the lock.

    A run that ended half-way is run again: each allocation carries a token of its own, so that AWS gives the same
    block again and no second one.

    Args:
        clients: an EC2 client for each region.
        home: the region in which the IPAM lives.
        pool_ids: the IPAM pools to allocate from.

    Raises:
        LandformError: ``aws-refused``; ``spec-addresses`` where a pool of the spec has no IPAM pool or IPAM gives a
            block that the spec's pool does not hold.
    """
    lacking = sorted(missing(lock, demands), key=lambda each: (each.netmask, each.account, each.region))
    with told(_NEEDED):
        sources = _sources(clients[home], pools, pool_ids)
    raise_all([_without_source(demand, pool_ids) for demand in lacking if demand.group not in sources])
    added: dict[Group, list[Block]] = {}
    for demand in lacking:
        sequence = lock.next_sequence(demand.group) + len(added.get(demand.group, ()))
        token = sha256("/".join(("landform", demand.account, *demand.group, str(sequence))))
        with told(_NEEDED):
            given = clients[demand.region].allocate_ipam_pool_cidr(
                IpamPoolId=sources[demand.group],
                NetmaskLength=demand.netmask,
                Description=f"landform: {demand.account} in {demand.region}",
                ClientToken=token,
            )["IpamPoolAllocation"]
        network = IPv4Network(given["Cidr"])
        taken = (*lock.blocks.get(demand.group, ()), *added.get(demand.group, ()))
        _check(demand, given, network, pools[demand.pool], taken)
        added.setdefault(demand.group, []).append(
            Block(
                account=demand.account,
                cidr=str(network),
                sequence=sequence,
                ipam=given["IpamPoolAllocationId"],
            )
        )
    return lock.adding(added)


def _sources(client: Any, pools: Mapping[str, NetworkPool], pool_ids: Sequence[str]) -> dict[Group, str]:
    """The IPAM pool of each pool and region of the spec."""
    described = client.get_paginator("describe_ipam_pools").paginate(IpamPoolIds=list(pool_ids))
    sources: dict[Group, str] = {}
    for found in (pool for page in described for pool in page["IpamPools"]):
        id, region = found["IpamPoolId"], found.get("Locale", "None")
        pages = client.get_paginator("get_ipam_pool_cidrs").paginate(IpamPoolId=id)
        cidrs = [IPv4Network(each["Cidr"]) for page in pages for each in page["IpamPoolCidrs"]]
        holding = [
            pool.name
            for pool in pools.values()
            if cidrs and all(any(cidr.subnet_of(own) for own in pool.networks(region)) for cidr in cidrs)
        ]
        if not holding:
            raise LandformError(
                Code.SPEC_ADDRESSES,
                f"No pool of the spec has the addresses of the IPAM pool {id}.",
                place=_NETWORK,
                given=f"{', '.join(map(str, cidrs)) or 'no addresses'} in {region}",
                expected="a pool whose `cidrs` in that region hold them",
            )
        sources[holding[0], region] = id
    return sources


def _check(
    demand: Demand, given: Mapping[str, Any], network: IPv4Network, pool: NetworkPool, taken: Iterable[Block]
) -> None:
    other = next((block for block in taken if IPv4Network(block.cidr).overlaps(network)), None)
    inside = any(network.subnet_of(own) for own in pool.networks(demand.region))
    if inside and other is None:
        return
    raise LandformError(
        Code.SPEC_ADDRESSES,
        f"IPAM gave a block for {demand.account!r} that "
        + (f"{other.account!r} has already." if other else f"the pool {pool.name!r} does not hold."),
        place=demand.place,
        given=f"{network} ({given['IpamPoolAllocationId']})",
        expected=f"a free block of {pool.name} in {demand.region}",
        fix="Release the allocation in IPAM, and make its pool and the spec's hold the same addresses. "
        "What the lock file has without IPAM, IPAM must know as an allocation too.",
    )


def _without_source(demand: Demand, pool_ids: Sequence[str]) -> LandformError:
    return LandformError(
        Code.SPEC_ADDRESSES,
        f"No IPAM pool serves the pool {demand.pool!r} in {demand.region}.",
        place=demand.place,
        given=", ".join(pool_ids),
        expected=f"an IPAM pool of the locale {demand.region} with addresses of {demand.pool}",
        fix="Name it with a further --ipam.",
    )

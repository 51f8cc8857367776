"""``org/network.yaml`` and ``org/network.lock.json`` as models: where addresses come from, and who has which.

A VPC's address block cannot be changed: another block is another VPC, and everything in the old one is destroyed.
So a block is chosen once and written down, beside the pools that it was chosen from.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from landform.org.models.base import Date, Model, Name, Netmask, RegionName


@lru_cache(maxsize=1 << 16)
def network_of(cidr: str) -> IPv4Network:
    """A block as a network; kept, as the blocks of a lock file are asked for again and again.

    Raises:
        ValueError: where the text is no block from its first address on.
    """
    network = IPv4Network(cidr)
    if str(network) != cidr:
        raise ValueError("not written as a network")
    return network


def _checked(cidr: str) -> str:
    network_of(cidr)
    return cidr


Cidr = Annotated[
    str,
    AfterValidator(_checked),
    Field(description="an IPv4 block from its first address on, such as 10.20.0.0/16"),
]


class NetworkPool(Model):
    """Addresses that VPCs of one purpose come from: blocks by region, and how large a VPC is unless it says so.

    A pool grows by a further block at the end of a region's list; those that it has stay as they are.
    """

    name: Name
    cidrs: dict[RegionName, Cidr | Annotated[tuple[Cidr, ...], Field(min_length=1)]]
    netmask: Netmask = 20
    min_netmask: Netmask = 16
    max_netmask: Netmask = 24
    tiers: tuple[Name, ...] = ()

    def networks(self, region: str) -> tuple[IPv4Network, ...]:
        """The pool's blocks in a region, in the file's order."""
        found = self.cidrs.get(region, ())
        return tuple(network_of(cidr) for cidr in ((found,) if isinstance(found, str) else found))


class NetworkPools(Model):
    """``org/network.yaml``: the pools."""

    schema_: Literal["landform/network/v1"] = Field(alias="schema")
    pools: tuple[NetworkPool, ...]


class Block(Model):
    """One block of the lock file: the VPC of one account in one region.

    ``sequence`` counts a pool's blocks in a region from 1 in the order they were allotted. A block with
    ``reserved_until`` is given up; nobody gets it before that date. ``ipam`` is the allocation in AWS IPAM.
    """

    account: Name
    cidr: Cidr
    sequence: Annotated[int, Field(ge=1)]
    reserved_until: Date | None = None
    ipam: str | None = None


class LockedPool(Model):
    """The blocks of one pool in one region, and the digest that says that landform wrote them."""

    pool: Name
    region: RegionName
    blocks: tuple[Block, ...]
    digest: str


class NetworkLock(Model):
    """``org/network.lock.json``: every block that was ever allotted."""

    schema_: Literal["landform/network-lock/v1"] = Field(alias="schema")
    pools: tuple[LockedPool, ...]

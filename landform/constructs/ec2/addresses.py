"""How a VPC's addresses are divided.

A subnet's address block cannot be changed: another block is another subnet, and everything in the old one is
destroyed. So a block depends on the VPC's own block, the kind of subnet and the zone's place in the list alone, and
never on how many zones or NAT gateways there are today. Source: "VPC CIDR blocks", "Subnet CIDR blocks".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from landform.errors import Code, LandformError, Place

MAX_ZONES = 4
"""Zones that room is kept for: one more than the three that most regions have."""

# The smallest still gives subnets of /28, the smallest that AWS takes.
WIDEST, NARROWEST = 16, 24

_ZONE_BITS = 2

# What AWS refuses as the block of a VPC.
_RESTRICTED = tuple(
    IPv4Network(block) for block in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4")
)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a VPC's block: the one numbered ``index`` of those that ``bits`` further bits give."""

    bits: int
    index: int

    def of(self, network: IPv4Network) -> IPv4Network:
        """The part itself."""
        return list(network.subnets(prefixlen_diff=self.bits))[self.index]


def subnet_blocks(network: IPv4Network, share: Share) -> tuple[IPv4Network, ...]:
    """The blocks of one kind of subnet, a zone each, for as many zones as room is kept for."""
    return tuple(share.of(network).subnets(prefixlen_diff=_ZONE_BITS))


def address_block(cidr: str, place: Place) -> IPv4Network:
    """An address block as a network.

    Raises:
        LandformError: ``argument-value`` where it is no IPv4 network, or has bits set behind its prefix.
    """
    try:
        network = IPv4Network(cidr, strict=False)
        written_well = isinstance(cidr, str) and "/" in cidr
    except ValueError:
        written_well = False
    if not written_well:
        raise _refused("This is no IPv4 address block.", cidr, place, "a block such as 10.20.0.0/20")
    if str(network) != cidr:
        raise _refused(
            "The address block begins in the middle of a network.",
            cidr,
            place,
            str(network),
            "Write the network's first address.",
        )
    return network


def vpc_network(cidr: str, place: Place, *, pool: Sequence[str] = ()) -> IPv4Network:
    """The block of a VPC that is divided here, as a network; ``pool`` holds the blocks it may come from, where it must.

    Raises:
        LandformError: ``argument-value`` where it is no address block, is too wide or too narrow, is one that AWS
            refuses, or is outside of the pool.
    """
    network = address_block(cidr, place)
    if not WIDEST <= network.prefixlen <= NARROWEST:
        raise _refused(
            f"A VPC of this size cannot be divided into subnets for {MAX_ZONES} zones.",
            cidr,
            place,
            f"a prefix of /{WIDEST} to /{NARROWEST}",
        )
    if any(network.overlaps(restricted) for restricted in _RESTRICTED):
        raise _refused(
            "AWS refuses this address block.",
            cidr,
            place,
            "a private block: inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
        )
    if pool and not any(network.subnet_of(IPv4Network(block)) for block in pool):
        raise _refused(
            "The address block is outside of the account's pool.",
            cidr,
            place,
            f"a block inside {' or '.join(pool)}, the pool's blocks in this region",
            "Let the stack have its block from the lock file: `addresses: true` of its rule in org/stacks.yaml.",
        )
    return network


def _refused(message: str, cidr: str, place: Place, expected: str, fix: str | None = None) -> LandformError:
    return LandformError(
        Code.ARGUMENT_VALUE, message, place=place, given=repr(cidr), expected=expected, fix=fix
    )

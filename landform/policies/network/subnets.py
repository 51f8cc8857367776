"""Subnets: whether a subnet has a way to the internet, and which ports its network ACL lets in.

A subnet without a route table of its own has the VPC's main one, and without a network ACL of its own the VPC's default
one, which lets everything in ("Route tables" and "Network ACLs" of the VPC guide).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.policies.meant import made, meant, named, objects
from landform.policies.network.links import State, either
from landform.policies.network.ports import (
    EVERY,
    Family,
    Ports,
    both,
    is_internet,
    joined,
    ports_of,
    without,
)
from landform.policies.view import Block, is_known

SUBNETS = ("aws_subnet", "aws_default_subnet")
_TABLES = ("aws_route_table", "aws_default_route_table")
_ACLS = ("aws_network_acl", "aws_default_network_acl")
_VPCS = ("aws_vpc", "aws_default_vpc")
_GATEWAY = "aws_internet_gateway"


@dataclass(frozen=True, slots=True)
class Way:
    """Whether there is a way from the internet to a subnet, and over what: addresses in their order."""

    state: State
    via: tuple[str, ...] = ()


def way_to(subnet: Block, family: Family) -> Way:
    """The way from the internet to a subnet, for addresses of a family."""
    if subnet.type == "aws_default_subnet":
        return Way("open" if family == "ipv4" else "unknown", ("the default VPC", subnet.address))
    tables, unknown = _tables(subnet)
    ways = [_routed(table, family) for table in tables]
    state = either(*(way.state for way in ways), *(["unknown"] if unknown else ()))
    found = next((way for way in ways if way.state == state), Way(state))
    return Way(state, (*found.via, subnet.address))


def acl_ports(subnet: Block, family: Family) -> tuple[tuple[Ports, ...] | None, tuple[str, ...]]:
    """The ports that the network ACL of a subnet lets the internet in to, and its address if it is in the stack.

    None where only Terraform knows them.
    """
    acl = _acl(subnet)
    if acl is None:
        return EVERY, ()
    known = _entries(acl)
    return (None if known is None else _allowed(known, family)), (acl.address,)


def _tables(subnet: Block) -> tuple[tuple[Block, ...], bool]:
    """The route tables of a subnet, its own or its VPC's main ones, and whether it may have another."""
    stack = subnet.stack
    own: dict[str, Block] = {}
    unknown = False
    for association in made(stack.resources("aws_route_table_association")):
        subnets = meant(association, "subnet_id", *SUBNETS)
        if subnet in subnets.blocks:
            tables = meant(association, "route_table_id", *_TABLES, *_VPCS)
            own |= {table.address: table for table in tables.blocks if table.type in _TABLES}
            unknown = unknown or tables.unknown
        elif subnets.unknown and not all(map(is_known, association.values("subnet_id"))):
            unknown = True
    if own or unknown:
        return tuple(own.values()), unknown and not own
    vpcs = meant(subnet, "vpc_id", *_VPCS)
    main = [table for vpc in vpcs.blocks for table in _main_tables(vpc)]
    return (*main, *vpcs.blocks), vpcs.unknown


def _main_tables(vpc: Block) -> Iterator[Block]:
    for table in vpc.stack.resources("aws_default_route_table"):
        if vpc in meant(table, "default_route_table_id", *_VPCS).blocks:
            yield table
    for association in vpc.stack.resources("aws_main_route_table_association"):
        if vpc in meant(association, "vpc_id", *_VPCS).blocks:
            yield from meant(association, "route_table_id", *_TABLES).blocks


def _routed(table: Block, family: Family) -> Way:
    """The way over one route table, or over the one that a VPC was made with."""
    ways = [_route(table, body, family) for body in _routes(table)]
    _, unknown = objects(table, "route")
    state = either(*(way.state for way in ways), *(["unknown"] if unknown else ()))
    found = next((way for way in ways if way.state == state), Way(state))
    return Way(state, (*found.via, table.address))


def _routes(table: Block) -> Iterator[Mapping[str, Any]]:
    yield from objects(table, "route")[0]
    for route in made(table.stack.resources("aws_route")):
        if table in meant(route, "route_table_id", *_TABLES, *_VPCS).blocks:
            yield route.body


_DESTINATIONS: Mapping[Family, tuple[str, ...]] = {
    "ipv4": ("cidr_block", "destination_cidr_block"),
    "ipv6": ("ipv6_cidr_block", "destination_ipv6_cidr_block"),
}


def _route(table: Block, body: Mapping[str, Any], family: Family) -> Way:
    destinations = [
        body[name] for name in _DESTINATIONS[family] if body.get(name) not in (None, "", "${null}")
    ]
    gateway = body.get("gateway_id")
    said = [is_internet(destination) for destination in destinations]
    if gateway in (None, "", "${null}", "local") or not (True in said or None in said):
        return Way("closed")
    gateways = named(table, (gateway,), _GATEWAY, "aws_vpn_gateway")
    ends = [each for each in gateways.blocks if each.type == _GATEWAY and _is_attached(each)]
    literal = str(gateway) if is_known(gateway) else ""
    if not ends and (literal.startswith("vgw-") or not gateways.unknown):
        return Way("closed")
    sure = (bool(ends) or literal.startswith("igw-")) and True in said
    return Way(
        "open" if sure else "unknown", tuple(end.address for end in ends) or (literal,) * bool(literal)
    )


def _is_attached(gateway: Block) -> bool:
    """Whether a gateway is a VPC's: one that is not lets nobody in."""
    beside = gateway.stack.about(gateway, "aws_internet_gateway_attachment", "internet_gateway_id")
    return bool(gateway.values("vpc_id") or beside)


def _acl(subnet: Block) -> Block | None:
    """The network ACL of a subnet, its own or its VPC's default one; None where neither is in the stack."""
    stack = subnet.stack
    for association in stack.resources("aws_network_acl_association"):
        if subnet in meant(association, "subnet_id", *SUBNETS).blocks:
            return next(iter(meant(association, "network_acl_id", *_ACLS).blocks), None)
    for acl in stack.resources(*_ACLS):
        if subnet in meant(acl, "subnet_ids", *SUBNETS).blocks:
            return acl
    vpcs = meant(subnet, "vpc_id", *_VPCS).blocks
    for acl in stack.resources("aws_default_network_acl"):
        if any(vpc in vpcs for vpc in meant(acl, "default_network_acl_id", *_VPCS).blocks):
            return acl
    return None


@dataclass(frozen=True, slots=True)
class _AclEntry:
    number: int
    allows: bool
    ports: tuple[Ports, ...]
    cidrs: tuple[Any, ...]


def _entries(acl: Block) -> tuple[_AclEntry, ...] | None:
    bodies, unknown = objects(acl, "ingress")
    beside = (
        rule.body
        for rule in acl.stack.resources("aws_network_acl_rule")
        if acl in meant(rule, "network_acl_id", *_ACLS).blocks and rule.value("egress") is not True
    )
    rules = [
        *((body, "rule_no", "action") for body in bodies),
        *((body, "rule_number", "rule_action") for body in beside),
    ]
    found = [_entry(*rule) for rule in rules]
    if unknown or None in found:
        return None
    return tuple(sorted((entry for entry in found if entry), key=lambda entry: entry.number))


def _entry(body: Mapping[str, Any], number: str, action: str) -> _AclEntry | None:
    protocol, first, last = (body.get(name) for name in ("protocol", "from_port", "to_port"))
    ports = ports_of(protocol, first, last)
    cidrs = tuple(
        body[name]
        for name in ("cidr_block", "ipv6_cidr_block")
        if body.get(name) not in (None, "", "${null}")
    )
    position = str(body.get(number))
    if (
        ports is None
        or not position.isdigit()
        or not is_known(body.get(action))
        or None in map(is_internet, cidrs)
    ):
        return None
    return _AclEntry(int(position), str(body.get(action)).lower() == "allow", ports, cidrs)


def _allowed(entries: Iterable[_AclEntry], family: Family) -> tuple[Ports, ...]:
    """The first entry that matches decides; a deny of less than everything leaves the rest of the internet."""
    left: tuple[Ports, ...] = EVERY
    allowed: tuple[Ports, ...] = ()
    everything = "::/0" if family == "ipv6" else "0.0.0.0/0"
    for entry in entries:
        mine = [cidr for cidr in entry.cidrs if (":" in str(cidr)) == (family == "ipv6")]
        if entry.allows and any(map(is_internet, mine)):
            allowed = joined((*allowed, *both(left, entry.ports)))
        if everything in mine:
            left = without(left, entry.ports)
    return allowed

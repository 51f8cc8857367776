"""Security groups: which ports the rules of a group let the internet in to, and which other groups they let in.

Rules stand in the group, in ``aws_security_group_rule`` or in ``aws_vpc_security_group_ingress_rule``; what they let
in is one and the same ("Security group rules" of the VPC guide).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from landform.policies.meant import Meant, meant, mentions, named, objects
from landform.policies.network.ports import EVERY, Family, Ports, family_of, is_internet, joined, ports_of
from landform.policies.view import Block, is_known

GROUPS = ("aws_security_group", "aws_default_security_group")
_LIST = "aws_ec2_managed_prefix_list"
# The addresses of a VPC or a subnet are its own, and those of AWS's lists are its services'.
_INSIDE = (
    "aws_vpc.",
    "data.aws_vpc.",
    "aws_subnet.",
    "data.aws_subnet.",
    f"data.{_LIST}.",
    "data.aws_prefix_list.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one rule lets in: ports to blocks of addresses, to prefix lists and to members of groups.

    ``block`` has the rule; ``ports`` is None where only Terraform knows them.
    """

    block: Block
    ports: tuple[Ports, ...] | None
    blocks: tuple[Any, ...]
    lists: tuple[Any, ...]
    groups: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a rule opens to the internet: ``sure`` is False where it is known only to Terraform whether it does."""

    by: Block
    ports: tuple[Ports, ...]
    sure: bool


@lru_cache(maxsize=64)
def entries(group: Block) -> tuple[Entry, ...]:
    """The ingress rules of a group, wherever they stand in its stack."""
    return tuple(_entries(group))


def openings(group: Block, family: Family) -> Iterator[Opening]:
    """What the rules of a group open to the internet, in addresses of a family."""
    for entry in entries(group):
        blocks = (*entry.blocks, *_listed(entry))
        said = [_said(block) for block in blocks if not is_known(block) or family_of(block) == family]
        if entry.ports != () and (True in said or None in said):
            yield Opening(entry.block, entry.ports or EVERY, sure=True in said and entry.ports is not None)


def lets_in(group: Block) -> Meant:
    """The groups whose members a group lets in, itself not with them."""
    found = [named(entry.block, entry.groups, *GROUPS) for entry in entries(group)]
    others = {other.address: other for each in found for other in each.blocks if other is not group}
    return Meant(tuple(others.values()), any(each.unknown for each in found))


def ports_for(group: Block, other: Block) -> tuple[Ports, ...]:
    """The ports that a group opens to members of another one, as far as they are known."""
    return joined(
        ports
        for entry in entries(group)
        if other in named(entry.block, entry.groups, *GROUPS).blocks
        for ports in entry.ports or EVERY
    )


def _said(block: Any) -> bool | None:
    addresses = mentions(block)
    if addresses and all(address.startswith(_INSIDE) for address in addresses):
        return False
    return is_internet(block)


def _entries(group: Block) -> Iterator[Entry]:
    bodies, unknown = objects(group, "ingress")
    for body in bodies:
        ports = ports_of(body.get("protocol"), body.get("from_port"), body.get("to_port"))
        yield _entry(group, body, ports, "security_groups")
    if unknown:
        yield Entry(group, None, ("${dynamic}",), (), ())
    for rule in _of(group, "aws_security_group_rule"):
        if rule.value("type") != "egress":
            ports = ports_of(rule.value("protocol"), rule.value("from_port"), rule.value("to_port"))
            yield _entry(rule, rule.body, ports, "source_security_group_id")
    for rule in _of(group, "aws_vpc_security_group_ingress_rule"):
        ports = ports_of(rule.value("ip_protocol"), rule.value("from_port"), rule.value("to_port"))
        yield Entry(
            rule,
            ports,
            (*rule.values("cidr_ipv4"), *rule.values("cidr_ipv6")),
            rule.values("prefix_list_id"),
            rule.values("referenced_security_group_id"),
        )


def _entry(block: Block, body: Mapping[str, Any], ports: tuple[Ports, ...] | None, groups: str) -> Entry:
    part = replace(block, body=body)
    cidrs = (*part.values("cidr_blocks"), *part.values("ipv6_cidr_blocks"))
    return Entry(block, ports, cidrs, part.values("prefix_list_ids"), part.values(groups))


def _of(group: Block, rule_type: str) -> Iterable[Block]:
    for rule in group.stack.resources(rule_type):
        if group in meant(rule, "security_group_id", *GROUPS).blocks:
            yield rule


def _listed(entry: Entry) -> Iterator[Any]:
    """The blocks of the prefix lists; a list of another stack is known only to Terraform."""
    for value in entry.lists:
        lists = named(entry.block, (value,), _LIST)
        if all(address.startswith(_INSIDE) for address in mentions(value)) and mentions(value):
            continue
        for each in lists.blocks:
            yield from each.values("entry.cidr")
            for other in each.stack.resources(f"{_LIST}_entry"):
                if each in meant(other, "prefix_list_id", _LIST).blocks:
                    yield from other.values("cidr")
        if lists.unknown:
            yield "${prefix_list}"

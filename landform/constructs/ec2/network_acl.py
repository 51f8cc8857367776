"""The rules of a subnet's network ACL: the coarse fence around what security groups decide in detail.

A network ACL keeps no state, so the answers to what a subnet asks must be let in by port. Answers arrive on any
port from 1024 up. Port 3389 is left out of them, because whoever lets in all of them lets in remote desktops: one
of 64,512 connections through a NAT gateway gets that port, hears nothing and has to be tried again. Source: "Custom
network ACLs", "Ephemeral ports" of the VPC guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Any

ANYWHERE = "0.0.0.0/0"

# By number: AWS gives numbers back, and a name would be a change in every plan.
_ALL, _ICMP, _TCP, _UDP = "-1", "1", "6", "17"
PROTOCOL_NUMBERS = {"tcp": _TCP, "udp": _UDP}

# The organisation's own networks. Who of them may reach what is for security groups to say.
PRIVATE_BLOCKS = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")

_ANSWER_PORTS = ((1024, 3388), (3390, 65535))
_FRAGMENTATION_NEEDED = (3, 4)

# As an expression, because a key without a value is left out of the document.
_NULL = "${null}"

Rule = dict[str, Any]


def ingress(network: IPv4Network, *, answers: Sequence[str], open_ports: Sequence[int]) -> list[Rule]:
    """What may come in: private networks, answers from the internet by protocol, and the open TCP ports."""
    return _numbered(_ingress(network, answers, open_ports))


def egress() -> list[Rule]:
    """What may go out: everything. Route tables and security groups say where to."""
    return _numbered(iter([_rule(ANYWHERE, _ALL)]))


def _ingress(network: IPv4Network, answers: Sequence[str], open_ports: Sequence[int]) -> Iterator[Rule]:
    for block in PRIVATE_BLOCKS:
        yield _rule(block, _ALL)
    if not any(network.subnet_of(IPv4Network(block)) for block in PRIVATE_BLOCKS):
        yield _rule(str(network), _ALL)
    for port in open_ports:
        yield _rule(ANYWHERE, _TCP, (port, port))
    for protocol in answers:
        for ports in _ANSWER_PORTS:
            yield _rule(ANYWHERE, PROTOCOL_NUMBERS[protocol], ports)
    # Without it a path whose packets must be smaller swallows the large ones.
    yield _rule(ANYWHERE, _ICMP, icmp=_FRAGMENTATION_NEEDED)


def _rule(
    block: str, protocol: str, ports: tuple[int, int] = (0, 0), *, icmp: tuple[int, int] = (0, 0)
) -> Rule:
    # Every attribute, because in JSON Terraform takes a rule whole or not at all.
    return {
        "action": "allow",
        "cidr_block": block,
        "from_port": ports[0],
        "icmp_code": icmp[1],
        "icmp_type": icmp[0],
        "ipv6_cidr_block": _NULL,
        "protocol": protocol,
        "to_port": ports[1],
    }


def _numbered(rules: Iterator[Rule]) -> list[Rule]:
    return [{**rule, "rule_no": number} for number, rule in zip(range(100, 32_767, 10), rules, strict=False)]

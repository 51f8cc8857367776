"""Ports that a rule of a network lets in, and which blocks of addresses are the internet."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from landform.policies.view import is_known

Family = Literal["ipv4", "ipv6"]
FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")

_LAST = 65_535
_PROTOCOLS = {"6": ("tcp",), "17": ("udp",), "tcp": ("tcp",), "udp": ("udp",), "-1": ("tcp", "udp")}
_PROTOCOLS["all"] = _PROTOCOLS["-1"]
_NUMBER = re.compile(r"[0-9]{1,5}")
# A block this wide holds strangers, however the internet is cut up to write it: 0.0.0.0/1 is half of it.
_WIDE: Mapping[Family, int] = {"ipv4": 8, "ipv6": 16}
_LENGTH = re.compile(r"/([0-9]{1,3})\"?\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Ports:
    """The ports ``first`` to ``last`` of a protocol, both with it."""

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.protocol} {self.first}" + (f"-{self.last}" if self.last > self.first else "")


EVERY = (Ports("tcp", 0, _LAST), Ports("udp", 0, _LAST))


def ports_of(protocol: object, first: object, last: object) -> tuple[Ports, ...] | None:
    """The ports of a rule as its arguments say them; none of a protocol that has no ports. None: cannot be told."""
    if not is_known(protocol):
        return None
    protocols = _PROTOCOLS.get(str(protocol).lower(), ())
    if len(protocols) > 1:
        return EVERY
    if not protocols:
        return ()
    ends = [str(end) for end in (first, last)]
    if not all(map(_NUMBER.fullmatch, ends)):
        return None
    return (Ports(protocols[0], int(ends[0]), int(ends[1])),)


def both(one: Iterable[Ports], other: Iterable[Ports]) -> tuple[Ports, ...]:
    """The ports that are in the one and in the other."""
    other = tuple(other)
    found = (
        Ports(a.protocol, max(a.first, b.first), min(a.last, b.last))
        for a in one
        for b in other
        if a.protocol == b.protocol
    )
    return joined(ports for ports in found if ports.first <= ports.last)


def without(one: Iterable[Ports], other: Iterable[Ports]) -> tuple[Ports, ...]:
    """The ports that are in the one and not in the other."""
    left = tuple(one)
    for cut in other:
        left = tuple(rest for ports in left for rest in _rests(ports, cut))
    return left


def _rests(ports: Ports, cut: Ports) -> Iterator[Ports]:
    if ports.protocol != cut.protocol or cut.last < ports.first or ports.last < cut.first:
        yield ports
        return
    if ports.first < cut.first:
        yield Ports(ports.protocol, ports.first, cut.first - 1)
    if cut.last < ports.last:
        yield Ports(ports.protocol, cut.last + 1, ports.last)


def joined(ports: Iterable[Ports]) -> tuple[Ports, ...]:
    """Ranges in order, those that touch as one."""
    found: list[Ports] = []
    for each in sorted(ports):
        if found and found[-1].protocol == each.protocol and each.first <= found[-1].last + 1:
            found[-1] = Ports(each.protocol, found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return tuple(found)


def is_internet(block: Any) -> bool | None:
    """Whether a block of addresses is the internet, or much of it; None where it cannot be told."""
    if not is_known(block):
        length = _LENGTH.search(block) if isinstance(block, str) else None
        return False if length and int(length[1]) > max(_WIDE.values()) else None
    try:
        network = ipaddress.ip_network(str(block), strict=False)
    except ValueError:
        return None
    return network.prefixlen <= _WIDE[_family(network)] and not (network.prefixlen and network.is_private)


def family_of(block: object) -> Family:
    """The family of a block of addresses; IPv4 for what cannot be told."""
    return "ipv6" if ":" in str(block) and is_known(block) else "ipv4"


def _family(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Family:
    return "ipv6" if network.version == 6 else "ipv4"  # the number is the version's own name

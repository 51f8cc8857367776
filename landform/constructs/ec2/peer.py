"""Who is at the other end of a security group's rule, where it is no security group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from landform.core import Ref
from landform.core.construct import user_place
from landform.errors import Code, LandformError

# A wider block holds much of the internet. fc00::/7 is IPv6's private block.
_WIDEST_PREFIX = {4: 8, 6: 7}
_PREFIX_LIST_ID = re.compile(r"pl-[0-9a-f]{8,17}\Z")


@dataclass(frozen=True, slots=True)
class Peer:
    """An address block, a prefix list or the internet.

    ``name`` stands in construct ids, ``label`` in descriptions; ``arguments`` are the rule's own.

    >>> Peer.cidr("10.0.0.0/8").arguments
    {'cidr_ipv4': '10.0.0.0/8'}
    """

    name: str
    label: str
    arguments: Mapping[str, Any]
    is_internet: bool = False

    @classmethod
    def cidr(cls, cidr: str) -> Peer:
        """An IPv4 or IPv6 address block.

        Raises:
            LandformError: ``argument-value`` where it is none, has bits set behind its prefix, or is so wide that
                it holds much of the internet.
        """
        try:
            network = ip_network(cidr, strict=False)
            is_block = isinstance(cidr, str) and "/" in cidr
        except ValueError:
            is_block = False
        if not is_block:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This is no address block.",
                place=user_place(),
                given=repr(cidr),
                expected="a block such as 10.0.0.0/8 or fd00::/8; one address is 10.1.2.3/32",
            )
        if str(network) != cidr.lower():
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The address block is not written as AWS keeps it.",
                place=user_place(),
                given=repr(cidr),
                expected=str(network),
            )
        if network.prefixlen < _WIDEST_PREFIX[network.version]:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The address block holds much of the internet.",
                place=user_place(),
                given=repr(cidr),
                expected=f"a prefix of /{_WIDEST_PREFIX[network.version]} or longer",
                fix="Name the networks that are meant, or use Peer.internet().",
            )
        text = str(network)
        return cls(re.sub("[.:/]", "-", text), text, {f"cidr_ipv{network.version}": text})

    @classmethod
    def prefix_list(cls, prefix_list_id: str | Ref[str]) -> Peer:
        """A prefix list, by its id: ``pl-`` and hexadecimal digits, or a reference to it.

        Raises:
            LandformError: ``argument-value`` for another text.
        """
        if isinstance(prefix_list_id, Ref):
            name = prefix_list_id.element.node.id
        elif isinstance(prefix_list_id, str) and _PREFIX_LIST_ID.match(prefix_list_id):
            name = prefix_list_id
        else:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This is not the id of a prefix list.",
                place=user_place(),
                given=repr(prefix_list_id),
                expected="an id such as pl-6da54004",
            )
        return cls(name, f"prefix list {name}", {"prefix_list_id": prefix_list_id})

    @classmethod
    def internet(cls) -> Peer:
        """Every IPv4 address."""
        return cls("Internet", "the internet", {"cidr_ipv4": "0.0.0.0/0"}, is_internet=True)

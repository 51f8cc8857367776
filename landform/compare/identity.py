"""What is a stack's own, taken out of what is said of it: the account's id and name, the Region, its network.

So the same difference of 300 accounts reads the same, and another account's id, another Region or an address outside
stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from ipaddress import IPv4Network, ip_network
from typing import Any, TypeVar

from landform.synth.bundle import StackRecord

T = TypeVar("T")

_ADDRESS = r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\w/]|\.\d)"
# A name that AWS's limits cut ends in digits of its hash.
_CUT = re.compile(r"((?:<account>|<account-id>)[\w<>-]*)-[0-9a-f]{8}(?![\w-])")
# The line of code that made something is nobody's own.
_SAME_FOR_ALL = frozenset({"source"})


class Anonymous:
    """Takes one stack's identity out of values.

    Args:
        record: the stack.
        networks: the address blocks that are its own, as CIDR.
    """

    def __init__(self, record: StackRecord, networks: Iterable[str] = ()) -> None:
        self._networks = tuple(map(IPv4Network, dict.fromkeys(networks)))
        words = {
            "account_id": rf"(?<!\d){re.escape(record.account_id)}(?!\d)",
            # An Availability Zone is a Region and a letter.
            "region": rf"(?<![a-z0-9]){re.escape(record.region)}(?=[a-f]?(?![a-z0-9]))",
            "account": rf"(?<![A-Za-z0-9]){re.escape(record.account)}(?![A-Za-z0-9:])",
            **({"address": _ADDRESS} if self._networks else {}),
        }
        self._words = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in words.items()))
        self._known: dict[str, str] = {}

    def of(self, value: T) -> T:
        """A value of the comparison, or a JSON value, without the stack's identity."""
        found: T = self._of(value)
        return found

    def _of(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, tuple):
            return tuple(map(self._of, value))
        if isinstance(value, list):
            return list(map(self._of, value))
        if isinstance(value, Mapping):
            return {self._text(name): self._of(one) for name, one in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            names = (each.name for each in fields(value) if each.name not in _SAME_FOR_ALL)
            return replace(value, **{name: self._of(getattr(value, name)) for name in names})
        return value

    def _text(self, text: str) -> str:
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = _CUT.sub(r"\1-<hash>", self._words.sub(self._word, text))
        return found

    def _word(self, found: re.Match[str]) -> str:
        if found.lastgroup != "address":
            return f"<{str(found.lastgroup).replace('_', '-')}>"
        try:
            block = ip_network(found[0])
        except ValueError:
            return found[0]
        for number, network in enumerate(self._networks, 1):
            if isinstance(block, IPv4Network) and block.subnet_of(network):
                length = f"/{block.prefixlen}" if "/" in found[0] else ""
                distance = int(block.network_address) - int(network.network_address)
                return f"<network-{number}>+{distance}{length}"
        return found[0]


def own_networks(document: Mapping[str, Any]) -> Iterator[str]:
    """The address blocks of the VPCs that a stack makes."""
    for kind in ("aws_vpc", "aws_vpc_ipv4_cidr_block_association"):
        for body in document.get("resource", {}).get(kind, {}).values():
            cidr = body.get("cidr_block")
            if isinstance(cidr, str) and re.fullmatch(_ADDRESS, cidr):
                try:
                    yield str(IPv4Network(cidr))
                except ValueError:
                    # Terraform will refuse it; here it stands as it is.
                    continue

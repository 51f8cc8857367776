"""Ports that rules of security groups open, and that what runs in a VPC listens on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from landform.errors import Code, LandformError, Place

Protocol = Literal["tcp", "udp"]
Port = int | tuple[int, int]
"""A port, or the first and the last of a range."""

_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports, both ends in it."""

    protocol: Protocol
    first: int
    last: int

    @property
    def name(self) -> str:
        """As ids of rules have them: ``Tcp8000-8100``."""
        return f"{self.protocol.capitalize()}{self._numbers}"

    @property
    def _numbers(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def __str__(self) -> str:
        return f"{self.protocol} {self._numbers}"


def checked_ports(port: Port, protocol: Protocol, place: Place) -> Ports:
    """The ports themselves.

    Raises:
        LandformError: ``argument-value`` for another protocol, for what is no port, and for a range whose last port is
            below its first.
    """
    if protocol not in get_args(Protocol):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A rule is for one protocol.",
            place=place,
            given=repr(protocol),
            expected=" or ".join(get_args(Protocol)),
        )
    numbers = port if isinstance(port, tuple) else (port, port)
    in_range = all(type(number) is int and 0 <= number <= _LAST_PORT for number in numbers)
    if len(numbers) != 2 or not in_range or numbers[0] > numbers[1]:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "This is no port and no range of ports.",
            place=place,
            given=repr(port),
            expected=f"a number of 0 to {_LAST_PORT}, or the first and the last as (8000, 8100)",
        )
    return Ports(protocol, *numbers)

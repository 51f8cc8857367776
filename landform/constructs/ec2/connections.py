"""How what runs in a VPC says who may talk to it. Follows the CDK's ``Connections``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from landform.constructs.ec2.ports import Port, checked_ports
from landform.constructs.ec2.ports import Protocol as IpProtocol
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.constructs.ec2.peer import Peer
    from landform.constructs.ec2.security_group import AnySecurityGroup


@runtime_checkable
class Connectable(Protocol):
    """Something in a VPC that other things in it may talk to: a database, a service, a security group."""

    @property
    def connections(self) -> Connections:
        """Who may talk to it."""
        ...


class Connections:
    """The way in and out of something: its security group, and the port that it listens on.

    Raises:
        LandformError: ``argument-value`` for what is no port, and for a range whose last port is below its first.

    >>> app = SecurityGroup(stack, "App", vpc=vpc, description="web servers of the ledger")
    >>> db = SecurityGroup(stack, "Db", vpc=vpc, description="database of the ledger")
    >>> db.connections.allow_from(app, 5432)
    """

    def __init__(self, security_group: AnySecurityGroup, *, port: Port | None = None) -> None:
        self.security_group = security_group
        self.port = port
        if port is not None:
            checked_ports(port, "tcp", security_group.node.here)

    def allow_from(
        self,
        peer: Connectable | Peer,
        port: Port | None = None,
        *,
        protocol: IpProtocol = "tcp",
        description: str | None = None,
    ) -> None:
        """Let a peer in, on the port that is listened on unless given; else as ``SecurityGroup.allow_from``."""
        self.security_group.allow_from(peer, self._port(port), protocol=protocol, description=description)

    def allow_to(
        self,
        peer: Connectable | Peer,
        port: Port | None = None,
        *,
        protocol: IpProtocol = "tcp",
        description: str | None = None,
    ) -> None:
        """Let this out to a peer, on the port that the peer listens on unless given."""
        if port is None and isinstance(peer, Connectable):
            peer.connections.allow_from(self.security_group, protocol=protocol, description=description)
            return
        self.security_group.allow_to(peer, self._port(port), protocol=protocol, description=description)

    def _port(self, port: Port | None) -> Port:
        port = self.port if port is None else port
        if port is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "It listens on no port of its own.",
                place=self.security_group.node.here,
                given="no port",
                expected="a port, or the first and the last of a range",
                fix="Say which: connections.allow_from(peer, 5432).",
            )
        return port

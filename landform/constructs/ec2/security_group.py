"""Security groups. Follows "Security group rules" of the VPC guide.

Each rule is a resource of its own: rules inside the group and rules beside it undo each other, and a rule of its
own can be described, tagged and reviewed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landform.constructs.ec2.connections import Connectable, Connections
from landform.constructs.ec2.limits import SECURITY_GROUP_ID
from landform.constructs.ec2.peer import Peer
from landform.constructs.ec2.ports import Port, Ports, Protocol, checked_ports
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError, Place
from landform.resources.aws.security_group import SecurityGroup as AwsSecurityGroup
from landform.resources.aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from landform.resources.aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

if TYPE_CHECKING:
    from landform.constructs.ec2.vpc import AnyVpc

INTERNET_PORTS = (80, 443)
"""The TCP ports that may be open to the internet."""

# What AWS takes as a description, of a group and of a rule.
_DESCRIPTION = re.compile(r"[A-Za-z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}\Z")


class AnySecurityGroup(Construct):
    """A security group, made here or elsewhere: its id, and rules that name who may talk to whom."""

    security_group_id: str | Ref[str]

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._stack = AwsStack.of(self)
        self._rules: set[object] = set()

    @property
    def connections(self) -> Connections:
        """The group as what other constructs connect with; it listens on no port of its own."""
        return Connections(self)

    def as_peer(self) -> Peer:
        """The group as a peer that lets this one in already: no rule is added on its own side."""
        path = ".".join(scope.node.id for scope in self.node.scopes[self._stack.depth + 1 :])
        return Peer(path, path, {"referenced_security_group_id": self.security_group_id})

    def allow_from(
        self,
        peer: Connectable | Peer,
        port: Port,
        *,
        protocol: Protocol = "tcp",
        description: str | None = None,
    ) -> None:
        """Let a peer in. Where it is a security group, its way out to here is opened too.

        A rule that is there already stays as it is, description and all.

        Args:
            peer: what has ``connections`` in the same stack, as a security group has, ``Peer.cidr(...)``,
                ``Peer.prefix_list(...)`` or ``Peer.internet()``; the internet on TCP 80 and 443 alone.
            port: one port, or the first and the last of a range.
            protocol: ``tcp`` or ``udp``.
            description: of the rule, up to 255 characters; says who and which ports unless given.

        Raises:
            LandformError: ``argument-value`` for a port, protocol, peer or description that is refused.
        """
        ports = checked_ports(port, protocol, self.node.here)
        if isinstance(peer, Peer):
            if peer.is_internet and (
                protocol != "tcp" or ports.first != ports.last or ports.first not in INTERNET_PORTS
            ):
                raise self._refused(ports, "from", f"tcp on {' or '.join(map(str, INTERNET_PORTS))}")
            self._add(_INGRESS, peer, ports, description)
        else:
            other = self._group(peer)
            self._add(_INGRESS, other.as_peer(), ports, description)
            other._add(_EGRESS, self.as_peer(), ports, description)

    def allow_to(
        self,
        peer: Connectable | Peer,
        port: Port,
        *,
        protocol: Protocol = "tcp",
        description: str | None = None,
    ) -> None:
        """Let this group out to a peer. Where it is a security group, its way in from here is opened too.

        Arguments and errors are those of ``allow_from``, but the internet can be reached on any one port.
        """
        if not isinstance(peer, Peer):
            self._group(peer).allow_from(self, port, protocol=protocol, description=description)
            return
        ports = checked_ports(port, protocol, self.node.here)
        if peer.is_internet and ports.first != ports.last:
            raise self._refused(ports, "to", "one port at a time")
        self._add(_EGRESS, peer, ports, description)

    def _group(self, peer: object) -> AnySecurityGroup:
        if isinstance(peer, Connectable):
            return peer.connections.security_group
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "This is no peer of a security group.",
            place=self.node.here,
            given=repr(peer),
            expected="what has connections, as a SecurityGroup, or a Peer: cidr, prefix_list or internet",
        )

    def _add(self, direction: _Direction, peer: Peer, ports: Ports, description: str | None) -> None:
        key = (direction.name, *peer.arguments.items(), ports)
        if key in self._rules:
            return
        self._rules.add(key)
        direction.rule(
            self,
            f"{direction.name}{peer.name}{ports.name}",
            security_group_id=self.security_group_id,
            ip_protocol=ports.protocol,
            from_port=ports.first,
            to_port=ports.last,
            description=_checked_description(
                description or f"{direction.name.lower()} {peer.label} on {ports}", self.node.here
            ),
            **peer.arguments,
        )

    def _refused(self, ports: Ports, direction: str, expected: str) -> LandformError:
        return LandformError(
            Code.ARGUMENT_VALUE,
            f"A security group does not open this {direction} the internet.",
            place=self.node.here,
            given=str(ports),
            expected=expected,
            fix="Name the networks that are meant with Peer.cidr(...), or a SecurityGroup.",
        )


class SecurityGroup(AnySecurityGroup):
    """A security group without rules: nothing comes in and nothing goes out until a peer is named.

    Args:
        vpc: the VPC it belongs to.
        description: what it is for, up to 255 characters. Another one makes AWS replace the group.

    Raises:
        LandformError: ``argument-value`` for a description that AWS would refuse.

    >>> app = SecurityGroup(stack, "App", vpc=vpc, description="web servers of the ledger")
    >>> db = SecurityGroup(stack, "Db", vpc=vpc, description="database of the ledger")
    >>> db.allow_from(app, 5432)
    """

    def __init__(self, scope: Construct, id: str, *, vpc: AnyVpc, description: str) -> None:
        super().__init__(scope, id)
        self.security_group_name = self._stack.physical_name(self, 255)
        self.resource = AwsSecurityGroup(
            self,
            "Resource",
            name=self.security_group_name,
            description=_checked_description(description, self.node.place),
            vpc_id=vpc.vpc_id,
            revoke_rules_on_delete=True,
            tags={"Name": self.security_group_name},
        )
        # AWS chooses it, so it is a reference.
        self.security_group_id = self.resource.id

    @staticmethod
    def from_id(
        scope: Construct, id: str, security_group_id: str, *, mutable: bool = True
    ) -> ImportedSecurityGroup:
        """A group that another stack, or nobody here, makes.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            security_group_id: its id, ``sg-`` and hexadecimal digits.
            mutable: whether rules are added to it here; else its owner adds them.

        Raises:
            LandformError: ``argument-value`` for what is no id of a group.
        """
        return ImportedSecurityGroup(scope, id, security_group_id, mutable=mutable)


class ImportedSecurityGroup(AnySecurityGroup):
    """A security group that another stack, or nobody here, makes."""

    def __init__(self, scope: Construct, id: str, security_group_id: str, *, mutable: bool) -> None:
        super().__init__(scope, id)
        self.security_group_id = SECURITY_GROUP_ID.checked(security_group_id, self.node.place)
        self._mutable = mutable

    def _add(self, direction: _Direction, peer: Peer, ports: Ports, description: str | None) -> None:
        if self._mutable:
            super()._add(direction, peer, ports, description)
            return
        self.node.annotate(
            "info",
            f"The owner of {self.security_group_id} must add a rule: {direction.name.lower()} {peer.label} on {ports}.",
        )


@dataclass(frozen=True, slots=True)
class _Direction:
    """In or out: what the ids of its rules begin with, and their resource."""

    name: str
    rule: type[VpcSecurityGroupIngressRule] | type[VpcSecurityGroupEgressRule]


_INGRESS = _Direction("From", VpcSecurityGroupIngressRule)
_EGRESS = _Direction("To", VpcSecurityGroupEgressRule)


def _checked_description(description: str, place: Place) -> str:
    if isinstance(description, str) and _DESCRIPTION.match(description) and description.strip():
        return description
    raise LandformError(
        Code.ARGUMENT_VALUE,
        "AWS would refuse this description of a security group or rule.",
        place=place,
        given=repr(description),
        expected="1 to 255 letters of ASCII, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *",
    )

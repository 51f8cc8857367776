"""The kinds of subnet a VPC has, as a table, and the group of subnets of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from landform.constructs.ec2 import network_acl
from landform.constructs.ec2.addresses import Share, subnet_blocks
from landform.core import Construct, Ref
from landform.resources.aws.ec2_transit_gateway_vpc_attachment import Ec2TransitGatewayVpcAttachment
from landform.resources.aws.network_acl import NetworkAcl
from landform.resources.aws.route import Route
from landform.resources.aws.route_table import RouteTable
from landform.resources.aws.route_table_association import RouteTableAssociation
from landform.resources.aws.subnet import Subnet as AwsSubnet


@dataclass(frozen=True, slots=True)
class SubnetKind:
    """A row of the table.

    ``share`` is its part of the VPC's block. ``answers`` are the protocols whose answers come in from the
    internet, ``open_ports`` the TCP ports that are open to it. With ``route_table_per_zone`` a zone can have a NAT
    gateway of its own, now or later, and no subnet changes its route table.
    """

    name: str
    share: Share
    answers: tuple[str, ...]
    open_ports: tuple[int, ...] = ()
    route_table_per_zone: bool = False


PUBLIC = SubnetKind("Public", Share(2, 3), answers=("tcp", "udp"), open_ports=(80, 443))
PRIVATE = SubnetKind("Private", Share(1, 0), answers=("tcp", "udp"), route_table_per_zone=True)
# Answers come from S3 and DynamoDB, whose gateway endpoints have public addresses.
ISOLATED = SubnetKind("Isolated", Share(2, 2), answers=("tcp",))


@dataclass(frozen=True, slots=True)
class Subnet:
    """One subnet: its id (a reference, where it is made here), its zone's name and its address block."""

    subnet_id: str | Ref[str]
    availability_zone: str
    cidr: str


class SubnetGroup(Construct):
    """The subnets of one kind, one a zone, with their route tables and network ACL.

    Args:
        kind: the row of the table.
        vpc_id: the VPC.
        name: what the ``Name`` tags begin with.
        network: the VPC's block.
        zones: names of the zones, in the order that gives each its block.
    """

    def __init__(
        self,
        scope: Construct,
        kind: SubnetKind,
        *,
        vpc_id: Ref[str],
        name: str,
        network: IPv4Network,
        zones: Sequence[str],
    ) -> None:
        super().__init__(scope, kind.name)
        self._vpc_id = vpc_id
        self._name = f"{name}-{kind.name.lower()}"
        self.zones = [Construct(self, zone[-1].upper()) for zone in zones]
        blocks = subnet_blocks(network, kind.share)
        self.subnets = tuple(
            Subnet(self._subnet(construct, zone, str(block)), zone, str(block))
            for construct, zone, block in zip(self.zones, zones, blocks, strict=False)
        )
        shared = None if kind.route_table_per_zone else self._route_table(self, self._name)
        self.route_tables = [shared or self._route_table(zone, self._named(zone)) for zone in self.zones]
        for zone, subnet, table in zip(self.zones, self.subnets, self.route_tables, strict=True):
            RouteTableAssociation(zone, "Route", subnet_id=subnet.subnet_id, route_table_id=table.id)
        NetworkAcl(
            self,
            "NetworkAcl",
            vpc_id=vpc_id,
            subnet_ids=[subnet.subnet_id for subnet in self.subnets],
            ingress=network_acl.ingress(network, answers=kind.answers, open_ports=kind.open_ports),
            egress=network_acl.egress(),
            tags={"Name": self._name},
        )

    @property
    def route_table_ids(self) -> list[Ref[str]]:
        """The route tables, each once."""
        return list(dict.fromkeys(table.id for table in self.route_tables))

    def route_to_internet_gateway(self, gateway_id: Ref[str]) -> None:
        """Send what leaves the VPC to its internet gateway."""
        Route(
            self,
            "Internet",
            route_table_id=self.route_tables[0].id,
            destination_cidr_block=network_acl.ANYWHERE,
            gateway_id=gateway_id,
        )

    def route_to_nat_gateways(self, gateway_ids: Sequence[Ref[str]]) -> None:
        """Send what leaves the VPC to NAT gateways: each zone to its own, or all of them to the only one."""
        for index, (zone, table) in enumerate(zip(self.zones, self.route_tables, strict=True)):
            Route(
                zone,
                "Internet",
                route_table_id=table.id,
                destination_cidr_block=network_acl.ANYWHERE,
                nat_gateway_id=gateway_ids[index % len(gateway_ids)],
            )

    def route_to_transit_gateway(
        self, attachment: Ec2TransitGatewayVpcAttachment, destinations: Sequence[str]
    ) -> None:
        """Send what goes to these blocks to the transit gateway of an attachment."""
        for zone, table in zip(self.zones, self.route_tables, strict=True):
            for number, destination in enumerate(destinations, start=1):
                Route(
                    zone,
                    f"Transit{number}",
                    route_table_id=table.id,
                    destination_cidr_block=destination,
                    transit_gateway_id=attachment.transit_gateway_id,
                    # The gateway takes no route into a VPC that it is not attached to.
                    depends_on=[attachment],
                )

    def _subnet(self, zone: Construct, availability_zone: str, cidr: str) -> Ref[str]:
        return AwsSubnet(
            zone,
            "Resource",
            vpc_id=self._vpc_id,
            availability_zone=availability_zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags={"Name": self._named(zone)},
        ).id

    def _route_table(self, scope: Construct, name: str) -> RouteTable:
        return RouteTable(scope, "RouteTable", vpc_id=self._vpc_id, tags={"Name": name})

    def _named(self, zone: Construct) -> str:
        return f"{self._name}-{zone.node.id.lower()}"

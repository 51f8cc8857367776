"""A VPC. Follows "VPC with servers in private subnets and NAT" and "Flow logs" of the VPC guide.

AWS gives every VPC a security group, a network ACL and a route table that whatever names no other one falls into.
Here they are emptied, so that what was forgotten reaches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from landform.constructs.ec2.addresses import address_block, vpc_network
from landform.constructs.ec2.endpoints import (
    GATEWAY_SERVICES,
    INTERFACE_SERVICES,
    checked_services,
    gateway_endpoint,
    interface_endpoint,
)
from landform.constructs.ec2.imported_vpc import ImportedVpc
from landform.constructs.ec2.ipam_pool import AnyIpamPool, pool_of_vpc
from landform.constructs.ec2.limits import TRANSIT_GATEWAY_ID
from landform.constructs.ec2.peer import Peer
from landform.constructs.ec2.security_group import AnySecurityGroup, SecurityGroup
from landform.constructs.ec2.subnets import ISOLATED, PRIVATE, PUBLIC, Subnet, SubnetGroup, SubnetKind
from landform.constructs.ec2.zones import availability_zones as zones_of
from landform.constructs.iam import Role, Trust
from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref
from landform.errors import Code, LandformError, did_you_mean
from landform.resources.aws.default_network_acl import DefaultNetworkAcl
from landform.resources.aws.default_route_table import DefaultRouteTable
from landform.resources.aws.default_security_group import DefaultSecurityGroup
from landform.resources.aws.ec2_transit_gateway_vpc_attachment import Ec2TransitGatewayVpcAttachment
from landform.resources.aws.eip import Eip
from landform.resources.aws.flow_log import FlowLog
from landform.resources.aws.internet_gateway import InternetGateway
from landform.resources.aws.nat_gateway import NatGateway
from landform.resources.aws.vpc import Vpc as AwsVpc

Nat = Literal["none", "single", "per_az"]


class Vpc(Construct):
    """A VPC over some zones: private and isolated subnets, and public ones where there is NAT.

    Half of the block is private subnets, a quarter isolated ones (no way to the internet), a quarter public ones,
    each for four zones, used or not: more zones or other NAT never move a subnet.

    Args:
        cidr: the address block, IPv4, /16 to /24, inside the account's pool where the organisation gives it one.
        az_count: how many zones, 1 to 4; the tier says unless given.
        nat: NAT gateways: ``none`` (then there is no internet gateway either), ``single`` (in the first zone) or
            ``per_az``; the tier says unless given.
        availability_zones: names of zones to take the first ``az_count`` of; the region's unless given.
        interface_endpoints: services to reach without the internet, ``ecr.api``. Each costs money in every zone,
            by the hour. A tier whose guard is strict has the usual ones, others none, unless given.
        ipam_pool: the pool that the block is taken from when the VPC is made, so that IPAM gives it to nobody else. A
            VPC that stands stays as it is: IPAM imports it.

    Raises:
        LandformError: ``argument-value`` for a block, zones, NAT, an endpoint or a pool that cannot be.

    >>> vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20")
    >>> [subnet.cidr for subnet in vpc.private_subnets]
    ['10.20.0.0/23', '10.20.2.0/23', '10.20.4.0/23']
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cidr: str,
        az_count: int | None = None,
        nat: Nat | None = None,
        availability_zones: Sequence[str] | None = None,
        interface_endpoints: Sequence[str] | None = None,
        ipam_pool: AnyIpamPool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        sizing = stack.tier.sizing
        self.cidr = cidr
        self._network = vpc_network(cidr, self.node.place, pool=stack.instance.address_pool)
        self._zones = zones_of(
            stack.region,
            sizing.az_count if az_count is None else az_count,
            availability_zones,
            self.node.place,
        )
        nat = self._checked_nat(sizing.nat if nat is None else nat)
        self._name = stack.physical_name(self, 200)
        self.resource = AwsVpc(
            self,
            "Resource",
            cidr_block=cidr,
            ipv4_ipam_pool_id=pool_of_vpc(ipam_pool, stack.region, self.node.place) if ipam_pool else None,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": self._name},
            # Or the provider would make another VPC where a pool is named later, or another one.
            lifecycle=Lifecycle(ignore_changes=["ipv4_ipam_pool_id"]) if ipam_pool else None,
        )
        self._empty_defaults()
        self.flow_log_group = self._flow_log()
        private = self._private = self._subnet_group(PRIVATE)
        isolated = self._subnet_group(ISOLATED)
        groups = [private, isolated]
        self.private_subnets = private.subnets
        self.isolated_subnets = isolated.subnets
        self.public_subnets: tuple[Subnet, ...] = ()
        if nat != "none":
            public = self._public(private, nat)
            groups.append(public)
            self.public_subnets = public.subnets
        self._gateway_endpoints([table_id for group in groups for table_id in group.route_table_ids])
        self.endpoint_security_group = self._interface_endpoints(interface_endpoints)

    @staticmethod
    def from_ids(
        scope: Construct,
        id: str,
        vpc_id: str,
        *,
        cidr: str,
        private_subnets: Sequence[Subnet] = (),
        isolated_subnets: Sequence[Subnet] = (),
        public_subnets: Sequence[Subnet] = (),
        endpoint_security_group: AnySecurityGroup | None = None,
        s3: Peer | None = None,
        dynamodb: Peer | None = None,
    ) -> ImportedVpc:
        """A VPC that another stack, or nobody here, makes.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            vpc_id: its id, ``vpc-`` and hexadecimal digits.
            cidr: its address block.
            private_subnets: ``Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23")``, one a zone.
            isolated_subnets: those without a way to the internet.
            public_subnets: those with a route to an internet gateway; name them where there is NAT.
            endpoint_security_group: the group of its interface endpoints, where it has them.
            s3: the prefix list of its gateway endpoint to S3.
            dynamodb: the same for DynamoDB.

        Raises:
            LandformError: ``argument-value`` for what is no id, no address block, or a subnet outside of it.
        """
        return ImportedVpc(
            scope,
            id,
            vpc_id,
            cidr=cidr,
            private_subnets=private_subnets,
            isolated_subnets=isolated_subnets,
            public_subnets=public_subnets,
            endpoint_security_group=endpoint_security_group,
            s3=s3,
            dynamodb=dynamodb,
        )

    @property
    def vpc_id(self) -> Ref[str]:
        """The VPC's id. AWS chooses it, so it is a reference."""
        return self.resource.id

    def attach_to_transit_gateway(self, transit_gateway_id: str, *, destinations: Sequence[str]) -> None:
        """Attach the private subnets to the organisation's transit gateway.

        The account that owns the gateway says which route table the attachment belongs to.

        Args:
            transit_gateway_id: the gateway, shared with this account.
            destinations: the address blocks that are reached through it.

        Raises:
            LandformError: ``argument-value`` for what is no id, or no address block.
        """
        place = self.node.here
        attachment = Ec2TransitGatewayVpcAttachment(
            self,
            "Transit",
            transit_gateway_id=TRANSIT_GATEWAY_ID.checked(transit_gateway_id, place),
            vpc_id=self.vpc_id,
            subnet_ids=[subnet.subnet_id for subnet in self.private_subnets],
            tags={"Name": self._name},
        )
        blocks = [str(address_block(block, place)) for block in destinations]
        self._private.route_to_transit_gateway(attachment, blocks)

    def _checked_nat(self, nat: Nat) -> Nat:
        if nat in get_args(Nat):
            return nat
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "This is no way to lay out NAT gateways.",
            place=self.node.place,
            given=repr(nat),
            expected=", ".join(get_args(Nat)),
            fix=did_you_mean(str(nat), get_args(Nat)),
        )

    def _empty_defaults(self) -> None:
        tags = {"Name": f"{self._name}-default"}
        vpc = self.resource
        # An empty list, not none at all: a rule that someone adds is then a change in the plan.
        DefaultSecurityGroup(self, "DefaultSecurityGroup", vpc_id=vpc.id, ingress=[], egress=[], tags=tags)
        DefaultNetworkAcl(
            self, "DefaultNetworkAcl", default_network_acl_id=vpc.default_network_acl_id, tags=tags
        )
        DefaultRouteTable(
            self,
            "DefaultRouteTable",
            default_route_table_id=vpc.default_route_table_id,
            route=[],
            tags=tags,
        )

    def _flow_log(self) -> LogGroup:
        stack = self._stack
        log_group = LogGroup(self, "FlowLogs")
        role = Role(
            self,
            "FlowLogsRole",
            trust=[
                Trust.service("vpc-flow-logs.amazonaws.com", source_arn=stack.arn("ec2", "vpc-flow-log/*"))
            ],
            description="Delivers the flow log of the VPC.",
        )
        log_group.grants.write(role)
        log_group.grants.describe_streams(role)
        FlowLog(
            self,
            "FlowLog",
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=log_group.arn,
            iam_role_arn=role.arn,
            tags={"Name": self._name},
            # The ARNs are literal, so nothing else tells Terraform what must be there first.
            depends_on=[log_group, role],
        )
        return log_group

    def _subnet_group(self, kind: SubnetKind) -> SubnetGroup:
        return SubnetGroup(
            self, kind, vpc_id=self.vpc_id, name=self._name, network=self._network, zones=self._zones
        )

    def _public(self, private: SubnetGroup, nat: Nat) -> SubnetGroup:
        public = self._subnet_group(PUBLIC)
        gateway = InternetGateway(self, "InternetGateway", vpc_id=self.vpc_id, tags={"Name": self._name})
        public.route_to_internet_gateway(gateway.id)
        zones = public.zones[:1] if nat == "single" else public.zones
        private.route_to_nat_gateways(
            [
                self._nat_gateway(zone, subnet.subnet_id, gateway)
                for zone, subnet in zip(zones, public.subnets, strict=False)
            ]
        )
        return public

    def _nat_gateway(self, zone: Construct, subnet_id: str | Ref[str], gateway: InternetGateway) -> Ref[str]:
        tags = {"Name": f"{self._name}-nat-{zone.node.id.lower()}"}
        address = Eip(zone, "NatAddress", domain="vpc", tags=tags, depends_on=[gateway])
        return NatGateway(
            zone,
            "NatGateway",
            allocation_id=address.id,
            subnet_id=subnet_id,
            tags=tags,
            depends_on=[gateway],
        ).id

    def _gateway_endpoints(self, route_table_ids: Sequence[Ref[str]]) -> None:
        s3, dynamodb = (
            gateway_endpoint(
                self, service, vpc_id=self.vpc_id, name=self._name, route_table_ids=route_table_ids
            )
            for service in GATEWAY_SERVICES
        )
        self.s3 = Peer.prefix_list(s3.prefix_list_id)
        self.dynamodb = Peer.prefix_list(dynamodb.prefix_list_id)

    def _interface_endpoints(self, services: Sequence[str] | None) -> SecurityGroup | None:
        tier = self._stack.tier
        if services is None:
            services = INTERFACE_SERVICES if tier.guard.level == "strict" else ()
            if not services:
                self.node.annotate(
                    "info",
                    f"No interface endpoints: they cost money by the hour, and the guard of tier {tier.name} is "
                    f"{tier.guard.level}, not strict. Name services in interface_endpoints to have them.",
                )
        checked_services(services, self.node.place)
        if not services:
            return None
        endpoints = Construct(self, "Endpoints")
        security_group = SecurityGroup(
            endpoints,
            "SecurityGroup",
            vpc=self,
            description="Interface endpoints of the VPC, from inside it.",
        )
        security_group.allow_from(Peer.cidr(self.cidr), 443)
        for service in services:
            interface_endpoint(
                endpoints,
                service,
                vpc_id=self.vpc_id,
                name=self._name,
                subnets=self.private_subnets,
                security_group=security_group,
            )
        return security_group


AnyVpc = Vpc | ImportedVpc
"""A VPC made here, or one from elsewhere."""

"""The default VPC of each Region: it is public from the first minute, and nobody asked for it.

AWS makes one in every Region of a new account. Its internet gateway and its subnets go first; its own security group,
network ACL and route table go with it. Where anything else is in it, somebody uses it, and it stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from landform.vending.steps.step import Due, InAccount, Step

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/deleting-default-vpc.html"
NAMED = 5
# What a service control policy that keeps an account out of a Region makes EC2 say.
DENIED = frozenset({"AccessDenied", "UnauthorizedOperation"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """Something that can be in a VPC: how it is listed, and which of it a default VPC has by itself."""

    name: str
    operation: str
    key: str
    id: str
    filter: str = "vpc-id"
    own: Callable[[Mapping[str, Any]], bool] = lambda _: False


def _is_main(table: Mapping[str, Any]) -> bool:
    return any(association.get("Main") for association in table["Associations"])


# What stands here and is not the VPC's own keeps it from being removed.
OTHERS = (
    _Kind("network interface", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    _Kind(
        "security group",
        "describe_security_groups",
        "SecurityGroups",
        "GroupId",
        own=lambda group: group["GroupName"] == "default",
    ),
    _Kind("route table", "describe_route_tables", "RouteTables", "RouteTableId", own=_is_main),
    _Kind(
        "network ACL",
        "describe_network_acls",
        "NetworkAcls",
        "NetworkAclId",
        own=lambda acl: bool(acl["IsDefault"]),
    ),
    _Kind("endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    _Kind(
        "peering",
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        filter="requester-vpc-info.vpc-id",
    ),
    _Kind(
        "peering",
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        filter="accepter-vpc-info.vpc-id",
    ),
    _Kind(
        "VPN gateway",
        "describe_vpn_gateways",
        "VpnGateways",
        "VpnGatewayId",
        filter="attachment.vpc-id",
    ),
)
# What a default VPC has by itself and has to go before it.
SUBNETS = _Kind("subnet", "describe_subnets", "Subnets", "SubnetId")
GATEWAYS = _Kind(
    "internet gateway",
    "describe_internet_gateways",
    "InternetGateways",
    "InternetGatewayId",
    filter="attachment.vpc-id",
)


def look(at: InAccount) -> tuple[Due, ...]:
    """The default VPCs of every Region that is enabled; one that is in use is refused, and what uses it is named."""
    return tuple(due for region in enabled_regions(at) for due in _of_region(at, region))


def act(at: InAccount, due: Due) -> None:
    """Remove one: its gateways, its subnets, itself."""
    vpc = due.what
    client = at.client("ec2", due.region)
    for gateway in _found(client, GATEWAYS, vpc):
        client.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        client.delete_internet_gateway(InternetGatewayId=gateway)
    for subnet in _found(client, SUBNETS, vpc):
        client.delete_subnet(SubnetId=subnet)
    client.delete_vpc(VpcId=vpc)


def enabled_regions(at: InAccount) -> tuple[str, ...]:
    """The Regions that the account can use, sorted."""
    regions = at.client("ec2").describe_regions()["Regions"]
    return tuple(sorted(region["RegionName"] for region in regions))


def _of_region(at: InAccount, region: str) -> Iterator[Due]:
    client = at.client("ec2", region)
    try:
        found = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    except ClientError as error:
        if (code := error.response["Error"]["Code"]) not in DENIED:
            raise
        yield Due(region, region, "refused", f"The role may not look there ({code}).")
        return
    for vpc in found:
        id = vpc["VpcId"]
        others = dict.fromkeys(
            f"{kind.name} {other}" for kind in OTHERS for other in _found(client, kind, id)
        )
        yield Due(id, region, "refused", f"In use by {_named(tuple(others))}.") if others else Due(id, region)


def _found(client: Any, kind: _Kind, vpc: str) -> tuple[str, ...]:
    """The ids of what is of a kind in a VPC and not its own."""
    pages = client.get_paginator(kind.operation) if client.can_paginate(kind.operation) else None
    wanted = {"Filters": [{"Name": kind.filter, "Values": [vpc]}]}
    listed = pages.paginate(**wanted) if pages else [getattr(client, kind.operation)(**wanted)]
    return tuple(item[kind.id] for page in listed for item in page[kind.key] if not kind.own(item))


def _named(others: tuple[str, ...]) -> str:
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    return ", ".join(others[:NAMED]) + more


DEFAULT_VPCS = Step(
    id="default-vpcs",
    title="No default VPC in any Region",
    page=PAGE,
    actions=(
        "ec2:DescribeRegions", "ec2:DescribeVpcs", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
        "ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls", "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpnGateways", "ec2:DescribeInternetGateways",
        "ec2:DescribeSubnets", "ec2:DetachInternetGateway", "ec2:DeleteInternetGateway", "ec2:DeleteSubnet",
        "ec2:DeleteVpc",
    ),
    look=look,
    act=act,
)  # fmt: skip

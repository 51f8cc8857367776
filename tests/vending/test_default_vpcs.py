"""The default VPCs of an account, in moto."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from landform.vending.steps.default_vpcs import DEFAULT_VPCS, PAGE, enabled_regions
from landform.vending.steps.step import Due, InAccount

from .living import Clients, inside, refusal

SOME = ("eu-central-1", "eu-west-1", "us-east-1")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[InAccount]:
    """An account in which three Regions are enabled, so that a test takes no minute."""
    monkeypatch.setattr("landform.vending.steps.default_vpcs.enabled_regions", lambda _: SOME)
    with mock_aws():
        yield inside()


def ec2(region: str = "eu-west-1") -> Any:
    """A client of EC2."""
    return boto3.client("ec2", region_name=region)


def default_vpc(region: str = "eu-west-1") -> str:
    """The id of the default VPC."""
    found = ec2(region).describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return str(found[0]["VpcId"])


class TestLook:
    """What is due."""

    def test_one_in_every_region(self, at: InAccount) -> None:
        """As AWS makes them in a new account."""
        assert [(due.region, due.state) for due in DEFAULT_VPCS.look(at)] == [
            (region, "due") for region in SOME
        ]

    def test_a_vpc_of_ones_own_is_no_concern(self, at: InAccount) -> None:
        """Only default ones are listed."""
        made = ec2().create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        assert made not in {due.what for due in DEFAULT_VPCS.look(at)}

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda vpc, subnet: ec2().create_network_interface(SubnetId=subnet), "network interface eni-"),
            (
                lambda vpc, subnet: ec2().create_security_group(GroupName="web", Description="w", VpcId=vpc),
                "security group sg-",
            ),
            (lambda vpc, subnet: ec2().create_route_table(VpcId=vpc), "route table rtb-"),
            (lambda vpc, subnet: ec2().create_network_acl(VpcId=vpc), "network ACL acl-"),
            (
                lambda vpc, subnet: ec2().create_vpc_endpoint(
                    VpcId=vpc, ServiceName="com.amazonaws.eu-west-1.s3"
                ),
                "endpoint vpce-",
            ),
            (
                lambda vpc, subnet: ec2().create_vpc_peering_connection(
                    VpcId=vpc, PeerVpcId=ec2().create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
                ),
                "peering pcx-",
            ),
            (
                lambda vpc, subnet: ec2().attach_vpn_gateway(
                    VpcId=vpc,
                    VpnGatewayId=ec2().create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"],
                ),
                "VPN gateway vgw-",
            ),
        ],
    )
    def test_one_in_use_is_refused_and_what_uses_it_named(self, at: InAccount, make: Any, said: str) -> None:
        """Whatever it is that uses it; other Regions are due all the same."""
        vpc = default_vpc()
        subnets = ec2().describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
        make(vpc, subnets[0]["SubnetId"])
        states = {due.region: due for due in DEFAULT_VPCS.look(at)}
        assert states["eu-west-1"].state == "refused"
        assert said in states["eu-west-1"].why
        assert states["us-east-1"].state == "due"

    def test_of_many_users_the_first_few_are_named(self, at: InAccount) -> None:
        """And the others counted."""
        for number in range(7):
            ec2().create_security_group(GroupName=f"g{number}", Description="g", VpcId=default_vpc())
        (found,) = [due for due in DEFAULT_VPCS.look(at) if due.state == "refused"]
        assert found.why.endswith("and 2 more.")

    def test_a_region_that_a_policy_closes(self, at: InAccount) -> None:
        """It is told, and the others are looked at."""

        class Closed:
            def describe_vpcs(self, **_: Any) -> None:
                raise refusal("UnauthorizedOperation", "DescribeVpcs")

        session = Clients({"ec2": lambda region: Closed() if region == "us-east-1" else ec2(region)})
        found = DEFAULT_VPCS.look(inside(session))
        assert [due.state for due in found] == ["due", "due", "refused"]
        assert "UnauthorizedOperation" in found[-1].why


class TestAct:
    """What is removed."""

    def test_all_of_it_is_gone(self, at: InAccount) -> None:
        """The gateway, the subnets and the VPC, in the one Region and in no other."""
        (due,) = [each for each in DEFAULT_VPCS.look(at) if each.region == "eu-west-1"]
        DEFAULT_VPCS.act(at, due)
        client = ec2()
        assert not client.describe_vpcs()["Vpcs"]
        assert not client.describe_subnets()["Subnets"]
        assert not client.describe_internet_gateways()["InternetGateways"]
        assert [each.region for each in DEFAULT_VPCS.look(at)] == ["eu-central-1", "us-east-1"]

    def test_a_gateway_goes_first(self, at: InAccount) -> None:
        """moto gives a default VPC none, and AWS does."""
        client, vpc = ec2(), default_vpc()
        gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        DEFAULT_VPCS.act(at, Due(vpc, "eu-west-1"))
        assert not client.describe_internet_gateways()["InternetGateways"]

    def test_one_that_is_half_gone_is_finished(self, at: InAccount) -> None:
        """As after an interruption."""
        client, vpc = ec2(), default_vpc()
        for subnet in client.describe_subnets()["Subnets"][:2]:
            client.delete_subnet(SubnetId=subnet["SubnetId"])
        DEFAULT_VPCS.act(at, Due(vpc, "eu-west-1"))
        assert not client.describe_vpcs()["Vpcs"]


class TestEnabledRegions:
    """Which Regions are looked at."""

    def test_those_of_the_account(self) -> None:
        """The ones that AWS says are enabled, which an opt-in Region is not."""
        with mock_aws():
            found = enabled_regions(inside())
        assert "eu-west-1" in found
        assert found == tuple(sorted(found))


def test_the_page_is_awss() -> None:
    """The step says which page it follows."""
    assert DEFAULT_VPCS.page == PAGE
    assert PAGE.startswith("https://docs.aws.amazon.com/vpc/")

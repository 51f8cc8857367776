"""The VPC: how it is divided, what it is closed to, and what it says of bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.ec2.addresses import MAX_ZONES, NARROWEST, WIDEST, subnet_blocks
from landform.constructs.ec2.controls import CONTROLS
from landform.constructs.ec2.endpoints import INTERFACE_SERVICES
from landform.constructs.ec2.subnets import ISOLATED, PRIVATE, PUBLIC
from landform.core import App
from landform.errors import Code, LandformError
from landform.schema.pack import shipped_pack
from landform.testing import TIERS, stack_instance, synthesise, synthesise_json

CIDR = "10.20.0.0/20"


def resources(tier: str = "prod", region: str = "eu-west-1", **arguments: Any) -> dict[str, dict[str, Any]]:
    """The resources of a stack with one VPC, by type and name."""
    instance = stack_instance(stack="network", tier=tier, region=region)
    given = {"cidr": CIDR, **arguments}
    return dict(synthesise_json(lambda stack: Vpc(stack, "Vpc", **given), instance)["resource"])


def subnets(**arguments: Any) -> dict[str, tuple[str, str]]:
    """Address block and zone of each subnet, by its address."""
    found = resources(**arguments)["aws_subnet"]
    return {name: (subnet["cidr_block"], subnet["availability_zone"]) for name, subnet in found.items()}


def refused(**arguments: Any) -> LandformError:
    """The error that a VPC with these arguments gives."""
    with pytest.raises(LandformError) as caught:
        resources(**arguments)
    return caught.value


def vpc_of(tier: str = "prod", **arguments: Any) -> Vpc:
    """A VPC whose stack synthesises."""
    made: list[Vpc] = []

    def build(stack: AwsStack) -> None:
        made.append(Vpc(stack, "Vpc", **{"cidr": CIDR, **arguments}))

    synthesise(build, stack_instance(stack="network", tier=tier))
    return made[0]


@st.composite
def vpc_blocks(draw: st.DrawFn) -> str:
    """Blocks in 10.0.0.0/8 of every size that a VPC can have."""
    prefix = draw(st.integers(WIDEST, NARROWEST))
    offset = draw(st.integers(0, 2 ** (prefix - 8) - 1)) << (32 - prefix)
    return f"{IPv4Address(int(IPv4Address('10.0.0.0')) + offset)}/{prefix}"


class TestDivision:
    @given(
        cidr=vpc_blocks(),
        before=st.tuples(st.integers(1, 3), st.sampled_from(["none", "single", "per_az"])),
        more=st.integers(0, 3),
        nat_after=st.sampled_from(["none", "single", "per_az"]),
    )
    def test_growth_moves_no_subnet(
        self, cidr: str, before: tuple[int, str], more: int, nat_after: str
    ) -> None:
        """More zones and other NAT keep every private and isolated subnet's address, block and zone."""
        zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d"]
        az_count, nat = before
        old = subnets(cidr=cidr, az_count=az_count, nat=nat, availability_zones=zones)
        new = subnets(
            cidr=cidr, az_count=min(az_count + more, MAX_ZONES), nat=nat_after, availability_zones=zones
        )
        both = nat != "none" and nat_after != "none"
        kept = {name: place for name, place in old.items() if both or "_Public_" not in name}
        assert kept.items() <= new.items()

    @given(cidr=vpc_blocks())
    def test_blocks_fill_the_vpc_without_overlap(self, cidr: str) -> None:
        """The blocks of all kinds in all zones together are the VPC's block, each address once."""
        network = IPv4Network(cidr)
        blocks = sorted(
            block for kind in (PUBLIC, PRIVATE, ISOLATED) for block in subnet_blocks(network, kind.share)
        )
        assert sum(block.num_addresses for block in blocks) == network.num_addresses
        assert not any(left.overlaps(right) for left, right in pairwise(blocks))
        assert all(block.subnet_of(network) for block in blocks)
        assert max(block.prefixlen for block in blocks) <= 28

    def test_blocks_of_a_20(self) -> None:
        """The division is frozen: another one would destroy the subnets of every network there is."""
        vpc = vpc_of()
        assert [s.cidr for s in vpc.private_subnets] == ["10.20.0.0/23", "10.20.2.0/23", "10.20.4.0/23"]
        assert [s.cidr for s in vpc.isolated_subnets] == ["10.20.8.0/24", "10.20.9.0/24", "10.20.10.0/24"]
        assert [s.cidr for s in vpc.public_subnets] == ["10.20.12.0/24", "10.20.13.0/24", "10.20.14.0/24"]

    def test_subnets_know_their_zone_and_id(self) -> None:
        """A subnet's zone is literal and its id a reference."""
        subnet = vpc_of().private_subnets[1]
        assert subnet.availability_zone == "eu-west-1b"
        assert subnet.subnet_id.expression.startswith("aws_subnet.Vpc_Private_B_")

    @pytest.mark.parametrize("nat", ["none", "single", "per_az"])
    def test_no_public_address_on_launch(self, nat: str) -> None:
        """No subnet of any kind gives out public addresses."""
        found = resources(nat=nat)["aws_subnet"].values()
        assert {subnet["map_public_ip_on_launch"] for subnet in found} == {False}


class TestTier:
    @pytest.mark.parametrize(("tier", "zones"), [("sandbox", 1), ("dev", 2), ("stage", 2), ("prod", 3)])
    def test_zones(self, tier: str, zones: int) -> None:
        """The tier says over how many zones the VPC spans."""
        assert len(vpc_of(tier).private_subnets) == zones

    @pytest.mark.parametrize(("tier", "gateways"), [("dev", 1), ("stage", 1), ("prod", 3)])
    def test_nat(self, tier: str, gateways: int) -> None:
        """The tier says how many NAT gateways there are; each has an address of its own."""
        found = resources(tier)
        assert len(found["aws_nat_gateway"]) == len(found["aws_eip"]) == gateways

    @pytest.mark.parametrize("tier", TIERS)
    def test_arguments_win(self, tier: str) -> None:
        """What is given is taken, whatever the tier says."""
        found = resources(tier, az_count=2, nat="per_az", interface_endpoints=["kms"])
        assert len(found["aws_nat_gateway"]) == 2
        assert len(found["aws_vpc_endpoint"]) == 3


class TestInternet:
    def test_none_without_nat(self) -> None:
        """Without NAT there is no internet gateway, no public subnet and no route out."""
        found = resources(nat="none")
        assert not {"aws_internet_gateway", "aws_nat_gateway", "aws_eip", "aws_route"} & found.keys()
        assert not any("_Public_" in name for name in found["aws_subnet"])

    def test_each_zone_to_its_own_nat(self) -> None:
        """Per zone, a private route table goes to the NAT gateway of the same zone."""
        routes = resources(nat="per_az", az_count=2)["aws_route"]
        targets = {name: route["nat_gateway_id"] for name, route in routes.items() if "_Private_" in name}
        assert len(targets) == 2
        assert all(f"_Public_{name.split('_')[2]}_Nat" in target for name, target in targets.items())

    def test_single_nat_serves_all_zones(self) -> None:
        """With one NAT gateway every private route table goes to it."""
        routes = resources(nat="single", az_count=3)["aws_route"]
        targets = [route["nat_gateway_id"] for name, route in routes.items() if "_Private_" in name]
        assert len(targets) == 3
        assert len(set(targets)) == 1

    def test_isolated_has_no_route(self) -> None:
        """No route belongs to the isolated subnets' table."""
        tables = {route["route_table_id"] for route in resources()["aws_route"].values()}
        assert not any("_Isolated_" in table for table in tables)

    def test_nat_waits_for_the_internet_gateway(self) -> None:
        """NAT gateways and addresses are made after the internet gateway, which nothing else says."""
        found = resources()
        (gateway,) = found["aws_internet_gateway"]
        for kind in ("aws_nat_gateway", "aws_eip"):
            assert all(
                one["depends_on"] == [f"aws_internet_gateway.{gateway}"] for one in found[kind].values()
            )


class TestDefaults:
    def test_security_group_is_emptied(self) -> None:
        """The default security group has no rule, and says so: a rule added by hand shows in the plan."""
        (group,) = resources()["aws_default_security_group"].values()
        assert group["ingress"] == []
        assert group["egress"] == []

    def test_network_acl_is_emptied(self) -> None:
        """The default network ACL has no rule, which denies everything."""
        (acl,) = resources()["aws_default_network_acl"].values()
        assert not {"ingress", "egress"} & acl.keys()

    def test_route_table_is_emptied(self) -> None:
        """The default route table has no route."""
        (table,) = resources()["aws_default_route_table"].values()
        assert table["route"] == []

    def test_every_subnet_has_table_and_acl(self) -> None:
        """No subnet is left to the default route table or network ACL."""
        found = resources()
        ids = {f"${{aws_subnet.{name}.id}}" for name in found["aws_subnet"]}
        assert {one["subnet_id"] for one in found["aws_route_table_association"].values()} == ids
        assert sorted(id for acl in found["aws_network_acl"].values() for id in acl["subnet_ids"]) == sorted(
            ids
        )


class TestNetworkAcl:
    @staticmethod
    def from_internet(kind: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        acls = resources(**arguments)["aws_network_acl"]
        (acl,) = (acl for name, acl in acls.items() if f"_{kind}_" in name)
        return (rule for rule in acl["ingress"] if rule["cidr_block"] == "0.0.0.0/0")

    @pytest.mark.parametrize("kind", ["Public", "Private", "Isolated"])
    @pytest.mark.parametrize("port", [20, 21, 22, 3389])
    def test_admin_ports_are_closed(self, kind: str, port: int) -> None:
        """No rule from the internet holds a port of remote administration."""
        rules = list(self.from_internet(kind))
        assert all(rule["protocol"] in ("1", "6", "17") for rule in rules)
        assert not any(rule["from_port"] <= port <= rule["to_port"] for rule in rules)

    @pytest.mark.parametrize(("kind", "is_open"), [("Public", True), ("Private", False), ("Isolated", False)])
    def test_web_ports(self, kind: str, is_open: bool) -> None:
        """Public subnets alone are open on 80 and 443."""
        ports = {rule["from_port"] for rule in self.from_internet(kind)}
        assert ({80, 443} <= ports) is is_open

    @pytest.mark.parametrize("kind", ["Public", "Private", "Isolated"])
    @pytest.mark.parametrize("port", [1024, 32768, 60999, 65535])
    def test_answers_come_back(self, kind: str, port: int) -> None:
        """What a subnet asks by TCP is answered on an ephemeral port."""
        assert any(
            rule["from_port"] <= port <= rule["to_port"] and rule["protocol"] == "6"
            for rule in self.from_internet(kind)
        )

    def test_own_block_outside_private_ranges(self) -> None:
        """A VPC with public addresses of the organisation's own lets them in as its own."""
        acls = resources(cidr="198.18.16.0/20")["aws_network_acl"].values()
        assert all("198.18.16.0/20" in {rule["cidr_block"] for rule in acl["ingress"]} for acl in acls)

    @pytest.mark.parametrize("direction", ["ingress", "egress"])
    def test_rules_are_whole(self, direction: str) -> None:
        """Every attribute of a rule is there: in JSON Terraform refuses one that leaves any out."""
        kind: Any = shipped_pack("aws").resource("aws_network_acl").attributes[direction].type
        for acl in resources()["aws_network_acl"].values():
            assert all(rule.keys() == kind[1][1].keys() for rule in acl[direction])

    def test_no_ipv6_block(self) -> None:
        """A rule for IPv4 has null as its IPv6 block; the provider refuses an empty text."""
        for acl in resources()["aws_network_acl"].values():
            assert {rule["ipv6_cidr_block"] for rule in acl["ingress"]} == {"${null}"}

    def test_rule_numbers_are_unique(self) -> None:
        """AWS reads rules by number; no number stands twice, and there are at most 20 a direction."""
        for acl in resources()["aws_network_acl"].values():
            numbers = [rule["rule_no"] for rule in acl["ingress"]]
            assert len(set(numbers)) == len(numbers) <= 20


class TestFlowLog:
    def test_all_traffic_to_an_encrypted_group(self) -> None:
        """The flow log takes all traffic to a log group with a key, by literal ARNs, after both are there."""
        found = resources()
        (log,) = found["aws_flow_log"].values()
        ((group_name, group),) = found["aws_cloudwatch_log_group"].items()
        assert log["traffic_type"] == "ALL"
        assert log["log_destination"].endswith(f":log-group:{group['name']}")
        assert group["kms_key_id"].startswith("${aws_kms_key.")
        assert f"aws_cloudwatch_log_group.{group_name}" in log["depends_on"]
        assert any(address.startswith("aws_iam_role_policy.") for address in log["depends_on"])

    def test_role_is_for_flow_logs_of_this_account(self) -> None:
        """The role trusts the flow log service, for flow logs of this account and region."""
        (role,) = resources()["aws_iam_role"].values()
        (statement,) = json.loads(role["assume_role_policy"])["Statement"]
        assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
        assert statement["Condition"] == {
            "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-west-1:012345678901:vpc-flow-log/*"},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    def test_role_writes_to_its_group_alone(self) -> None:
        """Every resource of the role's policy is the log group."""
        vpc = vpc_of()
        (policy,) = resources()["aws_iam_role_policy"].values()
        statements = json.loads(policy["policy"])["Statement"]
        assert {statement["Resource"] for statement in statements} == {f"{vpc.flow_log_group.arn}:*"}

    def test_kept_as_long_as_the_tier_says(self) -> None:
        """The retention is the tier's."""
        (group,) = resources("stage")["aws_cloudwatch_log_group"].values()
        assert group["retention_in_days"] == 400


class TestEndpoints:
    @staticmethod
    def policy(service: str, **arguments: Any) -> dict[str, dict[str, Any]]:
        endpoints = resources(**arguments)["aws_vpc_endpoint"].values()
        (endpoint,) = (e for e in endpoints if e["service_name"] == f"com.amazonaws.eu-west-1.{service}")
        return {statement["Sid"]: statement for statement in json.loads(endpoint["policy"])["Statement"]}

    @pytest.mark.parametrize("tier", TIERS)
    def test_gateways_reach_every_route_table(self, tier: str) -> None:
        """S3 and DynamoDB have gateway endpoints in every tier, on every route table."""
        found = resources(tier)
        tables = {f"${{aws_route_table.{name}.id}}" for name in found["aws_route_table"]}
        gateways = [e for e in found["aws_vpc_endpoint"].values() if e["vpc_endpoint_type"] == "Gateway"]
        assert {e["service_name"].rpartition(".")[2] for e in gateways} == {"s3", "dynamodb"}
        assert all(set(e["route_table_ids"]) == tables for e in gateways)

    @pytest.mark.parametrize("service", ["s3", "dynamodb"])
    def test_gateways_are_for_the_organization(self, service: str) -> None:
        """Principals of the organisation reach resources of the organisation; ids are literal."""
        assert self.policy(service)["OrganizationToItsResources"]["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}
        }

    def test_no_statement_lets_everyone_do_everything(self) -> None:
        """A statement without a condition names the action and the buckets."""
        open_statements = [s for s in self.policy("s3").values() if "Condition" not in s]
        assert [s["Action"] for s in open_statements] == ["s3:GetObject"]
        assert "*" not in open_statements[0]["Resource"]

    def test_image_layers_come_through(self) -> None:
        """Amazon ECR's bucket of image layers in this region can be read, or no container would start."""
        buckets = self.policy("s3")["BucketsOfAws"]["Resource"]
        assert "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*" in buckets

    @pytest.mark.parametrize("service", ["ec2", "kms", "secretsmanager"])
    def test_interfaces_are_for_principals_of_the_organization(self, service: str) -> None:
        """Credentials of another organisation get nowhere through an interface endpoint."""
        assert self.policy(service)["Organization"]["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
        }

    @pytest.mark.parametrize(("tier", "count"), [("dev", 0), ("stage", len(INTERFACE_SERVICES))])
    def test_guard_says_whether(self, tier: str, count: int) -> None:
        """A tier with a strict guard has the usual interface endpoints, another has none."""
        found = resources(tier)["aws_vpc_endpoint"].values()
        assert sum(e["vpc_endpoint_type"] == "Interface" for e in found) == count

    def test_none_is_explained(self) -> None:
        """Where the tier leaves them out, an annotation says why and how to have them."""
        instance = stack_instance(stack="network", tier="dev")
        notes = synthesise(lambda stack: Vpc(stack, "Vpc", cidr=CIDR), instance).annotations
        (note,) = (each for each in notes if "interface_endpoints" in each.message)
        assert note.level == "info"
        assert "tier dev is standard" in note.message

    @pytest.mark.parametrize("chosen", [(), ("ssm",)])
    def test_choice_needs_no_explanation(self, chosen: tuple[str, ...]) -> None:
        """Whoever says which endpoints there are gets no annotation."""
        instance = stack_instance(stack="network", tier="dev")
        made = synthesise(lambda stack: Vpc(stack, "Vpc", cidr=CIDR, interface_endpoints=chosen), instance)
        assert not [note for note in made.annotations if "endpoint" in note.message]

    def test_interfaces_are_reached_from_inside_by_https(self) -> None:
        """The endpoints' security group lets in TCP 443 from the VPC's block and nothing else."""
        found = resources(interface_endpoints=["ssm"])
        (rule,) = found["aws_vpc_security_group_ingress_rule"].values()
        assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == (CIDR, 443, 443)
        assert "aws_vpc_security_group_egress_rule" not in found

    def test_interfaces_stand_in_private_subnets(self) -> None:
        """An interface endpoint has an address in the private subnet of each zone, under the service's name."""
        endpoints = resources(az_count=2, interface_endpoints=["ecr.api"])["aws_vpc_endpoint"]
        (endpoint,) = (e for e in endpoints.values() if e["vpc_endpoint_type"] == "Interface")
        assert endpoint["private_dns_enabled"] is True
        assert len(endpoint["subnet_ids"]) == 2
        assert all("_Private_" in subnet for subnet in endpoint["subnet_ids"])


class TestNames:
    NAMED = (
        "aws_vpc", "aws_subnet", "aws_route_table", "aws_network_acl", "aws_nat_gateway", "aws_eip",
        "aws_internet_gateway", "aws_flow_log", "aws_vpc_endpoint", "aws_security_group",
        "aws_default_security_group", "aws_default_network_acl", "aws_default_route_table",
    )  # fmt: skip

    @pytest.mark.parametrize("kind", NAMED)
    def test_every_part_has_a_name(self, kind: str) -> None:
        """Each part carries a Name tag that begins with the VPC's, and the mandatory tags."""
        for part in resources()[kind].values():
            assert part["tags"]["Name"].startswith("acme-payments-prod-network-vpc")
            assert part["tags"]["cost-center"] == "4711"


class TestZones:
    @pytest.mark.parametrize(
        ("region", "letters"), [("eu-west-1", "ab"), ("ap-northeast-1", "ac"), ("ca-central-1", "ab")]
    )
    def test_region(self, region: str, letters: str) -> None:
        """Zone names are the region's, also where a letter is missing."""
        zones = {zone for _, zone in subnets(region=region, az_count=2).values()}
        assert zones == {region + letter for letter in letters}

    def test_candidates(self) -> None:
        """The first of the named zones are taken, in their order."""
        named = ["eu-west-1c", "eu-west-1a", "eu-west-1b"]
        zones = [s.availability_zone for s in vpc_of(az_count=2, availability_zones=named).private_subnets]
        assert zones == ["eu-west-1c", "eu-west-1a"]

    def test_letters_that_differ_by_account(self) -> None:
        """In a region whose letters differ by account, they must be named."""
        error = refused(region="us-west-1", az_count=2)
        assert error.code is Code.ARGUMENT_VALUE
        assert error.given == "no zones"
        assert "availability_zones" in (error.fix or "")

    @pytest.mark.parametrize(
        "zones",
        [
            ["eu-central-1a"],
            ["eu-west-1"],
            ["eu-west-1-lon-1a"],
            ["eu-west-1a", "eu-west-1a"],
            ["euw1-az1"],
            [1],
        ],
    )
    def test_strangers(self, zones: list[Any]) -> None:
        """A zone of another region, a zone id and a zone named twice are refused."""
        error = refused(az_count=1, availability_zones=zones)
        assert error.given == ", ".join(map(str, zones))
        assert error.expected == "names such as eu-west-1a, each once"

    def test_too_few(self) -> None:
        """Fewer zones than asked for are refused, with both numbers."""
        error = refused(az_count=4)
        assert error.given == "eu-west-1a, eu-west-1b, eu-west-1c"
        assert error.expected == "4 zones"

    @pytest.mark.parametrize("count", [0, -1, 5, "3", True, 2.0])
    def test_count_out_of_range(self, count: Any) -> None:
        """There is room for one to four zones."""
        error = refused(az_count=count)
        assert error.given == f"{count!r} zones"
        assert error.expected == "1 to 4"


class TestBadInput:
    def test_host_bits(self) -> None:
        """A block that begins inside a network is refused, with the network."""
        error = refused(cidr="10.20.1.7/20")
        assert error.code is Code.ARGUMENT_VALUE
        assert error.given == "'10.20.1.7/20'"
        assert error.expected == "10.20.0.0/20"

    @pytest.mark.parametrize(
        "cidr",
        [
            "10.20.0.0",
            "10.20.0/20",
            "10.20.0.0/33",
            "fd00::/56",
            "",
            "10.20.0.0/20 ",
            None,
            10,
            "300.0.0.0/16",
        ],
    )
    def test_no_block(self, cidr: Any) -> None:
        """What is no IPv4 block is refused, with an example of one."""
        error = refused(cidr=cidr)
        assert error.given == repr(cidr)
        assert error.expected == "a block such as 10.20.0.0/20"

    @pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/25", "10.0.0.0/28", "0.0.0.0/0"])
    def test_size(self, cidr: str) -> None:
        """A block that is wider than AWS takes, or too narrow to divide, is refused."""
        assert refused(cidr=cidr).expected == "a prefix of /16 to /24"

    @pytest.mark.parametrize("cidr", ["127.0.0.0/16", "169.254.0.0/20", "224.0.0.0/16", "0.0.0.0/16"])
    def test_restricted(self, cidr: str) -> None:
        """Blocks that AWS refuses for a VPC are refused here."""
        assert "private block" in (refused(cidr=cidr).expected or "")

    @pytest.mark.parametrize(
        ("cidr", "fits"),
        [
            ("10.24.0.0/20", True),
            ("10.30.0.0/16", True),
            ("10.28.0.0/20", False),
            ("192.168.0.0/20", False),
            ("10.30.0.0/15", False),
        ],
    )
    def test_the_accounts_pool(self, cidr: str, fits: bool) -> None:
        """A VPC comes from its account's pool, in any of the pool's blocks."""
        app = App()
        instance = replace(stack_instance(), address_pool=("10.24.0.0/16", "10.30.0.0/16"))
        stack = AwsStack(app, instance)
        if fits:
            assert Vpc(stack, "Vpc", cidr=cidr).cidr == cidr
            return
        with pytest.raises(LandformError) as caught:
            Vpc(stack, "Vpc", cidr=cidr)
        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == repr(cidr)

    def test_netmask_is_not_a_prefix(self) -> None:
        """A netmask is understood and refused, with the block as AWS writes it."""
        assert refused(cidr="10.20.0.0/255.255.240.0").expected == "10.20.0.0/20"

    def test_nat(self) -> None:
        """A misspelt layout of NAT names the nearest right one."""
        error = refused(nat="per-az")
        assert error.expected == "none, single, per_az"
        assert error.fix == "Did you mean 'per_az'?"

    @pytest.mark.parametrize(
        "services", ["ssm", ["s3"], ["com.amazonaws.eu-west-1.ssm"], ["SSM"], [""], [None]]
    )
    def test_endpoints(self, services: Any) -> None:
        """A text in place of a list, a gateway's service and a full name are refused."""
        error = refused(interface_endpoints=services)
        assert error.code is Code.ARGUMENT_VALUE
        assert "ecr.api" in (error.expected or "")

    def test_place(self) -> None:
        """The error says which construct it is about and where it was made."""
        place = refused(cidr="10.0.0.0/8").place
        assert place is not None
        assert place.construct_path == "payments-prod.network/Vpc"
        assert place.file == "test_ec2_vpc.py"


class TestControls:
    @pytest.mark.parametrize("construct", ["Vpc", "SecurityGroup"])
    def test_each_line_says_something_once(self, construct: str) -> None:
        """The table has a line a default, none twice."""
        holds = [control.holds for control in CONTROLS[construct]]
        assert len(set(holds)) == len(holds) > 3

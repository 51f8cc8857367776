"""VPCs and security groups of other stacks."""

import pytest
from reading import at, built, paths, stack_of

from landform.constructs.ec2 import Peer, SecurityGroup, Subnet, Vpc
from landform.constructs.ec2.reach import reach_aws
from landform.errors import Code, LandformError
from landform.testing import synthesise

A = Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23")
B = Subnet("subnet-0a1b2c3d4e5f60718", "eu-west-1b", "10.20.2.0/23")


def shared(stack, **arguments):
    return Vpc.from_ids(stack, "Shared", **{"vpc_id": "vpc-0a1b2c3d", "cidr": "10.20.0.0/20", **arguments})


class TestVpcFromIds:
    def test_it_makes_nothing(self):
        """It is somebody else's."""
        assert "resource" not in built(lambda stack: shared(stack, private_subnets=[A, B]))

    def test_it_is_what_constructs_in_a_vpc_ask_for(self):
        """Ids as text, subnets in the order given."""
        vpcs = []
        stack_of(lambda stack: vpcs.append(shared(stack, private_subnets=[A, B], isolated_subnets=[B])))
        (vpc,) = vpcs

        assert vpc.vpc_id == "vpc-0a1b2c3d"
        assert vpc.private_subnets == (A, B)
        assert vpc.isolated_subnets == (B,)
        assert vpc.public_subnets == ()

    def test_a_security_group_is_made_in_it(self):
        """By its id."""
        document = built(lambda stack: SecurityGroup(stack, "App", vpc=shared(stack), description="web"))

        assert at(document, "App/Resource")["vpc_id"] == "vpc-0a1b2c3d"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"vpc_id": "vpc-1"}, "refuse this VPC id"),
            ({"vpc_id": "0a1b2c3d"}, "refuse this VPC id"),
            ({"vpc_id": None}, "refuse this VPC id"),
            ({"cidr": "10.20.0.0"}, "no IPv4 address block"),
            ({"cidr": "10.20.0.1/20"}, "in the middle of a network"),
            ({"private_subnets": [Subnet("net-1", "eu-west-1a", "10.20.0.0/23")]}, "refuse this subnet id"),
            (
                {"isolated_subnets": [Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.21.0.0/23")]},
                "not in the VPC",
            ),
            ({"public_subnets": [Subnet("subnet-0a1b2c3d", "eu-west-1a", "")]}, "no IPv4 address block"),
        ],
    )
    def test_what_cannot_be_is_refused(self, arguments, message):
        """On the user's line."""
        with pytest.raises(LandformError, match=message) as caught:
            built(lambda stack: shared(stack, **arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_ec2_imports.py"


class TestSecurityGroupFromId:
    def test_rules_are_added_to_it(self):
        """Each is a resource of its own, so whoever made the group does not see them."""

        def build(stack):
            app = SecurityGroup(stack, "App", vpc=shared(stack), description="web")
            SecurityGroup.from_id(stack, "Db", "sg-0a1b2c3d").allow_from(app, 5432)

        document = built(build)

        assert at(document, "Db/FromAppTcp5432")["security_group_id"] == "sg-0a1b2c3d"
        assert at(document, "App/ToDbTcp5432")["referenced_security_group_id"] == "sg-0a1b2c3d"
        assert paths(document, "aws_security_group") == ["App/Resource"]

    def test_one_that_is_not_mutable_is_left_alone(self):
        """Its owner is told what to add."""

        def build(stack):
            app = SecurityGroup(stack, "App", vpc=shared(stack), description="web")
            SecurityGroup.from_id(stack, "Db", "sg-0a1b2c3d", mutable=False).allow_from(app, 5432)

        notes = [note.message for note in synthesise(build).annotations]

        assert paths(built(build), "aws_vpc_security_group_ingress_rule") == []
        assert paths(built(build), "aws_vpc_security_group_egress_rule") == ["App/ToDbTcp5432"]
        assert notes == ["The owner of sg-0a1b2c3d must add a rule: from App on tcp 5432."]

    @pytest.mark.parametrize("group", ["", "sg-1", "vpc-0a1b2c3d", "sg-0A1B2C3D", None])
    def test_what_is_no_id_of_a_group(self, group):
        """On the user's line."""
        with pytest.raises(LandformError, match="refuse this security group id") as caught:
            built(lambda stack: SecurityGroup.from_id(stack, "Db", group))

        assert caught.value.place.file == "test_ec2_imports.py"


class TestReachAws:
    @staticmethod
    def document(**arguments):
        def build(stack):
            vpc = shared(stack, **arguments)
            reach_aws(SecurityGroup(stack, "App", vpc=vpc, description="web").connections, vpc)

        return build

    def test_through_interface_endpoints(self):
        """And no rule is added to the endpoints' group, which lets the VPC in already."""

        def build(stack):
            endpoints = SecurityGroup.from_id(stack, "Endpoints", "sg-0a1b2c3d")
            vpc = shared(stack, endpoint_security_group=endpoints, public_subnets=[A])
            reach_aws(SecurityGroup(stack, "App", vpc=vpc, description="web").connections, vpc)

        document = built(build)

        assert paths(document, "aws_vpc_security_group_egress_rule") == ["App/ToEndpointsTcp443"]
        assert paths(document, "aws_vpc_security_group_ingress_rule") == []

    def test_through_nat(self):
        """Where there are no endpoints."""
        document = built(self.document(public_subnets=[A]))

        assert paths(document, "aws_vpc_security_group_egress_rule") == ["App/ToInternetTcp443"]

    def test_to_s3_through_its_gateway_endpoint(self):
        """Which is a route and a prefix list."""
        document = built(self.document(public_subnets=[A], s3=Peer.prefix_list("pl-6da54004")))

        assert at(document, "App/Topl-6da54004Tcp443")["prefix_list_id"] == "pl-6da54004"

    def test_no_way_is_a_warning(self):
        """A container that cannot pull its image never starts."""
        (note,) = synthesise(self.document()).annotations

        assert note.level == "warn"
        assert "neither interface endpoints nor NAT" in note.message

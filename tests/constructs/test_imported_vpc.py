"""What stands in a VPC stands in one of another stack as well, in the subnets that were named."""

import pytest
from reading import at, built, paths

from landform.constructs.ec2 import Subnet, Vpc
from landform.constructs.efs import FileSystem
from landform.constructs.elasticache import RedisReplicationGroup
from landform.constructs.elbv2 import TargetGroup
from landform.constructs.lambda_ import Code, Function
from landform.constructs.opensearch import OpenSearchDomain
from landform.constructs.rds import AuroraCluster, PostgresInstance
from landform.errors import Code as ErrorCode
from landform.errors import LandformError

A = Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.24.0.0/23")
B = Subnet("subnet-0b1b2c3d", "eu-west-1b", "10.24.2.0/23")
IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"

PLACED = {
    "AuroraCluster": lambda stack, vpc: AuroraCluster(stack, "It", vpc=vpc),
    "FileSystem": lambda stack, vpc: FileSystem(stack, "It", vpc=vpc),
    "Function": lambda stack, vpc: Function(stack, "It", code=Code.from_image(IMAGE), vpc=vpc),
    "OpenSearchDomain": lambda stack, vpc: OpenSearchDomain(
        stack, "It", vpc=vpc, administrator=Function(stack, "Admin", code=Code.from_image(IMAGE))
    ),
    "PostgresInstance": lambda stack, vpc: PostgresInstance(stack, "It", vpc=vpc),
    "RedisReplicationGroup": lambda stack, vpc: RedisReplicationGroup(stack, "It", vpc=vpc),
}


def shared(stack, **subnets):
    return Vpc.from_ids(stack, "Shared", "vpc-0a1b2c3d", cidr="10.24.0.0/20", **subnets)


@pytest.mark.parametrize("name", PLACED)
def test_it_stands_in_the_subnets_that_were_named(name):
    """By their ids, in a security group of the VPC."""
    document = built(lambda stack: PLACED[name](stack, shared(stack, private_subnets=[A, B])), tier="stage")

    assert at(document, "It/SecurityGroup/Resource")["vpc_id"] == "vpc-0a1b2c3d"
    assert "subnet-0a1b2c3d" in str(document["resource"])
    assert paths(document, "aws_vpc") == []


@pytest.mark.parametrize("name", PLACED)
def test_a_vpc_of_which_no_subnet_was_named(name):
    """What it is for is missing."""
    with pytest.raises(LandformError, match="no subnet for this to stand in") as caught:
        built(lambda stack: PLACED[name](stack, shared(stack)), tier="sandbox")

    assert caught.value.code is ErrorCode.ARGUMENT_VALUE
    assert caught.value.place.file == "test_imported_vpc.py"


def test_a_target_group():
    """It asks for the VPC alone."""
    document = built(lambda stack: TargetGroup(stack, "It", vpc=shared(stack), port=8443))

    assert at(document, "It/Resource")["vpc_id"] == "vpc-0a1b2c3d"

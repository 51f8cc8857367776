"""A service on Fargate in a VPC and a cluster of other stacks, for the tests of ECS."""

from __future__ import annotations

import json

from reading import at, built

from landform.constructs.ec2 import Subnet, Vpc
from landform.constructs.ecr import Repository
from landform.constructs.ecs import Cluster, FargateService
from landform.iam import Statement

NAME = "acme-payments-prod-data-lake-ledger"
SUBNET = Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23")
SECRET = "arn:aws:secretsmanager:eu-west-1:012345678901:secret:db-a1b2c3"


class Reads:
    """The grants of a secret or a parameter, by the name of its verb."""

    def __init__(self, arn, verb):
        self._arn = arn
        setattr(self, verb, self._grant)

    def _grant(self, principal):
        principal.add_to_policy(Statement("ReadValue", ("secretsmanager:GetSecretValue",), (self._arn,)))


class Source:
    """What holds a secret value, as far as a service knows it."""

    def __init__(self, verb="read_value", arn=SECRET):
        self.arn = arn
        self.grants = Reads(arn, verb)


class Targets:
    """A target group, as far as a service knows one."""

    arn = "arn:aws:elasticloadbalancing:eu-west-1:012345678901:targetgroup/web/0a1b"


def network(stack):
    return Vpc.from_ids(
        stack,
        "Vpc",
        "vpc-0a1b2c3d",
        cidr="10.20.0.0/20",
        private_subnets=[SUBNET],
        public_subnets=[SUBNET],
    )


def made(stack, **arguments):
    image = arguments.pop("image", None) or Repository.from_name(stack, "Images", "ledger").image("1.4.2")
    return FargateService(
        stack,
        "Ledger",
        **{
            "vpc": network(stack),
            "image": image,
            "cluster": Cluster.from_name(stack, "Apps", "apps"),
            **arguments,
        },
    )


def service(**arguments):
    return lambda stack: made(stack, **arguments)


def body(tier="prod", **arguments):
    return at(built(service(**arguments), tier=tier), "Ledger/Resource")


def container(**arguments):
    (found,) = json.loads(at(built(service(**arguments)), "Ledger/TaskDefinition")["container_definitions"])
    return found


def one(value):
    """A block, written alone or in a list."""
    return value[0] if isinstance(value, list) else value

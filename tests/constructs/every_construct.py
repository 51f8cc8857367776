"""Every construct of the library in one stack, for tests that hold of all of them."""

from __future__ import annotations

from importlib import import_module
from inspect import isclass
from pkgutil import iter_modules
from types import ModuleType

import landform.constructs
from landform.constructs import AwsStack
from landform.constructs.ec2 import Peer, SecurityGroup, Vpc
from landform.constructs.iam import PermissionsBoundary, Policy, Role, Trust
from landform.constructs.kms import Key
from landform.constructs.logs import LogGroup
from landform.constructs.s3 import Bucket, LogArchiveBucket
from landform.constructs.state import StateBackend
from landform.core import Construct
from landform.iam import Statement
from landform.resources import CheckedResource

SERVICES = tuple(module.name for module in iter_modules(landform.constructs.__path__) if module.ispkg)
"""The folders of ``landform/constructs``, each an AWS service."""


def service_module(service: str, name: str = "") -> ModuleType:
    """A service's face, or one of its modules."""
    return import_module(f"landform.constructs.{service}{name and '.' + name}")


def constructs_of(service: str) -> list[type[Construct]]:
    """The construct classes that a service's face exports."""
    face = service_module(service)
    exported = (getattr(face, name) for name in face.__all__)
    return [item for item in exported if isclass(item) and issubclass(item, Construct)]


def build(stack: AwsStack) -> None:
    """Fill a stack with one or more of every construct, and with every grant."""
    PermissionsBoundary(stack, "Boundary")
    StateBackend(stack, "State")
    key = Key(stack, "Key")
    bucket = Bucket(stack, "Bucket", expire_days=400)
    archive = LogArchiveBucket(stack, "Archive")
    logs = LogGroup(stack, "Logs")
    publish = Statement("Publish", ("sns:Publish",), (stack.arn("sns", "settled"),))
    policy = Policy(stack, "Policy", statements=[publish])
    role = Role(
        stack,
        "Role",
        trust=[Trust.service("glue.amazonaws.com")],
        managed_policies=["job-function/ViewOnlyAccess", policy],
    )
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    for principal in (role, elsewhere):
        key.grants.encrypt(principal)
        key.grants.decrypt(principal)
        key.grants.describe(principal)
        archive.grants.read_objects(principal)
        for verb in (bucket.grants.list, bucket.grants.read_objects, bucket.grants.write_objects):
            verb(principal, prefix="in/")
        bucket.grants.delete_objects(principal)
    logs.grants.write(role)
    logs.grants.describe_streams(role)
    logs.grants.read(role)
    network(stack)


def network(stack: AwsStack) -> None:
    """A VPC, and two security groups that something uses."""
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20")
    web = SecurityGroup(stack, "Web", vpc=vpc, description="web servers")
    db = SecurityGroup(stack, "Db", vpc=vpc, description="database")
    web.allow_from(Peer.internet(), 443)
    db.allow_from(web, 5432)
    web.allow_to(vpc.s3, 443)
    for id, group in (("WebInterface", web), ("DbInterface", db)):
        CheckedResource(
            stack,
            id,
            "aws_network_interface",
            {
                "subnet_id": vpc.private_subnets[0].subnet_id,
                "security_groups": [group.security_group_id],
            },
        )

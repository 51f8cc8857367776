"""A VPC that stands when a pool is named for it: real Terraform, the real provider, a local AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.constructs import AwsStack
from landform.constructs.ec2 import IpamPool, Vpc
from landform.terraform.override import sandbox_override
from landform.terraform.workdir import Workdir
from landform.testing import stack_instance, synthesise

pytestmark = pytest.mark.terraform

ACCOUNT_ID = "121212121212"
POOL_ID = "ipam-pool-0123456789abcdef0"


def vpc_alone(*, pooled: bool) -> dict[str, Any]:
    """The document of a stack with a VPC and nothing else of it, with the pool's id in place of the look-up."""

    def build(stack: AwsStack) -> None:
        pool = IpamPool.from_name(stack, "Pool", "prod", account_id="333333333333") if pooled else None
        Vpc(stack, "Vpc", cidr="10.20.0.0/20", ipam_pool=pool)

    document: dict[str, Any] = json.loads(synthesise(build, stack_instance(account_id=ACCOUNT_ID)).text)
    (name,) = document["resource"]["aws_vpc"]
    vpc = document["resource"]["aws_vpc"][name]
    if pooled:
        assert "ipv4_ipam_pool_id" in vpc
        vpc["ipv4_ipam_pool_id"] = POOL_ID
    return {
        "terraform": document["terraform"],
        "provider": document["provider"],
        "resource": {"aws_vpc": {name: vpc}},
    }


def changes(workdir: Workdir, document: dict[str, Any], *, apply: bool = False) -> list[list[str]]:
    """What Terraform would do to each resource; with ``apply`` it does it."""
    override = sandbox_override(document, ACCOUNT_ID)
    folder = workdir.prepare("address-pools", json.dumps(document), override)
    workdir.init(folder, workdir.template(document, override), document, override)
    workdir.terraform.plan(folder, folder / "raw.plan")
    shown = workdir.terraform.show_json(folder, folder / "raw.plan")
    if apply:
        assert workdir.terraform.apply(folder, folder / "raw.plan").whole
    return [change["change"]["actions"] for change in shown["resource_changes"]]


class TestStanding:
    """A VPC that was made without a pool."""

    def test_it_stays_as_it_is_when_a_pool_is_named(self, workdir: Workdir) -> None:
        """And would be replaced, but for what the construct says of it."""
        assert changes(workdir, vpc_alone(pooled=False), apply=True) == [["create"]]
        named = vpc_alone(pooled=True)
        assert changes(workdir, named) == [["no-op"]]
        (vpc,) = named["resource"]["aws_vpc"].values()
        del vpc["lifecycle"]
        assert changes(workdir, named) == [["delete", "create"]]

"""Plan documents of one stack class in any account, as Terraform writes them, and the values made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from landform.plan.model import Plan, read_plan
from landform.plan.normalise import Identity, class_digest
from landform.plan.plan_set import JudgedConcern, JudgedPlan, PlanSet
from landform.policies.plan_rule import Risk
from landform.synth.bundle import ResourceRecord, StackRecord
from landform.terraform.secrets import Secrets

KEY = b"k" * 32
FOREIGN = "999988887777"


def identity(account: str = "payments", number: int = 1, region: str = "eu-west-1", **other: Any) -> Identity:
    """The identity of the stack ``app`` in an account."""
    return Identity(
        account, f"{100000000000 + number * 7919}", region, "app", other.pop("tier", "prod"), **other
    )


def record(who: Identity) -> StackRecord:
    """The same as a bundle's index has it."""
    name = f"{who.account}.{who.stack}"
    return StackRecord(
        name=name,
        stack=who.stack,
        account=who.account,
        account_id=who.account_id,
        tier=who.tier,
        region=who.region,
        construct="acme:App",
        sha256="0",
        inputs="0",
        dependencies=(),
        waivers=(),
        resources={
            "aws_s3_bucket.logs": ResourceRecord(f"{name}/Logs/Bucket", "acme/app.py:21"),
            "aws_iam_role_policy.reader": ResourceRecord(f"{name}/Reader/Policy", "acme/app.py:34"),
        },
    )


def entry(address: str, actions: list[str], before: Any, after: Any, **other: Any) -> dict[str, Any]:
    """A resource change."""
    kind, _, name = address.partition(".")
    change = {
        "actions": actions,
        "before": before,
        "after": after,
        "after_unknown": other.pop("unknown", {}),
        "before_sensitive": other.pop("before_sensitive", {}),
        "after_sensitive": other.pop("after_sensitive", {}),
        **{key: other.pop(key) for key in ("replace_paths", "importing") if key in other},
    }
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": change,
        **other,
    }


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy document's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def plan_document(who: Identity, *, seed: int = 0, email: str = "team@example.com") -> dict[str, Any]:
    """The raw plan of the stack ``app``: a network, a bucket, a role, a database, a security group."""
    network = ip_network(f"10.{who_number(who) % 200}.0.0/16")
    subnets = list(network.subnets(new_prefix=24))
    account, number, region = who.account, who.account_id, who.region
    tags = {
        "Name": f"{account}-app",
        "owner": f"team-{account}",
        "cost-center": f"cc-{number}",
        "email": email,
    }
    ids = {name: f"{name}-{abs(hash_of(number, name, seed)) % 16**17:017x}" for name in ("vpc", "sg")}
    zones = {f"{region}{letter}": f"subnet-{hash_of(number, letter, seed) % 16**17:017x}" for letter in "abc"}
    bucket = f"acme-{account}-logs-{number}-{region}"
    key = f"arn:aws:kms:{region}:{number}:key/{hash_of(number, 'key', seed) % 16**8:08x}-1111-4222-8333-444455556666"
    vpc = {
        "id": ids["vpc"],
        "cidr_block": str(network),
        "tags": tags,
        "arn": f"arn:aws:ec2:{region}:{number}:vpc/x",
    }
    subnet_values = [
        entry(
            f'aws_subnet.private["{index}"]', ["update"],
            {"id": zones[zone], "availability_zone": zone, "cidr_block": str(subnets[index]), "vpc_id": ids["vpc"]},
            {"id": zones[zone], "availability_zone": zone, "cidr_block": str(subnets[index]), "vpc_id": ids["vpc"],
             "tags": tags},
        )
        for index, zone in enumerate(zones)
    ]  # fmt: skip
    reads = {
        "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"aws:ResourceAccount": number}},
    }  # fmt: skip
    assumed = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{number}:root"},
    }
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "timestamp": "2026-05-01T10:00:00Z",
        "relevant_attributes": [{"resource": "aws_vpc.main", "attribute": ["id"]}],
        "resource_changes": [
            entry("aws_vpc.main", ["no-op"], vpc, vpc),
            *subnet_values,
            entry(
                "aws_db_subnet_group.main", ["create"], None,
                {"name": f"{account}-app", "subnet_ids": sorted(zones.values()), "tags": tags},
            ),
            entry(
                "aws_s3_bucket.logs", ["delete", "create"], {"bucket": f"{bucket}-old", "force_destroy": False},
                {"bucket": bucket, "force_destroy": True, "tags": tags}, unknown={"arn": True, "id": True},
                replace_paths=[["bucket"]], action_reason="replace_because_cannot_update",
            ),
            entry(
                "aws_iam_role_policy.reader", ["update"], {"name": "reader", "policy": policy()},
                {"name": "reader", "policy": policy(reads)},
            ),
            entry("aws_iam_role.reader", ["create"], None, {
                "name": f"{account}-reader", "assume_role_policy": policy(assumed)}),
            entry(
                "aws_security_group.app", ["update"], {"id": ids["sg"], "vpc_id": ids["vpc"], "ingress": []},
                {"id": ids["sg"], "vpc_id": ids["vpc"], "ingress": sorted((
                    {"cidr_blocks": [str(subnets[0])], "from_port": 443, "to_port": 443, "protocol": "tcp"},
                    {"cidr_blocks": ["198.51.100.0/24"], "from_port": 22, "to_port": 22, "protocol": "tcp"},
                ), key=lambda rule: hash_of(number, rule["from_port"], seed))},
            ),
            entry(
                "aws_db_instance.db", ["create"], None,
                {"identifier": f"{account}-db", "password": f"secret-of-{number}", "kms_key_id": key,
                 "deletion_protection": True, "port": 5432, "tags": tags},
                after_sensitive={"password": True}, unknown={"arn": True},
            ),
        ],
        "output_changes": {
            "bucket": {"actions": ["create"], "before": None, "after": bucket, "after_unknown": False},
            "same": {"actions": ["no-op"], "before": 1, "after": 1, "after_unknown": False},
        },
        "resource_drift": [
            entry("aws_security_group.app", ["update"], {"description": "a"}, {"description": "b"}),
            entry("aws_vpc.main", ["update"], {"tags": None}, {"tags": {}}),
        ],
    }  # fmt: skip


def plan_of(who: Identity, raw: Mapping[str, Any] | None = None) -> Plan:
    """The redacted plan."""
    return read_plan(raw or plan_document(who), record(who), Secrets())[0]


def judged(
    who: Identity, raw: Mapping[str, Any] | None = None, *concerns: JudgedConcern, risk: Risk | None = None
) -> JudgedPlan:
    """The plan with its digests and concerns."""
    plan = plan_of(who, raw)
    highest = max((one.concern.risk for one in concerns), default=Risk.R1)
    return JudgedPlan(
        plan=plan,
        risk=highest if risk is None else risk,
        concerns=concerns,
        digest=f"sha256:{plan.stack}",
        class_digest=class_digest(plan, who),
        stack_sha256="0",
        plan_file_sha256="0",
    )


def plan_set(plans: Mapping[str, JudgedPlan]) -> PlanSet:
    """A plan set of some plans."""
    return PlanSet("sha256:b", "1.11.4", "ana@example.com", "2026-05-01T10:00:00Z", "sha256:f", plans)


def who_number(who: Identity) -> int:
    """A number of the account's own."""
    return int(who.account_id) // 7919


def hash_of(*parts: object) -> int:
    """A number that looks chosen at random and is not."""
    found = 1469598103934665603
    for letter in "|".join(map(str, parts)).encode():
        found = (found ^ letter) * 1099511628211 % 2**64
    return found

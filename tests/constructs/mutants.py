"""Secure defaults, each broken by an escape hatch, and the check that must see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from every_construct import network

from landform.constructs import AwsStack
from landform.constructs.iam import PermissionsBoundary, Policy, Role, Trust
from landform.constructs.kms import Key
from landform.constructs.logs import LogGroup
from landform.constructs.s3 import AccessLogBucket, Bucket, LogArchiveBucket
from landform.core import Element
from landform.iam import Statement

ELSEWHERE = "another"
EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def allowed(*actions: str) -> str:
    """A policy that allows actions on everything."""
    statement = {"Sid": "Wide", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def document(*statements: Mapping[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trusting(principal: Any) -> str:
    """A trust policy for a principal."""
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def opened(first: int, last: int) -> dict[str, Any]:
    """Arguments of a rule that lets the internet in."""
    return {"cidr_ipv4": "0.0.0.0/0", "from_port": first, "to_port": last, "ip_protocol": "tcp"}


def entry(port: int) -> list[dict[str, Any]]:
    """One more entry of a network ACL, which lets the internet in to a port."""
    return [
        {
            "action": "allow",
            "cidr_block": "0.0.0.0/0",
            "from_port": port,
            "icmp_code": 0,
            "icmp_type": 0,
            "ipv6_cidr_block": "${null}",
            "protocol": "6",
            "rule_no": 50,
            "to_port": port,
        }
    ]


def _role(stack: AwsStack) -> None:
    Role(
        stack,
        "Role",
        trust=[Trust.service("glue.amazonaws.com")],
        managed_policies=["SecurityAudit"],
    )


def _policy(stack: AwsStack) -> None:
    publish = Statement("Publish", ("sns:Publish",), (stack.arn("sns", "settled"),))
    Policy(stack, "Policy", statements=[publish])


BASES: Mapping[str, Callable[[AwsStack], object]] = {
    "bucket": lambda stack: Bucket(stack, "Bucket"),
    "archive": lambda stack: LogArchiveBucket(stack, "Archive"),
    "access-logs": lambda stack: AccessLogBucket(stack, "AccessLogs"),
    "key": lambda stack: Key(stack, "Key"),
    "log-group": lambda stack: LogGroup(stack, "Logs"),
    "role": _role,
    "policy": _policy,
    "boundary": lambda stack: PermissionsBoundary(stack, "Boundary"),
    "network": network,
}
"""What is broken: stacks that are sound."""


@dataclass(frozen=True)
class Mutant:
    """A base, the resource at a construct path of it, what is overridden there, and the check that sees it.

    ``check`` is empty for what no rule of checkov sees.
    """

    name: str
    base: str
    path: str
    overrides: Mapping[str, Any] = field(hash=False)
    check: str = ""

    @property
    def stack(self) -> str:
        """The name of its stack."""
        return f"mutant-{self.name.replace(' ', '-')}"

    def build(self, stack: AwsStack) -> None:
        """Fill a stack with the base, broken."""
        BASES[self.base](stack)
        resource = next(
            construct
            for construct in stack.node.find_all()
            if isinstance(construct, Element) and construct.node.path == f"{stack.node.path}/{self.path}"
        )
        for argument, value in self.overrides.items():
            resource.add_override(argument, value)


_SSE = "rule.0.apply_server_side_encryption_by_default.0"

MUTANTS = (
    Mutant("no versions", "bucket", "Bucket/Versioning",
           {"versioning_configuration.0.status": "Suspended"}, "CKV_AWS_21"),
    Mutant("public acls", "bucket", "Bucket/PublicAccessBlock", {"block_public_acls": False}, "CKV_AWS_53"),
    Mutant("public policy", "bucket", "Bucket/PublicAccessBlock", {"block_public_policy": False}, "CKV_AWS_54"),
    Mutant("public acls obeyed", "bucket", "Bucket/PublicAccessBlock",
           {"ignore_public_acls": False}, "CKV_AWS_55"),
    Mutant("public bucket", "bucket", "Bucket/PublicAccessBlock",
           {"restrict_public_buckets": False}, "CKV_AWS_56"),
    Mutant("block on another bucket", "bucket", "Bucket/PublicAccessBlock", {"bucket": ELSEWHERE}, "CKV2_AWS_6"),
    Mutant("acls on", "bucket", "Bucket/Ownership", {"rule.0.object_ownership": "ObjectWriter"}, "CKV2_AWS_65"),
    Mutant("no customer key", "bucket", "Bucket/Encryption",
           {f"{_SSE}.sse_algorithm": "AES256", f"{_SSE}.kms_master_key_id": None}, "CKV_AWS_145"),
    Mutant("no access logs", "bucket", "Bucket/AccessLogs", {"bucket": ELSEWHERE}, "CKV_AWS_18"),
    Mutant("uploads never aborted", "bucket", "Bucket/Lifecycle",
           {"rule.0.abort_incomplete_multipart_upload": None}, "CKV_AWS_300"),
    Mutant("no lifecycle", "bucket", "Bucket/Lifecycle", {"bucket": ELSEWHERE}, "CKV2_AWS_61"),
    Mutant("no events", "bucket", "Bucket/Notification", {"bucket": ELSEWHERE}, "CKV2_AWS_62"),
    Mutant("policy for everyone", "bucket", "Bucket/Policy", {"policy": document(EVERYONE)}, "CKV_AWS_70"),
    Mutant("policy that locks out", "bucket", "Bucket/Policy",
           {"policy": document({**EVERYONE, "Effect": "Deny", "Action": "s3:*"})}, "CKV_AWS_93"),
    Mutant("archive without versions", "archive", "Archive/Versioning",
           {"versioning_configuration.0.status": "Suspended"}, "CKV_AWS_21"),
    Mutant("archive not logged", "archive", "Archive/AccessLogs", {"bucket": ELSEWHERE}, "CKV_AWS_18"),
    Mutant("no rotation", "key", "Key/Resource", {"enable_key_rotation": False}, "CKV_AWS_7"),
    Mutant("disabled key", "key", "Key/Resource", {"is_enabled": False}, "CKV_AWS_227"),
    Mutant("key for everyone", "key", "Key/Resource",
           {"policy": document({**EVERYONE, "Action": "kms:Decrypt"})}, "CKV_AWS_33"),
    Mutant("no key policy", "key", "Key/Resource", {"policy": None}, "CKV2_AWS_64"),
    Mutant("logs without key", "log-group", "Logs/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("logs for a month", "log-group", "Logs/Resource", {"retention_in_days": 30}, "CKV_AWS_338"),
    Mutant("logs without retention", "log-group", "Logs/Resource", {"retention_in_days": None}, "CKV_AWS_66"),
    Mutant("role for everyone", "role", "Role/Resource",
           {"assume_role_policy": trusting({"AWS": "*"})}, "CKV_AWS_60"),
    Mutant("role for an account", "role", "Role/Resource",
           {"assume_role_policy": trusting({"AWS": "arn:aws:iam::999999999999:root"})}, "CKV_AWS_61"),
    Mutant("administrator", "role", "Role/ManagedPolicies/SecurityAudit",
           {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "CKV_AWS_274"),
    Mutant("full iam", "role", "Role/ManagedPolicies/SecurityAudit",
           {"policy_arn": "arn:aws:iam::aws:policy/IAMFullAccess"}, "CKV2_AWS_56"),
    Mutant("everything on everything", "policy", "Policy/Resource", {"policy": allowed("*")}, "CKV_AWS_62"),
    Mutant("every action", "policy", "Policy/Resource", {"policy": allowed("*")}, "CKV_AWS_63"),
    Mutant("escalation", "policy", "Policy/Resource",
           {"policy": allowed("iam:CreatePolicyVersion")}, "CKV_AWS_286"),
    Mutant("credentials", "policy", "Policy/Resource", {"policy": allowed("iam:CreateAccessKey")}, "CKV_AWS_287"),
    Mutant("exfiltration", "policy", "Policy/Resource", {"policy": allowed("s3:GetObject")}, "CKV_AWS_288"),
    Mutant("exposure", "policy", "Policy/Resource", {"policy": allowed("s3:PutBucketPolicy")}, "CKV_AWS_289"),
    Mutant("write anywhere", "policy", "Policy/Resource", {"policy": allowed("s3:PutObject")}, "CKV_AWS_290"),
    Mutant("any resource", "policy", "Policy/Resource", {"policy": allowed("s3:ListBucket")}, "CKV_AWS_355"),
    Mutant("all of iam", "policy", "Policy/Resource", {"policy": allowed("iam:*")}, "CKV2_AWS_40"),
    Mutant("boundary without end", "boundary", "Boundary/Resource", {"policy": document(
        {"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"})}, "CKV_AWS_289"),
    Mutant("no flow log", "network", "Vpc/FlowLog", {"vpc_id": ELSEWHERE}, "CKV2_AWS_11"),
    Mutant("open default group", "network", "Vpc/DefaultSecurityGroup",
           {"ingress": [{"protocol": "-1", "self": True, "from_port": 0, "to_port": 0}]}, "CKV2_AWS_12"),
    Mutant("public addresses", "network", "Vpc/Private/A/Resource",
           {"map_public_ip_on_launch": True}, "CKV_AWS_130"),
    Mutant("acl without subnets", "network", "Vpc/Private/NetworkAcl", {"subnet_ids": None}, "CKV2_AWS_1"),
    Mutant("acl lets in 20", "network", "Vpc/Private/NetworkAcl", {"ingress": entry(20)}, "CKV_AWS_230"),
    Mutant("acl lets in 21", "network", "Vpc/Private/NetworkAcl", {"ingress": entry(21)}, "CKV_AWS_229"),
    Mutant("acl lets in 22", "network", "Vpc/Private/NetworkAcl", {"ingress": entry(22)}, "CKV_AWS_232"),
    Mutant("acl lets in 3389", "network", "Vpc/Private/NetworkAcl", {"ingress": entry(3389)}, "CKV_AWS_231"),
    Mutant("ssh from anywhere", "network", "Web/FromInternetTcp443", opened(22, 22), "CKV_AWS_24"),
    Mutant("rdp from anywhere", "network", "Web/FromInternetTcp443", opened(3389, 3389), "CKV_AWS_25"),
    Mutant("every port from anywhere", "network", "Web/FromInternetTcp443",
           {**opened(-1, -1), "ip_protocol": "-1"}, "CKV_AWS_277"),
    Mutant("rule without words", "network", "Web/FromInternetTcp443", {"description": None}, "CKV_AWS_23"),
)  # fmt: skip
"""What the scan must find."""

_TLS = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "*"}

UNSEEN = (
    Mutant("plain http", "bucket", "Bucket/Policy", {"policy": document(_TLS)}),
    Mutant("no bucket key", "bucket", "Bucket/Encryption", {"rule.0.bucket_key_enabled": False}),
    Mutant("bucket can be destroyed", "bucket", "Bucket/Resource", {"lifecycle": None, "force_destroy": True}),
    Mutant("lock on another bucket", "archive", "Archive/ObjectLock", {"bucket": ELSEWHERE}),
    Mutant("lock that can be lifted", "archive", "Archive/ObjectLock",
           {"rule.0.default_retention.0.mode": "GOVERNANCE"}),
    Mutant("delivery for anyone", "access-logs", "AccessLogs/Policy",
           {"policy": document({**EVERYONE, "Principal": {"Service": "logging.s3.amazonaws.com"}})}),
    Mutant("a week to bring a key back", "key", "Key/Resource", {"deletion_window_in_days": 7}),
    Mutant("no boundary", "role", "Role/Resource", {"permissions_boundary": None}),
    Mutant("role for any service", "role", "Role/Resource",
           {"assume_role_policy": trusting({"Service": "*"})}),
    Mutant("confused deputy", "role", "Role/Resource",
           {"assume_role_policy": trusting({"Service": "glue.amazonaws.com"})}),
    Mutant("endpoint for everyone", "network", "Vpc/S3Endpoint", {"policy": document(EVERYONE)}),
)  # fmt: skip
"""What no rule of checkov sees: the constructs hold it, and tests of each construct say so."""

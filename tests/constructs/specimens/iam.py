"""Roles, policies and the permissions boundary."""

from __future__ import annotations

from mutant import Mutant, allowed, document, trusting

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import PermissionsBoundary, Policy, Role, Trust
from landform.core import Construct
from landform.iam import Statement

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """The boundary, and a role with a policy."""
    PermissionsBoundary(scope, "Boundary")
    stack = AwsStack.of(scope)
    publish = Statement("Publish", ("sns:Publish",), (stack.arn("sns", "settled"),))
    attached = Policy(scope, "Policy", statements=[publish])
    Role(
        scope,
        "Role",
        trust=[Trust.service("glue.amazonaws.com")],
        managed_policies=["job-function/ViewOnlyAccess", attached],
    )


def role(stack: AwsStack) -> None:
    Role(
        stack,
        "Role",
        trust=[Trust.service("glue.amazonaws.com")],
        managed_policies=["SecurityAudit"],
    )


def policy(stack: AwsStack) -> None:
    publish = Statement("Publish", ("sns:Publish",), (stack.arn("sns", "settled"),))
    Policy(stack, "Policy", statements=[publish])


def boundary(stack: AwsStack) -> None:
    PermissionsBoundary(stack, "Boundary")


MUTANTS = (
    Mutant("role for everyone", role, "Role/Resource",
           {"assume_role_policy": trusting({"AWS": "*"})}, "CKV_AWS_60"),
    Mutant("role for an account", role, "Role/Resource",
           {"assume_role_policy": trusting({"AWS": "arn:aws:iam::999999999999:root"})}, "CKV_AWS_61"),
    Mutant("administrator", role, "Role/ManagedPolicies/SecurityAudit",
           {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "CKV_AWS_274"),
    Mutant("full iam", role, "Role/ManagedPolicies/SecurityAudit",
           {"policy_arn": "arn:aws:iam::aws:policy/IAMFullAccess"}, "CKV2_AWS_56"),
    Mutant("everything on everything", policy, "Policy/Resource", {"policy": allowed("*")}, "CKV_AWS_62"),
    Mutant("every action", policy, "Policy/Resource", {"policy": allowed("*")}, "CKV_AWS_63"),
    Mutant("escalation", policy, "Policy/Resource",
           {"policy": allowed("iam:CreatePolicyVersion")}, "CKV_AWS_286"),
    Mutant("credentials", policy, "Policy/Resource", {"policy": allowed("iam:CreateAccessKey")}, "CKV_AWS_287"),
    Mutant("exfiltration", policy, "Policy/Resource", {"policy": allowed("s3:GetObject")}, "CKV_AWS_288"),
    Mutant("exposure", policy, "Policy/Resource", {"policy": allowed("s3:PutBucketPolicy")}, "CKV_AWS_289"),
    Mutant("write anywhere", policy, "Policy/Resource", {"policy": allowed("s3:PutObject")}, "CKV_AWS_290"),
    Mutant("any resource", policy, "Policy/Resource", {"policy": allowed("s3:ListBucket")}, "CKV_AWS_355"),
    Mutant("all of iam", policy, "Policy/Resource", {"policy": allowed("iam:*")}, "CKV2_AWS_40"),
    Mutant("boundary without end", boundary, "Boundary/Resource", {"policy": document(
        {"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"})}, "CKV_AWS_289"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    Mutant("no boundary", role, "Role/Resource", {"permissions_boundary": None}),
    Mutant("role for any service", role, "Role/Resource",
           {"assume_role_policy": trusting({"Service": "*"})}),
    Mutant("confused deputy", role, "Role/Resource",
           {"assume_role_policy": trusting({"Service": "glue.amazonaws.com"})}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

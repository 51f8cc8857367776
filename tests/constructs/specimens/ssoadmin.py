"""Permission sets."""

from __future__ import annotations

from mutant import Mutant, allowed

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.ssoadmin import IdentityCenter, PermissionSet
from landform.core import Construct
from landform.iam import Statement

ARN = ""
SHARED = "arn:aws:sso:::permissionSet/ssoins-0a1b2c3d4e5f6a7b/ps-0a1b2c3d4e5f6a7b"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A permission set with a managed policy and a statement, assigned."""
    sets(scope)


def sets(scope: Construct) -> None:
    center = IdentityCenter(scope, "Center")
    publish = Statement("Publish", ("sns:Publish",), (AwsStack.of(scope).arn("sns", "settled"),))
    operator = PermissionSet(
        scope, "Operator", center=center, managed_policies=["SecurityAudit"], statements=[publish]
    )
    operator.assign("operators", account="log-archive")
    PermissionSet.from_arn(scope, "Shared", SHARED, center=center).assign("operators", account="log-archive")


def policy(*actions: str) -> dict[str, str]:
    """What replaces the set's own policy."""
    return {"inline_policy": allowed(*actions)}


_ATTACHED = "Operator/ManagedPolicies/SecurityAudit"
_OWN = "Operator/Policy"

MUTANTS = (
    Mutant("set of administrators", sets, _ATTACHED,
           {"managed_policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "CKV_AWS_274"),
    Mutant("set with full iam", sets, _ATTACHED,
           {"managed_policy_arn": "arn:aws:iam::aws:policy/IAMFullAccess"}, "CKV2_AWS_56"),
    Mutant("set of everything", sets, _OWN, policy("*"), "CKV_AWS_62"),
    Mutant("set of every action", sets, _OWN, policy("*"), "CKV_AWS_63"),
    Mutant("set that escalates", sets, _OWN, policy("iam:CreatePolicyVersion"), "CKV_AWS_286"),
    Mutant("set that makes credentials", sets, _OWN, policy("iam:CreateAccessKey"), "CKV_AWS_287"),
    Mutant("set that exfiltrates", sets, _OWN, policy("s3:GetObject"), "CKV_AWS_288"),
    Mutant("set that exposes", sets, _OWN, policy("s3:PutBucketPolicy"), "CKV_AWS_289"),
    Mutant("set that writes anywhere", sets, _OWN, policy("s3:PutObject"), "CKV_AWS_290"),
    Mutant("set on any resource", sets, _OWN, policy("s3:ListBucket"), "CKV_AWS_355"),
    Mutant("a long session", sets, "Operator/Resource", {"session_duration": "PT12H"}, "LF_SESSION_LENGTH"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # A boundary by another name may be as good: a stack does not say what is in it.
    Mutant("another boundary", sets, "Operator/Boundary",
           {"permissions_boundary.0.customer_managed_policy_reference.0.name": "none"}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

"""Roles, policies and the permissions boundary."""

from __future__ import annotations

from mutant import EVERYONE, Mutant, allowed, document, trusting

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import (
    AuditorRole,
    BootstrapRole,
    BreakGlassRole,
    GithubOidcProvider,
    GithubOidcRole,
    PermissionsBoundary,
    Policy,
    Role,
    SupportRole,
    Trust,
)
from landform.constructs.logs import LogGroup
from landform.core import Construct
from landform.iam import Statement

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()
PERSON = "arn:aws:iam::111111111111:user/rescue-1"
_GITHUB = "token.actions.githubusercontent.com"
_ADMINISTRATOR = {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
_FULL_IAM = {"policy_arn": "arn:aws:iam::aws:policy/IAMFullAccess"}


def build(scope: Construct, vpc: Vpc) -> None:
    """The boundary, a role with a policy, the roles of workflows and the role of emergencies."""
    PermissionsBoundary(scope, "Boundary")
    stack = AwsStack.of(scope)
    publish = Statement("Publish", ("sns:Publish",), (stack.arn("sns", "settled"),))
    attached = Policy(scope, "Policy", statements=[publish])
    Role(
        scope,
        "Role",
        trust=[Trust.service("glue.amazonaws.com")],
        managed_policies=[
            "job-function/ViewOnlyAccess",
            attached,
            Policy.from_name(scope, "Shared", "shared"),
        ],
    )
    workflows(scope)
    people(scope)
    emergencies(scope)
    BreakGlassRole(scope, "NearRescue", principals=[PERSON])


def workflows(scope: Construct) -> None:
    github = GithubOidcProvider(scope, "Github")
    elsewhere = GithubOidcProvider.from_account(scope, "Imported")
    GithubOidcRole(scope, "Plan", provider=github, repository="acme/ledger", access="plan")
    GithubOidcRole(scope, "Apply", provider=elsewhere, repository="acme/ledger", access="apply")


def people(scope: Construct) -> None:
    AuditorRole(scope, "Auditor", principals=["arn:aws:iam::111111111111:role/auditors"])
    operators = ["arn:aws:iam::111111111111:role/operators", "arn:aws:iam::111111111111:role/leads"]
    SupportRole(scope, "Support", principals=operators)
    BootstrapRole(scope, "Bootstrap")
    signed_in = Trust.permission_set("ReadOnly", account_id="111111111111", organization_id="o-a1b2c3d4e5")
    AuditorRole(scope, "Readers", principals=[signed_in], role_name="acme-readers")


def emergencies(scope: Construct) -> None:
    trail = LogGroup(scope, "Trail")
    BreakGlassRole(scope, "Rescue", principals=[PERSON], trail_log_group=trail)


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


def workflow(subject: str) -> dict[str, str]:
    """A trust policy for a subject of GitHub's."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::012345678901:oidc-provider/{_GITHUB}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {f"{_GITHUB}:sub": subject}},
    }
    return {"assume_role_policy": document(statement)}


MUTANTS = (
    Mutant("bootstrap for everyone", people, "Bootstrap/Resource",
           {"assume_role_policy": trusting({"AWS": "*"})}, "CKV_AWS_60"),
    Mutant("bootstrap for an account", people, "Bootstrap/Resource",
           {"assume_role_policy": trusting({"AWS": "arn:aws:iam::999999999999:root"})}, "CKV_AWS_61"),
    Mutant("bootstrap above the boundary", people, "Bootstrap/Resource",
           {"permissions_boundary": None}, "LF_IDENTITY_BOUNDARY"),
    Mutant("auditor for everyone", people, "Auditor/Resource",
           {"assume_role_policy": trusting({"AWS": "*"})}, "CKV_AWS_60"),
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
    Mutant("any workflow", workflows, "Apply/Resource", workflow("*"), "CKV_AWS_393"),
    Mutant("any repository", workflows, "Apply/Resource", workflow("repo:acme*"), "CKV_AWS_393"),
    Mutant("any environment", workflows, "Apply/Resource", workflow("environment:prod"), "CKV_AWS_393"),
    Mutant("plans as administrator", workflows, "Plan/ManagedPolicies/SecurityAudit",
           _ADMINISTRATOR, "CKV_AWS_274"),
    Mutant("plans with full iam", workflows, "Plan/ManagedPolicies/SecurityAudit", _FULL_IAM, "CKV2_AWS_56"),
    Mutant("rescue for everyone", emergencies, "Rescue/Resource",
           {"assume_role_policy": trusting({"AWS": "*"})}, "CKV_AWS_60"),
    Mutant("rescue for an account", emergencies, "Rescue/Resource",
           {"assume_role_policy": trusting({"AWS": "arn:aws:iam::999999999999:root"})}, "CKV_AWS_61"),
    Mutant("rescue as administrator", emergencies, "Rescue/ManagedPolicies/PowerUserAccess",
           _ADMINISTRATOR, "CKV_AWS_274"),
    Mutant("rescue with full iam", emergencies, "Rescue/ManagedPolicies/PowerUserAccess",
           _FULL_IAM, "CKV2_AWS_56"),
    Mutant("alarm in the open", emergencies, "Rescue/Alarm/Topic/Resource",
           {"kms_master_key_id": None}, "CKV_AWS_26"),
    Mutant("alarm from anyone", emergencies, "Rescue/Alarm/Topic/Policy",
           {"policy": document({**EVERYONE, "Action": "sns:Publish"})}, "CKV_AWS_169"),
    Mutant("alarm without action", emergencies, "Rescue/Alarm/Trail/Resource",
           {"actions_enabled": False}, "CKV_AWS_319"),
    Mutant("no boundary", role, "Role/Resource", {"permissions_boundary": None}, "LF_IDENTITY_BOUNDARY"),
    Mutant("role for any service", role, "Role/Resource",
           {"assume_role_policy": trusting({"Service": "*"})}, "LF_TRUST_SOURCE"),
    Mutant("confused deputy", role, "Role/Resource",
           {"assume_role_policy": trusting({"Service": "glue.amazonaws.com"})}, "LF_TRUST_SOURCE"),
    Mutant("every repository of an owner", workflows, "Apply/Resource", workflow("repo:acme/*:*"),
           "LF_TRUST_REPOSITORY"),
    Mutant("rescue without a second factor", emergencies, "Rescue/Resource",
           {"assume_role_policy": trusting({"AWS": PERSON})}, "LF_TRUST_SECOND_FACTOR"),
    Mutant("alarm that sleeps", emergencies, "Rescue/Alarm/Rule", {"state": "DISABLED"}, "LF_EVENT_RULE_ENABLED"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

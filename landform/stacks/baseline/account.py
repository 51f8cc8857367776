"""What an account has once, whatever its regions."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

_STACK = "GlobalBaseline"

ACCOUNT = (
    BaselineItem(
        9,
        "s3-public-access",
        "No public buckets",
        "account",
        stack=_STACK,
        types=("aws_s3_account_public_access_block",),
        or_stacks=("AccountBaseline",),
        controls=("S3.1", "CIS 3.1.4", "LF_ACCOUNT_PUBLIC_BUCKETS"),
    ),
    BaselineItem(
        15,
        "password-policy",
        "Password policy",
        "account",
        stack=_STACK,
        types=("aws_iam_account_password_policy",),
        or_stacks=("AccountBaseline",),
        controls=("CKV_AWS_9", "CKV_AWS_10", "CKV_AWS_13", "IAM.7", "IAM.10", "CIS 2.8", "CIS 2.9"),
    ),
    BaselineItem(
        17,
        "alternate-contacts",
        "Alternate contacts",
        "account",
        stack=_STACK,
        types=("aws_account_alternate_contact",),
        controls=("Account.1", "CIS 2.3"),
        left_out={
            "params.security_contact": "no security contact is named: AWS writes to the account's own address alone"
        },
        step="alternate-contacts",
    ),
    BaselineItem(
        18,
        "account-alias",
        "Account alias",
        "account",
        stack=_STACK,
        types=("aws_iam_account_alias",),
        or_stacks=("AccountBaseline",),
    ),
    BaselineItem(
        19,
        "support-role",
        "Role of those who talk to AWS Support",
        "account",
        stack=_STACK,
        types=("aws_iam_role", "aws_iam_role_policy_attachment"),
        controls=("IAM.18", "CIS 2.15"),
        left_out={"params.supporters": "nobody is named who may assume it"},
    ),
    BaselineItem(
        22,
        "opt-in-regions",
        "Opt-in regions",
        "account",
        stack=_STACK,
        types=("aws_account_region",),
        left_out={"opt_in_regions": "the account's regions are enabled by default"},
        step="opt-in-regions",
    ),
    BaselineItem(
        29,
        "pipeline-roles",
        "OIDC provider and roles of the pipeline",
        "account",
        stack=_STACK,
        types=("aws_iam_openid_connect_provider", "aws_iam_role"),
        also={"StateBackendStack": ("aws_iam_role", "aws_iam_policy")},
        controls=("CKV_AWS_393", "LF_TRUST_SUBJECT", "LF_TRUST_REPOSITORY", "LF_IDENTITY_BOUNDARY"),
        left_out={
            "pipeline": "no workflow of GitHub deploys into the account: the deployer of the management account does"
        },
    ),
    BaselineItem(
        30,
        "state-backend",
        "State backend",
        "account",
        stack="StateBackendStack",
        types=("aws_s3_bucket", "aws_s3_bucket_versioning", "aws_s3_bucket_policy", "aws_kms_key"),
        controls=("CKV_AWS_93", "CKV_AWS_145", "S3.5"),
    ),
    BaselineItem(
        31,
        "bootstrap-role",
        "Role that an account is made with, locked",
        "account",
        stack=_STACK,
        types=("aws_iam_role",),
        controls=("CKV_AWS_60", "LF_IDENTITY_BOUNDARY", "LF_SESSION_LENGTH"),
        left_out={
            "bootstrap_role": "no role is named, the account is not active yet, or it is the management account, which "
            "has none"
        },
    ),
    BaselineItem(
        33,
        "budget",
        "Budget and anomaly monitor",
        "account",
        stack=_STACK,
        types=("aws_budgets_budget", "aws_ce_anomaly_monitor", "aws_ce_anomaly_subscription"),
        left_out={"settings.budget.monthly_usd": "no layer says what the account may cost"},
    ),
    BaselineItem(
        45,
        "account-record",
        "Record of the account",
        "account",
        stack=_STACK,
        types=("aws_ssm_parameter",),
        or_stacks=("AccountBaseline",),
        controls=("CKV_AWS_337", "CKV2_AWS_34"),
    ),
    BaselineItem(
        46,
        "auditor-role",
        "Access for auditors",
        "account",
        stack=_STACK,
        types=("aws_iam_role", "aws_iam_role_policy_attachment"),
        controls=("CKV_AWS_60", "CKV_AWS_61", "LF_IDENTITY_BOUNDARY"),
        left_out={"params.auditors": "nobody is named who may assume it"},
    ),
)
"""Rows of an account."""

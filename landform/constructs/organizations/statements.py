"""The guardrails themselves, as data: what nobody in the organisation can do, whatever the policies of an account say.

Follows "Service control policy examples" and "Resource control policy examples" of AWS Organizations, and "Building a
data perimeter on AWS". What protects is denied to all but the roles that make it.
"""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.stack import AwsStack
from landform.iam import Condition, Principal, Statement

# What is one thing for all regions, or is asked of a region that is not one's own.
GLOBAL_ACTIONS = (
    "account:*", "acm:*", "aws-marketplace:*", "billing:*", "budgets:*", "ce:*", "chatbot:*", "cloudfront:*",
    "consolidatedbilling:*", "cur:*", "ec2:DescribeRegions", "fms:*", "freetier:*", "globalaccelerator:*",
    "health:*", "iam:*", "invoicing:*", "kms:*", "networkmanager:*", "organizations:*", "payments:*", "pricing:*",
    "route53:*", "route53-recovery-control-config:*", "route53domains:*", "s3:CreateMultiRegionAccessPoint",
    "s3:GetAccountPublicAccessBlock", "s3:GetBucketLocation", "s3:ListAllMyBuckets",
    "s3:PutAccountPublicAccessBlock", "shield:*", "sts:*", "support:*", "supportplans:*", "sustainability:*",
    "tax:*", "trustedadvisor:*", "waf:*", "wafv2:*",
)  # fmt: skip

# What blinds whoever watches.
BLINDING_ACTIONS = (
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:StopConfigurationRecorder",
    "guardduty:DeleteDetector",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:UpdateDetector",
    "macie2:DisableMacie",
    "macie2:DisassociateFromAdministratorAccount",
    "securityhub:DisableSecurityHub",
    "securityhub:DisassociateFromAdministratorAccount",
)

# What opens an account that its baseline closed.
OPENING_ACTIONS = (
    "ec2:CreateDefaultSubnet",
    "ec2:CreateDefaultVpc",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableImageBlockPublicAccess",
    "ec2:DisableSnapshotBlockPublicAccess",
    "ec2:EnableSerialConsoleAccess",
    "ec2:ModifyInstanceMetadataDefaults",
    "s3:PutAccountPublicAccessBlock",
)

# The services whose resources a resource control policy reaches; of STS, what has a principal of AWS's.
RESOURCE_ACTIONS = ("kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:AssumeRole")

# What still tells what an account that is shut costs.
BILLING_READS = (
    "account:Get*",
    "billing:Get*",
    "billing:List*",
    "budgets:Describe*",
    "budgets:View*",
    "ce:Describe*",
    "ce:Get*",
    "ce:List*",
    "cur:Describe*",
    "cur:Get*",
    "freetier:Get*",
    "invoicing:Get*",
    "invoicing:List*",
    "payments:Get*",
    "payments:List*",
    "tax:Get*",
    "tax:List*",
)


def principal_statements(stack: AwsStack, exempt: Sequence[str]) -> list[Statement]:
    """What no principal of a member account does, but for roles of these names."""
    others = Condition("ArnNotLike", "aws:PrincipalArn", _role_patterns(stack, exempt))
    return [
        _deny("DenyLeaving", ("organizations:LeaveOrganization", "account:CloseAccount")),
        _deny(
            "DenyRoot",
            ("*",),
            Condition("ArnLike", "aws:PrincipalArn", (f"arn:{stack.partition}:iam::*:root",)),
            # Tasks of root that the management account hands out one by one.
            Condition("BoolIfExists", "aws:AssumedRoot", ("false",)),
        ),
        _deny("DenyBlinding", BLINDING_ACTIONS, others),
        _deny("DenyOpening", OPENING_ACTIONS, others),
        _deny(
            "DenyFirstMetadata",
            ("ec2:RunInstances",),
            Condition("StringNotEquals", "ec2:MetadataHttpTokens", ("required",)),
            resources=(f"arn:{stack.partition}:ec2:*:*:instance/*",),
        ),
        _deny("DenyMetadataChanges", ("ec2:ModifyInstanceMetadataOptions",), others),
        _deny(
            "DenyFirstMetadataCredentials", ("*",), Condition("NumericLessThan", "ec2:RoleDelivery", ("2.0",))
        ),
    ]


def region_statements(stack: AwsStack, regions: Sequence[str], exempt: Sequence[str]) -> list[Statement]:
    """Nothing outside these regions, but for what is global and for roles of these names."""
    return [
        Statement(
            "DenyOtherRegions",
            effect="Deny",
            not_actions=GLOBAL_ACTIONS,
            conditions=(
                Condition("ArnNotLike", "aws:PrincipalArn", _role_patterns(stack, exempt)),
                Condition("StringNotEquals", "aws:RequestedRegion", tuple(regions)),
            ),
        )
    ]


def quarantine_statements(stack: AwsStack, exempt: Sequence[str]) -> list[Statement]:
    """Nothing but by roles of these names, and by services of AWS, which SCPs reach as little as their own roles."""
    own = f"arn:{stack.partition}:iam::*:role/aws-service-role/*"
    return [
        _deny(
            "DenyAllButLandform",
            ("*",),
            Condition("ArnNotLike", "aws:PrincipalArn", (*_role_patterns(stack, exempt), own)),
            Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
        )
    ]


def suspension_statements() -> list[Statement]:
    """Nothing but reading what it costs, whoever asks."""
    return [Statement("DenyAllButBilling", effect="Deny", not_actions=BILLING_READS)]


def resource_statements(stack: AwsStack, trusted_accounts: Sequence[str]) -> list[Statement]:
    """Nothing is done to resources by who is not of the organisation, nor over plain HTTP."""
    own = stack.organization.organization_id
    strangers = [
        Condition("StringNotEqualsIfExists", "aws:PrincipalOrgID", (own,)),
        Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
    ]
    if trusted_accounts:
        strangers.append(
            Condition("StringNotEqualsIfExists", "aws:PrincipalAccount", tuple(trusted_accounts))
        )
    return [
        _deny_everyone("DenyStrangers", *strangers),
        _deny_everyone(
            "DenyServicesForStrangers",
            Condition("StringNotEqualsIfExists", "aws:SourceOrgID", (own,)),
            Condition("Null", "aws:SourceAccount", ("false",)),
            Condition("Bool", "aws:PrincipalIsAWSService", ("true",)),
        ),
        _deny_everyone("DenyPlainHttp", Condition("BoolIfExists", "aws:SecureTransport", ("false",))),
    ]


def _role_patterns(stack: AwsStack, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"arn:{stack.partition}:iam::*:role/{name}" for name in names)


def _deny(
    sid: str, actions: tuple[str, ...], *conditions: Condition, resources: tuple[str, ...] = ("*",)
) -> Statement:
    return Statement(sid, actions, resources, effect="Deny", conditions=conditions)


def _deny_everyone(sid: str, *conditions: Condition) -> Statement:
    return Statement(
        sid, RESOURCE_ACTIONS, effect="Deny", principals=(Principal.everyone(),), conditions=conditions
    )

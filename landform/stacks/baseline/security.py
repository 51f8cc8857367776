"""What the delegated administrator of security services has, for every account."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

_STACK = "SecurityServices"

SECURITY = (
    BaselineItem(
        4,
        "config-rules",
        "Config rules of the organisation, by the standards of Security Hub",
        "security",
        stack=_STACK,
        types=("aws_securityhub_standards_subscription",),
    ),
    BaselineItem(
        5,
        "guardduty",
        "GuardDuty in every account",
        "security",
        stack=_STACK,
        types=(
            "aws_guardduty_detector",
            "aws_guardduty_organization_configuration",
            "aws_guardduty_organization_configuration_feature",
        ),
        also={"SecurityDelegation": ("aws_guardduty_organization_admin_account",)},
        controls=("CKV_AWS_238", "CKV2_AWS_3", "GuardDuty.1", "LF_DETECTOR_FEATURE"),
    ),
    BaselineItem(
        6,
        "security-hub",
        "Security Hub in every account",
        "security",
        stack=_STACK,
        types=("aws_securityhub_account", "aws_securityhub_organization_configuration"),
        also={"SecurityDelegation": ("aws_securityhub_organization_admin_account",)},
        controls=("CIS 5.16", "LF_DETECTIVE_MEMBERS"),
    ),
    BaselineItem(
        7,
        "access-analyzer",
        "Access analyzers of the organisation",
        "security",
        stack=_STACK,
        types=("aws_accessanalyzer_analyzer",),
        also={"OrganizationStack": ("aws_organizations_delegated_administrator",)},
    ),
    BaselineItem(
        8,
        "inspector-macie",
        "Inspector and Macie",
        "security",
        stack=_STACK,
        types=("aws_inspector2_organization_configuration", "aws_macie2_organization_configuration"),
        also={
            "SecurityDelegation": (
                "aws_inspector2_delegated_admin_account",
                "aws_macie2_organization_admin_account",
            )
        },
        controls=("LF_MACIE_ENABLED", "CIS 3.1.3"),
        left_out={"inspector_and_macie": "the rule's parameters leave one of them out"},
    ),
)
"""Rows of the security account."""

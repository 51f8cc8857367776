"""What the management account has for the whole organisation."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

_STACK = "OrganizationStack"
_POLICY = ("aws_organizations_policy", "aws_organizations_policy_attachment")

ORGANIZATION = (
    BaselineItem(
        1,
        "organization-trail",
        "Organisation trail",
        "organization",
        stack="OrganizationTrail",
        types=("aws_cloudtrail",),
        controls=(
            "CKV_AWS_35",
            "CKV_AWS_36",
            "CKV_AWS_67",
            "CloudTrail.1",
            "CloudTrail.2",
            "CloudTrail.4",
            "CIS 4.1",
        ),
    ),
    BaselineItem(
        2,
        "data-events",
        "Data events of the trail",
        "organization",
        stack="OrganizationTrail",
        types=("aws_cloudtrail",),
        controls=("CIS 4.8", "CIS 4.9"),
        left_out={"organization.logging.data_events": "the organisation's logging.data_events is off"},
    ),
    BaselineItem(
        16,
        "central-root",
        "Root users managed centrally",
        "organization",
        stack=_STACK,
        types=("aws_iam_organizations_features",),
        controls=("CIS 2.1.1",),
    ),
    BaselineItem(
        23,
        "service-control-policies",
        "Service control policies",
        "organization",
        stack=_STACK,
        types=_POLICY,
        controls=("CIS 2.1.2", "LF_GUARDRAIL_DENIES"),
    ),
    BaselineItem(
        24,
        "resource-control-policies",
        "Resource control policies",
        "organization",
        stack=_STACK,
        types=_POLICY,
        controls=("CIS 2.21",),
    ),
    BaselineItem(
        25,
        "declarative-policies",
        "Declarative policies",
        "organization",
        stack=_STACK,
        types=_POLICY,
        left_out={
            "params.declarative_policies": "each account's regions are set up by its own stacks, whose calls a "
            "declarative policy of the same settings would refuse"
        },
    ),
    BaselineItem(
        26,
        "management-policies",
        "Tag, backup and AI opt-out policies",
        "organization",
        stack=_STACK,
        types=_POLICY,
    ),
    BaselineItem(
        27,
        "quarantine",
        "Quarantine of new accounts",
        "organization",
        stack=_STACK,
        types=("aws_organizations_policy",),
        controls=("CIS 2.1.2",),
    ),
    BaselineItem(
        28,
        "identity-center",
        "Permission sets and their groups",
        "organization",
        stack="IdentityAssignments",
        types=("aws_ssoadmin_permission_set", "aws_ssoadmin_permissions_boundary_attachment"),
        controls=("CKV_AWS_274", "CKV2_AWS_56", "LF_SESSION_LENGTH", "CIS 2.14"),
    ),
    BaselineItem(
        34,
        "cost-allocation",
        "Cost allocation tags",
        "organization",
        stack=_STACK,
        types=("aws_ce_cost_allocation_tag",),
        left_out={
            "params.cost_allocation_tags": "no keys are named: AWS takes those alone that its bills have seen"
        },
    ),
    BaselineItem(
        36,
        "cis-alarms",
        "CIS alarms on the organisation trail",
        "organization",
        stack="OrganizationTrail",
        types=("aws_cloudwatch_log_metric_filter", "aws_cloudwatch_metric_alarm"),
        controls=("CKV_AWS_319", "LF_TRAIL_ALARMS", "CIS 5.1"),
    ),
    BaselineItem(
        44,
        "mandatory-tags",
        "Mandatory tags",
        "organization",
        stack=_STACK,
        types=("aws_organizations_account", *_POLICY),
        left_out={"organization.mandatory_tags": "the organisation asks for no tags"},
    ),
)
"""Rows of the organisation."""

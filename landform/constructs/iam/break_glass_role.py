"""The way in when no other is left. Follows "Break glass access" of "Organizing Your AWS Environment"."""

from __future__ import annotations

import json
from collections.abc import Sequence

from landform.constructs.alarms import AlarmTopic, AnyLogGroup, LogAlarm
from landform.constructs.iam.role import Role
from landform.constructs.iam.trust import Trust
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.resources.aws.cloudwatch_event_rule import CloudwatchEventRule
from landform.resources.aws.cloudwatch_event_target import CloudwatchEventTarget
from landform.resources.aws.iam_role_policy_attachment import IamRolePolicyAttachment

ADMINISTRATOR = "no AdministratorAccess, no IAMFullAccess"

_POLICIES = ("PowerUserAccess", "SecurityAudit")


class BreakGlassRole(Role):
    """A role for emergencies: named people with a second factor, an hour at most, and an alarm each time.

    The alarm is a rule of EventBridge, which hears of its own region alone: so the role is assumed through STS of
    that region, unless the log group of a trail of all regions is given, where a second alarm watches.

    Args:
        principals: ARNs of the users, or roles, that may assume it.
        administrator: all rights, and no boundary. A deviation that needs a waiver (CKV_AWS_274); without it the
            role has what AWS gives power users, below the account's boundary.
        trail_log_group: where a trail of all regions is delivered to, in this account and region.
        subscribers: e-mail addresses that hear the alarm; the account's security contact unless given.
        role_name: from the construct path unless given; at most 64 characters.

    Raises:
        LandformError: ``argument-value`` without principals, or for one that is not one user or role.

    >>> rescue = BreakGlassRole(stack, "Rescue", principals=["arn:aws:iam::111111111111:user/rescue-1"])
    >>> rescue.topic.arn
    'arn:aws:sns:eu-west-1:012345678901:acme-payments-prod-data-lake-rescue-alarm-topic'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        principals: Sequence[str],
        administrator: bool = False,
        trail_log_group: AnyLogGroup | None = None,
        subscribers: Sequence[str] | None = None,
        role_name: str | None = None,
    ) -> None:
        stack = AwsStack.of(scope)
        regions = () if trail_log_group else (stack.region,)
        organization_id = stack.organization.organization_id
        super().__init__(
            scope,
            id,
            trust=[
                Trust.with_mfa(arn, organization_id=organization_id, regions=regions) for arn in principals
            ],
            role_name=role_name,
            description="For emergencies: whoever assumes it raises an alarm.",
            managed_policies=() if administrator else _POLICIES,
            boundary=not administrator,
        )
        if administrator:
            self._make_administrator(stack)
        alarm = Construct(self, "Alarm")
        self.topic = AlarmTopic(alarm, "Topic", subscribers=subscribers)
        self._watch(alarm, stack)
        if trail_log_group:
            LogAlarm(
                alarm,
                "Trail",
                log_group=trail_log_group,
                pattern=f'{{ ($.eventName = "AssumeRole") && ($.requestParameters.roleArn = "{self.arn}") }}',
                description=f"Somebody assumed the emergency role {self.role_name}.",
                topic=self.topic,
            )

    def _make_administrator(self, stack: AwsStack) -> None:
        stack.default_on(self, ADMINISTRATOR, setting="", given=False, checks=("CKV_AWS_274",))
        IamRolePolicyAttachment(
            self,
            "Administrator",
            role=self.resource.name,
            policy_arn=f"arn:{stack.partition}:iam::aws:policy/AdministratorAccess",
        )

    def _watch(self, alarm: Construct, stack: AwsStack) -> None:
        self.topic.allow_events()
        rule = CloudwatchEventRule(
            alarm,
            "Rule",
            name=stack.physical_name(alarm, 64),
            description=f"Somebody assumes the emergency role {self.role_name}.",
            # AssumeRole counts as read-only, which a rule that is merely enabled does not hear of.
            state="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
            event_pattern=json.dumps(
                {
                    "source": ["aws.sts"],
                    "detail-type": ["AWS API Call via CloudTrail"],
                    "detail": {"eventName": ["AssumeRole"], "requestParameters": {"roleArn": [self.arn]}},
                },
                separators=(",", ":"),
            ),
        )
        CloudwatchEventTarget(alarm, "Target", rule=rule.name, arn=self.topic.resource.arn)

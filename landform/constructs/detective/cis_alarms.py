"""The alarms of the CIS AWS Foundations Benchmark, chapter "Monitoring", on the log group of a trail.

Scanners read the patterns, so the events of each stand in the benchmark's own order.
"""

from __future__ import annotations

from dataclasses import dataclass

from landform.constructs.alarms import AlarmTopic, AnyLogGroup, LogAlarm
from landform.core import Construct


@dataclass(frozen=True, slots=True)
class CisAlarm:
    """One alarm: its number in the benchmark, what has happened, and the pattern that matches it."""

    number: str
    id: str
    happened: str
    pattern: str


def _any_of(*events: str, source: str | None = None) -> str:
    """A pattern for any of these events, of one service where it is named."""
    tests = "||".join(f"($.eventName={event})" for event in events)
    return f"{{($.eventSource={source}.amazonaws.com)&&({tests})}}" if source else f"{{{tests}}}"


ALARMS = (
    CisAlarm(
        "5.1", "UnauthorizedCalls", "Calls were refused for want of permission.",
        '{(($.errorCode="*UnauthorizedOperation")||($.errorCode="AccessDenied*"))'
        '&&($.sourceIPAddress!="delivery.logs.amazonaws.com")&&($.eventName!="HeadBucket")}',
    ),
    CisAlarm(
        "5.2", "SignInWithoutMfa", "Somebody signed in to the console without a second factor.",
        '{($.eventName="ConsoleLogin")&&($.additionalEventData.MFAUsed!="Yes")'
        '&&($.userIdentity.type="IAMUser")&&($.responseElements.ConsoleLogin="Success")}',
    ),
    CisAlarm(
        "5.3", "RootUsage", "A root user did something.",
        '{$.userIdentity.type="Root"&&$.userIdentity.invokedBy NOT EXISTS&&$.eventType!="AwsServiceEvent"}',
    ),
    CisAlarm(
        "5.4", "IamPolicyChanges", "A policy of IAM was changed.",
        _any_of(
            "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy",
            "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion",
            "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy",
            "AttachGroupPolicy", "DetachGroupPolicy",
        ),
    ),
    CisAlarm(
        "5.5", "TrailChanges", "A trail was changed.",
        _any_of("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    ),
    CisAlarm(
        "5.6", "SignInFailures", "Somebody failed to sign in to the console.",
        '{($.eventName=ConsoleLogin)&&($.errorMessage="Failed authentication")}',
    ),
    CisAlarm(
        "5.7", "KeysDisabled", "A key was disabled, or will be deleted.",
        _any_of("DisableKey", "ScheduleKeyDeletion", source="kms"),
    ),
    CisAlarm(
        "5.8", "BucketPolicyChanges", "The policy of a bucket was changed.",
        _any_of(
            "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
            "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication",
            source="s3",
        ),
    ),
    CisAlarm(
        "5.9", "RecorderChanges", "The recorder of AWS Config was changed.",
        _any_of(
            "StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel",
            "PutConfigurationRecorder", source="config",
        ),
    ),
    CisAlarm(
        "5.10", "SecurityGroupChanges", "A security group was changed.",
        _any_of(
            "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup",
        ),
    ),
    CisAlarm(
        "5.11", "NetworkAclChanges", "A network ACL was changed.",
        _any_of(
            "CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation",
        ),
    ),
    CisAlarm(
        "5.12", "GatewayChanges", "A gateway to the outside was changed.",
        _any_of(
            "CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway",
            "DeleteInternetGateway", "DetachInternetGateway",
        ),
    ),
    CisAlarm(
        "5.13", "RouteChanges", "A route table was changed.",
        _any_of(
            "CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation",
            "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable", source="ec2",
        ),
    ),
    CisAlarm(
        "5.14", "VpcChanges", "A VPC was changed.",
        _any_of(
            "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink",
        ),
    ),
    CisAlarm(
        "5.15", "OrganizationChanges", "The organisation was changed.",
        _any_of(
            "AcceptHandshake", "AttachPolicy", "CancelHandshake", "CreateAccount", "CreateOrganization",
            "CreateOrganizationalUnit", "CreatePolicy", "DeclineHandshake", "DeleteOrganization",
            "DeleteOrganizationalUnit", "DeletePolicy", "EnableAllFeatures", "EnablePolicyType",
            "InviteAccountToOrganization", "LeaveOrganization", "DetachPolicy", "DisablePolicyType",
            "MoveAccount", "RemoveAccountFromOrganization", "UpdateOrganizationalUnit", "UpdatePolicy",
            source="organizations",
        ),
    ),
)  # fmt: skip
"""What wakes somebody up."""


class CisAlarms(Construct):
    """An alarm for each of the benchmark, on one log group, to one topic."""

    def __init__(self, scope: Construct, id: str, *, log_group: AnyLogGroup, topic: AlarmTopic) -> None:
        super().__init__(scope, id)
        for alarm in ALARMS:
            LogAlarm(
                self,
                alarm.id,
                log_group=log_group,
                pattern=alarm.pattern,
                description=f"CIS {alarm.number}. {alarm.happened}",
                topic=topic,
            )

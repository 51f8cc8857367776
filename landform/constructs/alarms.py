"""What wakes somebody up: an encrypted topic with its subscribers, and alarms on lines of a trail's log.

EventBridge is let in without a condition on the topic and under the topic's encryption context on its key: it
publishes without saying for which rule ("Key management" of the SNS guide), so that a condition on ``aws:SourceArn``
or ``aws:SourceAccount`` would lose every message in silence.
"""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.kms import Key
from landform.constructs.limits import Name
from landform.constructs.logs.log_group import ImportedLogGroup, LogGroup
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed, plain_http_denied
from landform.core import Construct, Lazy
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    MetricTransformation,
)
from landform.resources.aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from landform.resources.aws.sns_topic import SnsTopic
from landform.resources.aws.sns_topic_policy import SnsTopicPolicy
from landform.resources.aws.sns_topic_subscription import SnsTopicSubscription

AnyLogGroup = LogGroup | ImportedLogGroup
"""A log group made here, or one of the account from elsewhere."""

NAMESPACE = "landform/alarms"

_EMAIL = Name("e-mail address", r"[^@\s]+@[^@\s]+\.[^@\s]+", "name@domain")


class AlarmTopic(Construct):
    """A topic that alarms are sent to, encrypted, and the addresses that hear of them.

    Args:
        subscribers: e-mail addresses, each of which must confirm; the account's security contact unless given.

    Raises:
        LandformError: ``argument-value`` for an address that is none.
    """

    def __init__(self, scope: Construct, id: str, *, subscribers: Sequence[str] | None = None) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        name = stack.physical_name(self, 256)
        self.arn = stack.arn("sns", name)
        self.key = Key(self, "Key", description=f"alarms of {name}")
        self._account_id = stack.account_id
        self._policy = PolicyDocument(
            "topic policy",
            [plain_http_denied(("sns:Publish",), self.arn)],
        )
        self.resource = SnsTopic(
            self, "Resource", name=name, kms_master_key_id=self.key.arn, signature_version=2
        )
        SnsTopicPolicy(
            self,
            "Policy",
            arn=self.resource.arn,
            policy=Lazy(lambda: self._policy.to_json(self.node.place)),
        )
        owner = stack.instance.account.owner
        given = (owner.security_contact or owner.contact,) if subscribers is None else subscribers
        for number, address in enumerate(given, 1):
            SnsTopicSubscription(
                self,
                f"Subscriber{number}",
                topic_arn=self.resource.arn,
                protocol="email",
                endpoint=_EMAIL.checked(address, self.node.place),
            )

    def allow_alarms(self) -> None:
        """Let the alarms of this account publish."""
        own = (Condition("StringEquals", "aws:SourceAccount", (self._account_id,)),)
        self.allow("cloudwatch.amazonaws.com", sid="Alarms", conditions=own)

    def allow_events(self) -> None:
        """Let rules of EventBridge publish."""
        self.allow("events.amazonaws.com", sid="Events")

    def allow(self, service: str, *, sid: str, conditions: tuple[Condition, ...] = ()) -> None:
        """Let a service publish, under conditions; it uses the key for this topic alone."""
        statement = Statement(
            f"{sid}Publish",
            ("sns:Publish",),
            (self.arn,),
            principals=(Principal("Service", service),),
            conditions=conditions,
        )
        self._policy.add(closed(statement, self))
        self.key.allow_service(
            service,
            sid=f"{sid}Encrypt",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            conditions=[Condition("StringEquals", "kms:EncryptionContext:aws:sns:topicArn", (self.arn,))],
        )


class LogAlarm(Construct):
    """An alarm as soon as one line of a log group matches.

    Args:
        log_group: where a trail is delivered.
        pattern: a filter pattern of CloudWatch Logs.
        description: what has happened, for whoever is woken up.
        topic: where the alarm is sent.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_group: AnyLogGroup,
        pattern: str,
        description: str,
        topic: AlarmTopic,
    ) -> None:
        super().__init__(scope, id)
        name = AwsStack.of(self).physical_name(self, 255)
        # By reference where it is ours, so that Terraform makes the group first.
        group = log_group.resource.name if isinstance(log_group, LogGroup) else log_group.log_group_name
        CloudwatchLogMetricFilter(
            self,
            "Filter",
            name=name,
            log_group_name=group,
            pattern=pattern,
            metric_transformation=MetricTransformation(name=name, namespace=NAMESPACE, value="1"),
        )
        topic.allow_alarms()
        self.resource = CloudwatchMetricAlarm(
            self,
            "Resource",
            alarm_name=name,
            alarm_description=description,
            namespace=NAMESPACE,
            metric_name=name,
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            treat_missing_data="notBreaching",
            alarm_actions=[topic.resource.arn],
        )

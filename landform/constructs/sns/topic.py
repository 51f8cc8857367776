"""A topic. Follows "Security best practices" and "Message delivery status" of the SNS guide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from landform.constructs.delivery import Subscriber, delivering, receiver_id
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.iam import Role, Trust
from landform.constructs.json_text import json_text
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.constructs.sns.grants import DESCRIBE, PUBLISH, SUBSCRIBE, TOPIC_ACTIONS
from landform.constructs.sns.limits import ANY_TOPIC_NAME, FIFO_TOPIC_NAME, SAMPLE_PERCENT, TOPIC_NAME
from landform.constructs.sqs import DeadLetterQueue
from landform.constructs.stack import AwsStack
from landform.constructs.statements import own, plain_http_denied
from landform.core import Construct, Lazy
from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.sns_topic import SnsTopic
from landform.resources.aws.sns_topic_policy import SnsTopicPolicy
from landform.resources.aws.sns_topic_subscription import SnsTopicSubscription

EndpointProtocol = Literal["sqs", "lambda", "firehose", "https"]

# EventBridge publishes to a topic without saying for which rule ("Using resource-based policies for Amazon
# EventBridge"), so no condition of a topic policy could keep other accounts' rules out.
_WITHOUT_SOURCE = "events.amazonaws.com"
_LOGGED_PROTOCOLS = ("application", "firehose", "http", "lambda", "sqs")


class Topic(Construct):
    """An encrypted topic: publishers are named, failed deliveries are logged, what is undelivered is kept.

    Args:
        topic_name: from the construct path unless given; that of a FIFO topic ends in ``.fifo``.
        fifo: whether subscribers get the messages of a group in the order they were published, each once.
        content_based_deduplication: of a FIFO topic: whether messages of equal content are one.
        key: the key that encrypts it; one of its own is made unless given.
        success_sample_percent: which part of the successful deliveries is logged too, 0 to 100 percent.

    Raises:
        LandformError: ``argument-value`` for a name or a percentage SNS would refuse, or deduplication of a topic
            that is not FIFO.

    >>> settled = Topic(stack, "Settled")
    >>> settled.subscribe(Queue(stack, "Orders"))
    >>> ledger = Role(stack, "Ledger", trust=[Trust.service("glue.amazonaws.com")])
    >>> settled.grants.publish(ledger).resource
    'arn:aws:sns:eu-west-1:012345678901:acme-payments-prod-data-lake-settled'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        topic_name: str | None = None,
        fifo: bool = False,
        content_based_deduplication: bool = False,
        key: AnyKey | None = None,
        success_sample_percent: int = 0,
    ) -> None:
        super().__init__(scope, id)
        stack, place = AwsStack.of(self), self.node.place
        if content_based_deduplication and not fifo:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Only a FIFO topic knows a message again.",
                place=place,
                given="content_based_deduplication of a topic that is not FIFO",
                fix="Pass fifo=True, or leave content_based_deduplication out.",
            )
        if fifo:
            name = FIFO_TOPIC_NAME.checked(topic_name or f"{stack.physical_name(self, 251)}.fifo", place)
        else:
            name = TOPIC_NAME.checked(topic_name or stack.physical_name(self, 256), place)
        self.fifo = fifo
        self.topic_name = name
        self.arn = stack.arn("sns", name)
        self.key: AnyKey = key or Key(self, "Key", description=f"messages of {name}")
        self._dead_letters: DeadLetterQueue | None = None
        self._subscribers: set[str] = set()
        self.resource = SnsTopic(
            self,
            "Resource",
            name=name,
            fifo_topic=True if fifo else None,
            content_based_deduplication=True if content_based_deduplication else None,
            kms_master_key_id=self.key.arn,
            signature_version=2,
            **self._delivery_status(SAMPLE_PERCENT.checked(success_sample_percent, place)),
        )
        self.policy = PolicyDocument(
            "topic policy",
            [plain_http_denied(TOPIC_ACTIONS, self.arn)],
        )
        SnsTopicPolicy(
            self,
            "Policy",
            arn=self.resource.arn,
            policy=Lazy(lambda: self.policy.to_json(self.node.place)),
        )
        self.grants = TopicGrants(_target(self, self.arn, self.key, add_to_policy=self.add_to_policy))

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        topic_name: str,
        *,
        account_id: str | None = None,
        key: AnyKey | None = None,
    ) -> ImportedTopic:
        """A topic of another stack or account in this region, to grant on and to deliver to.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            topic_name: its name.
            account_id: the account that owns it; the stack's unless given.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name SNS would refuse.
        """
        return ImportedTopic(scope, id, topic_name, account_id=account_id, key=key)

    @property
    def dead_letter_queue(self) -> DeadLetterQueue:
        """The queue of what subscribers could not be given; the first subscription makes it."""
        if self._dead_letters is None:
            self._dead_letters = DeadLetterQueue(self, "DeadLetters", fifo=self.fifo, key=self.key)
            self._dead_letters.allow_service("sns.amazonaws.com", source_arn=self.arn)
        return self._dead_letters

    def subscribe(
        self,
        subscriber: Subscriber,
        *,
        filter_policy: Mapping[str, Any] | None = None,
        raw_message_delivery: bool = False,
    ) -> None:
        """Deliver every message, or those that a filter policy matches, to a queue or a function.

        Args:
            subscriber: a queue or a function, of this stack or imported.
            filter_policy: attributes and the values that match, as SNS's JSON has them.
            raw_message_delivery: to a queue: whether the message comes as it was published, without SNS's envelope.

        Raises:
            LandformError: ``argument-value`` for what SNS cannot deliver to, or was subscribed before; ``reference``
                for something of another stack.
        """
        id = receiver_id(subscriber, self, "a queue or a function")
        refusal = self._refusal(subscriber, raw_message_delivery)
        if refusal:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This cannot be subscribed to the topic.",
                place=self.node.here,
                given=id,
                expected=refusal,
            )
        self._subscribers.add(subscriber.arn)
        subscriber.allow_service("sns.amazonaws.com", source_arn=self.arn)
        redrive = {"deadLetterTargetArn": self.dead_letter_queue.resource.arn}
        SnsTopicSubscription(
            self,
            f"To{id}",
            topic_arn=self.resource.arn,
            protocol=subscriber.subscription_protocol,
            endpoint=subscriber.arn,
            filter_policy=None if filter_policy is None else json_text(filter_policy, self, "filter policy"),
            raw_message_delivery=True if raw_message_delivery else None,
            redrive_policy=json_text(redrive, self, "redrive policy"),
            # The endpoint is literal, and SNS lets nobody subscribe what is not there.
            depends_on=[subscriber] if isinstance(subscriber, Construct) else (),
        )

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the topic policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone, or is about
                another resource.
        """
        refusal = "SNS would refuse a topic policy that is about something else."
        self.policy.add(own(statement, self.arn, self, refusal))

    def allow_service(self, service: str, *, source_arn: str) -> None:
        """Let an AWS service publish, for one resource of its own: ``cloudwatch.amazonaws.com`` for an alarm.

        The key lets the service in for this topic's messages alone: not every service says for what it uses a key.

        Raises:
            LandformError: ``argument-value`` where it is no service's principal, or no ARN of one resource, and for
                EventBridge, which does not say for which rule it publishes.
        """
        if service == _WITHOUT_SOURCE:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "EventBridge does not say for which rule it publishes, so it would publish for anyone's.",
                place=self.node.here,
                given=service,
                expected="a rule that publishes under a role",
                fix="Use add_target of the Rule.",
            )
        name, conditions = delivering(service, source_arn, self)
        principals = (Principal("Service", service),)
        self.add_to_policy(
            Statement(
                f"{name}Publishes", PUBLISH.actions, (self.arn,), principals=principals, conditions=conditions
            )
        )
        self.key.allow_service(
            service,
            sid=f"{name}EncryptsMessages",
            actions=PUBLISH.key_actions,
            conditions=[Condition("StringEquals", "kms:EncryptionContext:aws:sns:topicArn", (self.arn,))],
        )

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant publishing, which is what delivering to a topic takes."""
        return self.grants.publish(principal)

    def _delivery_status(self, success_percent: int) -> dict[str, Any]:
        """The arguments that have deliveries logged. SNS chooses the names of the log groups."""
        stack = AwsStack.of(self)
        role = Role(self, "DeliveryStatus", trust=[Trust.service("sns.amazonaws.com")])
        name = f"sns/{stack.region}/{stack.account_id}/{self.topic_name}"
        groups = [LogGroup(self, "Failures", log_group_name=f"{name}/Failure", key=self.key)]
        arguments: dict[str, Any] = {
            f"{protocol}_failure_feedback_role_arn": role.resource.arn for protocol in _LOGGED_PROTOCOLS
        }
        if success_percent:
            groups.append(LogGroup(self, "Successes", log_group_name=name, key=self.key))
            for protocol in _LOGGED_PROTOCOLS:
                arguments[f"{protocol}_success_feedback_role_arn"] = role.resource.arn
                arguments[f"{protocol}_success_feedback_sample_rate"] = success_percent
        for group in groups:
            group.grants.write(role)
            # SNS asks for the group it writes to, whether it is there or not.
            role.add_to_policy(Statement("FindLogGroup", ("logs:CreateLogGroup",), (f"{group.arn}:*",)))
        return arguments

    def _refusal(self, subscriber: object, raw: bool) -> str | None:
        """Why something cannot be subscribed, as what SNS would take instead."""
        if not isinstance(subscriber, Subscriber):
            return "a queue or a function"
        is_queue = subscriber.subscription_protocol == "sqs"
        refusals = (
            (raw and not is_queue, "a queue, for raw_message_delivery"),
            (self.fifo and not is_queue, "a queue, for a FIFO topic"),
            (getattr(subscriber, "fifo", False) and not self.fifo, "a FIFO topic, for a FIFO queue"),
            (subscriber.arn in self._subscribers, "each subscriber once"),
        )
        return next((expected for refused, expected in refusals if refused), None)


class ImportedTopic(Construct):
    """A topic that another stack, account or nobody here makes; its policy is its owner's to write."""

    def __init__(
        self, scope: Construct, id: str, topic_name: str, *, account_id: str | None, key: AnyKey | None
    ) -> None:
        super().__init__(scope, id)
        self.topic_name = ANY_TOPIC_NAME.checked(topic_name, self.node.place)
        self.arn = AwsStack.of(self).arn("sns", topic_name, account_id=account_id)
        self.key = key
        self.grants = TopicGrants(_target(self, self.arn, key, account_id=account_id, imported=True))

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant publishing, which is what delivering to a topic takes."""
        return self.grants.publish(principal)


class TopicGrants(ResourceGrants):
    """What may be granted on a topic."""

    def publish(self, principal: Grantee) -> Grant:
        """Publish messages."""
        return self._grant(PUBLISH, principal)

    def subscribe(
        self, principal: Grantee, *, protocols: Sequence[EndpointProtocol] = ("sqs", "lambda")
    ) -> Grant:
        """Subscribe endpoints of some protocols; an address of e-mail or a phone is none of them.

        Raises:
            LandformError: ``argument-value`` for a protocol that is none of them.
        """
        unknown = [protocol for protocol in protocols if protocol not in get_args(EndpointProtocol)]
        if unknown or not protocols:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Subscribing is granted by protocol.",
                place=self._target.construct.node.here,
                given=", ".join(map(repr, unknown)) or "none",
                expected=f"some of {', '.join(get_args(EndpointProtocol))}",
            )
        by_protocol = Condition("StringEquals", "sns:Protocol", tuple(protocols))
        return self._grant(SUBSCRIBE, principal, conditions=(by_protocol,))

    def describe(self, principal: Grantee) -> Grant:
        """Read the topic's settings, tags and subscriptions."""
        return self._grant(DESCRIBE, principal)


def _target(construct: Construct, arn: str, key: AnyKey | None, **target: Any) -> Target:
    return Target(construct, arn, key=key, via="sns", context=("aws:sns:topicArn", arn), **target)

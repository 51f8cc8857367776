"""What every queue here is made of. Follows "Amazon SQS security best practices" of the SQS guide."""

from __future__ import annotations

from typing import Any, Protocol

from landform.constructs.delivery import SubscriptionProtocol, delivering
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.sqs.grants import (
    DELETE_MESSAGES,
    DESCRIBE,
    PURGE,
    RECEIVE_MESSAGES,
    REDRIVE,
    SEND_MESSAGES,
)
from landform.constructs.sqs.limits import FIFO_QUEUE_NAME, QUEUE_NAME, RETENTION_DAYS
from landform.constructs.stack import AwsStack
from landform.constructs.statements import own, plain_http_denied
from landform.core import Construct, Lazy, Lifecycle, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.sqs_queue import SqsQueue
from landform.resources.aws.sqs_queue_policy import SqsQueuePolicy

DAY_SECONDS = 86_400


class HardenedQueue(Construct):
    """The common ground of the queue constructs; use one of those."""

    subscription_protocol: SubscriptionProtocol = "sqs"

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._stack = AwsStack.of(self)

    def _make(
        self,
        *,
        queue_name: str | None,
        fifo: bool,
        key: AnyKey | None,
        retention_days: int,
        protected: bool | None,
        **arguments: Any,
    ) -> None:
        stack, place = self._stack, self.node.place
        if fifo:
            name = FIFO_QUEUE_NAME.checked(queue_name or f"{stack.physical_name(self, 75)}.fifo", place)
        else:
            name = QUEUE_NAME.checked(queue_name or stack.physical_name(self, 80), place)
        self.fifo = fifo
        self.queue_name = name
        self.arn = stack.arn("sqs", name)
        self.key: AnyKey = key or Key(self, "Key", description=f"messages of {name}")
        protected = stack.default_on(
            self,
            "Terraform may not destroy the queue",
            setting="sizing.deletion_protection",
            given=protected,
            checks=("LF_PREVENT_DESTROY",),
        )
        self.resource = SqsQueue(
            self,
            "Resource",
            name=name,
            fifo_queue=True if fifo else None,
            kms_master_key_id=self.key.arn,
            message_retention_seconds=DAY_SECONDS * RETENTION_DAYS.checked(retention_days, place),
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
            **arguments,
        )
        self.policy = PolicyDocument(
            "queue policy",
            [plain_http_denied(("sqs:*",), self.arn)],
        )
        SqsQueuePolicy(
            self,
            "Policy",
            queue_url=self.resource.url,
            policy=Lazy(lambda: self.policy.to_json(self.node.place)),
        )
        self.grants = QueueGrants(queue_target(self, self.arn, self.key, add_to_policy=self.add_to_policy))

    @property
    def queue_url(self) -> Ref[str]:
        """The queue's URL, which programs name it by. AWS chooses it, so it is a reference."""
        return self.resource.url

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the queue policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone, or is about
                another resource.
        """
        refusal = "SQS would refuse a queue policy that is about something else."
        self.policy.add(own(statement, self.arn, self, refusal))

    def allow_service(self, service: str, *, source_arn: str) -> None:
        """Let an AWS service send, for one resource of its own: ``sns.amazonaws.com`` for a topic.

        The key lets the service in for this queue's messages alone: not every service says for what it uses a key.

        Raises:
            LandformError: ``argument-value`` where it is no service's principal, or no ARN of one resource.
        """
        name, conditions = delivering(service, source_arn, self)
        principals = (Principal("Service", service),)
        self.add_to_policy(
            Statement(
                f"{name}Sends",
                ("sqs:SendMessage",),
                (self.arn,),
                principals=principals,
                conditions=conditions,
            )
        )
        self.key.allow_service(
            service,
            sid=f"{name}EncryptsMessages",
            actions=SEND_MESSAGES.key_actions,
            conditions=[Condition("StringEquals", "kms:EncryptionContext:aws:sqs:arn", (self.arn,))],
        )

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant sending messages, which is what delivering to a queue takes."""
        return self.grants.send_messages(principal)


class Named(Protocol):
    """A queue, made here or elsewhere, by its name."""

    queue_name: str
    fifo: bool


class QueueGrants(ResourceGrants):
    """What may be granted on a queue."""

    def send_messages(self, principal: Grantee) -> Grant:
        """Send messages."""
        return self._grant(SEND_MESSAGES, principal)

    def receive_messages(self, principal: Grantee) -> Grant:
        """Receive messages, and hide them for longer. Deleting what was handled is a verb of its own."""
        return self._grant(RECEIVE_MESSAGES, principal)

    def delete_messages(self, principal: Grantee) -> Grant:
        """Delete messages that were received."""
        return self._grant(DELETE_MESSAGES, principal)

    def purge(self, principal: Grantee) -> Grant:
        """Delete every message of the queue at once."""
        return self._grant(PURGE, principal)

    def redrive(self, principal: Grantee) -> Grant:
        """Start, watch and cancel moving dead letters back.

        SQS moves as whoever starts it, who needs to receive and delete here and to send where they go.
        """
        return self._grant(REDRIVE, principal)

    def describe(self, principal: Grantee) -> Grant:
        """Read the queue's settings, tags and the number of messages."""
        return self._grant(DESCRIBE, principal)


def queue_target(construct: Construct, arn: str, key: AnyKey | None, **target: Any) -> Target:
    """A queue as something that is granted on, with the encryption context that SQS sets."""
    return Target(construct, arn, key=key, via="sqs", context=("aws:sqs:arn", arn), **target)


def check_same_kind(queue: HardenedQueue, dead_letter_queue: Named) -> None:
    """Judge whether a queue's dead letters can go to another.

    Raises:
        LandformError: ``argument-value`` where one of the two is FIFO.
    """
    if queue.fifo != dead_letter_queue.fifo:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A FIFO queue has a FIFO dead-letter queue, and no other queue has.",
            place=queue.node.place,
            given=f"{queue.queue_name} with {dead_letter_queue.queue_name}",
            expected="both FIFO, or neither",
        )

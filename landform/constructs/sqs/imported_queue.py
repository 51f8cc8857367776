"""Queues from elsewhere: their policies and settings are their owners' to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs.delivery import SubscriptionProtocol, delivering
from landform.constructs.grants import Grant, Grantee
from landform.constructs.kms.key import AnyKey
from landform.constructs.sqs.hardened import QueueGrants, check_same_kind, queue_target
from landform.constructs.sqs.limits import ANY_QUEUE_NAME
from landform.constructs.stack import AwsStack
from landform.core import Construct

if TYPE_CHECKING:
    from landform.constructs.sqs.queue import Queue


class ImportedQueue(Construct):
    """A queue that another stack, account or nobody here makes; its policy is its owner's to write."""

    subscription_protocol: SubscriptionProtocol = "sqs"

    def __init__(
        self, scope: Construct, id: str, queue_name: str, *, account_id: str | None, key: AnyKey | None
    ) -> None:
        super().__init__(scope, id)
        self.queue_name = ANY_QUEUE_NAME.checked(queue_name, self.node.place)
        self.fifo = queue_name.endswith(".fifo")
        self.arn = AwsStack.of(self).arn("sqs", queue_name, account_id=account_id)
        self.key = key
        self.grants = QueueGrants(queue_target(self, self.arn, key, account_id=account_id, imported=True))

    def allow_service(self, service: str, *, source_arn: str) -> None:
        """Say that the queue's owner must let a service send: the queue's policy is not ours to write."""
        delivering(service, source_arn, self)
        self.node.annotate("info", f"The policy of {self.arn} must let {service} send for {source_arn}.")

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant sending messages, which is what delivering to a queue takes."""
        return self.grants.send_messages(principal)


class ImportedDeadLetterQueue(ImportedQueue):
    """A dead-letter queue of this account and region that another stack, or nobody here, makes."""

    def __init__(self, scope: Construct, id: str, queue_name: str, *, key: AnyKey | None) -> None:
        super().__init__(scope, id, queue_name, account_id=None, key=key)

    @property
    def dead_letter_target_arn(self) -> str:
        """Its ARN, as what fails over to it names it."""
        return self.arn

    def serve(self, queue: Queue) -> None:
        """Say that the owner must let a queue send its dead letters; making the queue calls this.

        Raises:
            LandformError: ``argument-value`` where one of the two is FIFO.
        """
        check_same_kind(queue, self)
        self.node.annotate("info", f"The redrive allow policy of {self.arn} must let {queue.arn} send.")

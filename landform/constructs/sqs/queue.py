"""A queue. Follows "Amazon SQS queue types" and "Using dead-letter queues in Amazon SQS"."""

from __future__ import annotations

from landform.constructs.json_text import json_text
from landform.constructs.kms.key import AnyKey
from landform.constructs.sqs.dead_letter_queue import (
    AnyDeadLetterQueue,
    DeadLetterQueue,
    redrive_allow_policy,
)
from landform.constructs.sqs.hardened import HardenedQueue
from landform.constructs.sqs.imported_queue import ImportedQueue
from landform.constructs.sqs.limits import MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_SECONDS
from landform.core import Construct, Lazy
from landform.errors import Code, LandformError

_LONG_POLL_SECONDS = 20


class Queue(HardenedQueue):
    """An encrypted queue whose undeliverable messages go to a dead-letter queue of its own.

    Args:
        queue_name: from the construct path unless given; that of a FIFO queue ends in ``.fifo``.
        fifo: whether messages of a group are received in the order they were sent, each once.
        content_based_deduplication: of a FIFO queue: whether messages of equal content are one.
        key: the key that encrypts it and its dead-letter queue; one of its own is made unless given.
        visibility_timeout_seconds: how long a received message is hidden from others, 0 to 43200 seconds.
        retention_days: how long a message is kept, 1 to 14 days.
        max_receive_count: how often a message is received before it is a dead letter, 1 to 1000.
        dead_letter_queue: where dead letters go; one of its own is made unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name or a number SQS would refuse, deduplication of a queue that is
            not FIFO, or a dead-letter queue of the other kind.

    >>> orders = Queue(stack, "Orders")
    >>> orders.arn
    'arn:aws:sqs:eu-west-1:012345678901:acme-payments-prod-data-lake-orders'
    >>> worker = Role(stack, "Worker", trust=[Trust.service("glue.amazonaws.com")])
    >>> orders.grants.receive_messages(worker).verb
    'receive_messages'
    >>> orders.grants.delete_messages(worker).actions
    ('sqs:DeleteMessage',)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        queue_name: str | None = None,
        fifo: bool = False,
        content_based_deduplication: bool = False,
        key: AnyKey | None = None,
        visibility_timeout_seconds: int = 30,
        retention_days: int = 4,
        max_receive_count: int = 5,
        dead_letter_queue: AnyDeadLetterQueue | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        place = self.node.place
        if content_based_deduplication and not fifo:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Only a FIFO queue knows a message again.",
                place=place,
                given="content_based_deduplication of a queue that is not FIFO",
                fix="Pass fifo=True, or leave content_based_deduplication out.",
            )
        self.content_based_deduplication = content_based_deduplication
        self._max_receive_count = MAX_RECEIVE_COUNT.checked(max_receive_count, place)
        self.visibility_timeout_seconds = VISIBILITY_TIMEOUT_SECONDS.checked(
            visibility_timeout_seconds, place
        )
        self._make(
            queue_name=queue_name,
            fifo=fifo,
            key=key,
            retention_days=retention_days,
            protected=protected,
            content_based_deduplication=True if content_based_deduplication else None,
            visibility_timeout_seconds=visibility_timeout_seconds,
            receive_wait_time_seconds=_LONG_POLL_SECONDS,
            redrive_policy=Lazy(self._redrive_policy),
            redrive_allow_policy=redrive_allow_policy([]),
        )
        self.dead_letter_queue: AnyDeadLetterQueue = dead_letter_queue or DeadLetterQueue(
            self, "DeadLetters", fifo=fifo, key=self.key, protected=protected
        )
        self.dead_letter_queue.serve(self)

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        queue_name: str,
        *,
        account_id: str | None = None,
        key: AnyKey | None = None,
    ) -> ImportedQueue:
        """A queue of another stack or account in this region, to grant on and to deliver to.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            queue_name: its name.
            account_id: the account that owns it; the stack's unless given.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name SQS would refuse.
        """
        return ImportedQueue(scope, id, queue_name, account_id=account_id, key=key)

    def _redrive_policy(self) -> str:
        target = self.dead_letter_queue.dead_letter_target_arn
        policy = {"deadLetterTargetArn": target, "maxReceiveCount": self._max_receive_count}
        return json_text(policy, self, "redrive policy")

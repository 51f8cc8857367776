"""The queue that undelivered messages go to. Follows "Using dead-letter queues in Amazon SQS"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from landform.constructs.kms.key import AnyKey
from landform.constructs.sqs.hardened import HardenedQueue, check_same_kind
from landform.constructs.sqs.imported_queue import ImportedDeadLetterQueue
from landform.constructs.sqs.limits import MAX_SOURCE_QUEUES
from landform.core import Construct, Lazy, Ref
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.constructs.sqs.queue import Queue

_RETENTION_DAYS = 14


class DeadLetterQueue(HardenedQueue):
    """A queue for what could not be handled: dead letters of queues, failed deliveries, failed invocations.

    Args:
        queue_name: from the construct path unless given; that of a FIFO queue ends in ``.fifo``.
        fifo: whether it takes the dead letters of FIFO queues, and of nothing else.
        key: the key that encrypts it; one of its own is made unless given.
        retention_days: how long a dead letter is kept, 1 to 14 days.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name or days SQS would refuse.

    >>> dead_letters = DeadLetterQueue(stack, "DeadLetters")
    >>> queue = Queue(stack, "Orders", dead_letter_queue=dead_letters)
    >>> support = Role(stack, "Support", trust=[Trust.service("glue.amazonaws.com")])
    >>> dead_letters.grants.receive_messages(support).resource
    'arn:aws:sqs:eu-west-1:012345678901:acme-payments-prod-data-lake-dead-letters'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        queue_name: str | None = None,
        fifo: bool = False,
        key: AnyKey | None = None,
        retention_days: int = _RETENTION_DAYS,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._sources: list[str] = []
        self._make(
            queue_name=queue_name,
            fifo=fifo,
            key=key,
            retention_days=retention_days,
            protected=protected,
            redrive_allow_policy=Lazy(self._redrive_allow_policy),
        )

    @staticmethod
    def from_name(
        scope: Construct, id: str, queue_name: str, *, key: AnyKey | None = None
    ) -> ImportedDeadLetterQueue:
        """A dead-letter queue of this account and region that another stack makes, to fail over to and to grant on.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            queue_name: its name.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name SQS would refuse.
        """
        return ImportedDeadLetterQueue(scope, id, queue_name, key=key)

    @property
    def dead_letter_target_arn(self) -> Ref[str]:
        """Its ARN, as what fails over to it names it: a reference, so that Terraform makes this queue first."""
        return self.resource.arn

    def serve(self, queue: Queue) -> None:
        """Take the dead letters of a queue; making the queue calls this.

        Raises:
            LandformError: ``argument-value`` where one of the two is FIFO, or for more queues than SQS lets it name.
        """
        check_same_kind(queue, self)
        if len(self._sources) == MAX_SOURCE_QUEUES:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A dead-letter queue can name no more queues.",
                place=queue.node.place,
                given=f"{queue.queue_name} as one more",
                expected=f"at most {MAX_SOURCE_QUEUES}",
                fix="Leave dead_letter_queue out to have one made for this queue.",
            )
        self._sources.append(queue.arn)

    def _redrive_allow_policy(self) -> str:
        return redrive_allow_policy(self._sources)


AnyDeadLetterQueue = DeadLetterQueue | ImportedDeadLetterQueue
"""A dead-letter queue made here, or one from elsewhere."""


def redrive_allow_policy(sources: list[str]) -> str:
    """Which queues may send their dead letters, as SQS's JSON: those named, or none."""
    policy: dict[str, object] = {"redrivePermission": "denyAll"}
    if sources:
        policy = {"redrivePermission": "byQueue", "sourceQueueArns": sorted(sources)}
    return json.dumps(policy, separators=(",", ":"))

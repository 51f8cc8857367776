"""The queue that undelivered messages go to. Follows "Using dead-letter queues in Amazon SQS"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from landform.constructs.kms.key import AnyKey
from landform.constructs.sqs.hardened import HardenedQueue
from landform.constructs.sqs.limits import MAX_SOURCE_QUEUES
from landform.core import Construct, Lazy
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

    def serve(self, queue: Queue) -> None:
        """Take the dead letters of a queue; making the queue calls this.

        Raises:
            LandformError: ``argument-value`` where one of the two is FIFO, or for more queues than SQS lets it name.
        """
        if queue.fifo != self.fifo:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A FIFO queue has a FIFO dead-letter queue, and no other queue has.",
                place=queue.node.place,
                given=f"{queue.queue_name} with {self.queue_name}",
                expected="both FIFO, or neither",
            )
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


def redrive_allow_policy(sources: list[str]) -> str:
    """Which queues may send their dead letters, as SQS's JSON: those named, or none."""
    policy: dict[str, object] = {"redrivePermission": "denyAll"}
    if sources:
        policy = {"redrivePermission": "byQueue", "sourceQueueArns": sorted(sources)}
    return json.dumps(policy, separators=(",", ":"))

"""Amazon SQS: encrypted queues that lose no message, and the queues that what could not be handled goes to."""

from landform.constructs.sqs.dead_letter_queue import DeadLetterQueue
from landform.constructs.sqs.queue import Queue

__all__ = ["DeadLetterQueue", "Queue"]

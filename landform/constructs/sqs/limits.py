"""What SQS takes. Sources: CreateQueue and SetQueueAttributes of the API reference, "Amazon SQS message quotas"."""

from landform.constructs.limits import Name, Whole

QUEUE_NAME = Name("queue name", r"[\w-]{1,80}", "1 to 80 letters, digits, _ and -")
FIFO_QUEUE_NAME = Name(
    "name of a FIFO queue", r"[\w-]{1,75}\.fifo", "1 to 75 letters, digits, _ and -, then .fifo"
)
ANY_QUEUE_NAME = Name("queue name", r"[\w-]{1,80}|[\w-]{1,75}\.fifo", "1 to 80 letters, digits, _ and -")

RETENTION_DAYS = Whole("number of days a message is kept", 1, 14)
VISIBILITY_TIMEOUT_SECONDS = Whole("number of seconds a received message is hidden", 0, 43_200)
MAX_RECEIVE_COUNT = Whole("number of times a message is received before it is a dead letter", 1, 1_000)

MAX_SOURCE_QUEUES = 10
"""How many queues a dead-letter queue can name."""

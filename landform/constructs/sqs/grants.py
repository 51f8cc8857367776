"""What may be granted on a queue. Actions are those of the Amazon SQS service authorization reference."""

from landform.constructs.grants import Verb

SEND_MESSAGES = Verb(
    "send_messages",
    ("sqs:GetQueueUrl", "sqs:SendMessage"),
    ("{arn}",),
    # A message is encrypted with a data key, which SQS keeps for a while and then decrypts again.
    ("kms:Decrypt", "kms:GenerateDataKey"),
)
RECEIVE_MESSAGES = Verb(
    "receive_messages",
    ("sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"),
    ("{arn}",),
    ("kms:Decrypt",),
)
DELETE_MESSAGES = Verb("delete_messages", ("sqs:DeleteMessage",), ("{arn}",))
PURGE = Verb("purge", ("sqs:PurgeQueue",), ("{arn}",))
REDRIVE = Verb(
    "redrive",
    ("sqs:CancelMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask"),
    ("{arn}",),
)
DESCRIBE = Verb(
    "describe",
    ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues", "sqs:ListQueueTags"),
    ("{arn}",),
)

VERBS = (SEND_MESSAGES, RECEIVE_MESSAGES, DELETE_MESSAGES, PURGE, REDRIVE, DESCRIBE)

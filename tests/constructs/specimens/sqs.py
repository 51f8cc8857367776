"""Queues and dead-letter queues."""

from __future__ import annotations

import json

from mutant import Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.core import Construct

ARN = "arn:aws:sqs:eu-west-1:012345678901:orders"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A queue, a FIFO queue, a dead-letter queue for others, and a queue of another account."""
    made = Queue(scope, "Orders")
    # CKV2_AWS_73 leaves a key unjudged that is a reference; the ARN of one from elsewhere is literal.
    key = Key.from_arn(scope, "Key", "arn:aws:kms:eu-west-1:012345678901:key/0a1b2c3d")
    Queue(scope, "Shared", key=key)
    Queue(scope, "Ledger", fifo=True, content_based_deduplication=True)
    dead_letters = DeadLetterQueue(scope, "DeadLetters")
    shared = DeadLetterQueue.from_name(scope, "SharedDeadLetters", "another-dead-letters", key=key)
    Queue(scope, "Guest", dead_letter_queue=shared)
    imported = Queue.from_name(scope, "Imported", "another-orders", account_id="999999999999")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/worker")
    made.allow_service("sns.amazonaws.com", source_arn=AwsStack.of(scope).arn("sns", "settled"))
    for grants, principal in (
        (made.grants, role),
        (made.grants, elsewhere),
        (dead_letters.grants, role),
        (shared.grants, role),
        (imported.grants, role),
    ):
        grants.send_messages(principal)
        grants.receive_messages(principal)
        grants.delete_messages(principal)
        grants.purge(principal)
        grants.redrive(principal)
        grants.describe(principal)


def queue(stack: AwsStack) -> None:
    Queue(stack, "Orders")


_ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
_OWNER = {**_ANYONE, "Principal": {"AWS": "arn:aws:iam::012345678901:root"}, "Action": "*"}
_SERVICE = {**_ANYONE, "Principal": {"Service": "sns.amazonaws.com"}}
_TLS = {**_ANYONE, "Effect": "Deny"}

MUTANTS = (
    Mutant("queue without key", queue, "Orders/Resource", {"kms_master_key_id": None}, "CKV_AWS_27"),
    Mutant("queue key of aws", queue, "Orders/Resource", {"kms_master_key_id": "alias/aws/sqs"}, "CKV2_AWS_73"),
    Mutant("dead letters without key", queue, "Orders/DeadLetters/Resource",
           {"kms_master_key_id": None}, "CKV_AWS_27"),
    Mutant("queue for everyone", queue, "Orders/Policy", {"policy": document(_ANYONE)}, "CKV_AWS_168"),
    Mutant("dead letters for everyone", queue, "Orders/DeadLetters/Policy",
           {"policy": document(_ANYONE)}, "CKV_AWS_168"),
    Mutant("anyone sends", queue, "Orders/Policy", {"policy": document(_TLS, _ANYONE)}, "CKV_AWS_387"),
    Mutant("every action on a queue", queue, "Orders/Policy", {"policy": document(_OWNER)}, "CKV_AWS_72"),
    Mutant("dead letters for four days", queue, "Orders/DeadLetters/Resource",
           {"message_retention_seconds": 345_600}, "LF_DEAD_LETTERS_RETENTION"),
    Mutant("queue over plain http", queue, "Orders/Policy", {"policy": document(_TLS)}, "LF_POLICY_TLS"),
    Mutant("queue for any topic", queue, "Orders/Policy", {"policy": document(_SERVICE)},
           "LF_POLICY_CONFUSED_DEPUTY"),
    Mutant("queue can be destroyed", queue, "Orders/Resource", {"lifecycle": None}, "LF_PREVENT_DESTROY"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    Mutant("no dead letters", queue, "Orders/Resource", {"redrive_policy": None}),
    Mutant("dead letters of any queue", queue, "Orders/DeadLetters/Resource",
           {"redrive_allow_policy": json.dumps({"redrivePermission": "allowAll"})}),
)  # fmt: skip
"""What no rule sees: the construct's own tests hold it."""

"""Queues, topics and events: nothing is lost unseen, and old signatures are not taken."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Rule, Verdict, at_least, must_be, must_have
from landform.policies.view import Block

FOURTEEN_DAYS = 14 * 24 * 3600
_ALLOW_ALL = '{"redrivePermission": "allowAll"}'


def _dead_letters_last(block: Block) -> Iterator[Verdict]:
    """Only queues that say whose dead letters they take are judged."""
    if any(
        policy.get("redrivePermission") != "denyAll" for policy in block.documents("redrive_allow_policy")
    ):
        yield from at_least("message_retention_seconds", FOURTEEN_DAYS, default=4 * 24 * 3600)(block)


def _undelivered_is_kept(block: Block) -> Iterator[Verdict]:
    """People who are written to read no dead-letter queue."""
    if block.value("protocol") not in ("email", "email-json", "sms"):
        yield from must_have("redrive_policy")(block)


RULES = (
    Rule(
        id="LF_TOPIC_SIGNATURE",
        title="A topic signs with SHA-256",
        severity="low",
        types=("aws_sns_topic",),
        rationale="Messages over HTTP are signed so that an endpoint can tell them from forged ones, and version 1 "
        "signs with SHA-1, for which collisions are affordable.",
        remediation='Set signature_version = 2, as landform\'s `Topic(self, "Name")` does.',
        judge=must_be("signature_version", 2, "2", default=1),
        good=({"aws_sns_topic": {"t": {"name": "t", "signature_version": 2}}},),
        bad=({"aws_sns_topic": {"t": {"name": "t"}, "u": {"signature_version": 1}}},),
    ),
    Rule(
        id="LF_SUBSCRIPTION_DEAD_LETTERS",
        title="What a subscriber could not be given is kept",
        severity="medium",
        types=("aws_sns_topic_subscription",),
        rationale="SNS gives up on a subscriber after its retries, and what was not delivered is gone unless the "
        "subscription has a dead-letter queue.",
        remediation="Give the subscription a redrive_policy, as landform's `topic.subscribe(queue)` does.",
        judge=_undelivered_is_kept,
        good=(
            {
                "aws_sns_topic_subscription": {
                    "queue": {"protocol": "sqs", "redrive_policy": '{"deadLetterTargetArn": "arn"}'},
                    "person": {"protocol": "email"},
                }
            },
        ),
        bad=({"aws_sns_topic_subscription": {"s": {"protocol": "sqs"}}},),
    ),
    Rule(
        id="LF_DEAD_LETTERS_RETENTION",
        title="A dead-letter queue keeps messages for 14 days",
        severity="low",
        types=("aws_sqs_queue",),
        rationale="A message keeps its first timestamp when it moves to a dead-letter queue, so with the four days of "
        "the default it can be gone after a weekend.",
        remediation="Set message_retention_seconds = 1209600, as the dead-letter queue of landform's `Queue` has.",
        judge=_dead_letters_last,
        good=(
            {
                "aws_sqs_queue": {
                    "dead": {"redrive_allow_policy": _ALLOW_ALL, "message_retention_seconds": FOURTEEN_DAYS},
                    "no-dead-letters": {"redrive_allow_policy": '{"redrivePermission": "denyAll"}'},
                }
            },
        ),
        bad=({"aws_sqs_queue": {"dead": {"redrive_allow_policy": _ALLOW_ALL}}},),
    ),
)

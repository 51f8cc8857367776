"""Queues, topics and events: nothing is lost unseen, and old signatures are not taken."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Rule, Verdict, at_least, must_be, must_have
from landform.policies.view import Block

FOURTEEN_DAYS = 14 * 24 * 3600
_FEEDBACK_PROTOCOLS = ("application", "firehose", "http", "lambda", "sqs")
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


def _undelivered_events_are_kept(block: Block) -> Iterator[Verdict]:
    """People who are told of an event through a topic read no dead-letter queue."""
    targets = [str(value) for value in block.values("arn")]
    if not any(":sns:" in arn or "aws_sns_topic." in arn for arn in targets):
        yield from must_have("dead_letter_config")(block)


def _logs_failures(block: Block) -> Iterator[Verdict]:
    """Of the protocols that the stack subscribes: which others do is not to be seen here."""
    subscribed = {
        str(value).removesuffix("s") if value == "https" else str(value)
        for subscription in block.stack.about(block, "aws_sns_topic_subscription", "topic_arn")
        for value in subscription.values("protocol")
    }
    for protocol in (name for name in _FEEDBACK_PROTOCOLS if name in subscribed):
        yield from must_have(f"{protocol}_failure_feedback_role_arn")(block)


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
    Rule(
        id="LF_EVENTS_DEAD_LETTERS",
        title="An event that a target could not be given is kept",
        severity="low",
        types=("aws_cloudwatch_event_target",),
        rationale="EventBridge tries for a day and then drops the event, unless the target has a dead-letter queue.",
        remediation="Set dead_letter_config, as landform's `rule.add_target(...)` does.",
        judge=_undelivered_events_are_kept,
        good=(
            {
                "aws_cloudwatch_event_target": {
                    "t": {
                        "arn": "arn:aws:sqs:eu-west-1:012345678901:q",
                        "dead_letter_config": {"arn": "arn"},
                    },
                    "alarm": {"arn": "${aws_sns_topic.alarms.arn}"},
                }
            },
        ),
        bad=({"aws_cloudwatch_event_target": {"t": {"rule": "r", "arn": "arn"}}},),
    ),
    Rule(
        id="LF_TOPIC_FAILURES",
        title="A topic logs what it could not deliver",
        severity="low",
        types=("aws_sns_topic",),
        rationale="Failed deliveries are in no log unless the topic has a role to write them with.",
        remediation='Set the failure feedback roles, as landform\'s `Topic(self, "Name")` does.',
        judge=_logs_failures,
        good=(
            {
                "aws_sns_topic": {
                    "t": {"sqs_failure_feedback_role_arn": "arn"},
                    "of-people": {"name": "of-people"},
                },
                "aws_sns_topic_subscription": {
                    "queue": {"topic_arn": "${aws_sns_topic.t.arn}", "protocol": "sqs"},
                    "person": {"topic_arn": "${aws_sns_topic.of-people.arn}", "protocol": "email"},
                },
            },
        ),
        bad=(
            {
                "aws_sns_topic": {"t": {"name": "t"}},
                "aws_sns_topic_subscription": {
                    "s": {"topic_arn": "${aws_sns_topic.t.arn}", "protocol": "https"}
                },
            },
        ),
    ),
)

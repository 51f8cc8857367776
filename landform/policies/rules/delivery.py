"""What is sent arrives: targets and keys let in the services that deliver, and alarms and rules lead somewhere.

Terraform makes both ends without a word; that nothing gets from one to the other shows in a metric, if somebody looks.
Follows "Using resource-based policies for Amazon EventBridge", "Granting permissions to publish event notification
messages" of the S3 guide, and "Encrypt log data in CloudWatch Logs using AWS KMS".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.iam.evaluate import names_action
from landform.iam.policy import EVERYONE, PolicyStatement
from landform.policies.documents import FoundPolicy, policies_of
from landform.policies.meant import meant, named
from landform.policies.rule import Breach, Resources, Rule, Undecided, Verdict, must_be, must_have
from landform.policies.rules.grants import document
from landform.policies.view import Block, is_known

_QUEUE, _TOPIC, _FUNCTION, _KEY = "aws_sqs_queue", "aws_sns_topic", "aws_lambda_function", "aws_kms_key"
_FUNCTIONS = (_FUNCTION, "aws_lambda_alias")
_POLICIES: Mapping[str, tuple[str, str]] = {
    _KEY: ("aws_kms_key_policy", "key_id"),
    _QUEUE: ("aws_sqs_queue_policy", "queue_url"),
    _TOPIC: ("aws_sns_topic_policy", "arn"),
}
"""The resource that has a type's policy beside it, and the argument that says whose it is."""

_SENT: Mapping[str, str] = {_QUEUE: "sqs:SendMessage", _TOPIC: "sns:Publish"}


@dataclass(frozen=True, slots=True)
class _Sender:
    """A type that has a service deliver to the targets at some paths; ``by_policy``: the target's policy lets it in."""

    service: str
    paths: tuple[str, ...]
    by_policy: bool = True


_SENDERS: Mapping[str, _Sender] = {
    "aws_cloudwatch_composite_alarm": _Sender(
        "cloudwatch.amazonaws.com", ("alarm_actions", "ok_actions"), by_policy=False
    ),
    "aws_cloudwatch_event_target": _Sender("events.amazonaws.com", ("arn",)),
    "aws_cloudwatch_metric_alarm": _Sender(
        "cloudwatch.amazonaws.com", ("alarm_actions", "ok_actions"), by_policy=False
    ),
    "aws_s3_bucket_notification": _Sender(
        "s3.amazonaws.com", ("lambda_function.lambda_function_arn", "queue.queue_arn", "topic.topic_arn")
    ),
    "aws_sns_topic_subscription": _Sender("sns.amazonaws.com", ("endpoint",)),
}
"""A topic's own default policy lets in the alarms of its account, and nobody else's service."""

_KEYED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "aws_cloudtrail": ("cloudtrail.amazonaws.com", ("kms:GenerateDataKey",)),
    "aws_cloudwatch_log_group": (
        "logs.*.amazonaws.com",
        ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
    ),
}
"""The service that uses the key of a type by itself, and what it asks of it."""

_TO_SEND = ("kms:Decrypt", "kms:GenerateDataKey")
_OF_AWS = re.compile(r"alias/aws/(sns|sqs)$")


def _targets(block: Block) -> Iterator[Block]:
    """The queues, topics and functions of the stack that a service delivers to."""
    if block.type == "aws_cloudwatch_event_target" and block.values("role_arn"):
        return  # EventBridge delivers as that role.
    for path in _SENDERS[block.type].paths:
        yield from meant(block, path, _QUEUE, _TOPIC, *_FUNCTIONS).blocks


def _is_let_in(statement: PolicyStatement, service: str) -> bool:
    """Whether a statement is about a service; its conditions are taken to hold."""
    if statement.principals is None:
        return False
    if statement.principals.excluded or EVERYONE in statement.principals.named:
        return True
    first, _, last = service.partition("*")
    return any(one.id.startswith(first) and last in one.id for one in statement.principals.named)


def _policies(holder: Block) -> Iterator[FoundPolicy | Undecided]:
    """The policies of a queue, a topic or a key, in it and beside it."""
    yield from policies_of(holder, "resource")
    beside, argument = _POLICIES[holder.type]
    for other in holder.stack.resources(beside):
        holders = meant(other, argument, holder.type)
        if holder in holders.blocks:
            yield from policies_of(other, "resource")
        elif holders.unknown:
            yield Undecided(f"whose policy {other.address} is, is known only to Terraform")


def _lets_in(holder: Block, service: str, actions: tuple[str, ...]) -> Iterator[Undecided | bool]:
    """Whether the policies of a block let a service do all of some actions, or that it cannot be told."""
    found = tuple(_policies(holder))
    statements = [
        statement
        for each in found
        if isinstance(each, FoundPolicy)
        for statement in each.policy.statements
        if statement.allows and _is_let_in(statement, service)
    ]
    if all(any(names_action(statement.actions, action) for statement in statements) for action in actions):
        yield True
        return
    unsure = [each for each in found if isinstance(each, Undecided)]
    yield from unsure
    if not unsure:
        yield False


def _delivered(block: Block) -> Iterator[Verdict]:
    """Whether what a block has a service deliver gets into its targets."""
    service = _SENDERS[block.type].service
    for target in _targets(block):
        if target.type in _FUNCTIONS:
            if not _may_invoke(target, service):
                yield Breach(
                    f"sends to {target.address}, which no aws_lambda_permission lets {service} call", ()
                )
            continue
        for said in _lets_in(target, service, (_SENT[target.type],)):
            if isinstance(said, Undecided):
                yield said
            elif not said:
                yield Breach(f"sends to {target.address}, whose policy does not let {service} in", ())


def _may_invoke(function: Block, service: str) -> bool:
    """Whether a permission in the stack lets a service call a function, or may, which only Terraform knows."""
    for permission in function.stack.resources("aws_lambda_permission"):
        functions = meant(permission, "function_name", *_FUNCTIONS)
        principal = str(permission.value("principal"))
        of_it = any(_with_alias(function) & _with_alias(other) for other in functions.blocks)
        may_be = not all(map(is_known, permission.values("function_name"))) and functions.unknown
        if (of_it or may_be) and (principal in (service, "*") or not is_known(principal)):
            return True
    return False


def _with_alias(function: Block) -> frozenset[Block]:
    """A function, or an alias with the function it is of: a permission may name the one for the other."""
    return frozenset((function, *meant(function, "function_name", _FUNCTION).blocks))


def _key_lets_in(block: Block) -> Iterator[Verdict]:
    """Of what is encrypted, and of what a service sends to an encrypted queue or topic."""
    if block.type in _KEYED:
        yield from _by_key(block, "kms_key_id", *_KEYED[block.type], "")
        return
    service = _SENDERS[block.type].service
    for target in _targets(block):
        if target.type in _SENT:
            yield from _by_key(
                target, "kms_master_key_id", service, _TO_SEND, f"sends to {target.address}, which "
            )


def _by_key(
    holder: Block, argument: str, service: str, actions: tuple[str, ...], words: str
) -> Iterator[Verdict]:
    value = holder.value(argument)
    if isinstance(value, str) and _OF_AWS.search(value):
        yield Breach(f"{words}is under a key of AWS's, which lets no {service} in", (argument,))
    for key in _keys(holder, value):
        for said in _lets_in(key, service, actions):
            if isinstance(said, Undecided):
                yield said
            elif not said:
                yield Breach(
                    f"{words}is under {key.address}, whose policy does not let {service} use it", (argument,)
                )


def _keys(holder: Block, value: Any) -> Iterator[Block]:
    """The keys of the stack that a value names, by an alias too; those of another stack are not seen here."""
    for found in named(holder, (value,), _KEY, "aws_kms_alias").blocks:
        yield from (found,) if found.type == _KEY else meant(found, "target_key_id", _KEY).blocks


def _leads_somewhere(entity_type: str, argument: str) -> Callable[[Block], Iterator[Verdict]]:
    """Some resource of a type is for the block, or may be."""

    def judge(block: Block) -> Iterator[Verdict]:
        others = block.stack.resources(entity_type)
        found = [meant(other, argument, block.type) for other in others]
        if any(block in each.blocks for each in found):
            return
        values = (value for other in others for value in other.values(argument))
        if any(each.unknown for each in found) and not all(map(is_known, values)):
            yield Undecided(f"which of them an {entity_type} is for is known only to Terraform")
        else:
            yield Breach(f"has no {entity_type}", ())

    return judge


_has_actions = must_have("alarm_actions")


def _tells_somebody(block: Block) -> Iterator[Verdict]:
    """An alarm that another block names, as a composite alarm or a deployment does, is heard there."""
    name = block.value("alarm_name")
    words = {f"{block.type}.{block.name}.", *([f'"{name}"'] if isinstance(name, str) else [])}
    others = (other for other in block.stack.blocks if other is not block)
    if any(word in text for other in others for text in [json.dumps(other.body)] for word in words):
        return
    yield from _has_actions(block)


_EVENTS = {"Service": "events.amazonaws.com"}
_SNS = {"Service": "sns.amazonaws.com"}


def _allow(action: str, principal: object) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"})


_ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
_ACCOUNT: dict[str, object] = {"Effect": "Allow", "Principal": _ROOT, "Action": "kms:*", "Resource": "*"}


def _key_of(*services: str) -> dict[str, str]:
    """A key of its account, which some services may use too, for the examples."""
    use = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    lets = (dict[str, object](_ACCOUNT, Principal={"Service": name}, Action=use) for name in services)
    return {"policy": document(_ACCOUNT, *lets)}


def _alarmed(key: dict[str, str]) -> Resources:
    """An alarm, a log group and a queue that is subscribed, all under one key."""
    arn = "${aws_kms_key.k.arn}"
    return {
        _KEY: {"k": key},
        _TOPIC: {"t": {"kms_master_key_id": arn}},
        _QUEUE: {"q": {"kms_master_key_id": arn}},
        "aws_cloudwatch_metric_alarm": {"a": {"alarm_actions": ["${aws_sns_topic.t.arn}"]}},
        "aws_cloudwatch_log_group": {"l": {"kms_key_id": arn}},
        "aws_sns_topic_subscription": {"s": {"protocol": "sqs", "endpoint": "${aws_sqs_queue.q.arn}"}},
    }


RULES = (
    Rule(
        id="LF_DELIVERY_ALLOWED",
        title="A target lets in the service that delivers to it",
        severity="medium",
        types=tuple(name for name, sender in _SENDERS.items() if sender.by_policy),
        rationale="Without a statement for the service every delivery is refused: messages end in a dead-letter queue "
        "or nowhere, and no plan says so.",
        remediation="Let the service in by the target's policy or an aws_lambda_permission, as landform's "
        "`rule.add_target(...)`, `topic.subscribe(...)` and `bucket.notify(...)` do.",
        judge=_delivered,
        good=(
            {
                "aws_cloudwatch_event_target": {
                    "queue": {"arn": "${aws_sqs_queue.q.arn}"},
                    "function": {"arn": "${aws_lambda_function.f.arn}"},
                    "of-another-stack": {"arn": "arn:aws:sqs:eu-west-1:111122223333:other"},
                    "by-role": {"arn": "${aws_sqs_queue.closed.arn}", "role_arn": "${aws_iam_role.r.arn}"},
                },
                "aws_sns_topic_subscription": {
                    "s": {"protocol": "sqs", "endpoint": "${aws_sqs_queue.own.arn}"}
                },
                _QUEUE: {"q": {"name": "q"}, "closed": {}, "own": {"policy": _allow("sqs:*", _SNS)}},
                "aws_sqs_queue_policy": {
                    "p": {"queue_url": "${aws_sqs_queue.q.id}", "policy": _allow("sqs:SendMessage", _EVENTS)}
                },
                _FUNCTION: {"f": {"function_name": "f"}},
                "aws_lambda_permission": {
                    "p": {
                        "function_name": "${aws_lambda_function.f.function_name}",
                        "principal": "events.amazonaws.com",
                    }
                },
            },
        ),
        bad=(
            {
                "aws_cloudwatch_event_target": {
                    "queue": {"arn": "${aws_sqs_queue.q.arn}"},
                    "function": {"arn": "${aws_lambda_function.f.arn}"},
                },
                "aws_sns_topic_subscription": {
                    "s": {"protocol": "sqs", "endpoint": "${aws_sqs_queue.r.arn}"}
                },
                "aws_s3_bucket_notification": {"n": {"queue": [{"queue_arn": "${aws_sqs_queue.r.arn}"}]}},
                _QUEUE: {"q": {"policy": _allow("sqs:SendMessage", _SNS)}, "r": {}},
                _FUNCTION: {"f": {"function_name": "f"}},
            },
        ),
    ),
    Rule(
        id="LF_KEY_LETS_SERVICE",
        title="A key's policy lets in the services that have to use it",
        severity="medium",
        types=(*_KEYED, *_SENDERS),
        rationale="A service without a role of the customer's uses a key by its policy alone: else the log group "
        "cannot be made, and what alarms and rules send to the topic or queue is lost.",
        remediation="Give the key's policy a statement for the service, as landform's `key.allow_service(...)` does; "
        "aws/sns and aws/sqs have none, so name a key of your own.",
        judge=_key_lets_in,
        good=(
            _alarmed(
                _key_of("cloudwatch.amazonaws.com", "logs.eu-west-1.amazonaws.com", "sns.amazonaws.com")
            ),
            {
                "aws_cloudwatch_log_group": {"plain": {}, "elsewhere": {"kms_key_id": "${var.key_arn}"}},
                _KEY: {"k": {"policy": document(_ACCOUNT)}},
            },
        ),
        bad=(
            _alarmed(_key_of("lambda.amazonaws.com")),
            _alarmed({}),
            {
                _TOPIC: {"t": {"kms_master_key_id": "alias/aws/sns"}},
                "aws_cloudwatch_metric_alarm": {"a": {"alarm_actions": ["${aws_sns_topic.t.arn}"]}},
            },
        ),
    ),
    Rule(
        id="LF_KEY_ENABLED",
        title="A key is enabled",
        severity="medium",
        types=(_KEY, "aws_kms_external_key", "aws_kms_replica_key"),
        rationale="What is encrypted under a key that is off can be neither read nor written until it is on again.",
        remediation="Leave is_enabled and enabled out, as landform's `Key` does.",
        judge=lambda block: must_be("enabled" if block.type != _KEY else "is_enabled", True, default=True)(
            block
        ),
        good=(
            {_KEY: {"k": {}, "on": {"is_enabled": True}}, "aws_kms_replica_key": {"r": {"enabled": "true"}}},
        ),
        bad=({_KEY: {"k": {"is_enabled": False}}, "aws_kms_external_key": {"e": {"enabled": False}}},),
    ),
    Rule(
        id="LF_EVENT_RULE_TARGET",
        title="A rule on events has a target",
        severity="low",
        types=("aws_cloudwatch_event_rule",),
        rationale="Events that match go nowhere, and a rule that somebody relies on for alerts looks "
        "like one that works.",
        remediation="Add an aws_cloudwatch_event_target, as landform's `rule.add_target(...)` does.",
        judge=_leads_somewhere("aws_cloudwatch_event_target", "rule"),
        good=(
            {
                "aws_cloudwatch_event_rule": {"r": {"name": "r"}, "named": {"name": "nightly"}},
                "aws_cloudwatch_event_target": {
                    "t": {"rule": "${aws_cloudwatch_event_rule.r.name}"},
                    "u": {"rule": "nightly"},
                },
            },
        ),
        bad=({"aws_cloudwatch_event_rule": {"r": {"name": "r"}}},),
    ),
    Rule(
        id="LF_ALARM_ACTIONS",
        title="An alarm tells somebody",
        severity="medium",
        types=("aws_cloudwatch_composite_alarm", "aws_cloudwatch_metric_alarm"),
        rationale="An alarm without an action changes its colour on a page that nobody looks at.",
        remediation="Set alarm_actions to a topic that people or a pager are subscribed to, or name the alarm in a "
        "composite one.",
        judge=_tells_somebody,
        controls=("CloudWatch.15",),
        good=(
            {
                "aws_cloudwatch_metric_alarm": {
                    "a": {"alarm_actions": ["${aws_sns_topic.t.arn}"]},
                    "part": {"alarm_name": "part"},
                },
                "aws_cloudwatch_composite_alarm": {
                    "c": {
                        "alarm_rule": "ALARM(${aws_cloudwatch_metric_alarm.part.alarm_name})",
                        "alarm_actions": ["${aws_sns_topic.t.arn}"],
                    }
                },
            },
        ),
        bad=({"aws_cloudwatch_metric_alarm": {"a": {"alarm_name": "errors"}, "b": {"alarm_actions": []}}},),
    ),
)

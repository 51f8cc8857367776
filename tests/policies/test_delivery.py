"""Whether what is sent arrives: who is let in, by which policy, and what cannot be told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.policies.engine import judged
from landform.policies.result import Result
from landform.policies.rules import OWN
from landform.policies.view import StackView

KEY = "${aws_kms_key.k.arn}"
USE = ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"]


def outcome(rule: str, resources: dict[str, Any], address: str, **parts: Any) -> str:
    """What a rule says of one resource."""
    said = judged(StackView("a.s", {"resource": resources, **parts}), (OWN[rule],))
    return {each.address: each.outcome for each in said if isinstance(each, Result)}[address]


def allow(action: str | list[str], principal: Any, **more: Any) -> str:
    """A policy of one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class TestDeliveryAllowed:
    """``LF_DELIVERY_ALLOWED``."""

    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (allow("sqs:SendMessage", {"Service": "sns.amazonaws.com"}), "passed"),
            (allow("SQS:*", {"AWS": "*"}, Condition={"ArnEquals": {"aws:SourceArn": "arn"}}), "passed"),
            (allow("sqs:SendMessage", {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}), "passed"),
            (allow("sqs:ReceiveMessage", {"Service": "sns.amazonaws.com"}), "failed"),
            (allow("sqs:SendMessage", {"Service": "events.amazonaws.com"}), "failed"),
            (allow("sqs:SendMessage", {"AWS": "111122223333"}), "failed"),
            ("${local.policy}", "unknown"),
        ],
    )
    def test_a_subscribed_queue(self, policy: str, expected: str) -> None:
        """By its policy beside it; conditions are taken to hold."""
        resources = {
            "aws_sqs_queue": {"q": {"name": "q"}},
            "aws_sqs_queue_policy": {"p": {"queue_url": "${aws_sqs_queue.q.id}", "policy": policy}},
            "aws_sns_topic_subscription": {"s": {"protocol": "sqs", "endpoint": "${aws_sqs_queue.q.arn}"}},
        }

        assert outcome("LF_DELIVERY_ALLOWED", resources, "aws_sns_topic_subscription.s") == expected

    def test_a_policy_document_of_the_stack_is_read(self) -> None:
        """As most modules write it."""
        document = {"statement": [{
            "actions": ["sqs:SendMessage"],
            "resources": ["*"],
            "principals": [{"type": "Service", "identifiers": ["events.amazonaws.com"]}],
        }]}  # fmt: skip
        resources = {
            "aws_sqs_queue": {"q": {"policy": "${data.aws_iam_policy_document.d.json}"}},
            "aws_cloudwatch_event_target": {"t": {"arn": "${aws_sqs_queue.q.arn}"}},
        }
        data = {"aws_iam_policy_document": {"d": document}}

        assert (
            outcome("LF_DELIVERY_ALLOWED", resources, "aws_cloudwatch_event_target.t", data=data) == "passed"
        )

    @pytest.mark.parametrize(
        ("target", "permission", "expected"),
        [
            ("${aws_lambda_function.f.arn}", "${aws_lambda_function.f.arn}", "passed"),
            ("${aws_lambda_function.f.arn}", "worker", "passed"),
            ("${aws_lambda_alias.live.arn}", "${aws_lambda_function.f.function_name}", "passed"),
            ("${aws_lambda_function.f.arn}", "${var.function}", "passed"),
            ("${aws_lambda_function.f.arn}", "another", "failed"),
            ("${aws_lambda_function.f.arn}", "${aws_lambda_function.g.arn}", "failed"),
        ],
    )
    def test_a_function(self, target: str, permission: str, expected: str) -> None:
        """By a permission on it or on its alias, however that names it."""
        resources = {
            "aws_lambda_function": {"f": {"function_name": "worker"}, "g": {"function_name": "other"}},
            "aws_lambda_alias": {"live": {"function_name": "${aws_lambda_function.f.function_name}"}},
            "aws_lambda_permission": {
                "p": {"function_name": permission, "principal": "events.amazonaws.com"}
            },
            "aws_cloudwatch_event_target": {"t": {"arn": target}},
        }

        assert outcome("LF_DELIVERY_ALLOWED", resources, "aws_cloudwatch_event_target.t") == expected


class TestKeyLetsService:
    """``LF_KEY_LETS_SERVICE``."""

    @pytest.mark.parametrize(
        ("principal", "actions", "expected"),
        [
            ("logs.eu-west-1.amazonaws.com", USE, "passed"),
            ("logs.${data.aws_region.current.name}.amazonaws.com", USE, "passed"),
            ("logs.amazonaws.com", USE, "passed"),
            ("logs.eu-west-1.amazonaws.com", ["kms:Decrypt"], "failed"),
            ("cloudwatch.amazonaws.com", USE, "failed"),
        ],
    )
    def test_a_log_group(self, principal: str, actions: list[str], expected: str) -> None:
        """Logs needs its own principal, and more than one action."""
        resources = {
            "aws_kms_key": {"k": {"description": "logs"}},
            "aws_kms_key_policy": {
                "p": {"key_id": "${aws_kms_key.k.id}", "policy": allow(actions, {"Service": principal})}
            },
            "aws_cloudwatch_log_group": {"l": {"kms_key_id": KEY}},
        }

        assert outcome("LF_KEY_LETS_SERVICE", resources, "aws_cloudwatch_log_group.l") == expected

    def test_by_an_alias(self) -> None:
        """A key is found through the alias that a queue names."""
        resources = {
            "aws_kms_key": {"k": {"policy": allow("kms:*", {"AWS": "arn:aws:iam::111122223333:root"})}},
            "aws_kms_alias": {"a": {"name": "alias/orders", "target_key_id": "${aws_kms_key.k.key_id}"}},
            "aws_sqs_queue": {"q": {"kms_master_key_id": "alias/orders"}},
            "aws_sns_topic_subscription": {"s": {"protocol": "sqs", "endpoint": "${aws_sqs_queue.q.arn}"}},
        }

        assert outcome("LF_KEY_LETS_SERVICE", resources, "aws_sns_topic_subscription.s") == "failed"

    @pytest.mark.parametrize(
        "key", ["alias/other", "arn:aws:kms:eu-west-1:111122223333:key/0a1b", "${var.key}"]
    )
    def test_a_key_of_another_stack_is_not_seen(self, key: str) -> None:
        """What its policy says is judged where it stands."""
        resources = {"aws_cloudwatch_log_group": {"l": {"kms_key_id": key}}}

        assert outcome("LF_KEY_LETS_SERVICE", resources, "aws_cloudwatch_log_group.l") == "passed"


class TestEventRuleTarget:
    """``LF_EVENT_RULE_TARGET``."""

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ("${aws_cloudwatch_event_rule.r[0].name}", "passed"),
            ("another", "failed"),
            ("${each.key}", "unknown"),
        ],
    )
    def test_the_target_of_a_rule(self, rule: str, expected: str) -> None:
        """One for another rule is none, and one for a rule that only Terraform knows may be."""
        resources = {
            "aws_cloudwatch_event_rule": {"r": {}},
            "aws_cloudwatch_event_target": {"t": {"rule": rule}},
        }

        assert outcome("LF_EVENT_RULE_TARGET", resources, "aws_cloudwatch_event_rule.r") == expected


class TestAlarmActions:
    """``LF_ALARM_ACTIONS``."""

    @pytest.mark.parametrize(
        "listener",
        [
            {
                "aws_cloudwatch_composite_alarm": {
                    "c": {"alarm_rule": "ALARM(${aws_cloudwatch_metric_alarm.a.alarm_name})"}
                }
            },
            {
                "aws_ecs_service": {
                    "s": {"alarms": {"alarm_names": ["errors"], "enable": True, "rollback": True}}
                }
            },
        ],
    )
    def test_an_alarm_that_something_listens_to(self, listener: dict[str, Any]) -> None:
        """It needs no action of its own."""
        alarm = {"aws_cloudwatch_metric_alarm": {"a": {"alarm_name": "errors"}}}

        assert outcome("LF_ALARM_ACTIONS", alarm, "aws_cloudwatch_metric_alarm.a") == "failed"
        assert outcome("LF_ALARM_ACTIONS", {**alarm, **listener}, "aws_cloudwatch_metric_alarm.a") == "passed"

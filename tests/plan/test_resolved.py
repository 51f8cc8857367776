"""The rules of the gate over what a plan knows and the code does not say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from test_plan_model import RECORD

from landform.plan.resolved import planned_findings, resolved
from landform.policies.change import created, updated
from landform.policies.user_rules import NO_RULES
from landform.terraform.secrets import SENSITIVE


def stack(**arguments: Any) -> dict[str, Any]:
    """A stack of one queue."""
    return {"resource": {"aws_sqs_queue": {"q": {"name": "q", **arguments}}}}


class TestResolved:
    """``resolved``."""

    def test_a_variable_has_its_value(self) -> None:
        """What the code takes from a variable stands in the stack as the plan knows it."""
        change = created("aws_sqs_queue.q", {"name": "q", "sqs_managed_sse_enabled": False})
        found = resolved(stack(sqs_managed_sse_enabled="${var.encrypt}"), [change])
        assert found == stack(sqs_managed_sse_enabled=False)

    def test_a_stack_of_literals_is_as_it_was(self) -> None:
        """There is nothing to judge again."""
        assert resolved(stack(delay_seconds=1), [created("aws_sqs_queue.q", {"delay_seconds": 1})]) is None

    def test_references_to_own_resources_stay(self) -> None:
        """Rules follow them."""
        config = {
            "resource": {
                **stack()["resource"],
                "aws_sqs_queue_policy": {"p": {"queue_url": "${aws_sqs_queue.q.id}"}},
            }
        }
        assert resolved(config, [updated("aws_sqs_queue_policy.p", {}, {"queue_url": "https://q"})]) is None

    @pytest.mark.parametrize(
        ("after", "unknown"), [({}, {"name": True}), ({"name": SENSITIVE}, {}), ({"name": None}, {})]
    )
    def test_what_the_plan_does_not_tell_stays(self, after: dict[str, Any], unknown: dict[str, Any]) -> None:
        """What is unknown, secret or not set is left as the code has it."""
        change = created("aws_sqs_queue.q", after, unknown)
        assert resolved(stack(name="${data.aws_ssm_parameter.n.value}"), [change]) is None

    def test_blocks(self) -> None:
        """A block is an object in the code and a list of one in a plan."""
        config = {
            "resource": {"aws_instance": {"i": {"metadata_options": {"http_tokens": "${local.tokens}"}}}}
        }
        change = created("aws_instance.i", {"metadata_options": [{"http_tokens": "optional"}]})
        found = resolved(config, [change])
        assert found is not None
        assert found["resource"]["aws_instance"]["i"]["metadata_options"] == {"http_tokens": "optional"}

    @pytest.mark.parametrize(
        "address", ["module.m.aws_sqs_queue.q", "aws_sqs_queue.q[0]", 'aws_sqs_queue.q["a"]']
    )
    def test_what_has_no_block_of_its_own(self, address: str) -> None:
        """One block of the code is not what stands there several times."""
        assert resolved(stack(name="${var.n}"), [created(address, {"name": "x"})]) is None


class TestPlannedFindings:
    """``planned_findings``."""

    def test_what_only_the_plan_shows(self) -> None:
        """A queue whose encryption a variable switches off."""
        stacks = {RECORD.name: stack(sqs_managed_sse_enabled=False)}
        found = planned_findings(stacks, {RECORD.name: RECORD}, frozenset(), NO_RULES)
        assert "CKV_AWS_27" in {one.rule for one in found[RECORD.name]}

    def test_rules_know_the_place_of_the_stack(self) -> None:
        """The account that a key's policy names is the stack's own, which no plan says."""
        administers = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{RECORD.account_id}:root"},
            "Action": "kms:DescribeKey",
            "Resource": "*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [administers]})
        stacks = {RECORD.name: {"resource": {"aws_kms_key": {"k": {"policy": policy}}}}}
        here = replace(
            RECORD,
            bounds={
                "regions": [],
                "mandatory_tags": [],
                "denied_services": [],
                "services": None,
                "prefix": "a",
                "data_class": "internal",
            },
        )
        found = planned_findings(stacks, {RECORD.name: here}, frozenset(), NO_RULES)
        assert "LF_KEY_SHARED" not in {one.rule for one in found[RECORD.name]}

    def test_what_was_known_is_not_told_again(self) -> None:
        """A finding of the gate is the gate's."""
        stacks = {RECORD.name: stack(sqs_managed_sse_enabled=False)}
        before = planned_findings(stacks, {RECORD.name: RECORD}, frozenset(), NO_RULES)
        known = frozenset((RECORD.name, one.rule, one.address) for one in before[RECORD.name])
        assert planned_findings(stacks, {RECORD.name: RECORD}, known, NO_RULES) == {}

    def test_nothing_to_judge(self) -> None:
        """No engine is started."""
        assert planned_findings({}, {}, frozenset(), NO_RULES) == {}

"""Policies that a plan does not know yet, taken from the stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from test_plan_model import RECORD

from landform.plan.overlay import overlaid
from landform.policies.change import ResourceChange, created, unchanged, updated
from landform.policies.plan_rules.values import is_unknown
from landform.synth.bundle import StackRecord

READS = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"%s"}]}'
KEY = "${aws_kms_key.k.arn}"
BUCKET = "${aws_s3_bucket.b.arn}/*"


def config(text: str, **types: Mapping[str, Any]) -> dict[str, Any]:
    """A stack with a role's policy of some text, a bucket, a key and more."""
    return {
        "resource": {
            "aws_iam_role_policy": {"p": {"role": "worker", "policy": text}},
            "aws_s3_bucket": {"b": {"bucket": "ledger"}},
            "aws_kms_key": {"k": {}},
            **types,
        }
    }


def overlay(
    stack: Mapping[str, Any], *changes: ResourceChange, record: StackRecord = RECORD
) -> ResourceChange:
    """The last change, overlaid."""
    return overlaid(changes, stack, record)[-1]


UNKNOWN = created("aws_iam_role_policy.p", {"role": "worker"}, {"policy": True})


class TestOverlaid:
    """``overlaid``."""

    def test_a_literal_with_a_name_that_aws_chooses(self) -> None:
        """The address stands for it, in an ARN of the right form."""
        change = overlay(config(READS % KEY), UNKNOWN)
        arn = json.loads(change.after["policy"])["Statement"][0]["Resource"]
        assert arn == "arn:aws:kms:eu-west-1:222222222222:key/<data/aws_kms_key.k>"
        assert not is_unknown(change, "policy")

    def test_a_name_that_the_stack_knows(self) -> None:
        """The bucket's name is a literal beside it."""
        change = overlay(config(READS % BUCKET), UNKNOWN)
        assert json.loads(change.after["policy"])["Statement"][0]["Resource"] == "arn:aws:s3:::ledger/*"

    def test_a_name_that_the_plan_knows(self) -> None:
        """What stands already has the ARN that it has."""
        arn = "arn:aws:kms:eu-west-1:222222222222:key/1234"
        change = overlay(config(READS % KEY), unchanged("aws_kms_key.k", {"arn": arn}), UNKNOWN)
        assert json.loads(change.after["policy"])["Statement"][0]["Resource"] == arn

    def test_a_document_of_a_data_source(self) -> None:
        """Put together as the provider does it."""
        stack = config("${data.aws_iam_policy_document.d.json}")
        statement = {"actions": ["s3:GetObject"], "resources": [BUCKET]}
        stack["data"] = {"aws_iam_policy_document": {"d": {"statement": [statement]}}}
        change = overlay(stack, UNKNOWN)
        assert json.loads(change.after["policy"])["Statement"][0]["Resource"] == ["arn:aws:s3:::ledger/*"]

    def test_a_policy_in_a_block(self) -> None:
        """One block is the one of the stack."""
        stack = config("", aws_iam_role={"r": {"inline_policy": {"name": "p", "policy": READS % KEY}}})
        role = created(
            "aws_iam_role.r", {"inline_policy": [{"name": "p"}]}, {"inline_policy": [{"policy": True}]}
        )
        assert not is_unknown(overlay(stack, role), "inline_policy.policy")

    def test_another_document(self) -> None:
        """Whatever is JSON: what a queue does with what fails."""
        text = '{"deadLetterTargetArn":"${aws_sqs_queue.d.arn}","maxReceiveCount":5}'
        stack = config("", aws_sqs_queue={"q": {"redrive_policy": text}, "d": {"name": "dead"}})
        change = overlay(
            stack, created("aws_sqs_queue.q", {"name": "q"}, {"redrive_policy": True, "arn": True})
        )
        said = json.loads(change.after["redrive_policy"])
        assert said["deadLetterTargetArn"] == "arn:aws:sqs:eu-west-1:222222222222:dead"
        assert change.unknown == {"redrive_policy": False, "arn": True}

    @pytest.mark.parametrize(
        "text",
        [
            "${file(var.policy)}",
            "${data.aws_iam_policy_document.gone.json}",
            READS % "${var.any}",
            READS % "${data.aws_thing.t.arn}/*",
            (READS % "*").replace("s3:GetObject", "${var.action}"),
            (READS % "*").replace('"Resource"', '"Principal":{"AWS":"${var.who}"},"Resource"'),
            "no policy",
        ],
    )
    def test_what_stays_unknown(self, text: str) -> None:
        """What cannot be compared is not taken for known: it could be anything."""
        change = overlay(config(text), UNKNOWN)
        assert change == UNKNOWN

    def test_a_resource_of_a_module(self) -> None:
        """The stack does not hold it."""
        change = created("module.m.aws_iam_role_policy.p", {}, {"policy": True})
        assert overlay(config(READS % KEY), change) == change

    def test_an_instance(self) -> None:
        """Of a resource of which there are several."""
        change = updated("aws_iam_role_policy.p[0]", {"policy": "{}"}, {"role": "worker"}, {"policy": True})
        assert not is_unknown(overlay(config(READS % KEY), change), "policy")

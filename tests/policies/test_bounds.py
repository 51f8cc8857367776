"""What the spec says, held on a stack: only where there is a spec, and never by guessing."""

from __future__ import annotations

from typing import Any

import pytest

from landform.policies.engine import judged
from landform.policies.result import Result
from landform.policies.rules import OWN
from landform.policies.view import StackView, Surroundings

HERE = Surroundings(
    "111122223333", ("eu-west-1",), ("owner",), prefix="acme", services=("iam", "s3"), denied_services=("s3",)
)
QUEUE = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}


def outcomes(rule: str, document: dict[str, Any], around: Surroundings | None = HERE) -> list[str]:
    """What a rule says of a stack that stands somewhere."""
    said = judged(StackView("a.s", document, surroundings=around), (OWN[rule],))
    return [each.outcome for each in said if isinstance(each, Result)]


def provider(**arguments: Any) -> dict[str, Any]:
    """A stack with one configuration of the AWS provider."""
    return {"provider": {"aws": [arguments]}}


class TestWithoutASpec:
    """``Rule.applies_to``."""

    @pytest.mark.parametrize("rule", [rule.id for rule in OWN.values() if rule.within])
    def test_there_is_no_result(self, rule: str) -> None:
        """Not a pass: the rule does not apply. Where there is a spec, it says one thing or the other."""
        stack = {**QUEUE, **provider(region="ap-east-1")}
        assert outcomes(rule, stack, None) == []
        assert outcomes(rule, stack) in (["failed"], ["passed"])


class TestStackAccount:
    """``LF_STACK_ACCOUNT``."""

    @pytest.mark.parametrize(
        ("allowed", "expected"),
        [
            (["111122223333"], "passed"),
            ("111122223333", "passed"),
            (["111122223333", "999999999999"], "failed"),
            ([], "failed"),
            (["${var.account}"], "unknown"),
        ],
    )
    def test_its_own_alone(self, allowed: Any, expected: str) -> None:
        """A second account is one too many."""
        assert outcomes("LF_STACK_ACCOUNT", provider(allowed_account_ids=allowed)) == [expected]


class TestStackRegion:
    """``LF_STACK_REGION``."""

    @pytest.mark.parametrize(
        ("region", "expected"),
        [
            ("eu-west-1", "passed"),
            ("us-east-1", "passed"),
            ("eu-west-2", "failed"),
            ("${var.region}", "unknown"),
        ],
    )
    def test_those_of_the_spec(self, region: str, expected: str) -> None:
        """And the one of global services."""
        assert outcomes("LF_STACK_REGION", provider(region=region)) == [expected]


class TestMandatoryTags:
    """``LF_MANDATORY_TAGS``."""

    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ({"owner": "payments"}, "passed"),
            ({"owner": "${var.owner}"}, "passed"),
            ({"Owner": "payments"}, "failed"),
            ({}, "failed"),
            ("${merge(local.tags, {})}", "unknown"),
        ],
    )
    def test_by_their_keys(self, tags: Any, expected: str) -> None:
        """As they are written: AWS tells capitals apart."""
        assert outcomes("LF_MANDATORY_TAGS", {"resource": {"aws_sqs_queue": {"q": {"tags": tags}}}}) == [
            expected
        ]

    def test_every_configuration_must_give_a_default(self) -> None:
        """Which of them a resource has is not asked."""
        tagged = {"default_tags": {"tags": {"owner": "payments"}}}
        two = {"provider": {"aws": [tagged, {"alias": "global"}]}}

        assert outcomes("LF_MANDATORY_TAGS", {**QUEUE, "provider": {"aws": [tagged]}}) == ["passed"]
        assert outcomes("LF_MANDATORY_TAGS", {**QUEUE, **two}) == ["failed"]


class TestStackService:
    """``LF_STACK_SERVICE``."""

    @pytest.mark.parametrize(
        ("resource_type", "expected"),
        [
            ("aws_iam_role", "passed"),
            ("aws_s3_object", "failed"),
            ("aws_s3control_bucket", "failed"),
            ("aws_sqs_queue", "failed"),
            ("random_id", "passed"),
        ],
    )
    def test_by_the_prefix_of_the_service(self, resource_type: str, expected: str) -> None:
        """Denied counts before allowed; what is not of AWS is of no service."""
        assert outcomes("LF_STACK_SERVICE", {"resource": {resource_type: {"x": {}}}}) == [expected]

    def test_where_no_layer_names_services(self) -> None:
        """All are allowed but those that are denied."""
        around = Surroundings("111122223333", (), (), denied_services=("rds",))

        assert outcomes("LF_STACK_SERVICE", QUEUE, around) == ["passed"]
        assert outcomes("LF_STACK_SERVICE", {"resource": {"aws_db_instance": {"d": {}}}}, around) == [
            "failed"
        ]


class TestStackName:
    """``LF_STACK_NAME``."""

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("acme-orders", "passed"),
            ("acme-${var.team}", "passed"),
            ("${var.prefix}-orders", "unknown"),
            ("acmeorders", "failed"),
            ("orders", "failed"),
        ],
    )
    def test_by_how_it_begins(self, name: str, expected: str) -> None:
        """What comes after the prefix may be known only to Terraform."""
        assert outcomes("LF_STACK_NAME", {"resource": {"aws_sqs_queue": {"q": {"name": name}}}}) == [expected]

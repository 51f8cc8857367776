"""What was not judged is a finding."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.checks.checkov_engine import Scan, scan
from landform.checks.coverage import NOT_LITERAL, Gap, gaps, module_gaps
from landform.checks.judgement import judge
from landform.checks.scan_copy import scan_copy
from landform.policies.result import Crash
from landform.policies.view import StackView

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "${aws_s3_bucket.b.arn}/*"}


def gaps_of(**stack: Any) -> set[tuple[str, str]]:
    """The gaps of one stack, address and reason."""
    stacks = {"a.s": scan_copy(stack)}
    found = (*module_gaps(stacks), *gaps(views_of(stacks), scan(stacks)))
    return {(gap.address, gap.reason) for gap in found}


def views_of(stacks: dict[str, dict[str, Any]]) -> list[StackView]:
    """The stacks as rules read them."""
    return [StackView(name, stack) for name, stack in stacks.items()]


def policy(text: str) -> dict[str, Any]:
    """A stack's IAM policy of this text."""
    return {"aws_iam_policy": {"p": {"name": "p", "policy": text}}}


def text_of(**changes: Any) -> str:
    """A policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT | changes]})


class TestGaps:
    def test_none_in_an_ordinary_stack(self, insecure: dict[str, Any]) -> None:
        """A stack that is wrong in every way but plainly written is judged whole."""
        assert gaps_of(**insecure) == set()

    def test_a_resource_without_a_result(self) -> None:
        """A resource of a type that rules know must have a result."""
        stacks = {"a.s": {"resource": {"aws_sqs_queue": {"q": {}}, "aws_made_up": {"x": {}}}}}
        silent = Scan(
            results=(), crashes=(), known_types=frozenset({"aws_sqs_queue"}), named_types=frozenset()
        )
        assert gaps(views_of(stacks), silent) == (
            Gap("a.s", "aws_sqs_queue.q", "No rule gave a result, though there are rules for its type."),
        )

    def test_crashes_of_one_kind_are_one_gap(self) -> None:
        """Rules that failed alike at one resource are named together."""
        crashes = tuple(Crash(rule, "a.s", "aws_ami.x", "KeyError") for rule in ("CKV_AWS_2", "CKV_AWS_1"))
        (gap,) = gaps((), Scan(results=(), crashes=crashes, known_types=frozenset(), named_types=frozenset()))
        assert gap.reason == "CKV_AWS_1, CKV_AWS_2 could not judge it: KeyError."

    def test_a_rule_that_raises(self) -> None:
        """A real rule's exception is a gap at the resource."""
        found = gaps_of(resource={"aws_ami": {"x": {"ebs_block_device": 5}}})
        assert found == {("aws_ami.x", "CKV_AWS_204 could not judge it: AttributeError.")}

    @pytest.mark.parametrize("where", ["resource", "data"])
    def test_a_dynamic_block(self, where: str) -> None:
        """A block that is made at plan time cannot be judged before."""
        body = {"dynamic": {"tag": {"for_each": "${var.x}", "content": {}}}}
        (found,) = gaps_of(**{where: {"aws_vpc": {"x": body}}, "variable": {"x": {}}})
        assert found[0].endswith("aws_vpc.x")
        assert "dynamic block" in found[1]

    @pytest.mark.parametrize(("name", "is_asked"), [("ingress", True), ("timeouts", False)])
    def test_a_dynamic_block_names_the_rules_that_ask_for_it(self, name: str, is_asked: bool) -> None:
        """A rule on who is let in could not tell, where that is made at plan time."""
        body = {"description": "d", "dynamic": {name: {"for_each": "${var.x}", "content": {}}}}
        stack = scan_copy({"resource": {"aws_security_group": {"g": body}}, "variable": {"x": {}}})
        (gap,) = (gap for gap in judge({"a.s": stack}).gaps if "dynamic" in gap.reason)

        assert ("CKV_AWS_24" in (gap.rules or ())) is is_asked

    def test_a_module(self) -> None:
        """The resources of a module cannot be seen."""
        assert gaps_of(module={"m": {"source": "./m"}}) == {
            ("module.m", "The resources of a module are not in the stack.")
        }


class TestPolicies:
    @pytest.mark.parametrize(
        "text",
        [
            text_of(),
            text_of(Resource="arn:aws:s3:::b/$${aws:username}"),
            text_of(Principal={"AWS": "${aws_iam_role.r.arn}"}),
            text_of(Action="s3:$${x}"),
            '{"Version":"2012-10-17","Statement":[]}',
            json.dumps({"Statement": STATEMENT}),
        ],
    )
    def test_literal(self, text: str) -> None:
        """References in resources and principals, and IAM's own variables, can be read."""
        assert gaps_of(resource=policy(text)) == set()

    @pytest.mark.parametrize(
        "text",
        [
            "${var.x}",
            '${jsonencode({Statement = [{Effect = "Allow", Action = "*", Resource = "*"}]})}',
            text_of(Action="${var.x}"),
            text_of(Action=["s3:GetObject", "${var.x}"]),
            text_of(Effect="%{ if var.x }Allow%{ else }Deny%{ endif }"),
            '{"Statement": ${var.x}}',
            "${data.aws_iam_policy_document.elsewhere.json}",
        ],
    )
    def test_not_literal(self, text: str) -> None:
        """A policy whose effect or actions are known at plan time alone never passes."""
        assert gaps_of(resource=policy(text), variable={"x": {}}) == {
            ("aws_iam_policy.p", "A policy is not literal, so no rule can read it.")
        }

    def test_is_one_gap_whoever_could_not_read_it(self) -> None:
        """landform's own rules on policies add none to what is said of the text."""
        stack = scan_copy({"resource": policy("${var.policy}"), "variable": {"policy": {}}})

        (gap,) = judge({"a.s": stack}).gaps
        assert gap.reason == NOT_LITERAL
        assert {"LF_PRIVILEGE_ESCALATION", "LF_POLICY_PASS_ROLE"} < set(gap.rules or ())

    def test_one_that_aws_would_refuse(self) -> None:
        """It is text, and no policy: each rule that would have read it is named."""
        stack = scan_copy({"resource": policy(text_of(Resources="*"))})
        (gap,) = judge({"a.s": stack}).gaps

        assert gap.address == "aws_iam_policy.p"
        assert "LF_PRIVILEGE_ESCALATION" in gap.reason

    def test_in_a_nested_block(self) -> None:
        """An inline policy is a policy."""
        role = {"assume_role_policy": text_of(), "inline_policy": [{"name": "x", "policy": "${var.x}"}]}
        assert {a for a, _ in gaps_of(resource={"aws_iam_role": {"r": role}})} == {"aws_iam_role.r"}

    def test_a_document_of_the_stack(self) -> None:
        """A policy document in the same stack has rules of its own, so a reference to it is no gap."""
        document = {"statement": [{"actions": ["*"], "resources": ["*"]}]}
        stack = {
            "data": {"aws_iam_policy_document": {"d": document}},
            "resource": policy("${data.aws_iam_policy_document.d.json}"),
        }
        assert gaps_of(**stack) == set()
        rules = {r.rule for r in scan({"a.s": scan_copy(stack)}).results if r.outcome == "failed"}
        assert {"CKV_AWS_1", "CKV_AWS_49", "CKV_AWS_110"} <= rules

"""Rules in CEL: what holds, what does not, and what cannot be told before the plan."""

import pytest

from landform.policies.cel_rules import read_cel
from landform.policies.engine import judged
from landform.policies.examples import problems
from landform.policies.result import Crash, Result
from landform.policies.rule import Breach, Rule, example_stack

YAML = """schema: landform/rules/v1
rules:
  - id: ACME_X
    title: It holds
    severity: low
    types: [{kind}]
    rationale: Because.
    remediation: Do so.
    holds: '{holds}'
"""


@pytest.fixture
def said(tmp_path):
    """What an expression says of one resource: ``said(expression, arguments)``."""

    def say(holds, body, kind="aws_sqs_queue"):
        (tmp_path / "x.yaml").write_text(YAML.format(holds=holds, kind=kind))
        (found,) = read_cel(tmp_path, "x.yaml")
        return tuple(judged(example_stack({kind: {"x": body}}), (found.rule,)))

    return say


def outcome(said):
    """The one result's."""
    (result,) = [each for each in said if isinstance(each, Result)]
    return result.outcome


class TestOutcome:
    @pytest.mark.parametrize(
        ("holds", "body", "expected"),
        [
            ("has(resource.name)", {"name": "a"}, "passed"),
            ("has(resource.name)", {}, "failed"),
            ("has(resource.name)", {"name": None}, "failed"),
            ("has(resource.kms_master_key_id)", {"kms_master_key_id": "${aws_kms_key.k.arn}"}, "passed"),
            ('resource.name == "a"', {"name": "${var.name}"}, "unknown"),
            ('resource.name != "a"', {"name": "${var.name}"}, "unknown"),
            ('resource.name.startsWith("a")', {"name": "${var.name}"}, "unknown"),
            ('resource["name"] != "a"', {"name": "${var.name}"}, "unknown"),
            ('[resource].all(r, r.name != "a")', {"name": "${var.name}"}, "unknown"),
            ('resource.name != "a"', {"name": "b", "policy": "${var.policy}"}, "passed"),
            ('resource.tags.owner == "a"', {"tags": {"owner": "a", "x": "${var.x}"}}, "passed"),
            ('resource.tags.owner == "a"', {"tags": "${var.tags}"}, "unknown"),
            ("has(resource.tags.owner)", {"tags": "${var.tags}"}, "unknown"),
            ("resource.fifo_queue", {"fifo_queue": "true"}, "passed"),
            ("resource.delay_seconds >= 5", {"delay_seconds": "10"}, "passed"),
            ("resource.delay_seconds >= 5", {"delay_seconds": 1}, "failed"),
            ("resource.delay_seconds >= 5", {}, "unknown"),
            ("resource.delay_seconds >= 5", {"delay_seconds": "many"}, "unknown"),
            ("resource.delay_seconds", {"delay_seconds": 1}, "unknown"),
            ("resorce.delay_seconds == 1 || resource.delay_seconds == 2", {"delay_seconds": 1}, "unknown"),
        ],
    )
    def test_it_is_never_a_pass_by_accident(self, said, holds, body, expected):
        """What raises, or is known to Terraform alone, is unknown, and why is said."""
        found = said(holds, body)

        assert outcome(found) == expected
        assert any(isinstance(each, Crash) for each in found) == (expected == "unknown")

    @pytest.mark.parametrize("form", [lambda block: block, lambda block: [block]])
    def test_a_nested_block_has_one_form(self, said, form):
        """Terraform takes an object and an array of one."""
        body = {"versioning_configuration": form({"status": "Enabled"})}
        holds = 'resource.versioning_configuration.status == "Enabled"'

        assert outcome(said(holds, body, "aws_s3_bucket_versioning")) == "passed"

    @pytest.mark.parametrize(
        ("ingress", "expected"),
        [
            ({"from_port": 443}, "passed"),
            ([{"from_port": 443}, {"from_port": "22"}], "failed"),
            ([{"from_port": 443}, {"from_port": "${var.port}"}], "unknown"),
        ],
    )
    def test_blocks_of_which_there_are_many(self, said, ingress, expected):
        """Are a list, also where there is one; ingress is an attribute that is written as a block."""
        rules = ingress if isinstance(ingress, list) else [ingress]
        holds = "resource.ingress.all(i, i.from_port == 443)"

        assert outcome(said(holds, {"ingress": rules}, "aws_security_group")) == expected

    @pytest.mark.parametrize("holds", ["has(resource.ingress)", "!has(resource.ingress)"])
    def test_a_dynamic_block(self, said, holds):
        """There may be one, or none."""
        body = {"dynamic": {"ingress": {"for_each": "${var.ports}", "content": {"from_port": 22}}}}

        assert outcome(said(holds, body, "aws_security_group")) == "unknown"

    def test_the_finding_says_the_expression_and_no_value(self, said):
        """Which may be a secret."""
        (result,) = said('resource.name == "a"', {"name": "hunter2"})

        assert result.message == 'aws_sqs_queue.x does not hold to resource.name == "a".'
        assert result.keys == ("name",)

    def test_a_crash_holds_no_value(self, said):
        """A key that is not there may be made of one."""
        found = said('resource.tags[resource.name] == "a"', {"name": "hunter2", "tags": {}})

        assert "hunter2" not in str(found)


def rule(judge, **more):
    """A rule on queues."""
    words = {"title": "t", "severity": "low", "rationale": "r", "remediation": "m"}
    return Rule(**{"id": "ACME_X", "types": ("aws_sqs_queue",), "judge": judge, **words, **more})


QUEUE = {"aws_sqs_queue": {"q": {"name": "q"}}}
TOPIC = {"aws_sns_topic": {"t": {}}}
BOTH = {"good": (QUEUE,), "bad": (QUEUE,)}


class TestProblems:
    @pytest.mark.parametrize(
        ("answer", "more", "expected"),
        [
            ([], BOTH, "The bad example 1 must have failed: aws_sqs_queue.q is passed."),
            ([Breach("no")], BOTH, "The good example 1 must have passed: aws_sqs_queue.q is failed."),
            ([], {"good": (QUEUE,)}, "There is no bad example."),
            ([Breach("no")], {"bad": (QUEUE,)}, "There is no good example."),
            ([], {**BOTH, "bad": (TOPIC,)}, "The bad example 1 has no resource of the rule's types."),
            ([], {**BOTH, "bad": ("q",)}, "The bad example 1 is not type, name and arguments of resources."),
        ],
    )
    def test_what_is_wrong(self, answer, more, expected):
        """In a sentence each."""
        assert list(problems(rule(lambda block: answer, **more))) == [expected]

    def test_a_rule_that_raises(self):
        """Says what it raised, and passes neither."""
        told = problems(rule(lambda block: 1 / 0, good=(QUEUE,), bad=(QUEUE,)))

        assert ["ZeroDivisionError" in text for text in told] == [True, True]

    def test_a_type_that_is_none(self):
        """A rule on it would never speak."""
        told = problems(rule(lambda block: [], types=("aws_sqs_queu", "data.aws_sqs_queue")))

        assert told[0] == "The AWS provider has no aws_sqs_queu."


class TestEngine:
    @pytest.mark.parametrize("answer", [["too wide"], [True], "no", 3, None, [Breach(3)]])
    def test_what_is_no_verdict_is_no_pass(self, answer):
        """A rule that says something else than a rule can say."""
        crash, result = judged(example_stack(QUEUE), (rule(lambda block: answer),))

        assert crash.error == "TypeError"
        assert result.outcome == "unknown"

    def test_a_rule_that_leaves(self):
        """Does not take the gate along."""

        def leave(block):
            raise SystemExit(0)

        crash, result = judged(example_stack(QUEUE), (rule(leave),))
        assert (crash.error, result.outcome) == ("SystemExit", "unknown")

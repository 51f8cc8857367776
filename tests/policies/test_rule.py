"""The judgements that most rules are made of, and the engine that runs them."""

import pytest

from landform.policies.engine import judged
from landform.policies.result import Crash, Result
from landform.policies.rule import (
    Breach,
    Rule,
    all_of,
    at_least,
    at_most,
    by_type,
    must_be,
    must_have,
    must_have_beside,
    must_not_be,
    must_not_have,
)
from landform.policies.view import StackView


def rule(judge, *types):
    """A rule of this judgement."""
    return Rule(
        id="LF_A_B",
        title="Title",
        severity="low",
        types=types or ("aws_x",),
        rationale="r.",
        remediation="r.",
        judge=judge,
    )


def said(judge, body, **more):
    """What a rule says of a resource ``aws_x.x`` of this body."""
    stack = StackView("a.s", {"resource": {"aws_x": {"x": body}, **more}})
    return tuple(judged(stack, (rule(judge),)))


def outcome(judge, body, **more):
    """The outcome of the one result."""
    (result,) = (each for each in said(judge, body, **more) if isinstance(each, Result))
    return result.outcome


class TestJudges:
    @pytest.mark.parametrize(
        ("judge", "body", "expected"),
        [
            (must_be("a", True), {"a": "true"}, "passed"),
            (must_be("a", True), {"a": False}, "failed"),
            (must_be("a", True), {}, "failed"),
            (must_be("a", True, default=True), {}, "passed"),
            (must_be("a", True), {"a": "${var.a}"}, "unknown"),
            (must_be("a.b", 1, 2), {"a": [{"b": 1}, {"b": 3}]}, "failed"),
            (must_not_be("a", "x"), {"a": "y"}, "passed"),
            (must_not_be("a", "x"), {"a": "x"}, "failed"),
            (must_not_be("a", "x", default="x"), {}, "failed"),
            (at_least("a", 7), {"a": "7"}, "passed"),
            (at_least("a", 7), {"a": 6}, "failed"),
            (at_least("a", 7), {}, "failed"),
            (at_least("a", 7), {"a": "many"}, "failed"),
            (at_most("a", 7), {"a": 8}, "failed"),
            (at_most("a", 7, default=3), {}, "passed"),
            (must_have("a"), {"a": "${aws_kms_key.k.arn}"}, "passed"),
            (must_have("a"), {"a": ""}, "failed"),
            (must_have("a"), {"a": {}}, "failed"),
            (must_have("a"), {"a": [{"b": 1}]}, "passed"),
            (must_not_have("a"), {"a": "${aws_kms_key.k.arn}"}, "failed"),
            (must_not_have("a"), {"a": None}, "passed"),
            (all_of(must_have("a"), must_have("b")), {"a": 1}, "failed"),
        ],
    )
    def test_outcome(self, judge, body, expected):
        """What is not known before the plan is never a pass."""
        assert outcome(judge, body) == expected

    @pytest.mark.parametrize(
        ("beside", "expected"),
        [
            ({}, "failed"),
            ({"aws_y": {"y": {"of": "${aws_x.x.id}", "on": True}}}, "passed"),
            ({"aws_y": {"y": {"of": "${aws_x.x.id}", "on": False}}}, "failed"),
            ({"aws_y": {"y": {"of": "${aws_x.z.id}", "on": True}}}, "failed"),
        ],
    )
    def test_what_must_be_beside_it(self, beside, expected):
        """A resource that names it, and is itself as it must be."""
        assert outcome(must_have_beside("aws_y", "of", must_be("on", True)), {}, **beside) == expected

    @pytest.mark.parametrize(("entity_type", "expected"), [("aws_x", "passed"), ("aws_y", "failed")])
    def test_each_type_its_own(self, entity_type, expected):
        """The argument that one service has is not asked of the other."""
        judge = by_type({"aws_x": must_have("a"), "aws_y": must_have("b")})
        stack = StackView("a.s", {"resource": {entity_type: {"x": {"a": 1}}}})
        (result,) = judged(stack, (rule(judge, "aws_x", "aws_y"),))

        assert result.outcome == expected

    def test_a_message_holds_no_value(self):
        """It may be a secret."""
        (result,) = said(must_be("a", "x"), {"a": "hunter2"})

        assert result.message == "aws_x.x a is not x."
        assert result.keys == ("a",)


class TestEngine:
    def test_a_rule_that_raises_is_a_crash_and_no_pass(self):
        """With the type of what it raised, whose text may hold anything."""

        def judge(block):
            raise KeyError("hunter2")

        crash, result = said(judge, {})
        assert crash == Crash("LF_A_B", "a.s", "aws_x.x", "KeyError")
        assert result.outcome == "unknown"

    def test_what_it_cannot_tell_is_said(self):
        """Beside what it can."""
        said_of_it = said(all_of(must_be("a", 1), must_have("b")), {"a": "${var.a}"})

        assert [type(each) for each in said_of_it] == [Crash, Result]
        assert said_of_it[1].outcome == "failed"

    def test_breaches_are_one_result(self):
        """One rule on one block gives one."""

        def judge(block):
            yield Breach("is wide", ("b",))
            yield Breach("is old", ("a",))

        (result,) = said(judge, {})
        assert (result.message, result.keys) == ("aws_x.x is wide; is old.", ("a", "b"))

    def test_other_types_are_not_judged(self):
        """Nor is a data source of the same type."""
        stack = StackView("a.s", {"resource": {"aws_y": {"y": {}}}, "data": {"aws_x": {"x": {}}}})

        assert not tuple(judged(stack, (rule(must_have("a")),)))

    def test_a_rule_of_everything(self):
        """Resources of every type, and no data source twice."""
        stack = StackView("a.s", {"resource": {"aws_y": {"y": {}}}, "data": {"aws_x": {"x": {}}}})
        results = tuple(judged(stack, (rule(must_have("a"), "*", "data.aws_x"),)))

        assert [result.address for result in results] == ["aws_y.y", "data.aws_x.x"]

"""Rules in Rego: what is denied, what cannot be told before the plan, and what must never look like a pass."""

import importlib.util
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.policies.engine import judged
from landform.policies.examples import problems
from landform.policies.rego_rules import read_rego
from landform.policies.result import Crash, Result
from landform.policies.rule import example_stack
from landform.policies.user_rules import read_rules, rules_digest

REGO = """# METADATA
# title: A queue has a key
# description: Acme reads what lies open.
# custom:
#   id: ACME_QUEUE_KEY
#   severity: high
#   types: [{kind}]
#   remediation: Give it a key.
#   controls: [ACME-1]
#   good:
#     - aws_sqs_queue: {{q: {{kms_master_key_id: k}}}}
#   bad:
#     - aws_sqs_queue: {{q: {{name: q}}}}
package acme.queues

import rego.v1

{body}
"""
KEY = 'deny contains "It has no key." if {\n\tnot input.resource.kms_master_key_id\n}'


def write(project, body=KEY, kind="aws_sqs_queue"):
    """A module in a project's folder."""
    (project / "policies").mkdir(exist_ok=True)
    (project / "policies" / "queue.rego").write_text(REGO.format(body=body, kind=kind))


@pytest.fixture
def said(tmp_path):
    """What a module says of one resource: ``said(body, arguments)``."""

    def say(body, arguments, kind="aws_sqs_queue"):
        write(tmp_path, body, kind)
        (found,) = read_rego(tmp_path, "policies/queue.rego")
        return tuple(judged(example_stack({kind: {"x": arguments}}), (found.rule,)))

    return say


def result(said):
    """The one result."""
    (found,) = [each for each in said if isinstance(each, Result)]
    return found


def denies(condition):
    """A rule of one condition."""
    return f'deny contains "no" if {{ {condition} }}'


class TestOutcome:
    @pytest.mark.parametrize(
        ("condition", "body", "expected"),
        [
            ('input.resource.name == "a"', {"name": "a"}, "failed"),
            ('input.resource.name == "a"', {"name": "b"}, "passed"),
            ('input.resource.name == "a"', {"name": "${var.name}"}, "unknown"),
            ('input.resource["name"] == "a"', {"name": "${var.name}"}, "unknown"),
            ('object.get(input.resource, "name", "") == "a"', {"name": "${var.name}"}, "unknown"),
            ('object.get(input.resource, "name", "") == "a"', {"name": "a", "policy": "${var.p}"}, "failed"),
            ('some k; input.resource[k] == "a"', {"name": "${var.name}"}, "unknown"),
            ('r := input.resource; r.name == "a"', {"name": "${var.name}"}, "unknown"),
            ('walk(input, [_, v]); v == "a"', {"name": "${var.name}"}, "unknown"),
            ('input.resource.tags["a.b"] == "a"', {"tags": {"a.b": "${var.name}"}}, "unknown"),
            ('input.resource.tags.x == "a"', {"tags": {"x": "a", "y": "${var.name}"}}, "failed"),
            ('input.resource.tags.x == "a"', {"tags": "${var.tags}"}, "unknown"),
            ('$"{input.resource.name}" == "a"', {"name": "${var.name}"}, "unknown"),
            ('$`{input.resource["name"]}` == "a"', {"name": "${var.name}"}, "unknown"),
            ('input.resource.name == "the input"', {"name": "b", "policy": "${var.p}"}, "passed"),
            ('input.resource.name == "a" # input', {"name": "b", "policy": "${var.p}"}, "passed"),
            ("not input.resource.kms_master_key_id", {"kms_master_key_id": "${aws_kms_key.k.arn}"}, "passed"),
            ("not input.resource.fifo_queue", {"fifo_queue": "${var.fifo}"}, "unknown"),
            ("not input.resource.fifo_queue", {"fifo_queue": "true"}, "passed"),
            ("not input.resource.name == input.name", {"name": "${var.name}"}, "unknown"),
            ("input.resource.delay_seconds < 5", {"delay_seconds": "1"}, "failed"),
            ('input.type == "aws_sqs_queue"; input.name == "x"', {}, "failed"),
        ],
    )
    def test_it_is_never_a_pass_by_accident(self, said, condition, body, expected):
        """What is known to Terraform alone is unknown where the module may read it, and why is said."""
        found = said(denies(f"{condition}\n"), body)

        assert result(found).outcome == expected
        assert any(isinstance(each, Crash) for each in found) == (expected == "unknown")

    @pytest.mark.parametrize(
        ("condition", "name"),
        [
            ("to_number(input.resource.name) > 1", "one"),
            ("bad := [n | n := to_number(input.resource.name)]; count(bad) > 9", "one"),
            ('regex.match("(", input.resource.name)', "one"),
            ("json.unmarshal(input.resource.name).a == 1", "{"),
            ("1 / (count(input.resource.name) - 1) > 3", "a"),
            ("count(input.resource.delay_seconds) > 1", "a"),
        ],
    )
    def test_an_error_of_a_function_is_no_pass(self, said, condition, name):
        """Rego takes it for a condition that does not hold unless it is told otherwise."""
        found = said(denies(condition), {"name": name, "delay_seconds": 4})

        assert result(found).outcome == "unknown"
        assert [each.error for each in found if isinstance(each, Crash)] == ["RegoError"]

    def test_two_values_of_one_rule_are_no_pass(self, said):
        """A complete rule that gives two values is an error in Rego."""
        body = f"x := 1 if input.resource.name\nx := 2 if input.resource.delay_seconds\n{denies('x == 3')}"

        assert result(said(body, {"name": "a", "delay_seconds": 3})).outcome == "unknown"

    @pytest.mark.parametrize("value", ["a\0b", 2**63, 1e400])
    def test_a_value_that_would_be_changed_is_no_pass(self, said, value):
        """regopy cuts texts at a zero byte and numbers at 64 bits."""
        assert result(said(denies('input.resource.name == "a"'), {"name": value})).outcome == "unknown"

    @pytest.mark.parametrize("message", ["1", '{"text": "x"}', '""', '["x"]'])
    def test_what_is_no_message_is_no_pass(self, said, message):
        """conftest takes a text, or an object with msg."""
        assert (
            result(said(f"deny contains {message} if input.resource.name", {"name": "a"})).outcome
            == "unknown"
        )


class TestMessage:
    @pytest.mark.parametrize(
        "body",
        [
            'deny contains "It is bad." if { input.resource.name }',
            'deny contains msg if {\n\tinput.resource.name\n\tmsg := "It is bad."\n}',
            'deny contains {"msg": "It is bad."} if { input.resource.name }',
            'deny[msg] { input.resource.name; msg := "It is bad." }',
        ],
    )
    def test_it_is_the_modules(self, said, body):
        """In each form that conftest knows; with the arguments that the module reads."""
        found = result(said(body, {"name": "a"}))

        assert found.message == "aws_sqs_queue.x breaks the rule: It is bad."
        assert found.keys == ("name",)

    def test_it_holds_no_value(self, said):
        """What is put together while it runs may hold one, and is left out."""
        body = 'deny contains msg if { msg := sprintf("It is called %s", [input.resource.name]) }'
        found = result(said(body, {"name": "hunter2"}))

        assert (found.outcome, found.message) == ("failed", "aws_sqs_queue.x breaks the rule.")


class TestReadRego:
    def test_the_rule_is_what_the_annotations_say(self, tmp_path):
        """With the line of its id, among the others."""
        write(tmp_path)
        found = read_rules(tmp_path).by_id["ACME_QUEUE_KEY"]

        assert (str(found.place), found.language) == ("policies/queue.rego:5:9", "Rego")
        assert (found.rule.title, found.rule.severity) == ("A queue has a key", "high")
        assert (found.rule.rationale, found.rule.controls) == ("Acme reads what lies open.", ("ACME-1",))
        assert problems(found.rule) == ()

    @pytest.mark.parametrize(
        ("old", "new", "line", "hint"),
        [
            ("# METADATA", "# NOTES", 1, "METADATA"),
            ("package acme", "# package acme", 1, "no package"),
            ("severity: high", "severity: hihg", 6, "'high'"),
            ("#   remediation: Give it a key.\n", "", 5, "remediation"),
            ("# title", "# titel", 2, "'title'"),
            ("types: [", "types: [[", 8, ""),
            ("ACME_QUEUE_KEY", "CKV_AWS_1", 5, "CKV"),
            ("not input", "not := input", 19, "Rego"),
            ("deny contains", "denied contains", None, "deny contains"),
            (KEY, 'deny := "x" if { input.resource.name }', None, "deny contains"),
            (KEY, denies("f(1)"), None, "a function that is not there"),
            (KEY, f"f(x) := f(x)\n{denies('f(1)')}", None, "calls itself"),
            (KEY, denies('print("x")'), 18, "print()"),
            ("import rego.v1", "import data.lib", 16, "another package"),
            (KEY, denies("data.lib.on"), 18, "another package"),
        ],
    )  # fmt: skip
    def test_what_is_no_rule(self, tmp_path, old, new, line, hint, capfd):
        """File and line, and what would be right; nothing is written to the terminal meanwhile."""
        write(tmp_path)
        file = tmp_path / "policies" / "queue.rego"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new, 1))
        with pytest.raises(LandformError) as caught:
            read_rules(tmp_path)
        errors = caught.value.each()

        assert any(each.place.line == line and hint in str(each) for each in errors), errors
        assert {each.code.status for each in errors} == {2}
        assert capfd.readouterr() == ("", "")

    def test_its_own_package_may_be_named(self, tmp_path):
        """By its whole name."""
        write(tmp_path, f"x := 1\n{denies('data.acme.queues.x == 2')}")

        assert len(read_rego(tmp_path, "policies/queue.rego")) == 1

    def test_without_the_extra(self, tmp_path, monkeypatch):
        """Named with what installs it; the rule is not passed over."""
        write(tmp_path)
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(LandformError) as caught:
            read_rules(tmp_path)

        assert caught.value.code is Code.EXTRA_MISSING
        assert caught.value.fix == "pip install 'landform[rego]'"
        assert str(caught.value.place) == "policies/queue.rego"


class TestRulesDigest:
    def test_a_change_of_the_module(self, tmp_path):
        """Makes what was kept of no use."""
        write(tmp_path)
        before = rules_digest(tmp_path)
        write(tmp_path, denies("true"))

        assert rules_digest(tmp_path) != before


class TestDocumentation:
    def test_its_module_does_as_its_examples_say(self, tmp_path):
        """What people copy."""
        page = Path(__file__).parents[2] / "docs" / "policies.md"
        (tmp_path / "doc.rego").write_text(page.read_text().split("```rego\n")[1].split("```")[0])
        (found,) = read_rego(tmp_path, "doc.rego")

        assert problems(found.rule) == ()

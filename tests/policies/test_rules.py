"""landform's own rules: each keeps what its examples say, and says enough to act on."""

import re

import pytest

from landform.policies.engine import judged
from landform.policies.result import Crash
from landform.policies.rule import example_stack
from landform.policies.rules import OWN
from landform.policies.severity import severity_of
from landform.schema.pack import shipped_pack

RULES = tuple(OWN.values())
GOOD = [(rule, resources) for rule in RULES for resources in rule.good]
BAD = [(rule, resources) for rule in RULES for resources in rule.bad]


def said(rule, resources):
    """What the rule says of a stack of these resources."""
    return tuple(judged(example_stack(resources, rule.within), (rule,)))


def schema_of(kind):
    """What the AWS provider says of a type; nothing for other providers' and for blocks that are no resources."""
    pack = shipped_pack("aws")
    name = kind.removeprefix("data.")
    if not name.startswith("aws_"):
        return None
    return pack.data_source(name) if kind.startswith("data.") else pack.resource(name)


def addresses(resources):
    """The address of every resource."""
    return {f"{kind}.{name}" for kind, named in resources.items() for name in named}


class TestExamples:
    @pytest.mark.parametrize(("rule", "resources"), GOOD, ids=lambda value: getattr(value, "id", ""))
    def test_what_is_good_passes(self, rule, resources):
        """Every resource of the rule's types."""
        assert {result.outcome for result in said(rule, resources)} == {"passed"}

    @pytest.mark.parametrize(("rule", "resources"), BAD, ids=lambda value: getattr(value, "id", ""))
    def test_what_is_bad_fails(self, rule, resources):
        """Every resource of the rule's types, with a message that names it."""
        results = said(rule, resources)

        assert {result.outcome for result in results} == {"failed"}
        assert all(result.message.startswith(result.address) for result in results)

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
    def test_every_rule_has_both(self, rule):
        """A rule that was never seen to pass, or to fail, proves nothing."""
        assert rule.good
        assert rule.bad

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
    def test_examples_have_arguments_that_exist(self, rule):
        """A misspelt argument would pass what it should not."""
        for resources in (*rule.good, *rule.bad):
            for kind, named in resources.items():
                schema = schema_of(kind)
                if schema is None:
                    continue
                known = {
                    *schema.attributes,
                    *schema.blocks,
                    "lifecycle",
                    "provisioner",
                    "connection",
                    "depends_on",
                    "count",
                }
                assert {key for body in named.values() for key in body} <= known


class TestWords:
    def test_ids_are_one_to_a_rule(self):
        """And have one form."""
        ids = [rule.id for rule in RULES]

        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"LF_[A-Z0-9]+(_[A-Z0-9]+)+", id) for id in ids)

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
    def test_a_rule_says_why_and_what_to_do(self, rule):
        """In sentences."""
        assert rule.rationale.endswith(".")
        assert rule.remediation.endswith(".")
        assert not rule.title.endswith(".")
        assert len(rule.title) <= 90

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
    def test_its_severity_is_that_of_its_findings(self, rule):
        """The table of severities takes it over."""
        assert severity_of(rule.id) == rule.severity


class TestRobustness:
    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
    @pytest.mark.parametrize("odd", [None, "", "${var.x}", [], {}, [{}], 0, "text", [None]])
    def test_odd_values_crash_no_rule(self, rule, odd):
        """Each argument of its examples, replaced: a rule may say that it cannot tell, and never raises."""
        for resources in (*rule.good, *rule.bad):
            for kind, named in resources.items():
                for name, body in named.items():
                    for argument in body:
                        changed = {**resources, kind: {**named, name: {**body, argument: odd}}}
                        crashes = [each for each in said(rule, changed) if isinstance(each, Crash)]

                        assert all(" " in crash.error for crash in crashes), crashes

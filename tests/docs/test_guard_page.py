"""The page about the guard says what the guard does."""

import ast
import re
from pathlib import Path

import pytest

from landform.policies.examples import plan_problems
from landform.policies.plan_rule import concerns_of
from landform.policies.plan_rules import PLAN_RULES
from landform.policies.plan_rules.loss import loss_table

PAGE = (Path(__file__).parents[2] / "docs" / "guard.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(LF_PLAN_\w+)` \|.*\| (R[0-4, R]*) \|$", PAGE, re.MULTILINE))


class TestThePage:
    def test_every_rule_is_in_the_table(self):
        """In the order in which they are asked."""
        assert list(ROWS) == list(PLAN_RULES)

    @pytest.mark.parametrize("rule", PLAN_RULES.values(), ids=lambda rule: rule.id)
    def test_the_classes_of_a_rule(self, rule):
        """Those of its examples."""
        classes = {concern.risk.name for plan in rule.bad for concern in concerns_of(rule, plan)}
        assert classes <= {*ROWS[rule.id].split(", ")}

    def test_the_number_of_types(self):
        """Of the table of data loss."""
        assert f"has {len(loss_table())} resource types" in PAGE

    def test_the_example(self):
        """It does as it says."""
        names = {}
        (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
        exec(compile(ast.parse(code), "guard.md", "exec"), names)
        assert [plan_problems(rule) for rule in names["RULES"]] == [()]

"""The severity of rules, and the table it comes from."""

from __future__ import annotations

import pytest

from landform.policies.severity import COVERAGE, SEVERITIES, UNLISTED, at_least, rank, severity_of, table


class TestTable:
    def test_lists_every_aws_rule_of_checkov(self) -> None:
        """The table lists the AWS rules in checkov's registries, all of them and no other."""
        from checkov.terraform_json.runner import TerraformJsonRunner

        runner = TerraformJsonRunner()
        runner.graph_registry.load_checks()
        registered = {rule.id for rule in runner.graph_registry.checks}
        for registry in runner.block_type_registries.values():
            registered |= {rule.id for _, rule in registry.all_checks()}
        listed = {rule for rule in table() if rule.startswith("CKV") and "_AWS_" in rule}
        assert listed == {rule for rule in registered if "_AWS_" in rule}
        assert len(listed) > 450

    def test_holds_only_severities(self) -> None:
        """Every severity in the table is one of the five."""
        assert set(table().values()) == set(SEVERITIES)


class TestSeverityOf:
    @pytest.mark.parametrize(
        ("rule", "severity"),
        [
            ("CKV_AWS_24", "critical"),
            ("CKV_AWS_62", "critical"),
            ("CKV_AWS_53", "high"),
            ("CKV_AWS_3", "medium"),
            ("CKV_AWS_158", "low"),
            ("CKV_AWS_23", "info"),
            (COVERAGE, "critical"),
        ],
    )
    def test_of_the_table(self, rule: str, severity: str) -> None:
        """Exposure and administrator rights weigh most, housekeeping least."""
        assert severity_of(rule) == severity

    def test_of_an_unlisted_rule(self) -> None:
        """A rule of another provider is medium."""
        assert severity_of("CKV_GCP_1") == UNLISTED == "medium"


class TestAtLeast:
    @pytest.mark.parametrize("severity", SEVERITIES)
    def test_of_itself(self, severity: str) -> None:
        """A severity is as bad as itself."""
        assert at_least(severity, severity)  # type: ignore[arg-type]

    def test_is_ordered(self) -> None:
        """The severities rank in the order in which they are named."""
        assert [rank(severity) for severity in SEVERITIES] == [0, 1, 2, 3, 4]
        assert at_least("critical", "high")
        assert not at_least("medium", "high")

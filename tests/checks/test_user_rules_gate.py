"""Users' rules in the gate: their findings are like any other, in every process, and a rule that raises is one."""

import datetime as dt
import multiprocessing
from pathlib import Path

import pytest

from landform.checks.report import groups
from landform.checks.run import check
from landform.checks.workers import rules_ahead

DAY = dt.date(2026, 11, 20)
RULES = """from landform.policies.rule import Breach, Rule

WORDS = dict(types=("aws_sqs_queue",), rationale="Because of A.", remediation="Do B.", controls=("ACME-1",))

def judge(block):
    return [Breach("has a bad name", ("name",))] if block.value("name") == "bad" else []

def broken(block):
    raise ValueError("hunter2")

RULES = (
    Rule(id="ACME_NAME", title="A good name", severity="critical", judge=judge, **WORDS),
    Rule(id="ACME_BROKEN", title="Broken", severity="low", judge=broken, **WORDS),
)
"""
STACKS = {
    f"prod-{letter}.queues": {"resource": {"aws_sqs_queue": {"q": {"name": name}}}}
    for letter, name in (("a", "bad"), ("b", "fine"))
}
REGO = """# METADATA
# title: A good name
# description: Because of A.
# custom:
#   id: ACME_REGO
#   severity: high
#   types: [aws_sqs_queue]
#   remediation: Do B.
#   controls: [ACME-1]
package acme

deny contains "The name is bad." if { input.resource.name == "bad" }
"""
WAIVER = {
    "schema": "landform/waiver/v1",
    "id": "W-2026-001",
    "category": "waiver",
    "checks": ["ACME_NAME"],
    "scope": {"resources": ["aws_sqs_queue.*"]},
    "reason": "It is called so.",
    "requested_by": "jo",
    "approved_by": ["sam"],
    "ticket": "SEC-1",
    "created": "2026-11-01",
    "expires": "2026-12-01",
}


@pytest.fixture
def project(tmp_path):
    """A project with two rules."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "queues.py").write_text(RULES)
    return tmp_path


def checked(bundle, project, **more):
    """The gate's report."""
    return check(bundle, list(bundle.stacks.values()), as_of=DAY, project=project, **more)


class TestCheck:
    def test_a_finding_is_like_any_other(self, make_bundle, project):
        """Severity, words and controls are the rule's."""
        report = checked(make_bundle(STACKS), project)
        (found,) = [finding for finding in report.findings if finding.rule == "ACME_NAME"]

        assert found.stack == "prod-a.queues"
        assert found.severity == "critical"
        assert found.message == "aws_sqs_queue.q has a bad name."
        assert found.remediation.startswith("Do B.")
        assert found.controls == ("ACME-1",)
        assert {group.remediation for group in groups(report) if group.rule == "ACME_NAME"} == {"Do B."}

    def test_one_in_rego_is_like_any_other(self, make_bundle, project, monkeypatch):
        """In another process too."""
        (project / "policies" / "queues.rego").write_text(REGO)
        monkeypatch.setattr("landform.checks.workers.BATCH", 1)
        report = checked(make_bundle(STACKS), project, jobs=2)
        (found,) = [finding for finding in report.findings if finding.rule == "ACME_REGO"]

        assert (found.stack, found.severity, found.controls) == ("prod-a.queues", "high", ("ACME-1",))
        assert found.message == "aws_sqs_queue.q breaks the rule: The name is bad."
        assert found.remediation.startswith("Do B.")

    def test_a_rule_that_raises_is_a_finding(self, make_bundle, project):
        """Of severity critical, without the text of what it raised."""
        report = checked(make_bundle(STACKS), project)
        found = [finding for finding in report.findings if "ACME_BROKEN" in finding.message]

        assert {(finding.rule, finding.severity) for finding in found} == {("LF_COVERAGE", "critical")}
        assert {finding.stack for finding in found} == set(STACKS)
        assert not any("hunter2" in str(finding) for finding in report.findings)

    def test_it_can_be_waived(self, make_bundle, project):
        """By its id."""
        report = checked(make_bundle(STACKS, waivers=[WAIVER]), project)
        (found,) = [finding for finding in report.findings if finding.rule == "ACME_NAME"]

        assert found.waiver
        assert found.waiver.id == "W-2026-001"

    def test_other_processes_say_the_same(self, make_bundle, project, monkeypatch):
        """Each reads the rules for itself."""
        monkeypatch.setattr("landform.checks.workers.BATCH", 1)
        bundle = make_bundle(STACKS)

        assert checked(bundle, project, jobs=2).findings == checked(bundle, project, jobs=1).findings

    def test_a_process_begun_before_says_the_same(self, make_bundle, project):
        """One that was there before the stacks were judges them as this one does."""
        bundle = make_bundle(STACKS)
        with rules_ahead(None) as pool:
            assert pool is not None
            assert checked(bundle, project, pool=pool).findings == checked(bundle, project).findings

    def test_a_process_begun_before_ends(self):
        """Leaving it ends it, while it still reads the rules, too."""
        with rules_ahead(None):
            (process,) = multiprocessing.active_children()
            assert process.is_alive()
        assert not process.is_alive()

    def test_none_is_begun_for_another_environment(self):
        """checkov of another environment is asked when there is something to ask."""
        with rules_ahead(Path("python")) as pool:
            assert pool is None

    def test_without_a_project_there_are_none(self, make_bundle):
        """A bundle alone says nothing of them."""
        rules = check(bundle := make_bundle(STACKS), list(bundle.stacks.values()), as_of=DAY).rules

        assert not [rule for rule in rules if rule.startswith("ACME")]

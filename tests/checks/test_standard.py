"""One standard's view of a report."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

import pytest

from landform.checks import Finding, Report, WaiverNote
from landform.checks.standard import coverage_of, of_standard
from landform.policies.controls import Judge, Standard

STANDARD = Standard(
    "s",
    "S",
    "",
    MappingProxyType(
        {
            "S 1": (Judge("CKV_AWS_27"),),
            "S 2": (Judge("CKV_AWS_79", "aws_instance"),),
            "S 3": (),
        }
    ),
)
WAIVER = WaiverNote("w", "2027-01-01", ("a@example.org",), "because")


def finding(rule="CKV_AWS_27", address="aws_sqs_queue.q", controls=("S 1", "T 1"), waiver=None) -> Finding:
    """A finding of a queue, unless it is said to be another."""
    return Finding(
        rule, "medium", "t", "m", "1", "prod", "eu-west-1", "s", address, "", "", "r", controls, waiver
    )


def report(*findings: Finding, **outcomes: dict[str, int]) -> Report:
    """A report of findings, and what rules said of a type, as ``rule__type``."""
    said = {(rule, kind): value for key, value in outcomes.items() for rule, kind in [key.split("__")]}
    return Report("b", dt.date(2026, 11, 20), 1, 1, findings, 0, 0, 0, 0, (), (), {}, outcomes=said)


class TestOfStandard:
    """``of_standard``."""

    def test_keeps_what_is_about_it(self) -> None:
        """Findings of other standards go, and so do other standards' controls of those that stay."""
        found = of_standard(report(finding(), finding(controls=("T 1",)), finding(controls=())), STANDARD)
        assert [each.controls for each in found.findings] == [("S 1",)]


class TestCoverageOf:
    """``coverage_of``."""

    def states(self, said: Report) -> list[str]:
        """The states of the three controls."""
        return [each.state for each in coverage_of(said, STANDARD)]

    def test_a_control_without_a_rule_is_not_judged(self) -> None:
        """Nor is one passed whose rules had nothing to judge."""
        assert self.states(report()) == ["nothing to judge", "nothing to judge", "no rule"]

    def test_passes_where_all_was_judged(self) -> None:
        """Every resource passed."""
        assert self.states(report(CKV_AWS_27__aws_sqs_queue={"passed": 2}))[0] == "pass"

    @pytest.mark.parametrize(
        ("found", "state"),
        [
            ((finding(),), "fail"),
            ((finding(waiver=WAIVER),), "waived"),
            ((finding(waiver=WAIVER), finding()), "fail"),
        ],
    )
    def test_the_worst_counts(self, found: tuple[Finding, ...], state: str) -> None:
        """A finding fails its control though other resources pass; a waiver is no pass."""
        assert self.states(report(*found, CKV_AWS_27__aws_sqs_queue={"passed": 2}))[0] == state

    def test_unknown_is_no_pass(self) -> None:
        """A rule that could not tell of one resource leaves the control unknown."""
        assert self.states(report(CKV_AWS_27__aws_sqs_queue={"passed": 2, "unknown": 1}))[0] == "unknown"

    @pytest.mark.parametrize(
        ("address", "state"), [("aws_sqs_queue.q", "unknown"), ("", "unknown"), ("aws_vpc.v", "pass")]
    )
    def test_what_no_rule_could_read_is_unknown(self, address: str, state: str) -> None:
        """A gap in what a control's rule judges, or in a whole stack, is no pass of the control."""
        gap = finding("LF_COVERAGE", address, ())
        assert self.states(report(gap, CKV_AWS_27__aws_sqs_queue={"passed": 2}))[0] == state

    def test_a_rule_counts_on_its_type_alone(self) -> None:
        """What a rule said of another type is about another control."""
        assert self.states(report(CKV_AWS_79__aws_launch_template={"passed": 1}))[1] == "nothing to judge"

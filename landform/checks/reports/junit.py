"""JUnit XML, which every CI service shows: a suite for each stack, a case for each rule that the stack breaks.

The first suite has a case for each tier, so that a report without a finding is not mistaken for a check that never
ran. There are no durations and no times: equal reports give equal texts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from landform.checks.finding import Finding
from landform.checks.report import state_of
from landform.checks.run import Report, TierVerdict

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""


def junit(report: Report) -> str:
    """The report as JUnit XML."""
    by_stack: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in report.findings:
        by_stack[finding.stack][finding.rule].append(finding)
    suites = [_suite("tiers", [_tier(tier) for tier in report.tiers])]
    for stack in sorted(by_stack):
        cases = [_rule(report, stack, found) for _, found in sorted(by_stack[stack].items())]
        suites.append(_suite(stack, cases))
    root = ElementTree.Element("testsuites", {"name": "landform check", **_counts(suites)})
    root.extend(suites)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _tier(tier: TierVerdict) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname="tiers", name=_clean(tier.label))
    if not tier.ok:
        failure = ElementTree.SubElement(
            case, "failure", type="tier", message=f"{tier.failing} findings at or above {tier.fail_on}"
        )
        failure.text = (
            f"{tier.stacks} stacks: {tier.failing} failing, {tier.below} below, {tier.known} known, "
            f"{tier.waived} waived"
        )
    return case


def _rule(report: Report, stack: str, found: Sequence[Finding]) -> ElementTree.Element:
    """The case of a rule: it fails where one finding does, and is skipped where all are waived or known."""
    first = found[0]
    case = ElementTree.Element(
        "testcase", classname=_clean(stack), name=f"{first.rule} {_clean(first.title)}"
    )
    by_state: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_state[state_of(report, finding)].append(finding)
    failing = by_state["failing"]
    if failing:
        failure = ElementTree.SubElement(
            case, "failure", type=first.severity, message=_clean(failing[0].message)
        )
        failure.text = _clean("\n\n".join(map(_words, failing)))
    elif not by_state["below"]:
        ElementTree.SubElement(case, "skipped", message=_clean("; ".join(map(_excuse, found))))
    rest = [finding for finding in found if finding not in failing]
    if rest:
        lines = [f"{state_of(report, finding)}: {_words(finding)}" for finding in rest]
        ElementTree.SubElement(case, "system-out").text = _clean("\n\n".join(lines))
    return case


def _words(finding: Finding) -> str:
    place = " ".join(part for part in (finding.source, finding.construct_path, finding.address) if part)
    return f"{finding.severity} {place}\n{finding.message}\n{finding.remediation}"


def _excuse(finding: Finding) -> str:
    waiver = finding.waiver
    return f"{waiver.id} until {waiver.expires}: {waiver.reason}" if waiver else "in the baseline"


def _suite(name: str, cases: Sequence[ElementTree.Element]) -> ElementTree.Element:
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    suite = ElementTree.Element("testsuite", {"name": _clean(name), **counts})
    suite.extend(cases)
    return suite


def _counts(suites: Iterable[ElementTree.Element]) -> dict[str, str]:
    listed = tuple(suites)
    return {
        kind: str(sum(int(suite.attrib[kind]) for suite in listed))
        for kind in ("tests", "failures", "errors", "skipped")
    }


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)

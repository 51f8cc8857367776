"""The report as plain data: one JSON document, and groups for people.

In a fleet one mistake is hundreds of findings, the same in every account. People need it once, with the
accounts beside it; machines need every finding.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

from landform.checks.baseline import FORMAT
from landform.checks.finding import Finding, WaiverNote
from landform.checks.run import Report
from landform.checks.suggest import Suggestion
from landform.digest import digest
from landform.org.models import Severity
from landform.policies.catalogue import remediation_of
from landform.policies.view import as_written


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One resource as it was written, wherever it was deployed, and however often.

    ``address`` has the key of an instance where it is about that one alone. ``count`` is the number of findings it
    stands for; ``message`` is what they share; ``waivers`` are all that cover one of them; ``controls`` are the
    published controls that it goes against. ``fingerprint`` stays the same while code moves, and accounts and instances
    come and go: it is the digest of the rule, the stacks' ids and the construct path below the stack.
    """

    address: str
    construct_path: str
    source: str
    message: str
    count: int
    accounts: tuple[str, ...]
    stacks: tuple[str, ...]
    waivers: tuple[WaiverNote, ...]
    controls: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that breaks one rule. ``state`` is that of its findings, one of ``STATES``.

    ``remediation`` is what to do about each of them.
    """

    rule: str
    severity: Severity
    title: str
    remediation: str
    controls: tuple[str, ...]
    state: str
    count: int
    accounts: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]


def groups(report: Report) -> tuple[Group, ...]:
    """The findings by rule and state, without the repetition over accounts: by state, then by severity.

    Findings are one place when address, source and the construct path below the stack agree; the instances of one
    ``count`` or ``for_each`` are one place too.
    """
    by_rule: dict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[STATES.index(state_of(report, finding)), finding.rule].append(finding)
    # The report's order, by severity and rule, is kept within a state.
    return tuple(
        Group(
            rule=rule,
            severity=found[0].severity,
            title=found[0].title,
            remediation=remediation_of(rule, report.users),
            controls=tuple(dict.fromkeys(control for each in found for control in each.controls)),
            state=STATES[state],
            count=len(found),
            accounts=_accounts(found),
            occurrences=_occurrences(found),
        )
        for (state, rule), found in sorted(by_rule.items(), key=lambda item: item[0][0])
    )


STATES = ("failing", "below", "known", "waived")
"""The states of a group: fails its tier; is below the tier's floor; is in the baseline; is covered by a waiver."""


def state_of(report: Report, finding: Finding) -> str:
    """Which of ``STATES`` a finding of a report is in."""
    if finding.waiver:
        return "waived"
    if finding.is_known:
        return "known"
    return "failing" if report.fails(finding) else "below"


def _accounts(found: list[Finding]) -> tuple[str, ...]:
    """The accounts of some findings; the folders, where Terraform of no account was judged."""
    folders = {".": "this folder"}
    return tuple(sorted({finding.account or folders.get(finding.stack, finding.stack) for finding in found}))


def _occurrences(findings: list[Finding]) -> tuple[Occurrence, ...]:
    by_occurrence: dict[tuple[str, str, str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        path = finding.construct_path.removeprefix(f"{finding.stack}/")
        written = as_written(finding.address)
        message = finding.message.replace(finding.address, written) if written else finding.message
        by_occurrence[written, path, finding.source, message].append(finding)
    return tuple(
        Occurrence(
            address=found[0].address if len({each.address for each in found}) == 1 else address,
            construct_path=path,
            source=source,
            message=found[0].message if len({each.address for each in found}) == 1 else message,
            count=len(found),
            accounts=_accounts(found),
            stacks=tuple(sorted({finding.stack for finding in found})),
            controls=found[0].controls,
            waivers=tuple(sorted({f.waiver for f in found if f.waiver}, key=lambda waiver: waiver.id)),
            fingerprint=digest(
                [found[0].rule, sorted({f.stack.rpartition(".")[2] for f in found}), path or address]
            ),
        )
        for (address, path, source, message), found in sorted(by_occurrence.items())
    )


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what ``as_json`` gives."""
    text = resources.files(__package__).joinpath("data/check-v1.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def as_json(report: Report, suggested: Sequence[Suggestion] | None = None) -> dict[str, Any]:
    """The report as a JSON document of format ``landform/check/v1``, with what would replace resources if asked."""
    return {
        **unfolded(report, suggested),
        "findings": [finding.as_json() for finding in report.findings],
    }


def unfolded(report: Report, suggested: Sequence[Suggestion] | None = None) -> dict[str, Any]:
    """What ``as_json`` gives with its findings as they are, for who writes one after the other: a fleet has many."""
    suggestions = {} if suggested is None else {"suggestions": [asdict(each) for each in suggested]}
    return {
        **suggestions,
        "format": FORMAT,
        "as_of": report.as_of.isoformat(),
        "bundle": report.bundle,
        "ok": report.ok,
        "counts": {
            "stacks": report.stacks,
            "resources": report.resources,
            "passed": report.passed,
            "failed": report.failed,
            "waived": report.waived,
            "unknown": report.unknown,
        },
        "baseline": None
        if report.gone is None
        else {"known": sum(tier.known for tier in report.tiers), "gone": report.gone},
        "tiers": {
            tier.tier: {
                "ok": tier.ok,
                "fail_on": tier.fail_on,
                "stacks": tier.stacks,
                "failing": tier.failing,
                "below": tier.below,
                "known": tier.known,
                "waived": tier.waived,
            }
            for tier in report.tiers
        },
        "findings": report.findings,
        "rules": list(report.rules),
        "unchecked_types": dict(report.unchecked_types),
    }

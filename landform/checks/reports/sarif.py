"""SARIF 2.1.0 ("Static Analysis Results Interchange Format", OASIS), which code scanning services read.

One result is one place in the user's code, whatever the number of accounts it was deployed to: services take some
thousands of results and show them on lines. The number of findings is the result's ``occurrenceCount``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import landform
from landform.checks.report import Group, Occurrence, groups
from landform.checks.reports.standards import standard_of
from landform.checks.run import Report
from landform.digest import canonical_json
from landform.org.models import Severity
from landform.policies.catalogue import Entry, catalogue
from landform.synth.bundle import STACK_FILE

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
_SCORES: Mapping[Severity, str] = {
    "critical": "9.5",
    "high": "8.0",
    "medium": "5.5",
    "low": "2.0",
    "info": "0.0",
}
"""Within the bands that GitHub's code scanning has for the same words; 0.0 is in none of them."""

_PROJECT = "%SRCROOT%"
_BUNDLE = "BUNDLE"
_LIBRARY = "landform/"


def sarif(report: Report) -> str:
    """The report as a SARIF log with one run."""
    found = groups(report)
    first = {group.rule: group for group in reversed(found)}
    rules = sorted(first)
    standards = _standards(found)
    known = catalogue(report.users)
    run = {
        "tool": {
            "driver": {
                "name": "landform",
                "version": landform.__version__,
                "rules": [_rule(first[rule], known.get(rule), standards) for rule in rules],
                "supportedTaxonomies": [
                    {"name": name, "index": index} for index, name in enumerate(standards)
                ],
            }
        },
        "taxonomies": [_taxonomy(name, controls) for name, controls in standards.items()],
        "automationDetails": {"id": "landform/check/"},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _PROJECT: {"description": {"text": "The project's folder."}},
            _BUNDLE: {"description": {"text": "The bundle's folder."}},
        },
        "results": _results(found, rules, is_compared=report.gone is not None),
        "properties": {"bundle": report.bundle, "as_of": report.as_of.isoformat(), "ok": report.ok},
    }
    return canonical_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _standards(found: Sequence[Group]) -> Mapping[str, Sequence[str]]:
    """The controls that are asked for, by the name of their standard."""
    by_name: dict[str, list[str]] = {}
    for control in sorted({control for group in found for control in group.controls}):
        by_name.setdefault(standard_of(control).name, []).append(control)
    return dict(sorted(by_name.items()))


def _taxonomy(name: str, controls: Sequence[str]) -> dict[str, Any]:
    organization = standard_of(controls[0]).organization
    return {
        "name": name,
        **({"organization": organization} if organization else {}),
        "shortDescription": {"text": f"{name}: the controls that findings of this run are about."},
        "isComprehensive": False,
        "taxa": [{"id": control} for control in controls],
    }


def _rule(group: Group, known: Entry | None, standards: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    why = f"{known.rationale}\n\n" if known and known.rationale else ""
    waive = f"Or waive {group.rule} in org/waivers/ with a reason, an approver and an expiry."
    names = list(standards)
    return {
        "id": group.rule,
        "name": group.rule,
        "shortDescription": {"text": group.title},
        "fullDescription": {"text": known.rationale if known and known.rationale else group.title},
        "help": {
            "text": f"{why}{group.remediation}\n\n{waive}",
            "markdown": f"{why}**What to do:** {group.remediation}\n\n{waive}",
        },
        "defaultConfiguration": {"level": _LEVELS[group.severity]},
        "relationships": [
            {
                "target": {
                    "id": control,
                    "index": standards[name].index(control),
                    "toolComponent": {"name": name, "index": names.index(name)},
                },
                "kinds": ["relevant"],
            }
            for control in group.controls
            for name in (standard_of(control).name,)
        ],
        "properties": {
            "security-severity": _SCORES[group.severity],
            # Code scanning reads the score of rules with this tag alone.
            "tags": ["security", group.severity],
        },
    }


def _results(found: Sequence[Group], rules: Sequence[str], *, is_compared: bool) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    results = []
    for group in found:
        for place in group.occurrences:
            # One place may be in two states, as where its waiver is for one tier alone.
            seen[place.fingerprint] += 1
            result = _result(group, place, rules.index(group.rule), seen[place.fingerprint])
            if is_compared:
                result["baselineState"] = "unchanged" if group.state == "known" else "new"
            results.append(result)
    return results


def _result(group: Group, place: Occurrence, rule_index: int, ordinal: int) -> dict[str, Any]:
    mark = f"{place.fingerprint.removeprefix('sha256:')}:{ordinal}"
    where = ", ".join(place.accounts[:4]) + (", ..." if len(place.accounts) > 4 else "")
    return {
        "ruleId": group.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[group.severity],
        "message": {"text": f"{place.message} Found {place.count} x, in {where}."},
        "locations": [_location(place)],
        # The second name is the only one that GitHub's code scanning compares; it may hold any stable text.
        "partialFingerprints": {"landformPlace/v1": mark, "primaryLocationLineHash": mark},
        "occurrenceCount": place.count,
        "suppressions": [
            {
                "kind": "external",
                "status": "accepted",
                "justification": (
                    f"{waiver.id}, approved by {', '.join(waiver.approved_by)}, until {waiver.expires}: "
                    f"{waiver.reason}"
                ),
            }
            for waiver in place.waivers
        ],
        "properties": {
            "state": group.state,
            "severity": group.severity,
            "accounts": list(place.accounts),
            "stacks": list(place.stacks),
        },
    }


def _location(place: Occurrence) -> dict[str, Any]:
    file, _, line = place.source.rpartition(":")
    # A line of landform's own is in no project; what it made is in the bundle.
    if file and not file.startswith(_LIBRARY):
        physical = {
            "artifactLocation": {"uri": quote(file), "uriBaseId": _PROJECT},
            "region": {"startLine": int(line)},
        }
    else:
        physical = {
            "artifactLocation": {
                "uri": quote(f"stacks/{place.stacks[0]}/{STACK_FILE}"),
                "uriBaseId": _BUNDLE,
            },
        }
    names = [(place.construct_path, "construct"), (place.address, "resource")]
    logical = [
        {"name": name.rpartition("/")[2], "fullyQualifiedName": name, "kind": kind}
        for name, kind in names
        if name
    ]
    return {"physicalLocation": physical, "logicalLocations": logical}

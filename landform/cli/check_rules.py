"""``landform check --explain RULE`` and ``--rules``: what the gate asks for, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landform.cli.check_report import COLOURS
from landform.cli.console import Out, table
from landform.cli.project import checks_python, read_users

if TYPE_CHECKING:
    from landform.policies.catalogue import Entry
    from landform.policies.plan_rule import PlanRule

Example = Mapping[str, Mapping[str, Mapping[str, Any]]]


def list_rules(said: Out, project: Path) -> None:
    """List every rule with its severity, the worst first; the project's own too."""
    from landform.policies.catalogue import catalogue
    from landform.policies.severity import rank

    entries = sorted(
        catalogue(read_users(project)).values(), key=lambda entry: (-rank(entry.severity), entry.id)
    )
    document = [
        {"id": entry.id, "severity": entry.severity, "engine": entry.engine, "title": entry.title}
        for entry in entries
    ]
    columns = ("severity", "id", "engine", "title")
    rows = [[row[column] for column in columns] for row in document]
    said.result(document, lambda console: console.print(table(columns, rows)))


def explain_rule(said: Out, rule: str, project: Path) -> None:
    """Say all that is known of one rule.

    Raises:
        LandformError: ``usage`` where no rule has the id; ``policy-rule`` where the project's are none.
    """
    from landform.checks.scanning import rule_types
    from landform.policies.catalogue import entry_of, remediation_of
    from landform.policies.plan_rules import PLAN_RULES
    from landform.policies.rules import OWN

    users = read_users(project)
    over_plans = PLAN_RULES.get(rule) or (users.plan[rule].rule if rule in users.plan else None)
    if over_plans:
        _explain_plan_rule(said, over_plans)
        return
    entry = entry_of(rule, users)
    own = OWN.get(entry.id) or users.rule(entry.id)
    document = {
        "id": entry.id,
        "title": entry.title,
        "severity": entry.severity,
        "engine": entry.engine,
        # Only checkov knows what its rules judge.
        "types": list(entry.types if own or entry.types else rule_types(checks_python()).get(entry.id, ())),
        "rationale": entry.rationale,
        "remediation": remediation_of(entry.id, users),
        "controls": list(entry.controls),
        "good": list(own.good) if own else [],
        "bad": list(own.bad) if own else [],
    }

    def human(console: Any) -> None:
        for line in _lines(entry, document):
            console.print(line, highlight=False, soft_wrap=True)

    said.result(document, human)


def _explain_plan_rule(said: Out, rule: PlanRule) -> None:
    from landform.plan.explain import rule_document

    document = rule_document(rule)

    def human(console: Any) -> None:
        from rich.markup import escape

        console.print(f"[bold]{rule.id}[/] {escape(rule.title)}", highlight=False, soft_wrap=True)
        for label, text in (
            ("why", rule.rationale),
            ("fix", rule.remediation),
            ("judges", document["judges"]),
        ):
            console.print(f"[bold]{label}:[/] {escape(text)}", highlight=False, soft_wrap=True)

    said.result(document, human)


def _lines(entry: Entry, document: Mapping[str, Any]) -> Iterator[str]:
    from rich.markup import escape

    yield f"[{COLOURS[entry.severity]}]{entry.severity}[/] [bold]{entry.id}[/] {escape(entry.title)}"
    yield ""
    named = {
        "why": entry.rationale,
        "fix": document["remediation"],
        "judges": ", ".join("every resource" if name == "*" else name for name in document["types"]),
        "controls": ", ".join(entry.controls),
        "rule of": entry.engine,
    }
    yield from (f"[bold]{label}:[/] {escape(text)}" for label, text in named.items() if text)
    for label in ("good", "bad"):
        for example in document[label]:
            yield ""
            yield f"[bold]{label}:[/]"
            yield escape(json.dumps({"resource": example}, indent=2))

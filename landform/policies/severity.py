"""How bad a failed rule is, from a table of landform's own.

checkov carries the severity of its built-in rules only for customers of its platform: offline every one of
them is ``None``. So landform keeps a table, ``data/checkov_severity.tsv``: rule, severity and title of every
AWS rule, one a line, to be read and disputed. The scale: public exposure, administrator rights, disabled
authentication and secrets in the open are critical or high; encryption, logging and recovery are medium; a
customer's key in place of AWS's, and good housekeeping, are low or info.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from landform.org.models import Severity
from landform.policies.rules import OWN

SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
"""Every severity, the mildest first."""

UNLISTED: Severity = "medium"
"""The severity of a rule that the table does not list: rules of other providers than AWS."""

COVERAGE = "LF_COVERAGE"
"""The rule that is broken where a rule could not judge what it must judge."""

COVERAGE_SEVERITY: Severity = "critical"
"""The severity of that rule, where nobody can say what was missed; else it is that of the worst rule that could not
tell."""

UNASKED: Severity = "info"
"""The severity of something that could not be judged and that no rule asks for."""

_BY_NAME: Mapping[str, Severity] = {severity: severity for severity in SEVERITIES}


def rank(severity: Severity) -> int:
    """The severity as a number, 0 for info to 4 for critical."""
    return SEVERITIES.index(severity)


def at_least(severity: Severity, floor: Severity) -> bool:
    """Whether a severity is as bad as the floor, or worse."""
    return rank(severity) >= rank(floor)


def severity_of(rule: str) -> Severity:
    """The severity of a rule; ``medium`` for a rule that the table does not list."""
    return table().get(rule, UNLISTED)


@functools.cache
def checkov_rules() -> Mapping[str, tuple[Severity, str]]:
    """Severity and title of checkov's AWS rules, by id."""
    text = resources.files(__package__).joinpath("data/checkov_severity.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return MappingProxyType({rule: (_BY_NAME[severity], title) for rule, severity, title in rows})


@functools.cache
def table() -> Mapping[str, Severity]:
    """Every listed rule with its severity: checkov's AWS rules and landform's own."""
    return MappingProxyType(
        {
            **{rule: severity for rule, (severity, _) in checkov_rules().items()},
            COVERAGE: COVERAGE_SEVERITY,
            **{rule.id: rule.severity for rule in OWN.values()},
        }
    )

"""Every rule by its id: what it asks for, how bad it is to break it, and what to do then.

landform's own rules, and users', say all of it themselves. Of checkov's, the severity table has severity and title,
and what to do is said by the tables of secure defaults of landform's constructs, which name the checks that each
satisfies.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from landform.errors import Code, LandformError, did_you_mean
from landform.org.models import Severity
from landform.policies.controls import controls_of
from landform.policies.rule import Rule
from landform.policies.rules import OWN
from landform.policies.severity import COVERAGE, COVERAGE_SEVERITY, checkov_rules
from landform.policies.user_rules import NO_RULES, UserRules

COVERAGE_TITLE = "Every resource that a rule knows is judged"
_COVERAGE_REMEDIATION = "Write policies and blocks as literals, so that a rule can read them."
_COVERAGE_RATIONALE = (
    "A rule that could not read something finds nothing wrong with it, and silence looks like a pass."
)
_CHECKOV_REMEDIATION = "Change the arguments that the finding names until what the rule's title says is true."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a rule.

    ``types`` are the resource types it judges and ``rationale`` what happens to those who break it; both are empty
    where checkov alone knows the rule. ``controls`` are ids of published controls that ask for the same, of one of
    the rule's types at least.
    """

    id: str
    title: str
    severity: Severity
    engine: Literal["checkov", "landform", "user"]
    types: tuple[str, ...] = ()
    rationale: str = ""
    controls: tuple[str, ...] = ()


def catalogue(users: UserRules = NO_RULES) -> Mapping[str, Entry]:
    """Every rule by id, sorted: landform's own, checkov's for AWS, and users'."""
    entries = [
        *_shipped().values(),
        *(_entry(rule, "user") for rule in users.rules),
        *(
            Entry(
                id=check.id, title=check.title, severity=check.severity, engine="checkov", types=check.types
            )
            for check in users.checkov.values()
        ),
    ]
    return MappingProxyType({entry.id: entry for entry in sorted(entries, key=lambda entry: entry.id)})


@functools.cache
def _shipped() -> Mapping[str, Entry]:
    entries = [
        Entry(
            id=COVERAGE,
            title=COVERAGE_TITLE,
            severity=COVERAGE_SEVERITY,
            engine="landform",
            types=("*",),
            rationale=_COVERAGE_RATIONALE,
        ),
        *(_entry(rule, "landform") for rule in OWN.values()),
        *(
            Entry(id=rule, title=title, severity=severity, engine="checkov", controls=controls_of(rule))
            for rule, (severity, title) in checkov_rules().items()
        ),
    ]
    return MappingProxyType({entry.id: entry for entry in entries})


def _entry(rule: Rule, engine: Literal["landform", "user"]) -> Entry:
    return Entry(
        id=rule.id,
        title=rule.title,
        severity=rule.severity,
        engine=engine,
        types=rule.types,
        rationale=rule.rationale,
        controls=controls_of(rule.id) or rule.controls,
    )


def entry_of(rule: str, users: UserRules = NO_RULES) -> Entry:
    """What is known of a rule.

    Raises:
        LandformError: ``usage`` where no rule has the id.
    """
    known = catalogue(users)
    if rule not in known:
        raise LandformError(
            Code.USAGE,
            "There is no such rule.",
            given=rule,
            expected="the id of a rule, such as CKV_AWS_144",
            fix=did_you_mean(rule.upper(), known) or "`landform check --rules` lists all of them.",
        )
    return known[rule]


def remediation_of(rule: str, users: UserRules = NO_RULES) -> str:
    """What to do where a rule is broken, in a sentence or two, the same for every resource."""
    if rule == COVERAGE:
        return _COVERAGE_REMEDIATION
    said = OWN.get(rule) or users.rule(rule)
    if said:
        return said.remediation
    return " ".join([_CHECKOV_REMEDIATION, *_keepers().get(rule, ())[:1]])


@functools.cache
def _keepers() -> Mapping[str, tuple[str, ...]]:
    """For each check that constructs satisfy, a sentence that names them and what they hold."""
    found: dict[str, dict[str, list[str]]] = {}
    for service, construct, holds, checks in _defaults():
        for check in checks:
            found.setdefault(check, {}).setdefault(holds, []).append(f"{service}.{construct}")
    return MappingProxyType(
        {
            check: tuple(
                f"In landform's {', '.join(constructs)}: {holds}." for holds, constructs in by_default.items()
            )
            for check, by_default in found.items()
        }
    )


def _defaults() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Every secure default of every construct: service, construct, what holds, ids of checks."""
    # Imported here, because only a finding or a question needs every construct.
    import landform.constructs as room

    for package in pkgutil.iter_modules(room.__path__):
        if package.ispkg:
            table = importlib.import_module(f"{room.__name__}.{package.name}.controls").CONTROLS
            for construct, controls in table.items():
                for control in controls:
                    yield package.name, construct, control.holds, control.checks

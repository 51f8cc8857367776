"""Users' rules: what a project's ``policies/`` folder and installed packages ask for beside landform's own.

A file that would not be read is an error, as in the spec: a rule that nobody runs looks like one that everybody keeps.
Rules are loaded in every process that judges with them, because a function of a user's cannot be sent to another one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from landform.digest import digest, sha256
from landform.errors import Code, LandformError, Place, did_you_mean, raise_all
from landform.org.models import Severity
from landform.policies.plan_rule import PlanRule
from landform.policies.rule import Rule
from landform.policies.severity import SEVERITIES

FOLDER = "policies"
"""The folder of a project that holds its rules, beside ``org/``."""

GROUP = "landform.policies"
"""The entry points by which a package ships rules: each names a module with ``RULES``, or the tuple itself."""

CHECKOV = f"{FOLDER}/checkov"
"""The folder of checks for checkov, which knows them by its own forms."""

Language = Literal["Python", "CEL", "Rego"]

_ID = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
_RESERVED = ("LF_", "CKV")
_TEXTS = ("title", "rationale", "remediation")
_TUPLES = ("types", "controls", "good", "bad")
_PLAN_TUPLES = ("good", "bad")


@dataclass(frozen=True, slots=True)
class UserRule:
    """A rule of a user's, where it stands, and what it is written in."""

    rule: Rule
    place: Place
    language: Language


@dataclass(frozen=True, slots=True)
class UserPlanRule:
    """A plan rule of a user's, and where it stands. Plan rules are written in Python."""

    rule: PlanRule
    place: Place


AnyRule = UserRule | UserPlanRule


@dataclass(frozen=True, slots=True)
class CheckovCheck:
    """A check of a user's for checkov.

    ``kind`` is the block that it judges, or ``graph``; ``check`` is checkov's object, None where checkov is in another
    environment.
    """

    id: str
    title: str
    severity: Severity
    types: tuple[str, ...]
    place: Place
    kind: str
    check: Any


@dataclass(frozen=True, eq=False)
class UserRules:
    """Users' rules by id, sorted: landform's kind, checkov's, and those over plans.

    ``checks_python`` is the interpreter in whose environment checkov is, and with it users' checks for it; None is
    this one. ``project`` is the folder that they are read from.
    """

    by_id: Mapping[str, UserRule] = field(default_factory=lambda: MappingProxyType({}))
    checkov: Mapping[str, CheckovCheck] = field(default_factory=lambda: MappingProxyType({}))
    plan: Mapping[str, UserPlanRule] = field(default_factory=lambda: MappingProxyType({}))
    checks_python: Path | None = None
    project: Path | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules alone."""
        return tuple(found.rule for found in self.by_id.values())

    @property
    def plan_rules(self) -> tuple[PlanRule, ...]:
        """The plan rules alone."""
        return tuple(found.rule for found in self.plan.values())

    def found(self, id: str) -> AnyRule:
        """The rule of an id, over stacks or over plans, with its place.

        Raises:
            LandformError: ``usage`` where no rule in Python, CEL or Rego has it.
        """
        if id in self.checkov:
            raise LandformError(
                Code.USAGE,
                "A check for checkov has no examples.",
                place=self.checkov[id].place,
                given=id,
                expected="the id of a rule in Python, CEL or Rego",
            )
        either: Mapping[str, AnyRule] = {**self.by_id, **self.plan}
        if id not in either:
            raise LandformError(
                Code.USAGE,
                "There is no such rule in the project or a package.",
                given=id,
                fix=did_you_mean(id.upper(), either) or "`landform policy list` lists all of them.",
            )
        return either[id]

    def rule(self, id: str) -> Rule | None:
        """The rule of an id, where there is one."""
        return self.by_id[id].rule if id in self.by_id else None


NO_RULES = UserRules()
"""No rules of a user's."""


def no_rules(checks_python: Path | None) -> UserRules:
    """No rules of a user's, with checkov in the environment of an interpreter, or in this one."""
    return NO_RULES if checks_python is None else UserRules(checks_python=checks_python)


def read_rules(project: Path) -> UserRules:
    """The rules of a project's folder and of installed packages, without the checks for checkov.

    Runs the folder's Python modules and imports those of the packages.

    Raises:
        LandformError: ``policy-rule`` for a file that is not read, a module that raises, or a rule that is none;
            ``spec-...`` for YAML that is not what it must be; ``extra-missing`` for Rego where nothing is installed
            that runs it; all in one go.
    """
    from landform.policies.cel_rules import read_cel
    from landform.policies.python_rules import read_entry_point, read_python
    from landform.policies.rego_rules import read_rego

    readers = {".py": read_python, ".yaml": read_cel, ".rego": read_rego}
    found: list[AnyRule] = []
    errors: list[LandformError] = []
    for file in files_in(project, FOLDER):
        reader = readers.get(os.path.splitext(file)[1])
        try:
            if reader is None:
                raise unread(
                    file,
                    "<name>.py with RULES, <name>.yaml with rules in CEL, or <name>.rego with a rule in Rego",
                )
            found += reader(project, file)
        except LandformError as error:
            errors += error.each()
    for point in _entry_points():
        try:
            found += read_entry_point(point)
        except LandformError as error:
            errors += error.each()
    for each in found:
        errors += _mistakes(each)
    raise_all([*errors, *_twice(found)])
    ordered = sorted(found, key=_id)
    return UserRules(
        MappingProxyType({each.rule.id: each for each in ordered if isinstance(each, UserRule)}),
        plan=MappingProxyType({each.rule.id: each for each in ordered if isinstance(each, UserPlanRule)}),
    )


def rules_digest(project: Path) -> str:
    """The digest of all that users' rules are made of, for the key of a cache of results.

    Every file of the folder, every entry point with its distribution's version, and the versions of CEL and Rego. What
    a rule imports beside these is not in it.

    Raises:
        LandformError: ``policy-rule`` where a file cannot be read.
    """
    return digest(
        {
            "files": {
                file: sha256(_bytes(project, file))
                for folder in (FOLDER, CHECKOV)
                for file in files_in(project, folder)
            },
            "packages": [
                [point.name, point.value, point.dist.name if point.dist else "", _version(point)]
                for point in _entry_points()
            ],
            "cel": metadata.version("common-expression-language"),
            "rego": [found.version for found in metadata.distributions(name="regopy")],
        }
    )


def _version(point: metadata.EntryPoint) -> str:
    return point.dist.version if point.dist else ""


def _entry_points() -> Sequence[metadata.EntryPoint]:
    return sorted(metadata.entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def files_in(project: Path, folder: str) -> list[str]:
    """Everything in a folder of rules but hidden files, notes in Markdown, Python's own cache, and checkov's folder."""
    try:
        names = sorted(os.listdir(project / folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LandformError(
            Code.POLICY_RULE,
            "The folder of rules cannot be read.",
            place=Place(folder),
            given=error.strerror,
            expected="a readable folder",
        ) from None
    return [
        f"{folder}/{name}"
        for name in names
        if not name.startswith(".")
        and not name.endswith(".md")
        and name != "__pycache__"
        and f"{folder}/{name}" != CHECKOV
    ]


def _bytes(project: Path, file: str) -> bytes:
    try:
        return (project / file).read_bytes()
    except OSError as error:
        raise LandformError(
            Code.POLICY_RULE, "A file of rules cannot be read.", place=Place(file), given=error.strerror
        ) from None


def unread(file: str, expected: str) -> LandformError:
    """The error for a file of the folder that nobody reads."""
    return LandformError(
        Code.POLICY_RULE,
        "A file in the folder of rules would not be read.",
        place=Place(file),
        expected=expected,
        fix=f"Rename it, or move it out of {FOLDER}/.",
    )


def _id(each: AnyRule) -> str:
    return str(each.rule.id)


def _mistakes(each: AnyRule) -> Iterator[LandformError]:
    """What of a rule is not what it must be. Python's own types are not checked when a rule is made."""
    rule, place = each.rule, each.place
    if not (isinstance(rule.id, str) and _ID.fullmatch(rule.id)):
        yield _wrong("id", rule.id, place, "capitals, digits and underscores, such as ACME_QUEUE_KEY")
    elif rule.id.startswith(_RESERVED):
        yield LandformError(
            Code.POLICY_RULE,
            "Ids of this form are landform's and checkov's own.",
            place=place,
            given=rule.id,
            expected=f"an id that does not begin with {' or '.join(_RESERVED)}, such as ACME_QUEUE_KEY",
        )
    if isinstance(rule, Rule) and rule.severity not in SEVERITIES:
        yield _wrong("severity", rule.severity, place, f"one of {', '.join(SEVERITIES)}", SEVERITIES)
    for name in _TEXTS:
        value = getattr(rule, name)
        if not isinstance(value, str) or not value.strip():
            yield _wrong(name, value, place, "a text that is not empty")
    for name in _TUPLES if isinstance(rule, Rule) else _PLAN_TUPLES:
        if not isinstance(getattr(rule, name), tuple):
            yield _wrong(name, getattr(rule, name), place, "a tuple")
    if (
        isinstance(rule, Rule)
        and isinstance(rule.types, tuple)
        and not (rule.types and all(isinstance(kind, str) and kind for kind in rule.types))
    ):
        yield _wrong("types", rule.types, place, 'a tuple of at least one type, such as ("aws_sqs_queue",)')
    if not callable(rule.judge):
        what = "block" if isinstance(rule, Rule) else "plan"
        yield _wrong("judge", rule.judge, place, f"a function of a {what}")


def _wrong(name: str, value: object, place: Place, expected: str, known: Sequence[str] = ()) -> LandformError:
    return LandformError(
        Code.POLICY_RULE,
        f"The {name} of a rule is not what it must be.",
        place=place,
        given=repr(value),
        expected=expected,
        fix=did_you_mean(str(value), known),
    )


def _twice(found: Sequence[AnyRule]) -> Iterator[LandformError]:
    first: dict[str, Place] = {}
    for each in found:
        if _id(each) in first:
            yield LandformError(
                Code.POLICY_RULE,
                "Two rules have one id.",
                place=each.place,
                given=f"{each.rule.id}, which is at {first[_id(each)]} too",
                fix="Give one of them another id.",
            )
        first.setdefault(_id(each), each.place)

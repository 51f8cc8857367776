"""Policy documents: statements, merged, sorted and rendered as JSON.

Grammar and limits are those of the IAM user guide ("IAM JSON policy reference", "IAM and AWS STS quotas").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

from landform.core import Ref
from landform.core.construct import user_place
from landform.errors import Code, LandformError, Place

VERSION = "2012-10-17"

PrincipalKind = Literal["AWS", "Service", "Federated", "*"]
PolicyKind = Literal[
    "managed policy",
    "role policy",
    "trust policy",
    "bucket policy",
    "key policy",
    "endpoint policy",
    "queue policy",
    "topic policy",
    "event bus policy",
    "secret policy",
    "table policy",
    "repository policy",
    "file system policy",
    "vault policy",
    "domain policy",
    "log resource policy",
    "api policy",
    "permission set policy",
    "service control policy",
    "resource control policy",
    "delegation policy",
]

# In characters. AWS does not count white space, and there is none in what is rendered here.
SIZE_LIMITS: Mapping[PolicyKind, int] = {
    "managed policy": 6_144,
    "role policy": 10_240,
    "trust policy": 2_048,
    "bucket policy": 20_480,
    "key policy": 32_768,
    "endpoint policy": 20_480,
    "queue policy": 8_192,
    "topic policy": 30_720,
    "event bus policy": 10_240,
    "secret policy": 20_480,
    "table policy": 20_480,
    "repository policy": 10_240,
    "file system policy": 20_000,
    "vault policy": 20_480,
    "domain policy": 102_400,
    "log resource policy": 5_120,
    "api policy": 8_192,
    "permission set policy": 32_768,
    "service control policy": 5_120,
    "resource control policy": 5_120,
    "delegation policy": 40_000,
}

# What AWS chooses is unknown at synth: a reference counts as much as the longest ARN of a key, and some more.
REFERENCE_CHARACTERS = 100

_SID = re.compile(r"[A-Za-z0-9]+\Z")
# IAM's own variables, ${aws:username}, have a colon where Terraform's expressions have none.
_POLICY_VARIABLE = re.compile(r"\$\{(?=[a-z0-9-]+:)")
_REFERENCE = re.compile(r"\$\{(?![a-z0-9-]+:)[^}]*\}")

Text = str | Ref[str]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a statement is about: ARNs or account ids, service names, federated providers, or everyone."""

    kind: PrincipalKind
    id: Text

    @classmethod
    def everyone(cls) -> Principal:
        """Everyone: right in a statement that denies, or whose conditions say who."""
        return cls("*", "*")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: operator (``StringEquals``), key (``aws:SourceAccount``) and the values that match."""

    operator: str
    key: str
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy. ``sid`` says what it is for, in letters and digits.

    Raises:
        LandformError: ``argument-value`` for a sid AWS would refuse, a statement without actions, or two conditions
            with one operator and one key.
    """

    sid: str
    actions: tuple[str, ...] = ()
    resources: tuple[Text, ...] = ("*",)
    effect: Literal["Allow", "Deny"] = "Allow"
    principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    not_actions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _SID.match(self.sid):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A statement's id takes letters and digits only.",
                place=user_place(),
                given=repr(self.sid),
                expected="for example ReadObjects",
            )
        if bool(self.actions) == bool(self.not_actions):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                f"Statement {self.sid} needs actions, or the actions it leaves out, and not both.",
                place=user_place(),
                given=f"actions {list(self.actions)}, not_actions {list(self.not_actions)}",
            )
        tests = [(condition.operator, condition.key) for condition in set(self.conditions)]
        twice = sorted({test for test in tests if tests.count(test) > 1})
        if twice:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                f"Statement {self.sid} asks for one key twice, and AWS keeps one answer.",
                place=user_place(),
                given=", ".join(f"{operator} on {key}" for operator, key in twice),
                expected="one condition with all the values that match, or two statements",
            )

    def render(self) -> dict[str, Any]:
        """The statement as AWS's JSON; without resources, as in a trust policy, that key is left out."""
        rendered: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principals:
            rendered["Principal"] = _principals(self.principals)
        if self.actions:
            rendered["Action"] = _one_or_many(sorted(set(self.actions)))
        else:
            rendered["NotAction"] = _one_or_many(sorted(set(self.not_actions)))
        if self.resources:
            rendered["Resource"] = _one_or_many(sorted({str(resource) for resource in self.resources}))
        if self.conditions:
            rendered["Condition"] = _conditions(self.conditions)
        return rendered


class PolicyDocument:
    """A policy being put together. Equal statements are one; those that differ in resources alone are merged."""

    def __init__(self, kind: PolicyKind, statements: Iterable[Statement] = ()) -> None:
        self.kind = kind
        self._statements: list[Statement] = []
        for statement in statements:
            self.add(statement)

    def __bool__(self) -> bool:
        return bool(self._statements)

    def add(self, statement: Statement) -> None:
        """Add a statement."""
        for index, other in enumerate(self._statements):
            if _but_for_resources(other) == _but_for_resources(statement):
                merged = (*other.resources, *(r for r in statement.resources if r not in other.resources))
                self._statements[index] = replace(other, resources=merged)
                return
        self._statements.append(statement)

    @property
    def statements(self) -> Sequence[Statement]:
        """The statements, sorted, their ids unique: a second of one id gets the number 2, or the next free one."""
        taken = {statement.sid for statement in self._statements}
        unique: dict[str, Statement] = {}
        for statement in sorted(self._statements, key=_order):
            sid = statement.sid
            if sid in unique:
                sid = next(name for n in count(2) if (name := f"{sid}{n}") not in taken)
                taken.add(sid)
            unique[sid] = replace(statement, sid=sid)
        return tuple(unique.values())

    def merges(self, statement: Statement) -> bool:
        """Whether a statement of the document differs from this one in resources alone, or not at all."""
        shared = _but_for_resources(statement)
        return any(_but_for_resources(other) == shared for other in self._statements)

    def takes(self, statement: Statement) -> bool:
        """Whether the document, with the statement, is no longer than AWS takes."""
        larger = PolicyDocument(self.kind)
        larger._statements = [*self._statements]
        larger.add(statement)
        return larger.size <= SIZE_LIMITS[self.kind]

    @property
    def size(self) -> int:
        """The length in characters, each reference counted as ``REFERENCE_CHARACTERS``."""
        return _counted(self._text())

    def to_json(self, place: Place | None = None) -> str:
        """The document as compact JSON, IAM's own variables escaped for Terraform.

        Raises:
            LandformError: ``argument-value`` where it is longer than AWS takes.
        """
        text = self._text()
        if (size := _counted(text)) > SIZE_LIMITS[self.kind]:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                f"The {self.kind} is longer than AWS takes.",
                place=place,
                given=f"{size} characters in {len(self._statements)} statements",
                expected=f"at most {SIZE_LIMITS[self.kind]}",
                fix="Grant on fewer, wider prefixes, or spread the grants over several roles.",
            )
        return _POLICY_VARIABLE.sub("$${", text)

    def _text(self) -> str:
        statements = [statement.render() for statement in self.statements]
        return json.dumps(
            {"Version": VERSION, "Statement": statements}, separators=(",", ":"), ensure_ascii=False
        )


def _counted(text: str) -> int:
    return len(_REFERENCE.sub("x" * REFERENCE_CHARACTERS, text))


def _but_for_resources(statement: Statement) -> tuple[object, ...]:
    """What two statements share that can be one: all but the resources, each list as the set that AWS reads."""
    return (
        statement.sid,
        statement.effect,
        frozenset(statement.actions),
        frozenset(statement.not_actions),
        frozenset(statement.principals),
        frozenset((c.operator, c.key, frozenset(c.values)) for c in statement.conditions),
    )


def _order(statement: Statement) -> tuple[str, str]:
    return statement.sid, json.dumps(statement.render(), sort_keys=True)


def _principals(principals: Sequence[Principal]) -> Any:
    if any(principal.kind == "*" for principal in principals):
        return "*"
    kinds: dict[str, set[str]] = {}
    for principal in principals:
        kinds.setdefault(principal.kind, set()).add(str(principal.id))
    return {kind: _one_or_many(sorted(ids)) for kind, ids in sorted(kinds.items())}


def _conditions(conditions: Sequence[Condition]) -> dict[str, dict[str, Any]]:
    rendered: dict[str, dict[str, Any]] = {}
    for condition in sorted(conditions, key=lambda c: (c.operator, c.key)):
        values = sorted({str(value) for value in condition.values})
        rendered.setdefault(condition.operator, {})[condition.key] = _one_or_many(values)
    return rendered


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values

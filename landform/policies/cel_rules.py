"""Rules in YAML whose judgement is one line of CEL, the Common Expression Language (cel.dev).

``holds`` is an expression over ``resource``, which is true of what keeps the rule. CEL knows nothing of values that
Terraform alone knows: where the expression reads one, the rule says that it cannot tell, and is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from landform.errors import Code, LandformError
from landform.org.document import Document, read_document
from landform.org.load import model_of
from landform.org.models import Model, Severity, Text
from landform.policies.arguments import is_made_at_plan, typed_arguments
from landform.policies.rule import Breach, Judge, Rule, Undecided, Verdict
from landform.policies.user_rules import UserRule
from landform.policies.view import Block, is_known

_HAS = re.compile(r"\bhas\s*\(([^()]*)\)")
# A name before a parenthesis is a function's, and no argument's.
_PATH = re.compile(r"\bresource\b((?:\s*\.\s*[A-Za-z_]\w*\b(?!\s*\())*)")

_Example = dict[str, dict[str, dict[str, Any]]]


class CelRule(Model):
    """One rule; the fields are those of ``landform.policies.rule.Rule``, with ``holds`` for its judgement."""

    id: Text
    title: Text
    severity: Severity
    types: Annotated[tuple[Text, ...], Field(min_length=1)]
    rationale: Text
    remediation: Text
    controls: tuple[Text, ...] = ()
    holds: Text
    good: tuple[_Example, ...] = ()
    bad: tuple[_Example, ...] = ()


class CelRules(Model):
    """``policies/<name>.yaml``: rules in CEL."""

    schema_: Literal["landform/rules/v1"] = Field(alias="schema")
    rules: tuple[CelRule, ...]


def read_cel(project: Path, file: str) -> tuple[UserRule, ...]:
    """The rules of one file.

    Args:
        project: the project's folder.
        file: the file in it, relative.

    Raises:
        LandformError: ``spec-...`` where it is not the YAML it must be; ``policy-rule`` for an expression that is no
            CEL.
    """
    document = read_document(project, file)
    rules = model_of(document, CelRules).rules
    return tuple(
        UserRule(_rule(document, number, rule), document.place("rules", number, "id"), "CEL")
        for number, rule in enumerate(rules)
    )


def _rule(document: Document, number: int, rule: CelRule) -> Rule:
    return Rule(
        id=rule.id,
        title=rule.title,
        severity=rule.severity,
        types=rule.types,
        rationale=rule.rationale,
        remediation=rule.remediation,
        controls=rule.controls,
        judge=_judge(document, number, rule.holds),
        good=rule.good,
        bad=rule.bad,
    )


def _judge(document: Document, number: int, holds: str) -> Judge:
    # Imported here, because most projects have no rule in it.
    import cel

    place = document.place("rules", number, "holds")
    try:
        program = cel.compile(holds)
    except ValueError as error:
        raise LandformError(
            Code.POLICY_RULE,
            "The expression of a rule is not CEL.",
            place=place,
            given=_reason(str(error)),
            expected="an expression over resource that is true or false",
        ) from None
    if "resource" not in program.variables():
        raise LandformError(
            Code.POLICY_RULE,
            "The expression of a rule does not look at the resource.",
            place=place,
            given=", ".join(program.variables()) or "no variable",
            expected="an expression over resource, such as has(resource.kms_master_key_id)",
        )
    asked = _paths(" ".join(_HAS.findall(holds)))
    read = _paths(_HAS.sub(" ", holds))
    keys = tuple(sorted({".".join(path) for path in (*asked, *read) if path}))
    message = f"does not hold to {' '.join(holds.split())}"

    def judge(block: Block) -> Iterator[Verdict]:
        resource = typed_arguments(block)
        unknown = [path for path in read if not _is_known_at(resource, path)]
        unknown += [path for path in asked if not _is_there_known(resource, path)]
        if unknown:
            yield Undecided(f"{'.'.join(unknown[0]) or 'an argument'} is known only to Terraform")
            return
        try:
            answer = program.execute({"resource": resource})
        except KeyError:
            # The key is not said: it may be made of a value.
            yield Undecided("the expression reads an argument that is not set, and does not ask has() first")
            return
        if not isinstance(answer, bool):
            raise TypeError("neither true nor false")
        if not answer:
            yield Breach(message, keys)

    return judge


def _reason(text: str) -> str:
    """What the parser says, without the expression before it and the drawing below it."""
    found = re.search(r"\d+:\d+: [^\n]*", text)
    return found[0] if found else "no expression"


def _paths(text: str) -> tuple[Sequence[str], ...]:
    """The paths of arguments below ``resource``; an empty one where the expression takes it whole."""
    found = {tuple(re.findall(r"\w+", match[1])) for match in _PATH.finditer(text)}
    return tuple(sorted(found))


def _is_known_at(value: Any, path: Sequence[str]) -> bool:
    """Whether all that an expression can read at a path and below is known before the plan."""
    if isinstance(value, list):
        return all(_is_known_at(item, path) for item in value)
    if not path or not isinstance(value, Mapping):
        return is_known(value)
    return path[0] not in value or _is_known_at(value[path[0]], path[1:])


def _is_there_known(value: Any, path: Sequence[str]) -> bool:
    """Whether it is known before the plan that something is at a path; a reference is something."""
    if isinstance(value, list):
        return all(_is_there_known(item, path) for item in value)
    if not path:
        return not is_made_at_plan(value)
    if not isinstance(value, Mapping):
        return is_known(value)
    return path[0] not in value or _is_there_known(value[path[0]], path[1:])

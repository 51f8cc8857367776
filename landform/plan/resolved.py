"""The rules of the gate over what a plan knows and the code does not say.

A value that comes from a variable, a data source, a local value or a module stands in the synthesised stack as a
reference, which a rule cannot judge. The plan has resolved it. So the stack is judged once more with such values put
in, by checkov's rules and landform's own. References to the stack's own resources stay: rules follow them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from landform.checks.copies import surroundings_of
from landform.checks.judgement import judge_each
from landform.checks.run import findings_of
from landform.checks.summary import summary_of, together
from landform.policies.change import ResourceChange
from landform.policies.plan_rule import PlannedFinding
from landform.policies.user_rules import UserRules
from landform.synth.bundle import StackRecord
from landform.terraform.secrets import SENSITIVE

_PLAIN = re.compile(r"[\w-]+\.[\w-]+")


def resolved(config: Mapping[str, Any], changes: Sequence[ResourceChange]) -> dict[str, Any] | None:
    """A stack with the values that its plan knows in the place of references; None where that changes nothing.

    Args:
        config: the stack's scan copy.
        changes: of its plan, redacted. What stands in a module, or several times, has no block of its own here.
    """
    resources: Mapping[str, Mapping[str, Any]] = config.get("resource", {})
    addresses = [f"{type}.{name}" for type, named in resources.items() for name in named]
    own = re.compile(rf"\b(?:{'|'.join(map(re.escape, addresses))})\b") if addresses else None
    filled = {type: dict(named) for type, named in resources.items()}
    changed = False
    for change in changes:
        if change.data or not _PLAIN.fullmatch(change.address) or not isinstance(change.after, Mapping):
            continue
        type, name = change.address.split(".")
        body = filled.get(type, {}).get(name)
        if body is not None:
            filled[type][name] = _filled(body, change.after, change.unknown, own)
            changed = changed or filled[type][name] != body
    return {**config, "resource": filled} if changed else None


def planned_findings(
    stacks: Mapping[str, Mapping[str, Any]],
    records: Mapping[str, StackRecord],
    known: frozenset[tuple[str, str, str]],
    users: UserRules,
) -> dict[str, tuple[PlannedFinding, ...]]:
    """What the rules find in resolved stacks and did not find before, by stack.

    Args:
        stacks: what ``resolved`` gave, by stack.
        records: of these stacks.
        known: what the checks found in the bundle: stack, rule and address.
        users: users' rules.

    Raises:
        LandformError: ``check-incomplete`` where a record says of a stack's place what cannot be read.
    """
    around = surroundings_of(records[name] for name in stacks)
    summaries = (
        [summary_of(judgement) for _, judgement in judge_each(stacks, users, around)] if stacks else []
    )
    found: dict[str, list[PlannedFinding]] = {}
    for finding in findings_of(together(summaries), records, users):
        if (finding.stack, finding.rule, finding.address) not in known:
            one = PlannedFinding(finding.rule, finding.address, finding.severity, finding.title)
            found.setdefault(finding.stack, []).append(one)
    return {stack: tuple(each) for stack, each in found.items()}


def _filled(body: Any, after: Any, unknown: Any, own: re.Pattern[str] | None) -> Any:
    match body:
        case str() if "${" in body:
            stays = unknown is True or after in (None, SENSITIVE) or (own is not None and own.search(body))
            return body if stays else after
        case Mapping() if isinstance(after, Mapping):
            inner = unknown if isinstance(unknown, Mapping) else {}
            return {key: _filled(value, after.get(key), inner.get(key), own) for key, value in body.items()}
        case Mapping() if isinstance(after, list) and len(after) == 1:
            # Terraform JSON writes one block as an object, and a plan writes it as a list of one.
            return _filled(body, after[0], _first(unknown), own)
        case list() if isinstance(after, list) and len(after) == len(body):
            marks = unknown if isinstance(unknown, list) and len(unknown) == len(body) else [None] * len(body)
            return [
                _filled(value, there, mark, own)
                for value, there, mark in zip(body, after, marks, strict=True)
            ]
    return body


def _first(unknown: Any) -> Any:
    return unknown[0] if isinstance(unknown, list) and unknown else unknown

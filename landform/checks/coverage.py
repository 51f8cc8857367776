"""Fail closed: what a rule could not judge is a finding, never a pass.

A scanner that finds nothing may have looked at nothing. checkov drops files it cannot parse, goes on after a
rule's exception, and passes a policy whose text it cannot read, each with exit status 0. So every resource of a
type that some rule knows must have a result, no rule may have crashed, and a policy must be literal.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.checks.checkov_engine import UNREADABLE, Scan
from landform.policies.result import Crash

POLICY_ATTRIBUTES = frozenset(
    {
        "access_policies",
        "access_policy",
        "assume_role_policy",
        "container_policy",
        "file_system_policy",
        "inline_policy",
        "key_policy",
        "policy",
        "policy_document",
        "registry_policy",
        "resource_policy",
        "secret_policy",
    }
)
"""The arguments of AWS resources that hold a policy document as a JSON string."""

_DOCUMENT = "${data.aws_iam_policy_document."
_MODULE = "The resources of a module are not in the stack."
_NO_RESULT = "No rule gave a result, though there are rules for its type."
_DYNAMIC = "A dynamic block is made at plan time, so no rule can read it."
_NOT_LITERAL = "A policy is not literal, so no rule can read it."


@dataclass(frozen=True, slots=True)
class Gap:
    """Something no rule has judged, and why. ``address`` is empty where the whole stack is meant."""

    stack: str
    address: str
    reason: str


def gaps(stacks: Mapping[str, Mapping[str, Any]], scan: Scan) -> tuple[Gap, ...]:
    """Everything in the stacks (scan copies by name) that the scan has not judged, sorted."""
    answered = {(result.stack, result.address) for result in scan.results}
    answered |= {(crash.stack, crash.address) for crash in scan.crashes}
    found: set[Gap] = set()
    indirect: set[tuple[str, str]] = set()
    for name, stack in stacks.items():
        found |= {Gap(name, f"module.{module}", _MODULE) for module in stack.get("module", {})}
        for kind, entity_type, address, body in blocks(stack):
            if kind == "resource" and entity_type in scan.known_types and (name, address) not in answered:
                found.add(Gap(name, address, _NO_RESULT))
            if any("dynamic" in item for item in _objects(body)):
                found.add(Gap(name, address, _DYNAMIC))
            unread = [policy for policy in _policies(body) if not _is_literal(policy)]
            if unread:
                indirect.add((name, address))
            if not all(_is_document(policy, stack) for policy in unread):
                found.add(Gap(name, address, _NOT_LITERAL))
    # That the policy is elsewhere is said above, or it is a document with rules of its own.
    found |= set(
        crash_gaps(
            crash
            for crash in scan.crashes
            if crash.error != UNREADABLE or (crash.stack, crash.address) not in indirect
        )
    )
    return tuple(sorted(found, key=gap_order))


def crash_gaps(crashes: Iterable[Crash]) -> Iterator[Gap]:
    """What rules could not judge, one gap for all that failed in the same way."""
    crashed: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for crash in crashes:
        crashed[crash.stack, crash.address, crash.error].add(crash.rule)
    for (stack, address, error), rules in crashed.items():
        yield Gap(stack, address, f"{', '.join(sorted(rules))} could not judge it: {error}.")


def gap_order(gap: Gap) -> tuple[str, str, str]:
    """The order of gaps in a report."""
    return gap.stack, gap.address, gap.reason


def blocks(stack: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Every resource and data source of a scan copy: kind, type, address and body."""
    for kind, prefix in (("resource", ""), ("data", "data.")):
        for entity_type, named in stack.get(kind, {}).items():
            for name, body in named.items():
                yield kind, entity_type, f"{prefix}{entity_type}.{name}", body


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The value and every value in it that is an object."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from _objects(item)


def _policies(body: Mapping[str, Any]) -> Iterator[str]:
    for item in _objects(body):
        yield from (v for key, v in item.items() if key in POLICY_ATTRIBUTES and isinstance(v, str))


def _is_literal(text: str) -> bool:
    """Whether a policy's effects and actions can be read. Resources and principals may be references."""
    try:
        document = json.loads(text)
    except ValueError:
        # A name or an ARN, where the argument of that name holds no document.
        return not _has_reference(text)
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return not any(
        _has_reference(json.dumps(statement.get(key, "")))
        for statement in (statements if isinstance(statements, list) else [statements])
        if isinstance(statement, dict)
        for key in ("Effect", "Action", "NotAction")
    )


def _has_reference(text: str) -> bool:
    return any(start in text.replace("$${", "").replace("%%{", "") for start in ("${", "%{"))


def _is_document(text: str, stack: Mapping[str, Any]) -> bool:
    """Whether a policy is a policy document of this stack, which has rules of its own."""
    name, _, rest = text.removeprefix(_DOCUMENT).partition(".")
    known = stack.get("data", {}).get("aws_iam_policy_document", {})
    return text.startswith(_DOCUMENT) and name in known and rest in ("json}", "minified_json}")

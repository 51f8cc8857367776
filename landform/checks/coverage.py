"""Fail closed: what a rule could not judge is a finding, never a pass.

A scanner that finds nothing may have looked at nothing. checkov drops files it cannot parse, goes on after a
rule's exception, and passes a policy whose text it cannot read, each with exit status 0. So every resource of a
type that some rule knows must have a result, no rule may have crashed, and a policy must be literal.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.checks.checkov_engine import Scan
from landform.policies.result import UNREADABLE, Crash, Result
from landform.policies.view import StackView, dynamic_blocks

_Place = tuple[str, str]
"""A stack and an address in it."""

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

_PARTS = re.compile(r"[/.\[\]]+")
_DOCUMENT = "${data.aws_iam_policy_document."
_MODULE = "The resources of a module are not in the stack."
_TWICE = "It is written twice in the folder, and some rules saw the last one alone."
_NO_RESULT = "No rule gave a result, though there are rules for its type."
_DYNAMIC = "A dynamic block is made at plan time, so no rule can read it."
NOT_LITERAL = "A policy is not literal, so no rule can read it."
"""The reason of a gap where the text of a policy is an expression."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something no rule has judged, and why. ``address`` is empty where the whole stack is meant.

    ``rules`` are those that could not tell, none where no rule asks for it; None where nobody can say what was missed:
    a rule broke down, or what it would have judged is not here.
    """

    stack: str
    address: str
    reason: str
    rules: tuple[str, ...] | None = None


def gaps(views: Sequence[StackView], scan: Scan, own: Sequence[Crash] = ()) -> tuple[Gap, ...]:
    """Everything in the stacks that has not been judged, sorted.

    Args:
        views: the stacks, or the modules in them.
        scan: what checkov's rules said of them.
        own: what of them landform's own rules and users' could not judge.
    """
    answered = {(result.stack, result.address) for result in scan.results}
    answered |= {(crash.stack, crash.address) for crash in scan.crashes}
    unreadable: dict[_Place, set[str]] = defaultdict(set)
    for crash in (*scan.crashes, *own):
        if crash.error == UNREADABLE:
            unreadable[crash.stack, crash.address].add(crash.rule)
    found: set[Gap] = set()
    made: dict[_Place, frozenset[str]] = {}
    indirect: set[_Place] = set()
    hidden: set[_Place] = set()
    for block in (block for view in views for block in view.blocks):
        place = (block.stack.name, block.address)
        if block.kind == "resource" and block.type in scan.known_types and place not in answered:
            found.add(Gap(*place, _NO_RESULT))
        dynamic = frozenset[str]().union(*(dynamic_blocks(item) for item in _objects(block.body)))
        if dynamic or any("dynamic" in item for item in _objects(block.body)):
            made[place] = dynamic
        unread = [policy for policy in _policies(block.body) if not _is_literal(policy)]
        if unread:
            indirect.add(place)
        if not all(_is_document(policy, block.stack) for policy in unread):
            hidden.add(place)
    found |= {Gap(*place, NOT_LITERAL, _sorted(unreadable.get(place))) for place in hidden}
    found |= set(_made_at_plan(made, scan.results))
    # That a policy is elsewhere is said above, or it is a document with rules of its own; landform's read that too.
    found |= set(
        crash_gaps(
            crash
            for crashes, said in ((scan.crashes, indirect), (own, hidden))
            for crash in crashes
            if crash.error != UNREADABLE or (crash.stack, crash.address) not in said
        )
    )
    return tuple(sorted(found, key=gap_order))


def _made_at_plan(made: Mapping[_Place, frozenset[str]], results: Iterable[Result]) -> Iterator[Gap]:
    """The gaps of dynamic blocks, with the rules of checkov's that may have looked for such a block.

    landform's own say by themselves what they could not tell. A rule that does not name what it looks at may have
    looked at anything.
    """
    asked: dict[_Place, set[str]] = {place: set() for place in made}
    for result in results:
        place = (result.stack, result.address)
        if place in made and result.outcome != "failed":
            looked_at = {part for key in result.keys for part in _PARTS.split(key)}
            if not result.keys or looked_at & made[place]:
                asked[place].add(result.rule)
    for place, rules in asked.items():
        yield Gap(*place, _DYNAMIC, tuple(sorted(rules)))


def _sorted(rules: set[str] | None) -> tuple[str, ...] | None:
    return tuple(sorted(rules)) if rules else None


def crash_gaps(crashes: Iterable[Crash]) -> Iterator[Gap]:
    """What rules could not judge, one gap for all that failed in the same way."""
    crashed: dict[tuple[str, str, str, bool], set[str]] = defaultdict(set)
    for crash in crashes:
        crashed[crash.stack, crash.address, crash.error, crash.is_undecided].add(crash.rule)
    for (stack, address, error, is_undecided), rules in crashed.items():
        names = tuple(sorted(rules))
        reason = f"{', '.join(names)} could not judge it: {error}."
        yield Gap(stack, address, reason, names if is_undecided else None)


def gap_order(gap: Gap) -> tuple[str, str, str]:
    """The order of gaps in a report."""
    return gap.stack, gap.address, gap.reason


def module_gaps(stacks: Mapping[str, Mapping[str, Any]]) -> Iterator[Gap]:
    """The modules of scan copies, which hold resources that are not in the stack."""
    for name, stack in stacks.items():
        for module in stack.get("module", {}):
            yield unread_module(name, f"module.{module}")


def unread_module(stack: str, address: str) -> Gap:
    """The gap of a module whose resources no rule has seen."""
    return Gap(stack, address, _MODULE)


def written_twice(stack: str, address: str) -> Gap:
    """The gap of a block that stands in two places of a folder, which Terraform refuses or merges."""
    return Gap(stack, address, _TWICE)


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


def _is_document(text: str, view: StackView) -> bool:
    """Whether a policy is a policy document of this stack, which has rules of its own."""
    name, _, rest = text.removeprefix(_DOCUMENT).partition(".")
    known = len(view.called(f"data.aws_iam_policy_document.{name}")) == 1
    return text.startswith(_DOCUMENT) and known and rest in ("json}", "minified_json}")

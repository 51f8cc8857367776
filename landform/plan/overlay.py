"""Policies that a plan does not know yet, taken from the stack that was synthesised.

Terraform knows nothing of a text in which one reference is unknown, so that a policy which names a key that is made by
the same plan is unknown whole. The stack holds it as literal JSON, though: that is put in its place, and of its
references what the plan or the stack knows. In place of what AWS chooses stands the address in angle brackets, which no
ARN of today's holds. What stays unknown is marked as such, and a rule says of it that it is not proven.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from landform.access.references import REFERENCE, References
from landform.errors import LandformError
from landform.iam.policy import parse_policy, unescaped
from landform.policies.change import ResourceChange
from landform.policies.documents import POLICY_PLACES, FoundPolicy, policies_of
from landform.policies.plan_rules.values import body_of
from landform.policies.view import Block, StackView
from landform.synth.bundle import StackRecord

_ATTRIBUTE = re.compile(r"((?:data\.)?\w+\.[\w-]+)\.(\w+)")


def overlaid(
    changes: Sequence[ResourceChange], config: Mapping[str, Any], record: StackRecord
) -> tuple[ResourceChange, ...]:
    """The changes, with every JSON document that a plan does not know yet as the stack has it.

    Args:
        changes: a plan's, redacted.
        config: the synthesised stack's scan copy.
        record: whose it is.
    """
    stack = _Stack(changes, config, record)
    return tuple(stack.overlaid(change) for change in changes)


class _Stack:
    """One synthesised stack, and what the plan knows of its resources."""

    def __init__(
        self, changes: Sequence[ResourceChange], config: Mapping[str, Any], record: StackRecord
    ) -> None:
        self.config = config
        self.view = StackView(record.name, config)
        self.references = References(record, config)
        self.known = {change.address: change.after for change in changes if isinstance(change.after, Mapping)}

    def overlaid(self, change: ResourceChange) -> ResourceChange:
        body = body_of(self.config, change.address)
        if change.data or body is None or not isinstance(change.after, Mapping) or not change.unknown:
            return change
        block = self.view.by_address.get(f"{change.type}.{change.address.split('.')[1].partition('[')[0]}")
        composed = dict(_composed(block)) if block else {}
        after, unknown = self._merged(change.type, change.after, change.unknown, body, composed, "")
        return replace(change, after=after, unknown=unknown)

    def _merged(
        self, type: str, after: Any, unknown: Any, body: Any, composed: Mapping[str, str], path: str
    ) -> tuple[Any, Any]:
        """A value and its tree of unknowns, with the documents that the configuration has in their place."""
        if isinstance(body, list) and len(body) == 1 and not isinstance(after, list):
            body = body[0]
        if unknown is True:
            text = self._document(type, path, composed.get(path, body))
            return (after, True) if text is None else (text, False)
        if isinstance(unknown, Mapping) and isinstance(body, Mapping):
            values = dict(after) if isinstance(after, Mapping) else {}
            left = dict(unknown)
            for key, inner in unknown.items():
                where = f"{path}.{key}" if path else key
                value, rest = self._merged(type, values.get(key), inner, body.get(key), composed, where)
                left[key] = rest
                if value is not None:
                    values[key] = value
            return values, left
        if isinstance(unknown, list) and isinstance(after, list) and len(unknown) == 1 == len(after):
            # Of several blocks nothing says which is which: a set has no order.
            inner = body if not isinstance(body, list) else body[0] if len(body) == 1 else None
            value, rest = self._merged(type, after[0], unknown[0], inner, composed, path)
            return [value], [rest]
        return after, unknown

    def _document(self, type: str, path: str, text: object) -> str | None:
        """A JSON document with what is known of its references; None for what is none, or a policy left unproven."""
        if not isinstance(text, str) or not unescaped(text).lstrip().startswith(("{", "[")):
            return None
        filled = self.references.text(REFERENCE.sub(self._value, text))
        try:
            document = json.loads(filled)
        except ValueError:
            return None
        if any(path == place for _, place in POLICY_PLACES.get(type, ())) and not _is_proven(document):
            return None
        return filled

    def _value(self, reference: re.Match[str]) -> str:
        """What the plan knows of a reference, as it stands within a text of JSON; else the reference."""
        named = _ATTRIBUTE.fullmatch(reference[1])
        value = self.known.get(named[1], {}).get(named[2]) if named else None
        if not isinstance(value, str):
            return reference[0]
        return json.dumps(value, ensure_ascii=False)[1:-1].replace("${", "$${")


def _composed(block: Block) -> Iterator[tuple[str, str]]:
    """The policies of a block, those put together from data sources too, by argument; none where there are several."""
    found: dict[str, list[str]] = {}
    for policy in policies_of(block, "identity", "trust", "resource", "endpoint"):
        if isinstance(policy, FoundPolicy):
            found.setdefault(policy.path, []).append(policy.text)
    return ((path, texts[0]) for path, texts in found.items() if len(texts) == 1)


def _is_proven(document: Any) -> bool:
    """Whether AWS would take a policy, and what its statements name can be compared.

    A resource or principal that is a reference whole, and nobody knows the form of its ARN, could be any.
    """
    try:
        policy = parse_policy(document)
    except LandformError:
        return False
    resources = (text for s in policy.statements if s.resources for text in s.resources.patterns)
    principals = (named.id for s in policy.statements if s.principals for named in s.principals.named)
    return all(text.startswith(("arn:", "*", "?")) for text in resources) and not any(
        text.startswith("<") for text in principals
    )

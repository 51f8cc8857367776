"""The access that a stack's policies give and did not give before, each with a request that proves it.

What is attached to one principal, or to one resource, is taken together; what cannot be read before the plan may
allow anything, so that a new one is told. Policies of AWS's that a role gets are named, not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from landform.compare.model import Gained
from landform.compare.moves import rewritten
from landform.compare.parts import Stack
from landform.iam.access import access_of
from landform.iam.changes import new_access
from landform.iam.policy import Policy
from landform.policies.documents import FoundPolicy, PolicyKind, policies_of, types_with
from landform.policies.view import Block, StackView, references

_KINDS: tuple[PolicyKind, ...] = ("identity", "trust", "resource")
# What an identity policy is attached to, and the resources that attach one.
_HOLDERS = ("role", "user", "group")
_ATTACHMENTS = (
    "aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment",
    "aws_ssoadmin_managed_policy_attachment",
)  # fmt: skip
_TYPES = (*types_with(*_KINDS), *_ATTACHMENTS)

Held = dict[tuple[str, str], dict[str, Policy | None]]
"""By holder and kind: each policy by what it is called; None for one that cannot be read."""


def has_policies(types: Mapping[str, Any]) -> bool:
    """Whether any of some resource types holds a policy."""
    return any(type in types for type in _TYPES)


def gained(before: Stack | None, after: Stack, pairs: Mapping[str, str] | None = None) -> tuple[Gained, ...]:
    """What the policies of a stack give that those of its earlier state did not.

    Args:
        pairs: what moved: the address before, by the address now.
    """
    old = _held(before.document, pairs or {}) if before else {}
    return tuple(
        one for key, new in _held(after.document, {}).items() for one in _new(key[0], old.get(key, {}), new)
    )


def _new(holder: str, old: Mapping[str, Policy | None], new: Mapping[str, Policy | None]) -> Iterator[Gained]:
    for name, policy in new.items():
        if policy is None and name not in old:
            yield Gained(holder, name)
    texts = [[policy for policy in side.values() if policy is not None] for side in (old, new)]
    if texts[0] == texts[1]:
        return
    for each in new_access(access_of(texts[0]), access_of(texts[1])):
        yield Gained(
            holder,
            each.statement.sid or f"statement {each.statement.index + 1}",
            each.action,
            each.resource,
            each.principal,
            tuple(map(str, each.guards)),
        )


def _held(document: Mapping[str, Any], pairs: Mapping[str, str]) -> Held:
    found: Held = {}
    attached: set[str] = set()
    view = StackView("", rewritten(document, pairs))
    now = {was: address for address, was in pairs.items()}
    for block in view.resources(*_TYPES):
        address = now.get(block.reference, block.reference)
        if block.type in _ATTACHMENTS:
            holder = _holder(block) or address
            for name, policy in _attached(view, block):
                attached.add(name.partition(" ")[0])
                found.setdefault((holder, "identity"), {})[name] = policy
            continue
        for number, each in enumerate(policies_of(block, *_KINDS)):
            name = f"{address} {number}"
            if isinstance(each, FoundPolicy):
                holder = (_holder(block) if each.kind == "identity" else None) or address
                policy = replace(each.policy, name="")
                found.setdefault((holder, each.kind), {})[name] = _unnamed(policy)
            else:
                # Its text tells one unreadable policy from another.
                text = json.dumps(block.body.get(_first_policy(block)), sort_keys=True)
                found.setdefault((address, "unread"), {})[f"{address}: {text[:120]}"] = None
    # What is attached here is told of whom it is attached to.
    return {key: held for key, held in found.items() if key[0] not in attached}


def _unnamed(policy: Policy) -> Policy:
    return replace(policy, statements=tuple(replace(one, policy="") for one in policy.statements))


def _first_policy(block: Block) -> str:
    return next((name for name in block.body if "policy" in name), "policy")


def _holder(block: Block) -> str | None:
    for name in _HOLDERS:
        value = block.body.get(name)
        if isinstance(value, str):
            return next(iter(references(value)), value)
    return None


def _attached(view: StackView, block: Block) -> Iterator[tuple[str, Policy | None]]:
    given = block.body.get("policy_arn") or block.body.get("managed_policy_arn")
    text = given if isinstance(given, str) else json.dumps(given)
    made = [view.by_address[one] for one in references(text) if one in view.by_address]
    if not made:
        yield text, None
    for other in made:
        for number, each in enumerate(policies_of(other, "identity")):
            policy = _unnamed(each.policy) if isinstance(each, FoundPolicy) else None
            yield f"{other.reference} {number}", policy

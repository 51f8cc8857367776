"""The access that a stack's policies give and did not give before, each with a request that proves it.

What is attached to one principal, or to one resource, is taken together; what cannot be read before the plan may
allow anything, so that a new one is told. Policies of AWS's that a role gets are named, not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landform.compare.identity import Anonymous
from landform.compare.model import Gained
from landform.compare.moves import mapped, rewritten
from landform.compare.parts import Stack
from landform.digest import digest
from landform.iam.access import access_of
from landform.iam.changes import new_access
from landform.iam.policy import Policy
from landform.policies.documents import POLICY_PLACES, FoundPolicy, PolicyKind, policies_of, types_with
from landform.policies.view import Block, StackView, references

_KINDS: tuple[PolicyKind, ...] = ("identity", "trust", "resource")
# What an identity policy is attached to, and the resources that attach one.
_HOLDERS = ("role", "user", "group")
_ATTACHMENTS = (
    "aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment",
    "aws_ssoadmin_managed_policy_attachment",
)  # fmt: skip
_ATTACHED = ("policy_arn", "managed_policy_arn")
_TYPES = (*types_with(*_KINDS), *_ATTACHMENTS)
_DOCUMENTS = "aws_iam_policy_document"
_ARGUMENTS: Mapping[str, frozenset[str]] = {
    type: frozenset(
        {*_HOLDERS, *_ATTACHED, *(path.partition(".")[0] for _, path in POLICY_PLACES.get(type, ()))}
    )
    for type in _TYPES
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A policy of a holder: its text, and what was read; None where it cannot be read before the plan."""

    text: str
    policy: Policy | None


Held = dict[tuple[str, str], dict[str, Grant]]
"""By holder and kind: each policy by what it is called."""


class Gains:
    """Finds new access. What it found for one account holds for those whose policies are the same but for names."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Gained, ...]] = {}

    def of(
        self, before: Stack | None, after: Stack, anonymous: Anonymous, pairs: Mapping[str, str]
    ) -> tuple[Gained, ...]:
        """What the policies of a stack give that those of its earlier state did not.

        Args:
            anonymous: takes the stack's own names out.
            pairs: what moved: the address before, by the address now.
        """
        one, other = (_of_access(stack.document) if stack else {} for stack in (before, after))
        if one == other and not pairs:
            return ()
        old, new = _held(one, pairs), _held(other, {})
        return tuple(
            one
            for key, held in new.items()
            if held != old.get(key)
            for one in self._found(key[0], old.get(key, {}), held, anonymous)
        )

    def _found(
        self, holder: str, old: Mapping[str, Grant], new: Mapping[str, Grant], anonymous: Anonymous
    ) -> tuple[Gained, ...]:
        texts = [{name: grant.text for name, grant in side.items()} for side in (old, new)]
        key = digest(anonymous.of([holder, *texts]))
        if key in self._known:
            return self._known[key]
        found = tuple(_gained(holder, old, new))
        self._known[key] = anonymous.of(found)
        return found


def _gained(holder: str, old: Mapping[str, Grant], new: Mapping[str, Grant]) -> Iterator[Gained]:
    for name, grant in new.items():
        if grant.policy is None and name not in old:
            yield Gained(holder, name)
    before, after = ([grant.policy for grant in side.values() if grant.policy] for side in (old, new))
    for each in new_access(access_of(before), access_of(after)):
        yield Gained(
            holder,
            each.statement.sid or f"statement {each.statement.index + 1}",
            each.action,
            _told(each.resource),
            _told(each.principal),
            tuple(_told(str(guard)) for guard in each.guards),
        )


# A policy may name what only the plan knows: it is a resource like any other, and no other.
_REFERENCE = re.compile(r'(?<=")\$\{([a-z]\w*\.[A-Za-z0-9_.-]+)\}')
_STANDS_FOR = re.compile(r"arn:aws:\w*:::reference/([A-Za-z0-9_.-]+)")


def _with_arns(text: str) -> str:
    return _REFERENCE.sub(
        lambda found: (
            f"arn:aws:{found[1].split('_')[1].split('.')[0]}:::reference/{found[1]}"
            if "_" in found[1].partition(".")[0]
            else found[0]
        ),
        text,
    )


def _told(text: str) -> str:
    return _STANDS_FOR.sub(r"${\1}", text)


def _of_access(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of a document has to do with access: most of a stack has not."""
    resources = {
        type: {
            name: {argument: body[argument] for argument in _ARGUMENTS[type] if argument in body}
            for name, body in named.items()
        }
        for type, named in document.get("resource", {}).items()
        if type in _ARGUMENTS
    }
    documents = document.get("data", {}).get(_DOCUMENTS)
    return {"resource": resources, **({"data": {_DOCUMENTS: documents}} if documents else {})}


def _held(document: Mapping[str, Any], pairs: Mapping[str, str]) -> Held:
    found: Held = {}
    attached: set[str] = set()
    view = StackView("", mapped(_with_arns, rewritten(document, pairs)))
    now = {was: address for address, was in pairs.items()}
    for block in view.resources(*_TYPES):
        address = now.get(block.reference, block.reference)
        if block.type in _ATTACHMENTS:
            for name, grant in _attached(view, block):
                attached.add(name.partition(" ")[0])
                found.setdefault((_holder(block) or address, "identity"), {})[name] = grant
            continue
        for number, each in enumerate(policies_of(block, *_KINDS)):
            if isinstance(each, FoundPolicy):
                holder = (_holder(block) if each.kind == "identity" else None) or address
                found.setdefault((holder, each.kind), {})[f"{address} {number}"] = _grant(each)
            else:
                # Its text tells one unreadable policy from another.
                text = json.dumps(block.body.get(_first_policy(block)), sort_keys=True)
                found.setdefault((address, "unread"), {})[f"the policy {text[:120]}"] = Grant(text, None)
    # What is attached here is told of whom it is attached to.
    return {key: held for key, held in found.items() if key[0] not in attached}


def _grant(found: FoundPolicy) -> Grant:
    statements = tuple(replace(one, policy="") for one in found.policy.statements)
    return Grant(found.text, replace(found.policy, name="", statements=statements))


def _first_policy(block: Block) -> str:
    return next((name for name in block.body if "policy" in name), "policy")


def _holder(block: Block) -> str | None:
    for name in _HOLDERS:
        value = block.body.get(name)
        if isinstance(value, str):
            return next(iter(references(value)), value)
    return None


def _attached(view: StackView, block: Block) -> Iterator[tuple[str, Grant]]:
    given = next((block.body[name] for name in _ATTACHED if block.body.get(name)), None)
    text = given if isinstance(given, str) else json.dumps(given)
    made = [view.by_address[one] for one in references(text) if one in view.by_address]
    if not made:
        yield text, Grant(text, None)
    for other in made:
        for number, each in enumerate(policies_of(other, "identity")):
            yield (
                f"{other.reference} {number}",
                _grant(each) if isinstance(each, FoundPolicy) else Grant(text, None),
            )

"""SCPs and RCPs: the policies of AWS Organizations that a bundle makes, and the accounts that they hang over.

Follows "SCP evaluation" of the Organizations guide: each level from the root to the account must allow. AWS attaches
``FullAWSAccess`` to every level, and a bundle does not say where that was taken off; so it is taken to be there, and
only what a policy denies is counted. The management account is not reached.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from landform.access.model import Document
from landform.iam.identity import Guardrails
from landform.iam.policy import Policy

if TYPE_CHECKING:
    from landform.access.gather import StackPolicies

_KINDS = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
_FULL = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_ROOT = "root"


class Organization:
    """The tree of an organisation and the policies attached to it, from whatever stacks make them."""

    def __init__(self) -> None:
        self._attached: dict[str, list[tuple[str, Document]]] = {}
        self._parents: dict[str, str] = {}
        self._members: dict[str, str] = {}
        self._management: set[str] = set()

    def add(self, stack: StackPolicies) -> None:
        """Take in what a stack makes of the organisation."""
        policies = {}
        for type, name, body in stack.of_type("aws_organizations_policy"):
            kind = _KINDS.get(body.get("type", "SERVICE_CONTROL_POLICY"))
            self._management.add(stack.record.account_id)
            if kind:
                policies[type, name] = (kind, stack.policy(f"{type}.{name}", body["content"]))
        for _, _, body in stack.of_type("aws_organizations_policy_attachment"):
            named = stack.references.target(body["policy_id"])
            if named in policies:
                self._attached.setdefault(_node(stack, body["target_id"]), []).append(policies[named])
        for type, name, body in stack.of_type("aws_organizations_organizational_unit"):
            self._parents[f"{type}.{name}"] = _node(stack, body["parent_id"])
        for type, name, body in stack.of_type("aws_organizations_account"):
            self._members[body["name"]] = f"{type}.{name}"
            if "parent_id" in body:
                self._parents[f"{type}.{name}"] = _node(stack, body["parent_id"])

    def guardrails(self, accounts: Mapping[str, str], notes: list[str]) -> dict[str, Guardrails]:
        """The guardrails over each account; notes say which policies hang over nobody knows whom.

        Args:
            accounts: id -> name.
        """
        # Everything hangs below the root, also where the bundle has the management account alone.
        applied = {_ROOT}
        found: dict[str, Guardrails] = {}
        for id, name in accounts.items():
            if id in self._management:
                continue
            nodes = [id, *self._ancestors(self._members.get(name, "")), _ROOT]
            applied |= set(nodes)
            scps = [level for node in reversed(nodes) if (level := self._level(node, "scp"))]
            rcps = [level for node in reversed(nodes) if (level := self._level(node, "rcp"))]
            if scps or rcps:
                found[id] = Guardrails(tuple(scps), tuple(rcps))
        for node in sorted(set(self._attached) - applied):
            names = ", ".join(document.name for _, document in self._attached[node])
            notes.append(
                f"{names} hangs over {node}, and the bundle does not say whose account that reaches."
            )
        return found

    def _level(self, node: str, kind: str) -> tuple[Policy, ...]:
        attached = [document.read() for of, document in self._attached.get(node, ()) if of == kind]
        return (Document("FullAWSAccess", _FULL).read(), *attached) if attached else ()

    def _ancestors(self, node: str) -> list[str]:
        """The account's own node and those above it, up to the root."""
        found: list[str] = []
        while node and node != _ROOT and node not in found:
            found.append(node)
            node = self._parents.get(node, "")
        return found


def _node(stack: StackPolicies, value: Any) -> str:
    """A node of the tree: the root, an address, or an id."""
    text = str(value)
    if "roots[" in text or ".roots" in text or text.startswith("r-"):
        return _ROOT
    named = stack.references.target(text)
    return ".".join(named) if named else stack.references.text(text)

"""Principals, put together from the many resources of Terraform that make one.

A role's policies are arguments of its own, resources beside it, and attachments to policies that other stacks make; a
user has those of its groups too. A permission set is a role in every account that it is assigned in ("Permission sets"
of the IAM Identity Center guide), whose name ends in what AWS chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from landform.access.managed import managed_text
from landform.access.model import Document, Principal
from landform.iam.arns import permission_set_roles

if TYPE_CHECKING:
    from landform.access.gather import StackPolicies

# The type -> the kind of principal, the argument that names it, the argument that holds the policy.
_INLINE = {
    "aws_iam_role_policy": ("role", "role", "policy"),
    "aws_iam_user_policy": ("user", "user", "policy"),
    "aws_iam_group_policy": ("group", "group", "policy"),
}
# The type -> the kind of principal and the argument that names it, one or many; policy_arn names the policy.
_ATTACHED = {
    "aws_iam_role_policy_attachment": (("role", "role"),),
    "aws_iam_user_policy_attachment": (("user", "user"),),
    "aws_iam_group_policy_attachment": (("group", "group"),),
    "aws_iam_policy_attachment": (("role", "roles"), ("user", "users"), ("group", "groups")),
}
_SETS = "aws_ssoadmin_permission_set"

Key = tuple[str, str, str]
"""Account id, kind and name."""


class Identities:
    """The principals of a bundle, by account."""

    def __init__(self, stacks: Sequence[StackPolicies], notes: list[str]) -> None:
        self._policies: dict[str, Document] = {}
        self._held: dict[Key, list[Document]] = {}
        self._groups: dict[Key, list[Key]] = {}
        self._found: dict[str, list[Principal]] = {}
        for stack in stacks:
            for _, name, body in stack.of_type("aws_iam_policy"):
                arn = stack.references.arn("aws_iam_policy", name)
                self._policies[arn] = stack.policy(f"aws_iam_policy.{name}", body["policy"])
        for stack in stacks:
            self._hold(stack)
            self._join(stack)
        for stack in stacks:
            self._roles_and_users(stack)
        for stack in stacks:
            self._permission_sets(stack, stacks, notes)
        known = {(id, one.kind, one.name) for id, found in self._found.items() for one in found}
        notes.extend(
            f"The {kind} {name} of account {id} has policies in the bundle, and is not made there."
            for id, kind, name in sorted(self._held)
            if kind != "group" and (id, kind, name) not in known
        )

    def of(self, account_id: str) -> Sequence[Principal]:
        """The principals of one account."""
        return self._found.get(account_id, ())

    def _document(self, arn: str) -> Document:
        """A policy by its ARN: one of the bundle, one of AWS's, or one whose text is not known."""
        return self._policies.get(arn) or Document(arn, managed_text(arn))

    def _hold(self, stack: StackPolicies) -> None:
        account = stack.record.account_id
        for type, (kind, who, policy) in _INLINE.items():
            for _, name, body in stack.of_type(type):
                document = stack.policy(f"{type}.{name}", body[policy])
                self._held.setdefault((account, kind, _name(stack, body[who])), []).append(document)
        for type, ways in _ATTACHED.items():
            for _, _, body in stack.of_type(type):
                document = self._document(stack.references.text(body["policy_arn"]))
                for kind, who in ways:
                    for named in _texts(body.get(who)):
                        self._held.setdefault((account, kind, _name(stack, named)), []).append(document)

    def _join(self, stack: StackPolicies) -> None:
        account = stack.record.account_id
        for _, _, body in stack.of_type("aws_iam_group_membership", "aws_iam_user_group_membership"):
            users = _texts(body.get("users")) or _texts(body.get("user"))
            groups = _texts(body.get("groups")) or _texts(body.get("group"))
            for user in users:
                joined = self._groups.setdefault((account, "user", _name(stack, user)), [])
                joined.extend((account, "group", _name(stack, group)) for group in groups)

    def _roles_and_users(self, stack: StackPolicies) -> None:
        account = stack.record.account_id
        for type, name, body in stack.of_type("aws_iam_role", "aws_iam_user"):
            kind = "role" if type == "aws_iam_role" else "user"
            arn = stack.references.arn(type, name)
            key = (account, kind, arn.rpartition("/")[2])
            address = f"{type}.{name}"
            own = [
                stack.policy(address, block["policy"])
                for block in _blocks(body.get("inline_policy"))
                if "policy" in block
            ]
            own += [
                self._document(stack.references.text(one)) for one in _texts(body.get("managed_policy_arns"))
            ]
            groups = [
                document for group in self._groups.get(key, ()) for document in self._held.get(group, ())
            ]
            boundary = stack.references.argument(body, "permissions_boundary")
            self._add(
                Principal(
                    "role" if kind == "role" else "user",
                    arn,
                    stack.origin(address),
                    _once((*own, *self._held.get(key, ()), *groups)),
                    self._document(boundary) if boundary else None,
                ),
                account,
            )

    def _add(self, principal: Principal, account_id: str) -> None:
        self._found.setdefault(account_id, []).append(principal)

    def _permission_sets(
        self, stack: StackPolicies, stacks: Sequence[StackPolicies], notes: list[str]
    ) -> None:
        accounts = {other.record.account_id: other.record for other in stacks}
        for _, name, body in stack.of_type(_SETS):
            own = list(_about(stack, name))
            assigned = {
                target
                for type, body_of in own
                if type == "aws_ssoadmin_account_assignment"
                and (target := stack.references.argument(body_of, "target_id"))
            }
            title = stack.references.argument(body, "name") or name
            if not assigned:
                notes.append(f"The permission set {title} is assigned in no account of the bundle.")
            for id in sorted(assigned):
                if id not in accounts:
                    notes.append(
                        f"The permission set {title} is assigned in account {id}, of which there is no stack."
                    )
                    continue
                arn, _ = permission_set_roles(title, id)
                origin = stack.origin(f"{_SETS}.{name}")
                documents, boundary = self._of_set(stack, own, id)
                self._add(Principal("permission set", arn, origin, _once(documents), boundary), id)

    def _of_set(
        self, stack: StackPolicies, own: Sequence[tuple[str, Mapping[str, Any]]], account_id: str
    ) -> tuple[list[Document], Document | None]:
        """The policies and the boundary of a permission set in one account."""
        documents: list[Document] = []
        boundary: Document | None = None
        for type, body in own:
            if type == "aws_ssoadmin_permission_set_inline_policy":
                documents.append(stack.policy(type, body["inline_policy"]))
            elif type == "aws_ssoadmin_managed_policy_attachment":
                documents.append(self._document(stack.references.text(body["managed_policy_arn"])))
            documents.extend(
                self._document(_customer_managed(block, account_id))
                for block in _blocks(body.get("customer_managed_policy_reference"))
            )
            for block in _blocks(body.get("permissions_boundary")):
                for named in _blocks(block.get("customer_managed_policy_reference")):
                    boundary = self._document(_customer_managed(named, account_id))
                if isinstance(block.get("managed_policy_arn"), str):
                    boundary = self._document(stack.references.text(block["managed_policy_arn"]))
        return documents, boundary


def _customer_managed(block: Mapping[str, Any], account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:policy{block.get('path', '/')}{block['name']}"


def _about(stack: StackPolicies, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What a stack makes for one permission set: attachments, policies, assignments."""
    for type, _, body in stack.resources():
        given = body.get("permission_set_arn")
        about = isinstance(given, str) and stack.references.target(given) == (_SETS, name)
        if about and type.startswith("aws_ssoadmin_"):
            yield type, body


def _name(stack: StackPolicies, text: str) -> str:
    """The name of the principal that an argument names; that of an ARN or a reference is at its end."""
    named = stack.references.target(text)
    whole = stack.references.arn(*named) if named else stack.references.text(text)
    return whole.rpartition("/")[2] if whole.startswith("arn:") else whole


def _texts(value: object) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _blocks(value: object) -> list[Mapping[str, Any]]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _once(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(dict.fromkeys(documents))

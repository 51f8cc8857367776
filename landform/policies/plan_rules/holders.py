"""Who holds which policies before a plan and after it: identities with all of theirs, resources with their own.

A plan lists every resource of its stack, also those that stay as they are, so that both sides can be put together. What
is not known yet is said as ``Unread``, never left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from landform.errors import LandformError
from landform.iam.policy import Policy, parse_policy
from landform.policies.change import ResourceChange
from landform.policies.documents import POLICY_PLACES, lambda_statement
from landform.policies.plan_rule import PlanView
from landform.policies.plan_rules.values import body_of, is_set, is_unknown, values_at

Side = Literal["before", "after"]
SIDES: tuple[Side, Side] = ("before", "after")
Kind = Literal["identity", "trust", "resource", "endpoint"]

_REFERENCE = re.compile(r"\$\{\s*(aws_\w+\.[\w-]+)\.\w+\s*\}")
# Type of a policy of one identity -> the argument that names the identity, and the identity's type.
_INLINE: Mapping[str, tuple[str, str]] = {
    "aws_iam_role_policy": ("role", "aws_iam_role"),
    "aws_iam_user_policy": ("user", "aws_iam_user"),
    "aws_iam_group_policy": ("group", "aws_iam_group"),
    "aws_ssoadmin_permission_set_inline_policy": ("permission_set_arn", "aws_ssoadmin_permission_set"),
}
# Type of an attachment -> its arguments that name the identities, each with the identity's type.
ATTACHMENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws_iam_role_policy_attachment": (("role", "aws_iam_role"),),
    "aws_iam_user_policy_attachment": (("user", "aws_iam_user"),),
    "aws_iam_group_policy_attachment": (("group", "aws_iam_group"),),
    "aws_iam_policy_attachment": (
        ("roles", "aws_iam_role"), ("users", "aws_iam_user"), ("groups", "aws_iam_group"),
    ),
}  # fmt: skip
# Attached policies as lists of ARNs on an identity, or on what names one.
LISTS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("aws_iam_role", "managed_policy_arns"): ("name", "aws_iam_role"),
    ("aws_iam_role_policy_attachments_exclusive", "policy_arns"): ("role_name", "aws_iam_role"),
    ("aws_iam_user_policy_attachments_exclusive", "policy_arns"): ("user_name", "aws_iam_user"),
    ("aws_ssoadmin_managed_policy_attachment", "managed_policy_arn"): (
        "permission_set_arn", "aws_ssoadmin_permission_set",
    ),
}  # fmt: skip
_NAMES = {"aws_ssoadmin_permission_set": "arn"}
_ADMINISTRATOR = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/AdministratorAccess")
_EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@dataclass(frozen=True, slots=True)
class Unread:
    """A policy of which the plan does not know enough to judge it: where, which argument, and what is wrong."""

    address: str
    path: str
    reason: str


@dataclass(slots=True)
class Holder:
    """Who has policies, on both sides of a plan, each by where it stands.

    ``address`` is the resource to speak of; ``created`` whether the plan makes it.
    """

    kind: Kind
    name: str
    address: str
    created: bool
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    def policies(self, side: Side) -> list[Policy]:
        """What was read on one side."""
        return [
            policy
            for source, text in sorted(getattr(self, side).items())
            if (policy := read(text, source.partition(" ")[0])) is not None
        ]


def read(text: str, name: str) -> Policy | None:
    """The policy of a text; None where it is no policy that AWS would take."""
    try:
        return parse_policy(text, name=name)
    except LandformError:
        return None


def holders_of(view: PlanView) -> tuple[list[Holder], list[Unread]]:
    """Every holder of policies in a plan, and the policies of it that cannot be judged."""
    gathering = _Gathering(view)
    for change in view.changes:
        if not change.data:
            gathering.add(change)
    gathering.attach()
    return list(gathering.holders.values()), list(dict.fromkeys(gathering.unread))


class _Gathering:
    """One plan's policies, put to their holders as its changes are read."""

    def __init__(self, view: PlanView) -> None:
        self.view = view
        self.by_address = {change.address: change for change in view.changes}
        self.holders: dict[tuple[str, str], Holder] = {}
        self.unread: list[Unread] = []
        # Managed policies by ARN and by address, on each side.
        self.managed: dict[tuple[Side, str], tuple[str, str]] = {}
        self.attached: list[tuple[Side, str, str, str, ResourceChange]] = []

    def add(self, change: ResourceChange) -> None:
        for side, values in zip(SIDES, (change.before, change.after), strict=True):
            if isinstance(values, Mapping):
                self._policies(change, side, values)
                self._attachments(change, side, values)
        for kind, path in POLICY_PLACES.get(change.type, ()):
            if change.acts and is_unknown(change, path) and is_set(self.view, change, path):
                self.unread.append(
                    Unread(change.address, path, f"its {kind} policy is known only after apply")
                )

    def _policies(self, change: ResourceChange, side: Side, values: Mapping[str, Any]) -> None:
        for kind, path in POLICY_PLACES.get(change.type, ()):
            for number, text in enumerate(values_at(values, path)):
                if isinstance(text, str) and text:
                    self._put(change, side, values, kind, f"{change.address} {path} {number}", text)
        if change.type == "aws_lambda_permission" and values.get("principal") and values.get("action"):
            text = json.dumps({"Version": "2012-10-17", "Statement": lambda_statement(values)})
            self._put(change, side, values, "resource", f"{change.address} - 0", text)

    def _put(
        self,
        change: ResourceChange,
        side: Side,
        values: Mapping[str, Any],
        kind: Kind,
        source: str,
        text: str,
    ) -> None:
        if side == "after" and read(text, change.address) is None and change.acts:
            self.unread.append(
                Unread(change.address, source.split(" ")[1], f"its {kind} policy cannot be read")
            )
        if change.type == "aws_iam_policy":
            arn = values.get("arn")
            for key in (change.address, *([arn] if isinstance(arn, str) else [])):
                self.managed[side, key] = (source, text)
            # One that stood before may be attached outside of this stack.
            if change.before is not None:
                self._holder("identity", change.address, change)
                getattr(self.holders["identity", change.address], side)[source] = text
            return
        if kind == "identity" and change.type in _INLINE:
            argument, type = _INLINE[change.type]
            name = self._identity(change, values, argument, type)
        elif kind == "identity":
            name = self._name(change.type, values, change.address)
        else:
            name = change.address
        holder = self._holder(kind, name, change)
        getattr(holder, side)[source] = text

    def _holder(self, kind: Kind, name: str, change: ResourceChange) -> Holder:
        found = self.holders.get((kind, name))
        if found is None:
            found = self.holders[kind, name] = Holder(kind, name, change.address, change.action == "create")
        return found

    def _attachments(self, change: ResourceChange, side: Side, values: Mapping[str, Any]) -> None:
        for argument, type in ATTACHMENTS.get(change.type, ()):
            if values_at(values, argument) or is_unknown(change, argument):
                name = self._identity(change, values, argument, type)
                for arn in self._arns(change, side, values, "policy_arn"):
                    self.attached.append((side, name, arn, change.address, change))
        for (type, path), (argument, identity) in LISTS.items():
            if type == change.type:
                name = self._identity(change, values, argument, identity)
                for arn in self._arns(change, side, values, path):
                    self.attached.append((side, name, arn, change.address, change))

    def _arns(
        self, change: ResourceChange, side: Side, values: Mapping[str, Any], path: str
    ) -> Iterator[str]:
        """The attached policies: ARNs, or the addresses of policies whose ARN is not known yet."""
        yield from (str(value) for value in values_at(values, path))
        if side == "after" and is_unknown(change, path) and is_set(self.view, change, path):
            named = self._references(change, path)
            yield from named
            if not named:
                self.unread.append(
                    Unread(change.address, path, "which policy it attaches is known only after apply")
                )

    def _references(self, change: ResourceChange, path: str) -> list[str]:
        body = body_of(self.view.config, change.address) or {}
        texts = (text for text in values_at(body, path) if isinstance(text, str))
        return [match[1] for text in texts if (match := _REFERENCE.fullmatch(text.strip()))]

    def _identity(self, change: ResourceChange, values: Mapping[str, Any], argument: str, type: str) -> str:
        """One name for an identity, whether it is named by a value or by a reference to what is not made yet."""
        for value in values_at(values, argument):
            return f"{type} {value}"
        for address in self._references(change, argument):
            other = self.by_address.get(address)
            if other is not None and isinstance(other.after, Mapping):
                return self._name(other.type, other.after, address)
            return f"{type} <{address}>"
        return f"{type} <of {change.address}>"

    @staticmethod
    def _name(type: str, values: Mapping[str, Any], address: str) -> str:
        value = values.get(_NAMES.get(type, "name"))
        return f"{type} {value or f'<{address}>'}"

    def attach(self) -> None:
        """Give attached policies to their holders; one that the plan does not hold is unread where it comes or goes."""
        both = {(name, arn) for side, name, arn, *_ in self.attached if side == "before"} & {
            (name, arn) for side, name, arn, *_ in self.attached if side == "after"
        }
        for side, name, arn, address, change in self.attached:
            holder = self._holder("identity", name, change)
            if _ADMINISTRATOR.fullmatch(arn):
                getattr(holder, side)[f"{address} AdministratorAccess"] = json.dumps(_EVERYTHING)
            elif (side, arn) in self.managed:
                source, text = self.managed[side, arn]
                getattr(holder, side)[source] = text
            elif (name, arn) not in both:
                self._foreign(side, arn, address)

    def _foreign(self, side: Side, arn: str, address: str) -> None:
        """A policy from outside that is attached may allow anything; one of a customer's that goes may have denied."""
        own = ":iam::aws:policy/" not in arn
        if side == "after":
            self.unread.append(Unread(address, "policy_arn", f"it attaches {arn}, which is not in the plan"))
        elif own or arn.endswith("/AWSDenyAll"):
            self.unread.append(
                Unread(address, "policy_arn", f"it takes away {arn}, which is not in the plan")
            )

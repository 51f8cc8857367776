"""Policies of an organisation. Follows "Managing organization policies" of AWS Organizations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from landform.constructs.organizations.limits import POLICY_NAME
from landform.constructs.organizations.organization_tree import AnyOrganizationTree
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.core.values import literal
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import PolicyDocument, Principal, Statement
from landform.iam.document import PolicyKind
from landform.org.packing import KINDS, Kind
from landform.resources.aws.organizations_policy import OrganizationsPolicy
from landform.resources.aws.organizations_policy_attachment import OrganizationsPolicyAttachment

# Those that are made of statements; the others are documents of their own kind.
_DOCUMENTS: Mapping[str, PolicyKind] = {"scp": "service control policy", "rcp": "resource control policy"}


class OrganizationPolicy(Construct):
    """A policy, attached to units, accounts or the root.

    Args:
        tree: the organisation.
        kind: ``scp`` (what principals may do at most), ``rcp`` (what may be done to resources at most), ``tag``,
            ``backup``, ``ai`` (whether AWS learns from what its AI services are given) or ``ec2`` (how EC2 is set up).
        targets: ``Root``, paths of units, names of accounts.
        statements: what it denies, for an ``scp`` or ``rcp``. Those of an ``rcp`` are about everyone.
        content: the whole document instead, as AWS takes it.
        policy_name: from the construct path unless given.
        description: what it is for.

    Raises:
        LandformError: ``argument-value`` for a kind there is not, a target the organisation has not, statements that
            allow, or a document longer than AWS takes.

    >>> tree = OrganizationTree(stack, "Tree", units=["Sandbox"])
    >>> cheap = Statement("DenyReservations", ("ec2:PurchaseReservedInstancesOffering",), effect="Deny")
    >>> policy = OrganizationPolicy(stack, "Cheap", tree=tree, kind="scp", targets=["Sandbox"], statements=[cheap])
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tree: AnyOrganizationTree,
        kind: Kind,
        targets: Sequence[str],
        statements: Iterable[Statement] = (),
        content: Mapping[str, Any] | None = None,
        policy_name: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self._check_kind(kind)
        limits = KINDS[kind]
        name = policy_name or stack.physical_name(self, 128)
        self.resource = OrganizationsPolicy(
            self,
            "Resource",
            name=POLICY_NAME.checked(name, self.node.place),
            description=description or self.node.path,
            type=limits.type,
            content=self._content(kind, tuple(statements), content),
            depends_on=tree.before_policies,
        )
        attachments = Construct(self, "Targets")
        for target in targets:
            OrganizationsPolicyAttachment(
                attachments,
                target,
                policy_id=self.resource.id,
                target_id=tree.attach(kind, target),
            )

    def _check_kind(self, kind: str) -> None:
        if kind not in get_args(Kind):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An organisation has no policies of this kind.",
                place=self.node.place,
                given=repr(kind),
                expected=f"one of {', '.join(get_args(Kind))}",
                fix=did_you_mean(str(kind), get_args(Kind)),
            )

    def _content(
        self, kind: Kind, statements: tuple[Statement, ...], content: Mapping[str, Any] | None
    ) -> str:
        if bool(statements) == bool(content) or (statements and kind not in _DOCUMENTS):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A policy of an organisation is made of statements, or of one document.",
                place=self.node.place,
                given=f"{len(statements)} statements and {'a' if content else 'no'} document of kind {kind}",
                expected="statements for scp and rcp, or content",
            )
        if statements:
            self._check_statements(kind, statements)
            document = PolicyDocument(_DOCUMENTS[kind], statements)
            self._check_size(kind, document.size)
            return document.to_json(self.node.place)
        text = json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        self._check_size(kind, len(text))
        return literal(text)

    def _check_size(self, kind: Kind, size: int) -> None:
        if size > KINDS[kind].characters:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                f"The {kind} policy is longer than AWS takes.",
                place=self.node.place,
                given=f"{size} characters",
                expected=f"at most {KINDS[kind].characters}",
                fix="Name fewer roles, regions or accounts in it, or split it into two policies.",
            )

    def _check_statements(self, kind: str, statements: Sequence[Statement]) -> None:
        about = (Principal.everyone(),) if kind == "rcp" else ()
        for statement in statements:
            if statement.effect != "Deny" or statement.principals != about:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "A guardrail denies: an scp without principals, an rcp to everyone but those its conditions name.",
                    place=self.node.place,
                    given=f"statement {statement.sid} of an {kind}, effect {statement.effect}",
                    expected='effect="Deny"' + (", principals=(Principal.everyone(),)" if about else ""),
                    fix="Give the whole document as content where AWS takes more than that.",
                )
            if kind == "rcp" and statement.not_actions:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "An rcp says what it denies: AWS takes no NotAction in one.",
                    place=self.node.place,
                    given=f"statement {statement.sid}, all but {', '.join(statement.not_actions)}",
                    fix="Name the actions.",
                )

"""Grants: who may do what on which resource, one narrow verb at a time.

A verb is a row of a table: enumerated actions, the shape of the resource, the KMS actions that go along. No verb
hides a delete, and no action has a wildcard. A grant to a principal of another account is written on both
sides, because AWS asks both; one to a role that another stack makes is written on the resource's, because its own
policy is not ours to write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement

if TYPE_CHECKING:
    from landform.constructs.kms.key import AnyKey


@dataclass(frozen=True, slots=True)
class Verb:
    """A row of a grant table.

    ``resources`` are templates of ARNs: ``{arn}`` and what the grant's method fills in, as ``{prefix}``.
    ``key_actions`` are the KMS actions the verb needs where the resource is encrypted. ``unscoped`` says why the
    resource is ``*``: AWS lets no policy name one for these actions.
    """

    name: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    key_actions: tuple[str, ...] = ()
    unscoped: str | None = None

    @property
    def sid(self) -> str:
        """The statement id that the verb gives: ``read_objects`` is ``ReadObjects``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


@runtime_checkable
class Grantee(Protocol):
    """Something that can be granted to: a role or policy of this stack, or a role from elsewhere by its ARN.

    What runs under a role of its own, as a function does, is one too: it hands statements on to that role.
    """

    @property
    def principal_arn(self) -> str:
        """The ARN of the role or policy that is granted to, literal."""
        ...

    @property
    def account_id(self) -> str:
        """The account it belongs to."""
        ...

    def add_to_policy(self, statement: Statement) -> bool:
        """Take a statement into the principal's own policy, and say whether it was taken."""
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """What was granted: to whom, by which verb, which actions, on what, under which conditions.

    ``in_resource_policy`` says whether it stands in the resource's policy too.
    """

    principal: str
    verb: str
    actions: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...]
    in_resource_policy: bool


def grant(
    verb: Verb,
    principal: Grantee,
    *,
    on: Construct,
    resources: Sequence[str | Ref[str]],
    account_id: str,
    organization_id: str,
    conditions: tuple[Condition, ...] = (),
    add_to_resource_policy: Callable[[Statement], None] | None = None,
    imported: bool = False,
) -> Grant:
    """Grant a verb: into the principal's policy, and into the resource's where that is not enough.

    It is not where the accounts differ, or where the principal's policy is not ours to write. The policy of an
    imported resource is its owner's, who adds the other half.

    Raises:
        LandformError: ``argument-value`` for a principal from elsewhere where the resource has no policy here that
            could let it in.
    """
    statement = Statement(verb.sid, verb.actions, tuple(resources), conditions=conditions)
    taken = principal.add_to_policy(statement)
    from_elsewhere = not taken or (principal.account_id != account_id and not imported)
    if from_elsewhere:
        if add_to_resource_policy is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This resource has no policy here, so a role from elsewhere cannot be let in.",
                place=on.node.here,
                given=principal.principal_arn,
                expected=f"a role that is made in account {account_id}, with the grant",
                fix="Grant to a role of this stack and let the other one assume it.",
            )
        same_organization = Condition("StringEquals", "aws:PrincipalOrgID", (organization_id,))
        add_to_resource_policy(
            Statement(
                verb.sid,
                verb.actions,
                tuple(resources),
                principals=(Principal("AWS", principal.principal_arn),),
                conditions=(*conditions, same_organization),
            )
        )
    return Grant(
        principal=principal.principal_arn,
        verb=verb.name,
        actions=verb.actions,
        resource=", ".join(str(resource) for resource in resources),
        conditions=conditions,
        in_resource_policy=from_elsewhere,
    )


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is granted on.

    ``arn`` fills the verbs' templates. ``key`` encrypts it, and the service ``via`` (``"s3"``) uses that key for
    whoever has the grant, with the pair ``context`` of encryption context where it sets one. ``add_to_policy``
    adds to the resource's own policy, where AWS gives it one. ``account_id`` and ``region`` are the stack's unless
    given.
    """

    construct: Construct
    arn: str | Ref[str]
    account_id: str | None = None
    region: str | None = None
    key: AnyKey | None = None
    via: str = ""
    context: tuple[str, str] | None = None
    add_to_policy: Callable[[Statement], None] | None = None
    imported: bool = False


class ResourceGrants:
    """The base of what may be granted on a resource: one method a verb, each a call of ``_grant``."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def _grant(
        self, verb: Verb, principal: Grantee, *, conditions: tuple[Condition, ...] = (), **parts: str
    ) -> Grant:
        """Grant a verb, its templates filled with ``parts``, and the use of the key that goes along.

        Raises:
            LandformError: ``argument-value`` for something that is no principal; else as for ``grant``.
        """
        target = self._target
        if not isinstance(principal, Grantee):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                f"{type(principal).__name__} is not something that can be granted to.",
                place=target.construct.node.here,
                given=repr(principal),
                expected="a Role, a Policy, or Role.from_arn(...) for a role of another stack or account",
            )
        stack = AwsStack.of(target.construct)
        if target.key and verb.key_actions:
            via = stack.service(target.via, region=target.region)
            target.key.grants.for_service(principal, verb.key_actions, via=via, context=target.context)
        return grant(
            verb,
            principal,
            on=target.construct,
            resources=tuple(_filled(text, target.arn, parts) for text in verb.resources),
            account_id=target.account_id or stack.account_id,
            organization_id=stack.organization.organization_id,
            conditions=conditions,
            add_to_resource_policy=target.add_to_policy,
            imported=target.imported,
        )


def _filled(template: str, arn: str | Ref[str], parts: Mapping[str, str]) -> str | Ref[str]:
    """A template with the ARN and the parts in it: a reference where the ARN is one, so that it is checked."""
    if not isinstance(arn, Ref) or "{arn}" not in template:
        return template.format(arn=arn, **parts)
    if template == "{arn}":
        return arn
    before, _, after = template.partition("{arn}")
    return arn.within(before.format(**parts), after.format(**parts))

"""Grants: who may do what on which resource, one narrow verb at a time.

A verb is a row of a table: enumerated actions, the shape of the resource, the KMS actions that go along. No verb
hides a delete, and no action has a wildcard. A grant to a principal of another account is written on both
sides, because AWS asks both; one to a role that another stack makes is written on the resource's, because its own
policy is not ours to write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement


@dataclass(frozen=True, slots=True)
class Verb:
    """A row of a grant table.

    ``resource`` is a template of the ARN: ``{arn}`` and what the grant's method fills in, as ``{prefix}``.
    ``key_actions`` are the KMS actions the verb needs where the resource is encrypted.
    """

    name: str
    actions: tuple[str, ...]
    resource: str
    key_actions: tuple[str, ...] = ()

    @property
    def sid(self) -> str:
        """The statement id that the verb gives: ``read_objects`` is ``ReadObjects``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


@runtime_checkable
class Grantee(Protocol):
    """Something that can be granted to: a role or policy of this stack, or a role from elsewhere by its ARN."""

    @property
    def arn(self) -> str:
        """The principal's ARN, literal."""
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
) -> Grant:
    """Grant a verb: into the principal's policy, and into the resource's where that is not enough.

    It is not where the accounts differ, or where the principal's policy is not ours to write.

    Raises:
        LandformError: ``argument-value`` for something that is no principal, or for a principal from elsewhere
            where the resource has no policy of its own.
    """
    if not isinstance(principal, Grantee):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            f"{type(principal).__name__} is not something that can be granted to.",
            place=on.node.place,
            given=repr(principal),
            expected="a Role, a Policy, or Role.from_arn(...) for a role of another stack or account",
        )
    statement = Statement(verb.sid, verb.actions, tuple(resources), conditions=conditions)
    taken = principal.add_to_policy(statement)
    from_elsewhere = principal.account_id != account_id or not taken
    if from_elsewhere:
        if add_to_resource_policy is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "AWS gives this resource no policy of its own, so a role from elsewhere cannot be let in.",
                place=on.node.place,
                given=principal.arn,
                expected=f"a role that is made in account {account_id}, with the grant",
                fix="Grant to a role of this stack and let the other one assume it.",
            )
        same_organization = Condition("StringEquals", "aws:PrincipalOrgID", (organization_id,))
        add_to_resource_policy(
            Statement(
                verb.sid,
                verb.actions,
                tuple(resources),
                principals=(Principal("AWS", principal.arn),),
                conditions=(*conditions, same_organization),
            )
        )
    return Grant(
        principal=principal.arn,
        verb=verb.name,
        actions=verb.actions,
        resource=", ".join(str(resource) for resource in resources),
        conditions=conditions,
        in_resource_policy=from_elsewhere,
    )

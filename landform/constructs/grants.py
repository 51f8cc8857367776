"""Grants: who may do what on which resource, one narrow verb at a time.

A verb is a row of a table: enumerated actions, the shape of the resource, the KMS actions that go along. No verb
hides a delete, and no action has a wildcard. A grant to a principal of another account is written on both
sides, because AWS asks both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

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


class Grantee(Protocol):
    """Something that can be granted to: a role of this stack, or one of another account by its ARN."""

    @property
    def arn(self) -> str:
        """The principal's ARN, literal."""
        ...

    @property
    def account_id(self) -> str:
        """The account it belongs to."""
        ...

    def add_to_policy(self, statement: Statement) -> None:
        """Take a statement into the principal's own policy; one of another stack ignores it."""
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """What was granted: to whom, by which verb, which actions, on what, under which conditions."""

    principal: str
    verb: str
    actions: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...]
    both_sides: bool


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
    """Grant a verb: into the principal's policy, and into the resource's where the accounts differ.

    Raises:
        LandformError: ``argument-value`` for something that is no principal, or for a principal of another
            account where the resource has no policy of its own.
    """
    if not (hasattr(principal, "add_to_policy") and hasattr(principal, "arn")):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            f"{type(principal).__name__} is not something that can be granted to.",
            place=on.node.place,
            given=repr(principal),
            expected="a Role, or Role.from_arn(...) for one of another stack or account",
        )
    statement = Statement(verb.sid, verb.actions, tuple(resources), conditions=conditions)
    principal.add_to_policy(statement)
    crosses = principal.account_id != account_id
    if crosses:
        if add_to_resource_policy is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "AWS gives this resource no policy of its own, so another account cannot be let in.",
                place=on.node.place,
                given=principal.arn,
                expected=f"a principal of account {account_id}",
                fix="Grant to a role of this account and let the other one assume it.",
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
        both_sides=crosses,
    )

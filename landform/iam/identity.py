"""Who asks, for what, and under whose guardrails: the values that an evaluation is about.

Follows "AWS JSON policy elements: Principal" and "NotPrincipal" of the IAM guide, which say when a statement of a
resource policy is about a principal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from landform.iam.policy import Policy, PolicyPrincipal, PolicyStatement, Principals, PrincipalType

_IDENTITY = re.compile(
    r"arn:[a-z-]+:(?:iam|sts)::(?P<account>[0-9]{12}):"
    r"(?P<kind>root|user|role|assumed-role|federated-user)(?:/(?P<name>.+))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Guard:
    """What an answer hangs on: a condition that the request does not settle, or something that was not given.

    ``operator`` is a condition operator, or ``Resource`` (a variable in a resource), ``Principal`` (the name of a
    role's session), ``NotPrincipal`` (what AWS leaves open of it) or ``Policy`` (a policy that was not given).
    """

    operator: str
    key: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.operator, self.key, " or ".join(self.values))).strip()


class Match(IntEnum):
    """How a resource policy's statement is about a principal; the further down, the more it grants.

    ``ACCOUNT`` leaves it to the account's own policies; ``ROLE`` is limited by the role's boundary and session
    policy; ``DIRECT`` is limited by no implicit deny.
    """

    ACCOUNT = 1
    ROLE = 2
    DIRECT = 3


@dataclass(frozen=True)
class Identity:
    """A principal that makes requests, with the policies on its own side.

    Args:
        id: its ARN; a service's name, a provider's ARN or name; ``*`` for nobody known.
        type: as in a policy's ``Principal`` element.
        policies: its identity policies, those of its groups too; None where they are another account's secret.
        boundary: its permissions boundary.
        session: the session policy it assumed its role with.

    The ARN of a role stands for a session of the role, whatever its name.
    """

    id: str
    type: PrincipalType = "AWS"
    policies: tuple[Policy, ...] | None = ()
    boundary: Policy | None = None
    session: Policy | None = None

    @cached_property
    def _parts(self) -> Mapping[str, str | None]:
        match = _IDENTITY.fullmatch(self.id) if self.type == "AWS" else None
        return match.groupdict() if match else {"account": None, "kind": None, "name": None}

    @property
    def account(self) -> str | None:
        """The id of its account; None for a service, a provider, and nobody."""
        return self._parts["account"]

    @property
    def kind(self) -> str | None:
        """``user``, ``role``, ``assumed-role``, ``federated-user`` or ``root``; None for what is no IAM principal."""
        return self._parts["kind"]

    @property
    def role(self) -> tuple[str | None, str] | None:
        """The account and the name, without path, of the role that it is or is a session of."""
        name = self._parts["name"] or ""
        if self.kind == "role":
            return self.account, name.rpartition("/")[2]
        if self.kind == "assumed-role":
            return self.account, name.partition("/")[0]
        return None


@dataclass(frozen=True, slots=True)
class Resource:
    """What a request is about: its ARN, its account where the ARN has none, and the policy attached to it."""

    arn: str
    account: str | None = None
    policy: Policy | None = None

    @property
    def owner(self) -> str | None:
        """The id of its account, from the ARN where that says it."""
        parts = self.arn.split(":", 5)
        return parts[4] if len(parts) == 6 and parts[4].isdigit() else self.account


@dataclass(frozen=True, slots=True)
class Guardrails:
    """The organisation's policies over one account, a tuple a level, from the root down: each SCP level must allow.

    No levels at all is an account without an organisation, or its management account, which SCPs do not reach.
    """

    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[tuple[Policy, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``context`` is what is known of its condition keys; none of a key's values: it has no such key."""

    identity: Identity
    action: str
    resource: Resource
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def known(self) -> dict[str, tuple[str, ...]]:
        """The context, with what follows from the principal and the resource, its keys in lower case."""
        identity = self.identity
        follows: dict[str, tuple[str, ...]] = {
            "aws:principalisawsservice": (str(identity.type == "Service").lower(),),
        }
        if identity.account is not None:
            follows["aws:principalaccount"] = (identity.account,)
            if identity.kind != "assumed-role":
                follows["aws:principalarn"] = (identity.id,)
        if identity.kind == "user":
            follows["aws:username"] = (identity.id.rpartition("/")[2],)
        if self.resource.owner is not None:
            follows["aws:resourceaccount"] = (self.resource.owner,)
        return follows | {key.lower(): values for key, values in self.context.items()}


def match_principal(statement: PolicyStatement, identity: Identity) -> tuple[Match, tuple[Guard, ...]] | None:
    """How a statement of a resource policy is about a principal, and what that hangs on; None where it is not."""
    principals = statement.principals
    if principals is None:
        return Match.DIRECT, ()
    if principals.excluded:
        return _spared(principals, identity) if statement.effect == "Deny" else _left_in(principals, identity)
    found = [match for named in principals.named if (match := _match(named, identity))]
    # Of two, the one that hangs on nothing; then the one that grants more.
    return max(found, key=lambda match: (not match[1], match[0]), default=None)


def _match(named: PolicyPrincipal, identity: Identity) -> tuple[Match, tuple[Guard, ...]] | None:
    if named.type == "*":
        return Match.DIRECT, ()
    if named.type != identity.type:
        return None
    if named.id == identity.id:
        return (Match.ROLE if identity.kind == "role" else Match.DIRECT), ()
    if identity.account is None:
        return None
    if named.account == identity.account:
        return Match.ACCOUNT, ()
    other = Identity(named.id)
    if other.role is None or other.role != identity.role or other.kind == identity.kind:
        return None
    if other.kind == "role":
        return Match.ROLE, ()
    return Match.DIRECT, (Guard("Principal", "session", (named.id,)),)


def _left_in(principals: Principals, identity: Identity) -> tuple[Match, tuple[Guard, ...]] | None:
    """``NotPrincipal`` with ``Allow``: everyone else."""
    named = [match for one in principals.named if (match := _match(one, identity))]
    return None if any(not guards for _, guards in named) else (Match.DIRECT, ())


def _spared(principals: Principals, identity: Identity) -> tuple[Match, tuple[Guard, ...]] | None:
    """``NotPrincipal`` with ``Deny``: AWS spares who is named with all it is part of: account, role, session."""
    if any(one.type == "*" for one in principals.named):
        return None
    denied = Match.DIRECT, ()
    named = [one for one in principals.named if one.account is None and _match(one, identity)]
    if identity.account is None:
        return None if named else denied
    if identity.account not in {one.account for one in principals.named}:
        return denied
    if not named:
        # The guide does not say whether the account alone spares all that is in it.
        return Match.DIRECT, (Guard("NotPrincipal", "spares no more than the root of", (identity.account,)),)
    if identity.kind not in ("role", "assumed-role"):
        return None
    roles = [one for one in named if Identity(one.id).kind == "role"]
    sessions = [one.id for one in named if Identity(one.id).kind == "assumed-role"]
    if not roles or not sessions:
        return denied
    if identity.kind == "assumed-role":
        return None
    return Match.DIRECT, (Guard("Principal", "session is not", tuple(sessions)),)

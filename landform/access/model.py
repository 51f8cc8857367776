"""What a bundle says of access, as values: where a thing stands, a principal, a resource, an account.

Documents stay text until something asks about them: in a fleet most accounts equal another, and of what is equal but
for the account's name and id (``alike``) one is read. Follows "Policies and permissions in IAM" of the IAM guide.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from landform.errors import Place
from landform.iam.arns import permission_set_of
from landform.iam.identity import Guardrails, Identity, Resource
from landform.iam.policy import Policy, parse_policy

Kind = Literal["role", "user", "permission set"]

UNREAD_KEY = "landform:Unread"
"""Not a key of AWS's: what a policy whose text is not in the bundle hangs on, so that nothing it may allow is lost."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource of Terraform's stands: the stack, its account, the address, the construct, the source line."""

    stack: str
    stack_id: str
    account: str
    account_id: str
    tier: str
    region: str
    address: str
    construct_path: str = ""
    source: str = ""

    @property
    def type(self) -> str:
        """The type of the resource, as Terraform names it."""
        return self.address.partition(".")[0]

    @property
    def path(self) -> str:
        """The construct path below the stack; the address where there is none."""
        return self.construct_path.removeprefix(f"{self.stack}/") or self.address


@dataclass(frozen=True, slots=True)
class Document:
    """A policy as the bundle has it: the address or ARN that reports call it by, and its text.

    ``text`` is None where the bundle does not hold it: a policy of AWS's that landform does not carry, one made
    elsewhere, one that is put together at plan time.
    """

    name: str
    text: str | None
    place: Place | None = field(default=None, compare=False)

    def read(self, *, principals: bool = False) -> Policy:
        """The policy; one that is not there may allow everything, on the condition that it does.

        Args:
            principals: whether it is attached to a resource, and says who.
        """
        if self.text is not None:
            return _read(self.text, self.name, self.place)
        return _read(_unread(self.name, principals), self.name, None)


@lru_cache(maxsize=8_192)
def _read(text: str, name: str, place: Place | None) -> Policy:
    return parse_policy(text, name=name, place=place)


def _unread(name: str, principals: bool) -> str:
    who = {"Principal": "*"} if principals else {}
    test = {"StringEquals": {UNREAD_KEY: name}}
    return json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": test, **who}}
    )


@dataclass(frozen=True)
class Principal:
    """A role, a user, or a permission set in one account it is assigned in, with every policy on its side."""

    kind: Kind
    arn: str
    origin: Origin
    documents: tuple[Document, ...]
    boundary: Document | None = None

    @property
    def name(self) -> str:
        """Its name, without path."""
        return permission_set_of(self.arn) if self.kind == "permission set" else self.arn.rpartition("/")[2]

    @cached_property
    def identity(self) -> Identity:
        """The principal as evaluations take it."""
        boundary = self.boundary.read() if self.boundary else None
        return Identity(self.arn, policies=tuple(one.read() for one in self.documents), boundary=boundary)

    def alike(self, account: Account) -> tuple[object, ...]:
        """What principals share that are the same but for the name and id of their account."""
        held = (*self.documents, *([self.boundary] if self.boundary else ()))
        texts = (text for document in held for text in (document.name, document.text or ""))
        where = (self.arn, self.origin.stack_id, self.origin.address, self.origin.path)
        return self.kind, len(self.documents), *map(account.without_names, (*where, *texts))

    @property
    def unread(self) -> tuple[str, ...]:
        """The policies it has whose text is not in the bundle."""
        held = (*self.documents, *([self.boundary] if self.boundary else ()))
        return tuple(document.name for document in held if document.text is None)


@dataclass(frozen=True)
class Target:
    """A resource that something can be done to, with the policies attached to it.

    ``region`` is where requests about it go, empty where that is not known; ``shape`` is its ARN with an ``x`` for
    every name.
    """

    arn: str
    shape: str
    region: str
    origin: Origin
    documents: tuple[Document, ...] = ()

    @cached_property
    def resource(self) -> Resource:
        """The resource as evaluations take it; several policies as one."""
        policies = [document.read(principals=True) for document in self.documents]
        if len(policies) < 2:
            return Resource(self.arn, self.origin.account_id or None, *policies)
        statements = tuple(statement for policy in policies for statement in policy.statements)
        return Resource(self.arn, self.origin.account_id, Policy(statements, policies[0].name))

    @property
    def context(self) -> dict[str, tuple[str, ...]]:
        """What is known of every request about it."""
        return {"aws:requestedregion": (self.region,)} if self.region else {}

    def alike(self, account: Account) -> tuple[object, ...]:
        """What resources share that are the same but for the name and id of their account."""
        texts = (text for document in self.documents for text in (document.name, document.text or ""))
        where = (self.arn, self.region, self.origin.stack_id, self.origin.address, self.origin.path)
        return tuple(map(account.without_names, (*where, *texts)))

    @property
    def unread(self) -> tuple[str, ...]:
        """The policies it has whose text is not in the bundle."""
        return tuple(document.name for document in self.documents if document.text is None)


@dataclass(frozen=True)
class Account:
    """One account: its principals and resources, sorted, and the organisation's policies over it."""

    name: str
    id: str
    tier: str
    principals: tuple[Principal, ...]
    targets: tuple[Target, ...]
    guardrails: Guardrails = field(default_factory=Guardrails)

    def without_names(self, text: str) -> str:
        """A text with ``{account}`` and ``{account-id}`` in place of the account's own name and id."""
        return text.replace(self.id, "{account-id}").replace(self.name, "{account}")


@dataclass(frozen=True)
class Holdings:
    """All that a bundle says of access.

    ``notes`` are sentences on what could not be taken into account.
    """

    accounts: tuple[Account, ...]
    digest: str
    notes: tuple[str, ...] = ()

    @cached_property
    def guardrails(self) -> dict[str, Guardrails]:
        """The organisation's policies, by account id."""
        return {account.id: account.guardrails for account in self.accounts}

    @cached_property
    def by_id(self) -> dict[str, Account]:
        """The accounts, by id."""
        return {account.id: account for account in self.accounts}

    @property
    def principals(self) -> Iterable[Principal]:
        """Every principal, by account."""
        return (principal for account in self.accounts for principal in account.principals)

    @property
    def targets(self) -> Iterable[Target]:
        """Every resource, by account."""
        return (target for account in self.accounts for target in account.targets)

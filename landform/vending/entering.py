"""The way into living accounts for boto3: as Terraform goes, by the role of each account, or as the caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landform.errors import Code, LandformError
from landform.org.models import Account
from landform.terraform.credentials import AccountCredentials, Purpose
from landform.vending.steps.step import InAccount

# Accounts in which AWS lets somebody work.
OPEN = frozenset({"provisioning", "quarantined", "active"})


@dataclass(frozen=True, slots=True)
class Leading:
    """A boto3 session whose clients lead somewhere else than to AWS."""

    session: Any
    endpoint_url: str | None

    def client(self, service: str, **more: Any) -> Any:
        """A client of a service; ``more`` as boto3 takes it."""
        return self.session.client(service, endpoint_url=self.endpoint_url, **more)


@dataclass(frozen=True, slots=True)
class Entering:
    """Opens accounts.

    Attributes:
        credentials: gives the roles of accounts.
        own: whether the caller's own credentials are used, and no role.
        partition: of the accounts.
        endpoint_url: where AWS is, if it is not AWS.
    """

    credentials: AccountCredentials
    own: bool = False
    partition: str = "aws"
    endpoint_url: str | None = None

    def account(
        self, account: Account, purpose: Purpose, tell: Callable[[str], None] = lambda _: None
    ) -> InAccount:
        """An account of the spec, entered.

        Args:
            account: the account.
            purpose: whether it is only looked at (``plan``) or changed.
            tell: told how it goes, where AWS takes its time.

        Raises:
            LandformError: ``spec-account`` for one that has no id, or is suspended or closed; what
                ``AccountCredentials`` raises.
        """
        check_open(account)
        return InAccount(
            self._session(account.account_id, purpose),
            account,
            partition=self.partition,
            endpoint_url=self.endpoint_url,
            tell=tell,
        )

    def looking(self, account_id: str) -> Leading:
        """A session that looks at an account which the spec may not have, such as the management account.

        Raises:
            LandformError: what ``AccountCredentials`` raises.
        """
        return Leading(self._session(account_id, "plan"), self.endpoint_url)

    def _session(self, account_id: str, purpose: Purpose) -> Any:
        given = (
            self.credentials.own(account_id) if self.own else self.credentials.for_stack(account_id, purpose)
        )
        return given.session()


def check_open(account: Account) -> None:
    """Refuse an account that AWS has not made yet, or lets nobody work in any more.

    Raises:
        LandformError: ``spec-account``.
    """
    if account.account_id and account.status in OPEN:
        return
    raise LandformError(
        Code.SPEC_ACCOUNT,
        "Nothing can be done in this account.",
        given=f"{account.name}: {account.status}, {account.account_id or 'no account_id'}",
        expected=f"an account with an id that is {', '.join(sorted(OPEN))}",
    )

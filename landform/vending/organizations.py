"""What the life of an account asks of AWS Organizations: which accounts there are, and to close one.

``ListAccounts`` gives every account in pages; nothing is asked account by account, which Organizations would throttle.
``CloseAccount`` returns before the account is closed: it is PENDING_CLOSURE for minutes, then SUSPENDED for 90 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landform.org.living import UNKNOWN, told
from landform.org.models import Account
from landform.vending.life import OPEN, InAws

REGION = "us-east-1"
_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """An account as AWS has it; ``state`` is AWS's word."""

    id: str
    email: str
    state: str


@dataclass(frozen=True, slots=True)
class AwsOrganization:
    """The accounts of an organisation, the managing one too."""

    accounts: tuple[AwsAccount, ...]

    @property
    def members(self) -> int:
        """How many member accounts are open."""
        return sum(each.state == OPEN for each in self.accounts) - 1

    def of(self, account: Account) -> InAws:
        """What AWS says of an account of the spec: by its id, or by its address while it has none."""
        for each in self.accounts:
            same = each.email.lower() == account.email.lower()
            if each.id == account.account_id or (same and not account.account_id):
                return InAws(each.id, each.state)
        return InAws()


def read_accounts(session: Any, endpoint_url: str | None = None) -> AwsOrganization:
    """Read the accounts of the organisation that a session's account manages, or is a delegated administrator of.

    Raises:
        LandformError: ``aws-refused``; it needs organizations:ListAccounts.
    """
    with told("organizations:ListAccounts"):
        pages = _client(session, endpoint_url).get_paginator("list_accounts").paginate()
        return AwsOrganization(tuple(_account(each) for page in pages for each in page["Accounts"]))


def close_account(session: Any, account_id: str, endpoint_url: str | None = None) -> None:
    """Have AWS close a member account that is open.

    Raises:
        LandformError: ``aws-refused``; it needs organizations:CloseAccount in the management account.
    """
    with told("organizations:CloseAccount"):
        _client(session, endpoint_url).close_account(AccountId=account_id)


def _account(said: Mapping[str, Any]) -> AwsAccount:
    # AWS retires `Status` for `State`, which older models of botocore do not have.
    return AwsAccount(said["Id"], said["Email"], said.get("State") or said.get("Status") or UNKNOWN)


def _client(session: Any, endpoint_url: str | None) -> Any:
    from botocore.config import Config

    config = Config(retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS})
    return session.client("organizations", region_name=REGION, endpoint_url=endpoint_url, config=config)

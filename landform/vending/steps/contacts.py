"""Alternate contacts: whom AWS writes to about an account's bills, operations and security.

They come from the account's owner. AWS wants a telephone number of each; where the owner has none, nothing is set. One
that a stack of the account makes (``aws_account_alternate_contact``) must say the same as the owner does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from landform.vending.steps.step import Due, InAccount, Step

PAGE = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html"
# The title of each kind of contact.
TITLES: Mapping[str, str] = {"BILLING": "Billing", "OPERATIONS": "Operations", "SECURITY": "Security"}
NO_PHONE = "AWS wants a telephone number: give the account's owner one as `phone`."
_ABSENT = "ResourceNotFoundException"


def look(at: InAccount) -> tuple[Due, ...]:
    """The kinds of contacts that are missing, or are not as the account's owner says."""
    client = at.client("account")
    living = {kind: _living(client, kind) for kind in TITLES}
    if at.account.owner.phone is None:
        # Without a number there is nothing to compare with: what is there stays.
        return tuple(
            Due(kind, at.global_region, "refused", NO_PHONE) for kind, found in living.items() if not found
        )
    return tuple(Due(kind, at.global_region) for kind, found in living.items() if found != wanted(at, kind))


def act(at: InAccount, due: Due) -> None:
    """Set one."""
    at.client("account").put_alternate_contact(AlternateContactType=due.what, **wanted(at, due.what))


def wanted(at: InAccount, kind: str) -> dict[str, str | None]:
    """A contact as the account's owner says, in the words of the API."""
    owner = at.account.owner
    email = owner.security_contact if kind == "SECURITY" else None
    return {
        "EmailAddress": email or owner.contact,
        "Name": owner.team,
        "PhoneNumber": owner.phone,
        "Title": TITLES[kind],
    }


def _living(client: Any, kind: str) -> dict[str, str | None] | None:
    try:
        found = client.get_alternate_contact(AlternateContactType=kind)["AlternateContact"]
    except ClientError as error:
        if error.response["Error"]["Code"] != _ABSENT:
            raise
        return None
    return {key: found.get(key) for key in ("EmailAddress", "Name", "PhoneNumber", "Title")}


ALTERNATE_CONTACTS = Step(
    id="alternate-contacts",
    title="AWS knows whom to write to",
    page=PAGE,
    actions=("account:GetAlternateContact", "account:PutAlternateContact"),
    look=look,
    act=act,
)

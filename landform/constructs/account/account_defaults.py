"""What is one setting for all regions of an account. Follows "Best practices for AWS accounts" of its guide."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.account.contact import AlternateContact
from landform.constructs.account.limits import DEFAULT_REGIONS
from landform.constructs.account.settings import (
    RECORD,
    add_service_linked_roles,
    close_buckets,
    harden_identity,
    name_contacts,
    record_of,
    write_record,
)
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.digest import digest
from landform.resources.aws.account_region import AccountRegion


class AccountDefaults(Construct):
    """No public buckets, a password policy, the alias, contacts, the opt-in regions, the account's record.

    It stands once in an account, in the organisation's home region. The record says who owns the account, of what
    tier it is, and which baseline it has; its ``contract`` is the digest of the account's file.

    Args:
        key: what encrypts the record; one of its own is made unless given.
        contacts: whom AWS writes to, at most one of a kind.
        service_linked_roles: as for ``AccountBaseline``.

    Raises:
        LandformError: as for ``AccountBaseline``.

    >>> AccountDefaults(stack, "Account", service_linked_roles=["config.amazonaws.com"]).record_name
    '/landform/account'
    """

    record_name = RECORD

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: AnyKey | None = None,
        contacts: Sequence[AlternateContact] = (),
        service_linked_roles: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        account = stack.instance.account
        self.key: AnyKey = key or Key(self, "Key", description="the record of the account")
        close_buckets(self)
        harden_identity(self)
        name_contacts(self, contacts)
        add_service_linked_roles(self, service_linked_roles)
        for region in opt_in_regions(account.regions):
            AccountRegion(self, f"Region-{region}", region_name=region, enabled=True)
        record = record_of(stack)
        if account.baseline:
            record["baseline"] = f"{account.baseline.name} {account.baseline.version}"
        record["contract"] = digest(account.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        write_record(self, self.key, record)


def opt_in_regions(regions: Sequence[str]) -> tuple[str, ...]:
    """Those regions that an account has only once they are enabled in it."""
    return tuple(region for region in sorted(regions) if region not in DEFAULT_REGIONS)

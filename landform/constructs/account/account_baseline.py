"""What holds for a whole account. Each setting is of the account in a region; a few are of all its regions.

The default VPC cannot be removed here: Terraform would first have to take it over as a resource, which CKV_AWS_148
rightly finds. What vends accounts removes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.account.contact import AlternateContact
from landform.constructs.account.settings import (
    RECORD,
    add_service_linked_roles,
    close_buckets,
    close_to_the_public,
    encrypt_volumes,
    harden_identity,
    name_contacts,
    record_of,
    write_record,
)
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.resources.aws.accessanalyzer_analyzer import AccessanalyzerAnalyzer


class AccountBaseline(Construct):
    """Public access off, encryption by default, IMDSv2, a password policy, an analyzer, contacts, the account's record.

    It stands once in each region; what is one setting for all regions is made in the organisation's home region.

    Args:
        key: what encrypts volumes and the record; one of its own is made unless given.
        contacts: whom AWS writes to, at most one of a kind; with the home region's.
        service_linked_roles: principals of services whose role an account has once, and has to have before what
            uses it: ``opensearchservice.amazonaws.com``. With the home region's.

    Raises:
        LandformError: ``argument-value`` for two contacts of a kind, or for what is no service; ``duplicate-id``
            for one service twice.

    >>> security = AlternateContact("security", "Blue Team", "On call", "soc@acme.example", "+44 20 7946 0000")
    >>> baseline = AccountBaseline(stack, "Baseline", contacts=[security])
    >>> baseline.record_name
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
        self.key: AnyKey = key or Key(self, "Key", description="EBS volumes and parameters of the account")
        close_to_the_public(self)
        encrypt_volumes(self, self.key)
        AccessanalyzerAnalyzer(
            self,
            "AccessAnalyzer",
            analyzer_name=f"{stack.organization.prefix}-external-access",
            type="ACCOUNT",
        )
        write_record(self, self.key, record_of(stack))
        if stack.region == stack.organization.home_region:
            close_buckets(self)
            harden_identity(self)
            name_contacts(self, contacts)
            add_service_linked_roles(self, service_linked_roles)

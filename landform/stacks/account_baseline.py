"""What every account has before anything else is put into it. Each setting is account-wide in its region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack, account
from landform.constructs.kms import Key
from landform.core import Construct

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class AccountBaseline(AwsStack):
    """Public access off, encryption by default, IMDSv2, a password policy, an analyzer, the account's record."""

    def __init__(self, scope: Construct, instance: StackInstance) -> None:
        super().__init__(scope, instance)
        key = Key(self, "Key", description="EBS volumes and parameters of the account")
        # Terraform's addresses leave "Default" out: what stands already keeps its own.
        account.AccountBaseline(self, "Default", key=key)

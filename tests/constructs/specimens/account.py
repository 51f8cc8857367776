"""Accounts."""

from __future__ import annotations

from typing import Any

from mutant import Mutant

from landform.constructs.account import (
    AccountBaseline,
    AccountDefaults,
    AlternateContact,
    RegionDefaults,
    Spending,
)
from landform.constructs.ec2 import Vpc
from landform.core import Construct

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """What holds for a whole account, at once and by scope, and what it may cost."""
    account(scope)
    defaults(scope)
    region(scope)
    Spending(scope, "Spending", monthly_usd=1000)


def account(scope: Construct) -> None:
    security = AlternateContact("security", "Blue Team", "On call", "soc@acme.example", "+44 20 7946 0000")
    roles = ["opensearchservice.amazonaws.com"]
    AccountBaseline(scope, "Account", contacts=[security], service_linked_roles=roles)


def defaults(scope: Construct) -> None:
    AccountDefaults(scope, "Defaults", service_linked_roles=["config.amazonaws.com"])


def region(scope: Construct) -> None:
    RegionDefaults(scope, "Region")


def passwords(name: str, check: str, **overrides: Any) -> Mutant:
    """A password policy with one rule broken."""
    return Mutant(name, account, "Account/PasswordPolicy", overrides, check)


MUTANTS = (
    passwords("passwords for ever", "CKV_AWS_9", max_password_age=None),
    passwords("passwords for a year", "CKV_AWS_9", max_password_age=365),
    passwords("short passwords", "CKV_AWS_10", minimum_password_length=8),
    passwords("passwords without lower case", "CKV_AWS_11", require_lowercase_characters=False),
    passwords("passwords without digits", "CKV_AWS_12", require_numbers=False),
    passwords("passwords again", "CKV_AWS_13", password_reuse_prevention=3),
    passwords("passwords without symbols", "CKV_AWS_14", require_symbols=False),
    passwords("passwords without upper case", "CKV_AWS_15", require_uppercase_characters=False),
    Mutant("volumes in the open", account, "Account/VolumeEncryption", {"enabled": False}, "CKV_AWS_106"),
    Mutant("record of amazon's key", account, "Account/Record", {"key_id": None}, "CKV_AWS_337"),
    Mutant("record in the open", account, "Account/Record", {"type": "String"}, "CKV2_AWS_34"),
    Mutant(
        "public buckets",
        account,
        "Account/S3PublicAccess",
        {"block_public_policy": False},
        "LF_ACCOUNT_PUBLIC_BUCKETS",
    ),
    Mutant(
        "public snapshots",
        account,
        "Account/SnapshotPublicAccess",
        {"state": "unblocked"},
        "LF_ACCOUNT_PUBLIC_SNAPSHOTS",
    ),
    Mutant(
        "public images",
        account,
        "Account/ImagePublicAccess",
        {"state": "unblocked"},
        "LF_ACCOUNT_PUBLIC_IMAGES",
    ),
    Mutant(
        "first instance metadata",
        account,
        "Account/InstanceMetadata",
        {"http_tokens": "optional"},
        "LF_ACCOUNT_INSTANCE_METADATA",
    ),
    Mutant(
        "a serial console", account, "Account/SerialConsole", {"enabled": True}, "LF_ACCOUNT_SERIAL_CONSOLE"
    ),
    Mutant(
        "public buckets by default",
        defaults,
        "Defaults/S3PublicAccess",
        {"ignore_public_acls": False},
        "LF_ACCOUNT_PUBLIC_BUCKETS",
    ),
    Mutant(
        "volumes in the open of a region",
        region,
        "Region/VolumeEncryption",
        {"enabled": False},
        "CKV_AWS_106",
    ),
    Mutant(
        "public documents",
        region,
        "Region/DocumentSharing",
        {"setting_value": "Enable"},
        "LF_ACCOUNT_PUBLIC_DOCUMENTS",
    ),
)
"""What the scan must find."""

UNSEEN = (
    Mutant("public networks", region, "Region/VpcPublicAccess", {"internet_gateway_block_mode": "off"}),
)
"""What no rule of checkov sees: the construct's own tests hold it."""

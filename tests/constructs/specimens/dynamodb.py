"""Tables."""

from __future__ import annotations

from mutant import EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.dynamodb import Attribute, GlobalSecondaryIndex, Table
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.core import Construct

ARN = "arn:aws:dynamodb:eu-west-1:012345678901:table/ledger"
PARTS = {"index": "in/object"}
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A table with everything, and one of another account."""
    made = Table(
        scope,
        "Table",
        partition_key=Attribute("account"),
        sort_key=Attribute("entry", "N"),
        indexes=[GlobalSecondaryIndex("by-day", Attribute("day"), projected=("amount",))],
        ttl_attribute="expires",
        stream="NEW_AND_OLD_IMAGES",
    )
    imported = Table.from_name(scope, "Imported", "reports", account_id="999999999999")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    for grants, principal in (
        (made.grants, role),
        (made.grants, elsewhere),
        (imported.grants, role),
    ):
        for verb in (
            grants.read_items,
            grants.write_items,
            grants.delete_items,
            grants.write_and_delete_items,
        ):
            verb(principal, leading_key="house")
        grants.query_index(principal, "by-day")
        grants.scan(principal)
        grants.describe(principal)
    for grants in (made.grants, imported.grants):
        grants.read_stream(role)


def table(stack: AwsStack) -> None:
    Table(stack, "Table", partition_key=Attribute("account"))


MUTANTS = (
    Mutant("table without encryption", table, "Table/Resource",
           {"server_side_encryption": None}, "CKV_AWS_119"),
    Mutant("table with encryption off", table, "Table/Resource",
           {"server_side_encryption.0.enabled": False}, "CKV_AWS_119"),
    Mutant("table with the key of aws", table, "Table/Resource",
           {"server_side_encryption.0.kms_key_arn": None}, "CKV_AWS_119"),
    Mutant("table that cannot be restored", table, "Table/Resource",
           {"point_in_time_recovery": None}, "CKV_AWS_28"),
    Mutant("table with recovery off", table, "Table/Resource",
           {"point_in_time_recovery.0.enabled": False}, "CKV_AWS_28"),
    Mutant("table with provisioned capacity", table, "Table/Resource",
           {"billing_mode": "PROVISIONED", "read_capacity": 1, "write_capacity": 1}, "CKV2_AWS_16"),
    Mutant("table without billing mode", table, "Table/Resource", {"billing_mode": None}, "CKV2_AWS_16"),
    Mutant("table over plain http", table, "Table/Policy",
           {"policy": document({**EVERYONE, "Effect": "Deny", "Action": "dynamodb:DeleteTable"})}, "LF_POLICY_TLS"),
    Mutant("table for everyone", table, "Table/Policy",
           {"policy": document({**EVERYONE, "Action": "dynamodb:GetItem"})}, "LF_POLICY_PUBLIC"),
    Mutant("table that can be deleted", table, "Table/Resource",
           {"deletion_protection_enabled": False, "lifecycle": None}, "LF_DELETION_PROTECTION"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

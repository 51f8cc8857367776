"""Backup vaults and plans."""

from __future__ import annotations

from mutant import ELSEWHERE, EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.backup import BackupPlan, BackupVault
from landform.constructs.dynamodb import Attribute, Table
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.core import Construct
from landform.resources import CheckedResource

ARN = "arn:aws:backup:eu-west-1:012345678901:backup-vault:ledger"
DOCUMENTED: set[tuple[str, str]] = set()


def volume(scope: Construct, vpc: Vpc | None = None) -> CheckedResource:
    """An encrypted volume, which a rule wants to be backed up."""
    return CheckedResource(
        scope,
        "Volume",
        "aws_ebs_volume",
        {
            "availability_zone": "eu-west-1a",
            "size": 8,
            "encrypted": True,
            "kms_key_id": Key(scope, "VolumeKey").arn,
        },
    )


def build(scope: Construct, vpc: Vpc) -> None:
    """A plan with all that goes along, the vault for copies, and a vault and a plan of elsewhere."""
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    copies = BackupVault.for_copies(scope, "Copies")
    copies.accept_copies_from("management")
    theirs = BackupVault.from_name(scope, "Theirs", "copies", account_id="999999999999")
    plan = BackupPlan(scope, "Plan", copy_to=[copies, theirs])
    plan.add(volume(scope))
    imported = BackupPlan.from_id(scope, "Imported", "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f")
    imported.add(Table(scope, "Table", partition_key=Attribute("account")))
    for grants, principal in ((copies.grants, role), (copies.grants, elsewhere), (theirs.grants, role)):
        grants.list_backups(principal)


def vault(stack: AwsStack) -> None:
    BackupVault(stack, "Vault", lock_grace_days=30)


def plan(stack: AwsStack) -> None:
    BackupPlan(stack, "Plan").add(volume(stack))


MUTANTS = (
    Mutant("vault without key", vault, "Vault/Resource", {"kms_key_arn": None}, "CKV_AWS_166"),
    Mutant("plan into a vault without key", plan, "Plan/Vault/Resource", {"kms_key_arn": None}, "CKV_AWS_166"),
    Mutant("volume that is not backed up", plan, "Plan/Added", {"resources": None}, "CKV2_AWS_9"),
    Mutant("another volume that is backed up", plan, "Plan/Added", {"resources.0": ELSEWHERE}, "CKV2_AWS_9"),
    Mutant("vault for everyone", vault, "Vault/Policy",
           {"policy": document({**EVERYONE, "Action": "backup:CopyIntoBackupVault"})}, "LF_POLICY_PUBLIC"),
    Mutant("vault that can be emptied", vault, "Vault/Policy",
           {"policy": document({**EVERYONE, "Effect": "Deny", "Action": "backup:CopyIntoBackupVault"})},
           "LF_VAULT_DELETES"),
    Mutant("lock of another vault", vault, "Vault/Lock", {"backup_vault_name": ELSEWHERE}, "LF_VAULT_LOCK"),
    Mutant("backups for a day", plan, "Plan/Resource", {"rule.0.lifecycle.0.delete_after": 1},
           "LF_BACKUP_RETENTION"),
    Mutant("backups without tags", plan, "Plan/Resource", {"rule.0.recovery_point_tags": None},
           "LF_BACKUP_TAGS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # A lock in governance mode is a choice that AWS offers: whoever has the permission may lift it.
    Mutant("vault lock that can be lifted", vault, "Vault/Lock", {"changeable_for_days": None}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

"""What may be granted on a backup vault. Actions are those of the AWS Backup service authorization reference."""

from landform.constructs.grants import Verb

LIST_BACKUPS = Verb(
    "list_backups", ("backup:DescribeBackupVault", "backup:ListRecoveryPointsByBackupVault"), ("{arn}",)
)

VERBS = (LIST_BACKUPS,)

# What would end a backup before its time.
ENDING = (
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:DisassociateRecoveryPointFromParent",
    "backup:UpdateRecoveryPointLifecycle",
)

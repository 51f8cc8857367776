"""AWS Backup: plans that back up what is named or tagged, into vaults that nobody can empty."""

from landform.constructs.backup.backup_plan import BackupPlan
from landform.constructs.backup.backup_vault import BackupVault

__all__ = ["BackupPlan", "BackupVault"]

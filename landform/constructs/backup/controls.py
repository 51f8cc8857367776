"""The secure defaults of the AWS Backup constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "BackupVault": (
        Control("encrypted with a customer managed key", ("CKV_AWS_166", "Backup.1")),
        Control(
            "locked: no backup is deleted before its time",
            ("LF_VAULT_LOCK",),
            tier="sizing.deletion_protection",
        ),
        Control("its policy lets nobody delete a backup, or shorten its life", ("LF_VAULT_DELETES",)),
        Control("copies come from accounts of the organisation that are named", ("LF_POLICY_PUBLIC",)),
        Control("Terraform may not destroy the vault", (), tier="sizing.deletion_protection"),
    ),
    "BackupPlan": (
        Control("into a vault that is encrypted with a customer managed key", ("CKV_AWS_166", "Backup.1")),
        Control("every day, kept for 35 days or longer", ("LF_BACKUP_RETENTION",)),
        Control("what it selects is backed up", ("DynamoDB.4", "EC2.28", "RDS.26", "EFS.2")),
        Control("backups carry the mandatory tags", ("LF_BACKUP_TAGS", "Backup.2")),
        Control("copied to the regions that the organisation's settings name", ()),
        Control("its role backs up, and restores nothing", ()),
    ),
}

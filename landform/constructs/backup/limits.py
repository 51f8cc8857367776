"""What AWS Backup takes. Sources: ``CreateBackupVault``, ``CreateBackupPlan``, ``PutBackupVaultLockConfiguration``."""

from landform.constructs.limits import Name, Whole

VAULT_NAME = Name("backup vault name", r"[\w-]{2,50}", "2 to 50 letters, digits and _ -")
PLAN_NAME = Name("backup plan name", r"[\w.-]{1,50}", "1 to 50 letters, digits and _ . -")
PLAN_ID = Name(
    "id of a backup plan",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "the id that AWS gave it, as 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
)
SCHEDULE = Name(
    "schedule of a backup plan",
    r"cron\([^()\n ]+( [^()\n ]+){5}\)",
    "six fields in UTC, as cron(0 5 ? * * *)",
)

RETENTION_DAYS = Whole("number of days a backup is kept", 1, 36_500)
GRACE_DAYS = Whole("number of days until nobody can lift a vault's lock", 3, 36_500)

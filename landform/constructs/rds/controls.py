"""The secure defaults of the RDS constructs."""

from landform.constructs.controls import Control, Controls

_SIGNED_IN = (
    "RDS makes the master password, keeps it in Secrets Manager under the key, and changes it every week"
)
_LOGS_KEPT = "its log groups are made first, encrypted with the key, and kept"

CONTROLS: Controls = {
    "PostgresInstance": (
        Control("encrypted at rest with a customer managed key",
                ("CKV_AWS_16", "LF_CUSTOMER_KEY", "RDS.3", "CIS 3.2.1")),
        Control("no public address, in subnets without a way to the internet",
                ("CKV_AWS_17", "RDS.2", "CIS 3.2.3")),
        Control("TLS alone (rds.force_ssl), under a current certificate authority",
                ("CKV2_AWS_69", "CKV_AWS_211", "RDS.38")),
        Control("signed in to by IAM", ("CKV_AWS_161", "RDS.10")),
        Control(_SIGNED_IN, ("LF_SECRET_IN_CODE",)),
        Control("the master user has no name that everyone would guess", ("LF_MASTER_NAME", "RDS.25")),
        Control("a standby in another zone takes over", ("CKV_AWS_157", "RDS.5", "CIS 3.2.4"),
                tier="sizing.db.multi_az"),
        Control("backed up every day", ("CKV_AWS_133", "RDS.11"), tier="sizing.db.backup_days"),
        Control("snapshots have its tags", ("CKV2_AWS_60", "RDS.17")),
        Control("minor versions are installed by AWS", ("CKV_AWS_226", "RDS.13", "CIS 3.2.2")),
        Control("connections, changes of schema and slow statements are logged",
                ("CKV2_AWS_30", "LF_STATEMENT_LOGS")),
        Control("logs go to CloudWatch Logs", ("CKV_AWS_129", "RDS.9", "RDS.36")),
        Control(_LOGS_KEPT, ("CKV_AWS_158", "CKV_AWS_66"), tier="sizing.log_retention_days"),
        Control("the operating system is monitored every minute", ("CKV_AWS_118", "RDS.6")),
        Control("Performance Insights is on, under the key", ("CKV_AWS_353", "CKV_AWS_354")),
        Control("neither AWS nor Terraform deletes the database; a last snapshot is taken",
                ("CKV_AWS_293", "LF_LAST_SNAPSHOT", "RDS.8"), tier="sizing.deletion_protection"),
    ),
    "AuroraCluster": (
        Control("encrypted at rest with a customer managed key", ("CKV_AWS_96", "CKV_AWS_327", "RDS.27")),
        Control("no instance has a public address; subnets without a way to the internet",
                ("CKV_AWS_17", "RDS.2", "CIS 3.2.3")),
        Control("TLS alone (rds.force_ssl), under a current certificate authority",
                ("LF_CLUSTER_TLS", "LF_EXPIRED_AUTHORITY")),
        Control("signed in to by IAM", ("CKV_AWS_162", "RDS.12")),
        Control(_SIGNED_IN, ("LF_SECRET_IN_CODE",)),
        Control("the master user has no name that everyone would guess", ("LF_MASTER_NAME", "RDS.24")),
        Control("a reader in another zone takes over", ("RDS.15",), tier="sizing.db.multi_az"),
        Control("backed up every day", ("CKV_AWS_133",), tier="sizing.db.backup_days"),
        Control("snapshots have its tags", ("CKV_AWS_313", "RDS.16")),
        Control("minor versions are installed by AWS", ("CKV_AWS_226", "RDS.13", "RDS.35")),
        Control("connections, changes of schema and slow statements are logged",
                ("CKV2_AWS_27", "LF_STATEMENT_LOGS")),
        Control("logs go to CloudWatch Logs", ("CKV_AWS_324", "RDS.37")),
        Control(_LOGS_KEPT, ("CKV_AWS_158", "CKV_AWS_66"), tier="sizing.log_retention_days"),
        Control("the operating system is monitored every minute", ("CKV_AWS_118", "RDS.6")),
        Control("Performance Insights is on, under the key", ("CKV_AWS_353", "CKV_AWS_354")),
        Control("neither AWS nor Terraform deletes the database; a last snapshot is taken",
                ("CKV_AWS_139", "LF_LAST_SNAPSHOT", "RDS.7"), tier="sizing.deletion_protection"),
    ),
}  # fmt: skip

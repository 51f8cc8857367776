"""The secure defaults of the ElastiCache constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "RedisReplicationGroup": (
        Control("encrypted at rest with a customer managed key", ("CKV_AWS_29", "CKV_AWS_191", "ElastiCache.4")),
        Control("TLS alone", ("CKV_AWS_30", "ElastiCache.5")),
        Control("signed in to by IAM, as a user whose commands and keys are named",
                ("LF_CACHE_USER", "CKV_AWS_31", "ElastiCache.6")),
        Control("the user that every client is without a name is turned off", ("LF_CACHE_USER",)),
        Control("in subnets of its own choice, without a way to the internet", ("LF_CACHE_SUBNETS", "ElastiCache.7")),
        Control("a replica in another zone takes over", ("CKV2_AWS_50", "ElastiCache.3"),
                tier="sizing.db.multi_az"),
        Control("backed up every day", ("LF_CACHE_BACKUPS", "ElastiCache.1"), tier="sizing.db.backup_days"),
        Control("minor versions are installed by AWS", ("LF_SERVICE_UPDATES", "ElastiCache.2")),
        Control("slow commands and the engine's messages go to CloudWatch Logs", ("LF_CACHE_LOGS",)),
        Control("its log groups are encrypted with the key, and kept", ("CKV_AWS_158", "CKV_AWS_66"),
                tier="sizing.log_retention_days"),
        Control("Terraform may not destroy the cache; a last snapshot is taken", (),
                tier="sizing.deletion_protection"),
    ),
}  # fmt: skip

"""The secure defaults of the S3 constructs."""

from landform.constructs.controls import Control, Controls

_PRIVATE = (
    Control(
        "all four public access blocks are on",
        ("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6", "S3.8", "CIS 3.1.4"),
    ),
    Control("the bucket's owner owns every object; ACLs are off", ("CKV2_AWS_65", "S3.12")),
    Control(
        "TLS only, and not below 1.2, on the bucket and its objects", ("S3.5", "CIS 3.1.1", "LF_POLICY_TLS")
    ),
    Control("nothing is allowed to everyone", ("CKV_AWS_70", "LF_POLICY_PUBLIC")),
    Control("versions are kept", ("CKV_AWS_21", "S3.14")),
    Control(
        "old versions expire and unfinished uploads are aborted after 7 days",
        ("CKV_AWS_300", "CKV2_AWS_61", "S3.13"),
    ),
    Control("events go to EventBridge", ("CKV2_AWS_62",)),
    Control("Terraform deletes no bucket that holds objects", ("LF_FORCED_DELETION",)),
    Control("Terraform may not destroy the bucket", (), tier="sizing.deletion_protection"),
)

_REPLICATED = Control(
    "objects are replicated to another region", ("CKV_AWS_144", "S3.7"), tier="sizing.replication"
)

CONTROLS: Controls = {
    "Bucket": (
        *_PRIVATE,
        Control(
            "encrypted with a customer managed key, with a bucket key",
            ("CKV_AWS_19", "CKV_AWS_145", "LF_BUCKET_KEY", "S3.17"),
        ),
        Control("access is logged to the account's access log bucket", ("CKV_AWS_18", "S3.9")),
        _REPLICATED,
    ),
    "LogArchiveBucket": (
        *_PRIVATE,
        Control(
            "encrypted with a customer managed key, with a bucket key",
            ("CKV_AWS_19", "CKV_AWS_145", "LF_BUCKET_KEY", "S3.17"),
        ),
        Control(
            "objects are locked in compliance mode",
            ("LF_OBJECT_LOCK", "S3.15"),
            tier="sizing.log_retention_days",
        ),
        Control(
            "services deliver for accounts of the organisation alone",
            ("CKV_AWS_93", "LF_POLICY_CONFUSED_DEPUTY"),
        ),
        Control("grants read and list; nobody is granted a write", ()),
        Control("access is logged to the account's access log bucket", ("CKV_AWS_18", "CIS 4.4")),
        _REPLICATED,
    ),
    "AccessLogBucket": (
        *_PRIVATE,
        Control(
            "encrypted by S3 (S3 does not deliver access logs to a bucket with a KMS key)", ("CKV_AWS_19",)
        ),
        Control("S3 delivers for this account alone", ("LF_POLICY_CONFUSED_DEPUTY",)),
    ),
}

"""What may be granted on a bucket. Actions are those of the Amazon S3 service authorization reference."""

from landform.constructs.grants import Verb

READ_OBJECTS = Verb(
    "read_objects", ("s3:GetObject", "s3:GetObjectTagging"), ("{arn}/{prefix}*",), ("kms:Decrypt",)
)
LIST = Verb("list", ("s3:ListBucket",), ("{arn}",))
WRITE_OBJECTS = Verb(
    "write_objects",
    ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging"),
    ("{arn}/{prefix}*",),
    # A multipart upload decrypts its own parts.
    ("kms:Decrypt", "kms:GenerateDataKey"),
)
DELETE_OBJECTS = Verb("delete_objects", ("s3:DeleteObject",), ("{arn}/{prefix}*",))

# What S3 does with the role of a replication ("Setting up permissions for live replication"). Deletions stay behind.
READ_REPLICATION = Verb("read_replication", ("s3:GetReplicationConfiguration", "s3:ListBucket"), ("{arn}",))
READ_VERSIONS = Verb(
    "read_versions",
    ("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"),
    ("{arn}/*",),
    ("kms:Decrypt",),
)
READ_LOCKS = Verb("read_locks", ("s3:GetObjectLegalHold", "s3:GetObjectRetention"), ("{arn}/*",))
PUT_REPLICAS = Verb(
    "put_replicas",
    ("s3:ReplicateObject", "s3:ReplicateTags"),
    ("{arn}/*",),
    ("kms:Encrypt", "kms:GenerateDataKey"),
)
HAND_OVER_REPLICAS = Verb("hand_over_replicas", ("s3:ObjectOwnerOverrideToBucketOwner",), ("{arn}/*",))

VERBS = (
    READ_OBJECTS,
    LIST,
    WRITE_OBJECTS,
    DELETE_OBJECTS,
    READ_REPLICATION,
    READ_VERSIONS,
    READ_LOCKS,
    PUT_REPLICAS,
    HAND_OVER_REPLICAS,
)

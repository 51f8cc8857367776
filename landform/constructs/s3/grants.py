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

VERBS = (READ_OBJECTS, LIST, WRITE_OBJECTS, DELETE_OBJECTS)

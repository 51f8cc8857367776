"""What may be granted on a key. Actions are those of the AWS KMS service authorization reference."""

from landform.constructs.grants import Verb

ENCRYPT = ("kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptTo")
DECRYPT = ("kms:Decrypt", "kms:ReEncryptFrom")

VERBS = (
    Verb("encrypt", ENCRYPT, ("{arn}",)),
    Verb("decrypt", DECRYPT, ("{arn}",)),
    Verb("describe", ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"), ("{arn}",)),
)

# What administers a key and uses it for nothing.
ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)

# What the account's own IAM policies may hand out; the key policy alone gives it to nobody.
USE = (*ENCRYPT, *DECRYPT, "kms:CreateGrant", "kms:DescribeKey")

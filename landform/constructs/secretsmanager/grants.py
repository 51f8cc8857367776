"""What may be granted on a secret. Actions are those of the AWS Secrets Manager service authorization reference."""

from landform.constructs.grants import Verb

_READ = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
# A new version is encrypted with a data key, and compared with the one before.
_WRITE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")

READ_VALUE = Verb("read_value", _READ, ("{arn}",), ("kms:Decrypt",))
WRITE_VALUE = Verb("write_value", ("secretsmanager:PutSecretValue",), ("{arn}",), _WRITE_KEY)
ROTATE = Verb(
    "rotate",
    (*_READ, "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"),
    ("{arn}",),
    _WRITE_KEY,
)
GENERATE_PASSWORD = Verb(
    "generate_password",
    ("secretsmanager:GetRandomPassword",),
    ("*",),
    unscoped="it makes a password out of nothing, and is about no secret",
)

VERBS = (READ_VALUE, WRITE_VALUE, ROTATE, GENERATE_PASSWORD)

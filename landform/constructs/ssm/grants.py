"""What may be granted on a parameter. Actions are those of the AWS Systems Manager service authorization reference."""

from landform.constructs.grants import Verb

READ = Verb("read", ("ssm:GetParameter", "ssm:GetParameters"), ("{arn}",), ("kms:Decrypt",))
WRITE = Verb("write", ("ssm:PutParameter",), ("{arn}",), ("kms:Encrypt",))
DELETE = Verb("delete", ("ssm:DeleteParameter",), ("{arn}",))

VERBS = (READ, WRITE, DELETE)

"""What may be granted on a database. Actions are those of the service authorization references.

Signing in as a database user is an action of ``rds-db`` on that user of the resource id, so that a database made
again under the same identifier lets nobody in.
"""

from landform.constructs.grants import Verb

CONNECT = Verb("connect", ("rds-db:connect",), ("{arn}/{user}",))
READ_MASTER_PASSWORD = Verb(
    "read_master_password",
    ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
    ("{arn}",),
    ("kms:Decrypt",),
)

VERBS = (CONNECT, READ_MASTER_PASSWORD)

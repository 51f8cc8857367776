"""What may be granted on a table. Actions are those of the Amazon DynamoDB service authorization reference.

``dynamodb:BatchWriteItem`` deletes as well as it puts, so it stands where the name says so. Whoever reads or writes
an encrypted table has its table key decrypted, each by its own right to the KMS key.
"""

from landform.constructs.grants import Verb

_DECRYPT = ("kms:Decrypt",)

READ_ITEMS = Verb(
    "read_items",
    ("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query"),
    ("{arn}",),
    _DECRYPT,
)
QUERY_INDEX = Verb("query_index", ("dynamodb:Query",), ("{arn}/index/{index}",), _DECRYPT)
SCAN = Verb("scan", ("dynamodb:Scan",), ("{arn}",), _DECRYPT)
WRITE_ITEMS = Verb("write_items", ("dynamodb:PutItem", "dynamodb:UpdateItem"), ("{arn}",), _DECRYPT)
DELETE_ITEMS = Verb("delete_items", ("dynamodb:DeleteItem",), ("{arn}",), _DECRYPT)
WRITE_AND_DELETE_ITEMS = Verb(
    "write_and_delete_items",
    ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    ("{arn}",),
    _DECRYPT,
)
DESCRIBE = Verb("describe", ("dynamodb:DescribeTable",), ("{arn}",))
READ_STREAM = Verb(
    "read_stream",
    ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    ("{arn}/stream/*",),
    _DECRYPT,
)

VERBS = (
    READ_ITEMS,
    QUERY_INDEX,
    SCAN,
    WRITE_ITEMS,
    DELETE_ITEMS,
    WRITE_AND_DELETE_ITEMS,
    DESCRIBE,
    READ_STREAM,
)

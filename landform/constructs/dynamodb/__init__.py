"""Amazon DynamoDB: tables that are encrypted, can be restored to any second, and whose items are granted by key."""

from landform.constructs.dynamodb.attribute import Attribute, GlobalSecondaryIndex
from landform.constructs.dynamodb.table import Table

__all__ = ["Attribute", "GlobalSecondaryIndex", "Table"]

"""Tables. Follows "Security best practices for DynamoDB" and "Point-in-time recovery for DynamoDB" of the guide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from landform.constructs.dynamodb.attribute import Attribute, GlobalSecondaryIndex, different_keys
from landform.constructs.dynamodb.grants import (
    DELETE_ITEMS,
    DESCRIBE,
    QUERY_INDEX,
    READ_ITEMS,
    READ_STREAM,
    SCAN,
    WRITE_AND_DELETE_ITEMS,
    WRITE_ITEMS,
)
from landform.constructs.dynamodb.limits import (
    ATTRIBUTE_NAME,
    INDEX_NAME,
    INDEXES,
    RECOVERY_DAYS,
    STREAM_VIEW,
    TABLE_NAME,
)
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target, Verb
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed, plain_http_denied
from landform.core import Construct, Lazy, Lifecycle, Ref
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import Condition, PolicyDocument, Statement
from landform.resources.aws.dynamodb_resource_policy import DynamodbResourcePolicy
from landform.resources.aws.dynamodb_table import Attribute as AwsAttribute
from landform.resources.aws.dynamodb_table import (
    DynamodbTable,
    PointInTimeRecovery,
    ServerSideEncryption,
    Ttl,
)
from landform.resources.aws.dynamodb_table import GlobalSecondaryIndex as AwsIndex

StreamView = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]

# The pair of encryption context that DynamoDB sets for each table.
_CONTEXT = "aws:dynamodb:tableName"


class Table(Construct):
    """A table, encrypted with a customer managed key, that can be restored to any second of the last days.

    It is paid by request, so its capacity follows the load. Its resource policy lets in nobody but whom it is
    granted to, and nobody at all without TLS.

    Args:
        partition_key: the attribute that items are spread by.
        sort_key: the attribute that items of one partition are sorted by.
        indexes: global secondary indexes.
        ttl_attribute: the attribute that holds when an item expires, in seconds since 1970.
        stream: what the table's stream tells of each change; no stream unless given.
        table_name: from the construct path unless given.
        key: the key that encrypts it; one of its own is made unless given.
        recovery_days: how far back it can be restored, 1 to 35 days; the tier's days of backups unless given.
        protected: whether neither AWS nor Terraform may delete it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name, a number of days or a stream that DynamoDB would refuse, for
            one attribute with two types, and for two indexes of one name.

    >>> table = Table(stack, "Ledger", partition_key=Attribute("account"), sort_key=Attribute("entry", "N"))
    >>> table.arn
    'arn:aws:dynamodb:eu-west-1:012345678901:table/acme-payments-prod-data-lake-ledger'
    >>> settlement = Role(stack, "Settlement", trust=[Trust.service("glue.amazonaws.com")])
    >>> grant = table.grants.read_items(settlement, leading_key="house")
    >>> grant.conditions[0].key
    'dynamodb:LeadingKeys'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        partition_key: Attribute,
        sort_key: Attribute | None = None,
        indexes: Sequence[GlobalSecondaryIndex] = (),
        ttl_attribute: str | None = None,
        stream: StreamView | None = None,
        table_name: str | None = None,
        key: AnyKey | None = None,
        recovery_days: int | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        self.table_name = TABLE_NAME.checked(table_name or stack.physical_name(self, 255), place)
        self.arn = stack.arn("dynamodb", f"table/{self.table_name}")
        different_keys(partition_key, sort_key)
        INDEXES.checked(len(indexes), place)
        days = stack.tier.sizing.db.backup_days if recovery_days is None else recovery_days
        protected = stack.default_on(
            self,
            "neither AWS nor Terraform deletes the table",
            setting="sizing.deletion_protection",
            given=protected,
            checks=("LF_DELETION_PROTECTION",),
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"items of {self.table_name}")
        self.resource = DynamodbTable(
            self,
            "Resource",
            name=self.table_name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=partition_key.name,
            range_key=sort_key.name if sort_key else None,
            attribute=self._attributes(partition_key, sort_key, indexes),
            global_secondary_index=[_index(index) for index in indexes],
            ttl=Ttl(attribute_name=ATTRIBUTE_NAME.checked(ttl_attribute, place), enabled=True)
            if ttl_attribute is not None
            else None,
            stream_enabled=True if stream is not None else None,
            stream_view_type=STREAM_VIEW.checked(stream, place) if stream is not None else None,
            server_side_encryption=ServerSideEncryption(enabled=True, kms_key_arn=self.key.arn),
            point_in_time_recovery=PointInTimeRecovery(
                enabled=True, recovery_period_in_days=RECOVERY_DAYS.checked(days, place)
            ),
            deletion_protection_enabled=protected,
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        self._policy = PolicyDocument("table policy", [_transport(self.arn)])
        DynamodbResourcePolicy(
            self,
            "Policy",
            resource_arn=self.resource.arn,
            policy=Lazy(lambda: self._policy.to_json(self.node.place)),
        )
        self.grants = TableGrants(
            Target(
                self,
                self.arn,
                key=self.key,
                via="dynamodb",
                context=(_CONTEXT, self.table_name),
                add_to_policy=self.add_to_policy,
            ),
            indexes=[index.name for index in indexes],
            stream=stream is not None,
        )

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        table_name: str,
        *,
        account_id: str | None = None,
        key: AnyKey | None = None,
    ) -> ImportedTable:
        """A table of another stack or account, in this region, to grant on.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            table_name: its name.
            account_id: the account that owns it; the stack's unless given.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name DynamoDB would refuse.
        """
        return ImportedTable(scope, id, table_name, account_id=account_id, key=key)

    @property
    def stream_arn(self) -> Ref[str]:
        """The ARN of the table's stream. AWS chooses its end, so it is a reference."""
        return self.resource.stream_arn

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the table's policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone, or is about
                another resource.
        """
        indexes = f"{self.arn}/index/"
        strangers = [r for r in map(str, statement.resources) if r != self.arn and not r.startswith(indexes)]
        if strangers:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "DynamoDB would refuse a table's policy that is about something else.",
                place=self.node.here,
                given=f"statement {statement.sid} on {', '.join(strangers)}",
                expected=f"{self.arn}, or an index below {indexes}",
            )
        self._policy.add(closed(statement, self))

    def _attributes(
        self,
        partition_key: Attribute,
        sort_key: Attribute | None,
        indexes: Sequence[GlobalSecondaryIndex],
    ) -> list[AwsAttribute]:
        """Each attribute that is a key of the table or of an index, once."""
        names = [index.name for index in indexes]
        types: dict[str, set[str]] = {}
        for owner in (partition_key, sort_key, *(k for i in indexes for k in (i.partition_key, i.sort_key))):
            if owner:
                types.setdefault(owner.name, set()).add(owner.type)
        twice = sorted({name for name in names if names.count(name) > 1})
        torn = sorted(name for name, kinds in types.items() if len(kinds) > 1)
        for what, found in (("Two indexes have one name.", twice), ("An attribute has one type.", torn)):
            if found:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    what,
                    place=self.node.place,
                    given=", ".join(found),
                    expected="each index by a name of its own, each attribute of one type",
                )
        return [AwsAttribute(name=name, type=kind) for name, (kind,) in sorted(types.items())]


class ImportedTable(Construct):
    """A table that another stack, account or nobody here makes; its policy is its owner's to write."""

    def __init__(
        self, scope: Construct, id: str, table_name: str, *, account_id: str | None, key: AnyKey | None
    ) -> None:
        super().__init__(scope, id)
        self.table_name = TABLE_NAME.checked(table_name, self.node.place)
        self.arn = AwsStack.of(self).arn("dynamodb", f"table/{table_name}", account_id=account_id)
        self.key = key
        self.grants = TableGrants(
            Target(
                self,
                self.arn,
                account_id=account_id,
                key=key,
                via="dynamodb",
                context=(_CONTEXT, table_name),
                imported=True,
            )
        )


class TableGrants(ResourceGrants):
    """What may be granted on a table.

    With a ``leading_key``, it is the items of one partition key alone: those of one tenant. Of an imported table
    the indexes are not known, and any may be named.
    """

    def __init__(self, target: Target, *, indexes: Sequence[str] | None = None, stream: bool = True) -> None:
        super().__init__(target)
        self._indexes = indexes
        self._has_stream = stream
        # A stream has a policy of its own, which is not made here.
        self._stream = ResourceGrants(replace(target, add_to_policy=None))

    def read_items(self, principal: Grantee, *, leading_key: str | None = None) -> Grant:
        """Get items, and query the table; an index is a grant of its own, and so is a scan."""
        return self._items(READ_ITEMS, principal, leading_key)

    def query_index(self, principal: Grantee, index: str) -> Grant:
        """Query one index, by its name."""
        names = self._indexes
        if names is not None and index not in names:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The table has no index of this name.",
                place=self._target.construct.node.here,
                given=repr(index),
                expected=f"one of {', '.join(names)}" if names else "a table with indexes",
                fix=did_you_mean(str(index), names),
            )
        INDEX_NAME.checked(index, self._target.construct.node.here)
        return self._grant(QUERY_INDEX, principal, index=index)

    def scan(self, principal: Grantee) -> Grant:
        """Read every item of the table."""
        return self._grant(SCAN, principal)

    def write_items(self, principal: Grantee, *, leading_key: str | None = None) -> Grant:
        """Put and update items, one at a time. A batch could delete, so it is part of another verb."""
        return self._items(WRITE_ITEMS, principal, leading_key)

    def delete_items(self, principal: Grantee, *, leading_key: str | None = None) -> Grant:
        """Delete items, one at a time."""
        return self._items(DELETE_ITEMS, principal, leading_key)

    def write_and_delete_items(self, principal: Grantee, *, leading_key: str | None = None) -> Grant:
        """Put, update and delete items, in batches too."""
        return self._items(WRITE_AND_DELETE_ITEMS, principal, leading_key)

    def describe(self, principal: Grantee) -> Grant:
        """Read the table's keys, indexes and size."""
        return self._grant(DESCRIBE, principal)

    def read_stream(self, principal: Grantee) -> Grant:
        """Read the changes of the last day from the table's stream; to a role of this stack alone."""
        if not self._has_stream:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The table has no stream to read.",
                place=self._target.construct.node.here,
                given="a table without stream",
                fix='Make the table with stream="NEW_AND_OLD_IMAGES", or what the reader needs.',
            )
        return self._stream._grant(READ_STREAM, principal)

    def _items(self, verb: Verb, principal: Grantee, leading_key: str | None) -> Grant:
        # ForAllValues, because one batch names several keys. Every action of these verbs names at least one.
        conditions = (
            (Condition("ForAllValues:StringEquals", "dynamodb:LeadingKeys", (leading_key,)),)
            if leading_key is not None
            else ()
        )
        return self._grant(verb, principal, conditions=conditions)


def _index(index: GlobalSecondaryIndex) -> AwsIndex:
    return AwsIndex(
        name=index.name,
        hash_key=index.partition_key.name,
        range_key=index.sort_key.name if index.sort_key else None,
        projection_type=index.projection_type,
        non_key_attributes=list(index.projected) if index.projected else None,
    )


def _transport(arn: str) -> Statement:
    return plain_http_denied(("dynamodb:*",), arn, f"{arn}/index/*")

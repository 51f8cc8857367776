"""A bucket for data."""

from __future__ import annotations

from typing import Literal

from landform.constructs.kms.key import AnyKey
from landform.constructs.s3.hardened import NONCURRENT_DAYS, BucketGrants
from landform.constructs.s3.imported import ImportedBucket
from landform.constructs.s3.replicated import ReplicatedBucket
from landform.core import Construct


class Bucket(ReplicatedBucket):
    """A private, encrypted, versioned bucket whose access is logged.

    Args:
        bucket_name: from the construct path unless given, and unique in the organisation.
        key: the key that encrypts it; one of its own is made unless given.
        access_logs: the name of the bucket that its access is logged to, in the same account and region; the
            account's own (made by the state backend, in the home region) unless given.
        noncurrent_days: how long old versions are kept.
        expire_days: when objects expire; never unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.
        replicate_to: the bucket of another region that objects are replicated to, as ``Bucket.from_name`` gives it
            with its ``region`` and ``key``; False for none, as on a replica. Where the tier has
            ``sizing.replication``, one of the two must be given.

    Raises:
        LandformError: ``argument-value`` for a name or days S3 would refuse, where there is no bucket to log to, and
            for a bucket that objects cannot be replicated to.

    >>> bucket = Bucket(stack, "Ledger")
    >>> bucket.arn
    'arn:aws:s3:::acme-payments-prod-data-lake-ledger'
    >>> settlement = Role(stack, "Settlement", trust=[Trust.service("glue.amazonaws.com")])
    >>> grant = bucket.grants.write_objects(settlement, prefix="entries/")
    >>> grant.resource
    'arn:aws:s3:::acme-payments-prod-data-lake-ledger/entries/*'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str | None = None,
        key: AnyKey | None = None,
        access_logs: str | None = None,
        noncurrent_days: int = NONCURRENT_DAYS,
        expire_days: int | None = None,
        protected: bool | None = None,
        replicate_to: ImportedBucket | Literal[False] | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._make(
            bucket_name=bucket_name,
            key=key or self._own_key(scope),
            access_logs=access_logs or self._own_access_logs(),
            noncurrent_days=noncurrent_days,
            expire_days=expire_days,
            protected=protected,
            replicated=None if replicate_to is None else replicate_to is not False,
        )
        self._replicate(replicate_to)
        self.grants = BucketGrants(self._target())

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        bucket_name: str,
        *,
        account_id: str | None = None,
        region: str | None = None,
        key: AnyKey | None = None,
    ) -> ImportedBucket:
        """A bucket of another stack or account, to grant on.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            bucket_name: its name.
            account_id: the account that owns it; the stack's unless given.
            region: where it is; the stack's region unless given.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name S3 would refuse, or a region that is none of the
                organisation's.
        """
        return ImportedBucket(scope, id, bucket_name, account_id=account_id, region=region, key=key)

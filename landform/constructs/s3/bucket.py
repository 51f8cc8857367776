"""A bucket for data."""

from __future__ import annotations

from landform.constructs.kms import Key
from landform.constructs.s3.hardened import NONCURRENT_DAYS, BucketGrants, HardenedBucket
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError


class Bucket(HardenedBucket):
    """A private, encrypted, versioned bucket whose access is logged.

    Args:
        bucket_name: from the construct path unless given, and unique in the organisation.
        key: the key that encrypts it; one of its own is made unless given.
        access_logs: the name of the bucket that its access is logged to, in the same account and region; the
            account's own (made by the state backend, in the home region) unless given.
        noncurrent_days: how long old versions are kept.
        expire_days: when objects expire; never unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name S3 would refuse, or where there is no bucket to log to.

    >>> bucket = Bucket(stack, "Ledger")
    >>> bucket.arn
    'arn:aws:s3:::acme-payments-prod-data-lake-ledger'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str | None = None,
        key: Key | None = None,
        access_logs: str | None = None,
        noncurrent_days: int = NONCURRENT_DAYS,
        expire_days: int | None = None,
        protected: bool | None = None,
    ) -> None:
        stack = AwsStack.of(scope)
        super().__init__(
            scope,
            id,
            bucket_name=bucket_name,
            key=key or Key(scope, f"{id}Key", description=f"objects of {id}"),
            access_logs=access_logs or own_access_logs(stack, id),
            noncurrent_days=noncurrent_days,
            expire_days=expire_days,
            protected=protected,
        )
        self.grants = BucketGrants(self)


def own_access_logs(stack: AwsStack, id: str) -> str:
    """The account's access log bucket, which exists in the home region.

    Raises:
        LandformError: ``argument-value`` in any other region.
    """
    if stack.region == stack.organization.home_region:
        return stack.access_log_bucket_name
    raise LandformError(
        Code.ARGUMENT_VALUE,
        "S3 logs access within one region, and this region has no access log bucket.",
        place=stack.node.place,
        given=f"bucket {id!r} in {stack.region}",
        expected=f"the home region {stack.organization.home_region}, or access_logs",
        fix="Make an AccessLogBucket in the stack and pass its bucket_name as access_logs.",
    )

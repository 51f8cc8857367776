"""The bucket of distributions' logs. Follows "Configure standard logging (legacy)" of the CloudFront guide."""

from __future__ import annotations

from landform.constructs.s3.hardened import HardenedBucket, ReadGrants
from landform.constructs.s3.imported import ImportedLogBucket
from landform.core import Construct
from landform.errors import Code, LandformError

# To buckets there CloudFront delivers no standard logs.
WITHOUT_DELIVERY = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
    }
)


class DistributionLogBucket(HardenedBucket):
    """A bucket that CloudFront delivers the logs of this account's distributions to.

    CloudFront delivers by an ACL that it puts on the bucket itself, so this is the one kind of bucket that has
    ACLs; a public one is blocked all the same. The files belong to this account. S3 encrypts them: with a key
    of ours, CloudFront's delivery could be let in under no condition.

    Args:
        bucket_name: from the construct path unless given, and unique in the organisation.
        access_logs: as for ``Bucket``.
        expire_days: when logs expire; the tier's log retention unless given.

    Raises:
        LandformError: ``argument-value`` for a name or days S3 would refuse, a region that CloudFront does not
            deliver to, or where there is no bucket to log to.

    >>> DistributionLogBucket(stack, "Logs").domain_name
    'acme-payments-prod-data-lake-logs.s3.amazonaws.com'
    """

    object_ownership = "BucketOwnerPreferred"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str | None = None,
        access_logs: str | None = None,
        expire_days: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack
        if stack.region in WITHOUT_DELIVERY:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "CloudFront delivers no logs to buckets of this region.",
                place=self.node.place,
                given=stack.region,
                expected=f"a region that is none of {', '.join(sorted(WITHOUT_DELIVERY))}",
            )
        days = stack.tier.sizing.log_retention_days if expire_days is None else expire_days
        self._make(
            bucket_name=bucket_name,
            key=None,
            access_logs=access_logs or self._own_access_logs(),
            expire_days=days,
        )
        self.grants = ReadGrants(self._target())

    @property
    def domain_name(self) -> str:
        """The bucket as CloudFront names it."""
        return _domain_name(self.bucket_name)

    @staticmethod
    def from_name(scope: Construct, id: str, bucket_name: str) -> ImportedDistributionLogBucket:
        """A bucket of this account that another stack makes, to deliver to and to grant reading on.

        Raises:
            LandformError: ``argument-value`` for a name S3 would refuse.
        """
        return ImportedDistributionLogBucket(scope, id, bucket_name)


class ImportedDistributionLogBucket(ImportedLogBucket):
    """A bucket of distributions' logs that another stack makes."""

    @property
    def domain_name(self) -> str:
        """The bucket as CloudFront names it."""
        return _domain_name(self.bucket_name)


AnyDistributionLogBucket = DistributionLogBucket | ImportedDistributionLogBucket
"""A bucket of distributions' logs made here, or one from elsewhere."""


def _domain_name(bucket_name: str) -> str:
    return f"{bucket_name}.s3.amazonaws.com"

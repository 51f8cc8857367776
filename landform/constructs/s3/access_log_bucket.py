"""The bucket that S3 delivers access logs to. Follows "Enabling Amazon S3 server access logging"."""

from __future__ import annotations

from landform.constructs.s3.hardened import HardenedBucket, ReadGrants
from landform.constructs.s3.imported import ImportedLogBucket
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.iam import Condition, Principal, Statement


class AccessLogBucket(HardenedBucket):
    """One an account and region, under the name that every bucket logs to by default.

    S3 delivers neither to a bucket encrypted with a KMS key nor to one with a default object lock, and a log
    of its own access would grow without end. So it has none of the three.

    Args:
        expire_days: when logs expire; the tier's log retention unless given.

    Raises:
        LandformError: ``argument-value`` for days S3 would refuse.

    >>> AccessLogBucket(stack, "AccessLogs").bucket_name
    'acme-access-logs-012345678901-eu-west-1'
    """

    def __init__(self, scope: Construct, id: str, *, expire_days: int | None = None) -> None:
        super().__init__(scope, id)
        stack = self._stack
        self._make(
            bucket_name=stack.access_log_bucket_name,
            key=None,
            access_logs=None,
            expire_days=stack.tier.sizing.log_retention_days if expire_days is None else expire_days,
        )
        self.grants = ReadGrants(self._target())
        self.add_to_policy(
            Statement(
                "S3DeliversAccessLogs",
                ("s3:PutObject",),
                (f"{self.arn}/*",),
                principals=(Principal("Service", "logging.s3.amazonaws.com"),),
                conditions=(Condition("StringEquals", "aws:SourceAccount", (stack.account_id,)),),
            )
        )

    @staticmethod
    def from_account(scope: Construct, id: str) -> ImportedLogBucket:
        """The access log bucket that another stack makes in this account and region, to grant reading on."""
        return ImportedLogBucket(scope, id, AwsStack.of(scope).access_log_bucket_name)

"""The bucket of load balancers' logs. Follows "Access logs for your Application Load Balancer", step 2."""

from __future__ import annotations

from landform.constructs.s3.hardened import HardenedBucket, ReadGrants
from landform.constructs.s3.imported import ImportedLogBucket
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.iam import Principal, Statement

# The one that every region knows; the accounts of the older regions are left to old load balancers.
_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"


class LoadBalancerLogBucket(HardenedBucket):
    """A bucket that load balancers of this account and region deliver their logs to.

    Elastic Load Balancing delivers to no bucket that is encrypted with a KMS key, so S3 encrypts it. It is no
    ``AccessLogBucket`` either: that one stands in the stack of the account's state, and its policy there.

    Args:
        bucket_name: from the construct path unless given, and unique in the organisation.
        access_logs: as for ``Bucket``.
        expire_days: when logs expire; the tier's log retention unless given.

    Raises:
        LandformError: ``argument-value`` for a name or days S3 would refuse, or where there is no bucket to log to.

    >>> logs = LoadBalancerLogBucket(stack, "Logs")
    >>> auditor = Role(stack, "Auditor", trust=[Trust.service("glue.amazonaws.com")])
    >>> logs.grants.read_objects(auditor).resource
    'arn:aws:s3:::acme-payments-prod-data-lake-logs/*'
    """

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
        days = self._stack.tier.sizing.log_retention_days if expire_days is None else expire_days
        self._make(
            bucket_name=bucket_name,
            key=None,
            access_logs=access_logs or self._own_access_logs(),
            expire_days=days,
        )
        self.grants = ReadGrants(self._target())

    def deliver(self, prefix: str) -> None:
        """Let the account's load balancers deliver below a prefix.

        The service writes below the id of the account it acts for, so the id in the path keeps others out. AWS
        names no condition that would always hold, and one that does not hold stops the delivery.
        """
        self.add_to_policy(
            Statement(
                "LoadBalancersDeliverLogs",
                ("s3:PutObject",),
                (f"{self.arn}/{prefix}/AWSLogs/{self._stack.account_id}/*",),
                principals=(Principal("Service", _DELIVERY),),
            )
        )

    @staticmethod
    def from_name(scope: Construct, id: str, bucket_name: str) -> ImportedLoadBalancerLogBucket:
        """A bucket of this account that another stack makes, to deliver to and to grant reading on.

        Raises:
            LandformError: ``argument-value`` for a name S3 would refuse.
        """
        return ImportedLoadBalancerLogBucket(scope, id, bucket_name)


class ImportedLoadBalancerLogBucket(ImportedLogBucket):
    """A bucket of load balancers' logs that another stack makes; its policy is its owner's to write."""

    def deliver(self, prefix: str) -> None:
        """Say that the owner must let load balancers deliver below a prefix."""
        below = f"{self.arn}/{prefix}/AWSLogs/{AwsStack.of(self).account_id}/*"
        self.node.annotate("info", f"The bucket policy of {self.arn} must let {_DELIVERY} put {below}.")


AnyLoadBalancerLogBucket = LoadBalancerLogBucket | ImportedLoadBalancerLogBucket
"""A bucket of load balancers' logs made here, or one from elsewhere."""

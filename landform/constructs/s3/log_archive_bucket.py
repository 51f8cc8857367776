"""The archive of an organisation's logs. Follows the pages of each service on delivering logs to S3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import LOCK_DAYS
from landform.constructs.s3.grants import READ_LOCKS
from landform.constructs.s3.hardened import ReadGrants
from landform.constructs.s3.imported import ImportedLogBucket
from landform.constructs.s3.replicated import ReplicatedBucket
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import Condition, Principal, Statement
from landform.resources.aws.s3_bucket_object_lock_configuration import (
    Rule,
    RuleDefaultRetention,
    S3BucketObjectLockConfiguration,
)

# Who delivers, and below which prefix.
DELIVERIES: Mapping[str, str] = {
    "cloudtrail.amazonaws.com": "AWSLogs/",
    "config.amazonaws.com": "AWSLogs/",
    "delivery.logs.amazonaws.com": "AWSLogs/",
}


class LogArchiveBucket(ReplicatedBucket):
    """A bucket whose objects nobody can change or delete until their retention ends.

    Services of the organisation's accounts deliver to it; roles can be granted to read, never to write.

    Args:
        bucket_name: from the construct path unless given.
        key: the key that encrypts it; one of its own is made unless given.
        access_logs: as for ``Bucket``.
        retention_days: how long objects are locked; the tier's log retention unless given.
        services: the principals that deliver.
        replicate_to: the archive of another region that logs are replicated to, as ``LogArchiveBucket.from_name``
            gives it with its ``region`` and ``key``; False for none, as on a replica. Where the tier has
            ``sizing.replication``, one of the two must be given.

    Raises:
        LandformError: ``argument-value`` for a name or retention S3 would refuse, a service that delivers no
            logs, where there is no bucket to log to, and for a bucket that logs cannot be replicated to.

    >>> archive = LogArchiveBucket(stack, "Archive", retention_days=2557)
    >>> auditor = Role.from_arn("arn:aws:iam::999999999999:role/auditor")
    >>> archive.grants.read_objects(auditor, prefix="AWSLogs/").actions
    ('s3:GetObject', 's3:GetObjectTagging')
    """

    replica_type = ImportedLogBucket
    # S3 replicates the locks of objects along with them.
    source_verbs = (*ReplicatedBucket.source_verbs, READ_LOCKS)

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str | None = None,
        key: AnyKey | None = None,
        access_logs: str | None = None,
        retention_days: int | None = None,
        services: Sequence[str] = tuple(DELIVERIES),
        replicate_to: ImportedLogBucket | Literal[False] | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack
        days = stack.tier.sizing.log_retention_days if retention_days is None else retention_days
        LOCK_DAYS.checked(days, self.node.place)
        self._make(
            bucket_name=bucket_name,
            key=key or self._own_key(scope),
            access_logs=access_logs or self._own_access_logs(),
            expire_days=days + 1,
            object_lock=True,
            replicated=None if replicate_to is None else replicate_to is not False,
        )
        self._replicate(replicate_to)
        S3BucketObjectLockConfiguration(
            self,
            "ObjectLock",
            bucket=self.resource.bucket,
            rule=Rule(default_retention=RuleDefaultRetention(mode="COMPLIANCE", days=days)),
        )
        self.grants = ReadGrants(self._target())
        for service in services:
            self._accept(service, stack)

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        bucket_name: str,
        *,
        account_id: str | None = None,
        region: str | None = None,
        key: AnyKey | None = None,
    ) -> ImportedLogBucket:
        """The archive that another stack or account makes, to deliver to and to grant reading on.

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
        return ImportedLogBucket(scope, id, bucket_name, account_id=account_id, region=region, key=key)

    def _accept(self, service: str, stack: AwsStack) -> None:
        if service not in DELIVERIES:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This service delivers no logs to a bucket.",
                place=self.node.place,
                given=service,
                expected=f"one of {', '.join(DELIVERIES)}",
                fix=did_you_mean(service, DELIVERIES),
            )
        name = "".join(part.capitalize() for part in service.removesuffix(".amazonaws.com").split("."))
        principals = (Principal("Service", service),)
        same = (Condition("StringEquals", "aws:SourceOrgID", (stack.organization.organization_id,)),)
        self.add_to_policy(
            Statement(
                f"{name}Finds",
                ("s3:GetBucketAcl", "s3:ListBucket"),
                (self.arn,),
                principals=principals,
                conditions=same,
            )
        )
        self.add_to_policy(
            Statement(
                f"{name}Delivers",
                ("s3:PutObject",),
                (f"{self.arn}/{DELIVERIES[service]}*",),
                principals=principals,
                conditions=same,
            )
        )
        assert self.key is not None
        self.key.allow_service(
            service,
            sid=f"{name}Encrypts",
            actions=("kms:DescribeKey", "kms:GenerateDataKey"),
            conditions=same,
        )

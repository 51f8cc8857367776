"""What every bucket here is made of. Follows "Security best practices for Amazon S3" of the S3 guide."""

from __future__ import annotations

from typing import ClassVar

from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target, Verb
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import BUCKET_NAME, LIFECYCLE_DAYS
from landform.constructs.s3.grants import DELETE_OBJECTS, LIST, READ_OBJECTS, WRITE_OBJECTS
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed
from landform.core import Construct, Lazy, Lifecycle
from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.s3_bucket import S3Bucket
from landform.resources.aws.s3_bucket_lifecycle_configuration import (
    Rule,
    RuleAbortIncompleteMultipartUpload,
    RuleExpiration,
    RuleFilter,
    RuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfiguration,
)
from landform.resources.aws.s3_bucket_logging import S3BucketLogging
from landform.resources.aws.s3_bucket_notification import S3BucketNotification
from landform.resources.aws.s3_bucket_ownership_controls import Rule as OwnershipRule
from landform.resources.aws.s3_bucket_ownership_controls import S3BucketOwnershipControls
from landform.resources.aws.s3_bucket_policy import S3BucketPolicy
from landform.resources.aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from landform.resources.aws.s3_bucket_server_side_encryption_configuration import (
    Rule as EncryptionRule,
)
from landform.resources.aws.s3_bucket_server_side_encryption_configuration import (
    RuleApplyServerSideEncryptionByDefault,
    S3BucketServerSideEncryptionConfiguration,
)
from landform.resources.aws.s3_bucket_versioning import S3BucketVersioning, VersioningConfiguration

NONCURRENT_DAYS = 90
ABORT_UPLOAD_DAYS = 7


class HardenedBucket(Construct):
    """The common ground of the bucket constructs; use one of those."""

    # A service that still delivers by ACL needs a bucket that has them.
    object_ownership: ClassVar[str] = "BucketOwnerEnforced"

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._stack = AwsStack.of(self)

    def _make(
        self,
        *,
        bucket_name: str | None,
        key: AnyKey | None,
        access_logs: str | None,
        noncurrent_days: int = NONCURRENT_DAYS,
        expire_days: int | None = None,
        object_lock: bool = False,
        protected: bool | None = None,
        replicated: bool | None = False,
    ) -> None:
        stack = self._stack
        self.bucket_name = BUCKET_NAME.checked(bucket_name or stack.physical_name(self, 63), self.node.place)
        self.arn = stack.arn("s3", self.bucket_name, region="", account_id="")
        self.key = key
        for days in (noncurrent_days, 1 if expire_days is None else expire_days):
            LIFECYCLE_DAYS.checked(days, self.node.place)
        protected = stack.default_on(
            self,
            "Terraform may not destroy the bucket",
            setting="sizing.deletion_protection",
            given=protected,
        )
        # Logs are kept in one region: what delivers them to a bucket can deliver them to another.
        self._replicated = stack.default_on(
            self,
            "objects are replicated to another region",
            setting="sizing.replication",
            given=replicated,
            checks=("CKV_AWS_144",),
        )
        self.resource = S3Bucket(
            self,
            "Resource",
            bucket=self.bucket_name,
            object_lock_enabled=True if object_lock else None,
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        self.policy = PolicyDocument("bucket policy", _transport(self.arn))
        self._harden(access_logs, noncurrent_days, expire_days)

    def _own_key(self, scope: Construct) -> Key:
        return Key(scope, f"{self.node.id}Key", description=f"objects of {self.node.id}")

    def _own_access_logs(self) -> str:
        """The account's access log bucket, which exists in the home region."""
        stack = self._stack
        if stack.region == stack.organization.home_region:
            return stack.access_log_bucket_name
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "S3 logs access within one region, and this region has no access log bucket.",
            place=self.node.place,
            given=f"a bucket in {stack.region}",
            expected=f"the home region {stack.organization.home_region}, or access_logs",
            fix="Make an AccessLogBucket in the stack and pass its bucket_name as access_logs.",
        )

    def _target(self) -> Target:
        context = ("aws:s3:arn", self.arn)
        return Target(
            self, self.arn, key=self.key, via="s3", context=context, add_to_policy=self.add_to_policy
        )

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the bucket policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone, or is about
                another resource.
        """
        strangers = [
            r for r in map(str, statement.resources) if r != self.arn and not r.startswith(f"{self.arn}/")
        ]
        if strangers:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "S3 would refuse a bucket policy that is about something else.",
                place=self.node.here,
                given=f"statement {statement.sid} on {', '.join(strangers)}",
                expected=f"{self.arn}, or objects below {self.arn}/",
            )
        self.policy.add(closed(statement, self))

    def _harden(self, access_logs: str | None, noncurrent_days: int, expire_days: int | None) -> None:
        bucket = self.resource.bucket
        block = S3BucketPublicAccessBlock(
            self,
            "PublicAccessBlock",
            bucket=bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        S3BucketOwnershipControls(
            self, "Ownership", bucket=bucket, rule=OwnershipRule(object_ownership=self.object_ownership)
        )
        self._versioning = S3BucketVersioning(
            self,
            "Versioning",
            bucket=bucket,
            versioning_configuration=VersioningConfiguration(status="Enabled"),
        )
        self._encrypt()
        S3BucketLifecycleConfiguration(
            self,
            "Lifecycle",
            bucket=bucket,
            rule=_lifecycle_rules(noncurrent_days, expire_days),
            # S3 refuses rules on old versions of a bucket that keeps none yet.
            depends_on=[self._versioning],
        )
        if access_logs:
            S3BucketLogging(
                self,
                "AccessLogs",
                bucket=bucket,
                target_bucket=access_logs,
                target_prefix=f"{self.bucket_name}/",
            )
        S3BucketNotification(self, "Notification", bucket=bucket, eventbridge=True)
        S3BucketPolicy(
            self,
            "Policy",
            bucket=bucket,
            policy=Lazy(lambda: self.policy.to_json(self.node.place)),
            # Both calls change one setting in S3, which refuses the second while the first runs.
            depends_on=[block],
        )

    def _encrypt(self) -> None:
        default = RuleApplyServerSideEncryptionByDefault(
            sse_algorithm="aws:kms" if self.key else "AES256",
            kms_master_key_id=self.key.arn if self.key else None,
        )
        S3BucketServerSideEncryptionConfiguration(
            self,
            "Encryption",
            bucket=self.resource.bucket,
            rule=[
                EncryptionRule(
                    apply_server_side_encryption_by_default=default,
                    bucket_key_enabled=True if self.key else None,
                )
            ],
        )


class ReadGrants(ResourceGrants):
    """What may be granted on any bucket: to read and to list."""

    def read_objects(self, principal: Grantee, *, prefix: str = "") -> Grant:
        """Read objects, all or those below a prefix (``"in/"``)."""
        return self._objects(READ_OBJECTS, principal, prefix)

    def list(self, principal: Grantee, *, prefix: str = "") -> Grant:
        """List keys, all or those below a prefix."""
        self._check(prefix)
        conditions = (Condition("StringLike", "s3:prefix", (f"{prefix}*",)),) if prefix else ()
        return self._grant(LIST, principal, conditions=conditions)

    def _objects(self, verb: Verb, principal: Grantee, prefix: str) -> Grant:
        self._check(prefix)
        return self._grant(verb, principal, prefix=prefix)

    def _check(self, prefix: str) -> None:
        if any(character in prefix for character in "*?$"):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A prefix is plain text.",
                place=self._target.construct.node.here,
                given=repr(prefix),
                expected="for example 'in/'",
                fix="Leave the wildcard out; a prefix stands for everything below it.",
            )


class BucketGrants(ReadGrants):
    """What may be granted on a bucket."""

    def write_objects(self, principal: Grantee, *, prefix: str = "") -> Grant:
        """Put objects, all or those below a prefix. Deleting is a verb of its own."""
        return self._objects(WRITE_OBJECTS, principal, prefix)

    def delete_objects(self, principal: Grantee, *, prefix: str = "") -> Grant:
        """Delete objects; earlier versions stay until they expire."""
        return self._objects(DELETE_OBJECTS, principal, prefix)


def _transport(arn: str) -> list[Statement]:
    everything = (arn, f"{arn}/*")
    everyone = (Principal.everyone(),)
    rules = (
        ("DenyPlainHttp", Condition("Bool", "aws:SecureTransport", ("false",))),
        ("DenyOldTls", Condition("NumericLessThan", "s3:TlsVersion", ("1.2",))),
    )
    return [
        Statement(sid, ("s3:*",), everything, effect="Deny", principals=everyone, conditions=(condition,))
        for sid, condition in rules
    ]


def _lifecycle_rules(noncurrent_days: int, expire_days: int | None) -> list[Rule]:
    everything = [RuleFilter(prefix="")]
    abort = [RuleAbortIncompleteMultipartUpload(days_after_initiation=ABORT_UPLOAD_DAYS)]
    rules = [
        Rule(
            id="housekeeping",
            status="Enabled",
            filter=everything,
            abort_incomplete_multipart_upload=abort,
            noncurrent_version_expiration=[RuleNoncurrentVersionExpiration(noncurrent_days=noncurrent_days)],
        )
    ]
    if expire_days is not None:
        expiration = [RuleExpiration(days=expire_days)]
        rules.append(Rule(id="expire", status="Enabled", filter=everything, expiration=expiration))
    return rules

"""Buckets that can be replicated to another region. Follows "Replicating objects within and across Regions"."""

from __future__ import annotations

from typing import ClassVar, Literal

from landform.constructs.grants import Grantee, ResourceGrants, Verb
from landform.constructs.iam import Role, Trust
from landform.constructs.kms.key import AnyKey, ImportedKey
from landform.constructs.s3.grants import (
    HAND_OVER_REPLICAS,
    PUT_REPLICAS,
    READ_REPLICATION,
    READ_VERSIONS,
)
from landform.constructs.s3.hardened import HardenedBucket
from landform.constructs.s3.imported import AnyImportedBucket, ImportedBucket
from landform.constructs.stack import AwsStack
from landform.errors import Code, LandformError
from landform.resources.aws.s3_bucket_replication_configuration import (
    Rule,
    RuleDeleteMarkerReplication,
    RuleDestination,
    RuleDestinationAccessControlTranslation,
    RuleDestinationEncryptionConfiguration,
    RuleFilter,
    RuleSourceSelectionCriteria,
    RuleSourceSelectionCriteriaSseKmsEncryptedObjects,
    S3BucketReplicationConfiguration,
)


class ReplicatedBucket(HardenedBucket):
    """The common ground of the buckets whose objects can be replicated; use one of those.

    A deletion is not replicated, so what is deleted here by mistake is still there.
    """

    # A bucket with an object lock is replicated to one that has it too.
    replica_type: ClassVar[type[AnyImportedBucket]] = ImportedBucket
    source_verbs: ClassVar[tuple[Verb, ...]] = (READ_REPLICATION, READ_VERSIONS)
    replication_role: Role | None = None

    def accept_replicas_from(self, role: Grantee) -> None:
        """Let another account's bucket be replicated to this one.

        Args:
            role: the role of the replication, ``Role.from_arn(...)`` of the other bucket's ``replication_role.arn``.
        """
        ReplicationGrants(self._target()).accept(role)

    def _replicate(self, to: AnyImportedBucket | Literal[False] | None) -> None:
        """Replicate to a bucket of another region, where the tier or ``to`` says so.

        Raises:
            LandformError: ``argument-value`` where objects cannot be replicated there.
        """
        if not self._replicated:
            return
        replica, replica_key = self._checked_replica(to)
        role = self.replication_role = Role(
            self,
            "ReplicationRole",
            trust=[Trust.service("s3.amazonaws.com")],
            description=f"Replicates {self.bucket_name} to {replica.region}.",
        )
        ReplicationGrants(self._target()).read(role, self.source_verbs)
        ReplicationGrants(replica.target).accept(role)
        elsewhere = replica.account_id != self._stack.account_id
        if elsewhere:
            replica.node.annotate(
                "info", f"The policies of {replica.arn} and of its key must let {role.arn} put replicas."
            )
        destination = RuleDestination(
            bucket=replica.arn,
            account=replica.account_id if elsewhere else None,
            access_control_translation=RuleDestinationAccessControlTranslation(owner="Destination")
            if elsewhere
            else None,
            encryption_configuration=RuleDestinationEncryptionConfiguration(
                replica_kms_key_id=replica_key.arn
            ),
        )
        S3BucketReplicationConfiguration(
            self,
            "Replication",
            bucket=self.resource.bucket,
            role=role.arn,
            rule=[
                Rule(
                    id="everything",
                    status="Enabled",
                    priority=1,
                    filter=RuleFilter(prefix=""),
                    delete_marker_replication=RuleDeleteMarkerReplication(status="Disabled"),
                    source_selection_criteria=RuleSourceSelectionCriteria(
                        sse_kms_encrypted_objects=RuleSourceSelectionCriteriaSseKmsEncryptedObjects(
                            status="Enabled"
                        )
                    ),
                    destination=destination,
                )
            ],
            # S3 replicates from a bucket that keeps versions, and asks whether there is such a role.
            depends_on=[self._versioning, role],
        )

    def _checked_replica(
        self, to: AnyImportedBucket | Literal[False] | None
    ) -> tuple[AnyImportedBucket, AnyKey]:
        """The bucket to replicate to, and the key that encrypts the replicas."""
        stack = self._stack
        kind = type(self).__name__
        fix = (
            f"Pass replicate_to={kind}.from_name(..., region=..., key=Key.from_arn(...)), and make that bucket in "
            "a stack of the other region; replicate_to=False for one that is a replica itself."
        )
        if to is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The tier wants objects replicated to another region, and this bucket is not told where to.",
                place=self.node.place,
                given=f"sizing.replication of tier {stack.tier.name}, and no replicate_to",
                expected="a bucket of another region",
                fix=fix,
            )
        if not isinstance(to, self.replica_type):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This is no bucket that objects can be replicated to.",
                place=self.node.place,
                given=type(to).__name__,
                expected=f"a bucket that {kind}.from_name gives",
                fix=fix,
            )
        if to.arn == self.arn or to.region == stack.region:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A replica in the same region is lost with it.",
                place=self.node.place,
                given=f"{to.bucket_name} in {to.region}",
                expected=f"another bucket, in another region than {stack.region}",
                fix=fix,
            )
        if to.key is None or _region(to.key) != to.region:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Objects are encrypted with a key of ours, and their replicas with one of the other region.",
                place=self.node.place,
                given=f"a key in {_region(to.key)}" if to.key else f"{to.bucket_name} without a key",
                expected=f"the key in {to.region} that encrypts {to.bucket_name}",
                fix=fix,
            )
        return to, to.key


class ReplicationGrants(ResourceGrants):
    """What the role of a replication may do, on the bucket that it reads and on the one that it writes to."""

    def read(self, role: Role, verbs: tuple[Verb, ...]) -> None:
        """Read what is to be replicated."""
        for verb in verbs:
            self._grant(verb, role)

    def accept(self, role: Grantee) -> None:
        """Put replicas; those from another account go to the account that owns the bucket."""
        self._grant(PUT_REPLICAS, role)
        if role.account_id != (self._target.account_id or AwsStack.of(self._target.construct).account_id):
            self._grant(HAND_OVER_REPLICAS, role)


def _region(key: AnyKey) -> str:
    return key.arn.split(":")[3] if isinstance(key, ImportedKey) else AwsStack.of(key).region

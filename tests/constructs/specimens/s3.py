"""Buckets."""

from __future__ import annotations

from mutant import ELSEWHERE, EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.s3 import AccessLogBucket, Bucket, LogArchiveBucket
from landform.core import Construct

ARN = "arn:aws:s3:::lake"
DOCUMENTED: set[tuple[str, str]] = set()
REPLICA_KEY = "arn:aws:kms:eu-central-1:{}:key/0a1b2c3d"


def build(scope: Construct, vpc: Vpc) -> None:
    """A bucket, an archive, one of each that is replicated, and a bucket of another account.

    The access log bucket is the state backend's.
    """
    replicated(scope)
    replicated_archive(scope)
    bucket = Bucket(scope, "Bucket", expire_days=400)
    archive = LogArchiveBucket(scope, "Archive")
    imported = Bucket.from_name(scope, "Imported", "another-lake", account_id="999999999999")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    bucket.accept_replicas_from(elsewhere)
    for principal in (role, elsewhere):
        archive.grants.read_objects(principal)
    for logs in (
        LogArchiveBucket.from_name(scope, "Archived", "another-archive", account_id="999999999999"),
        AccessLogBucket.from_account(scope, "AccessLogs"),
    ):
        logs.grants.read_objects(role)
        logs.grants.list(role)
    for grants, principal in (
        (bucket.grants, role),
        (bucket.grants, elsewhere),
        (imported.grants, role),
    ):
        for verb in (grants.list, grants.read_objects, grants.write_objects):
            verb(principal, prefix="in/")
        grants.delete_objects(principal)


def replicated(scope: Construct) -> None:
    """To a bucket of this account."""
    key = Key.from_arn(scope, "ReplicaKey", REPLICA_KEY.format("012345678901"))
    replica = Bucket.from_name(scope, "Replica", "lake-replica", region="eu-central-1", key=key)
    Bucket(scope, "Replicated", replicate_to=replica)


def replicated_archive(scope: Construct) -> None:
    """To an archive of another account."""
    key = Key.from_arn(scope, "SecondKey", REPLICA_KEY.format("999999999999"))
    second = LogArchiveBucket.from_name(
        scope, "Second", "archive-replica", account_id="999999999999", region="eu-central-1", key=key
    )
    LogArchiveBucket(scope, "ReplicatedArchive", replicate_to=second)


def bucket(stack: AwsStack) -> None:
    Bucket(stack, "Bucket")


def archive(stack: AwsStack) -> None:
    LogArchiveBucket(stack, "Archive")


def access_logs(stack: AwsStack) -> None:
    AccessLogBucket(stack, "AccessLogs")


_SSE = "rule.0.apply_server_side_encryption_by_default.0"
_TLS = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "*"}

MUTANTS = (
    Mutant("no versions", bucket, "Bucket/Versioning",
           {"versioning_configuration.0.status": "Suspended"}, "CKV_AWS_21"),
    Mutant("public acls", bucket, "Bucket/PublicAccessBlock", {"block_public_acls": False}, "CKV_AWS_53"),
    Mutant("public policy", bucket, "Bucket/PublicAccessBlock", {"block_public_policy": False}, "CKV_AWS_54"),
    Mutant("public acls obeyed", bucket, "Bucket/PublicAccessBlock",
           {"ignore_public_acls": False}, "CKV_AWS_55"),
    Mutant("public bucket", bucket, "Bucket/PublicAccessBlock",
           {"restrict_public_buckets": False}, "CKV_AWS_56"),
    Mutant("block on another bucket", bucket, "Bucket/PublicAccessBlock", {"bucket": ELSEWHERE}, "CKV2_AWS_6"),
    Mutant("acls on", bucket, "Bucket/Ownership", {"rule.0.object_ownership": "ObjectWriter"}, "CKV2_AWS_65"),
    Mutant("no customer key", bucket, "Bucket/Encryption",
           {f"{_SSE}.sse_algorithm": "AES256", f"{_SSE}.kms_master_key_id": None}, "CKV_AWS_145"),
    Mutant("no access logs", bucket, "Bucket/AccessLogs", {"bucket": ELSEWHERE}, "CKV_AWS_18"),
    Mutant("uploads never aborted", bucket, "Bucket/Lifecycle",
           {"rule.0.abort_incomplete_multipart_upload": None}, "CKV_AWS_300"),
    Mutant("no lifecycle", bucket, "Bucket/Lifecycle", {"bucket": ELSEWHERE}, "CKV2_AWS_61"),
    Mutant("no events", bucket, "Bucket/Notification", {"bucket": ELSEWHERE}, "CKV2_AWS_62"),
    Mutant("policy for everyone", bucket, "Bucket/Policy", {"policy": document(EVERYONE)}, "CKV_AWS_70"),
    Mutant("policy that locks out", bucket, "Bucket/Policy",
           {"policy": document({**EVERYONE, "Effect": "Deny", "Action": "s3:*"})}, "CKV_AWS_93"),
    Mutant("archive without versions", archive, "Archive/Versioning",
           {"versioning_configuration.0.status": "Suspended"}, "CKV_AWS_21"),
    Mutant("archive not logged", archive, "Archive/AccessLogs", {"bucket": ELSEWHERE}, "CKV_AWS_18"),
    Mutant("plain http", bucket, "Bucket/Policy", {"policy": document(_TLS)}, "LF_POLICY_TLS"),
    Mutant("delivery for anyone", access_logs, "AccessLogs/Policy",
           {"policy": document({**EVERYONE, "Principal": {"Service": "logging.s3.amazonaws.com"}})},
           "LF_POLICY_CONFUSED_DEPUTY"),
    Mutant("no bucket key", bucket, "Bucket/Encryption", {"rule.0.bucket_key_enabled": False},
           "LF_BUCKET_KEY"),
    Mutant("bucket can be destroyed", bucket, "Bucket/Resource", {"lifecycle": None, "force_destroy": True},
           "LF_FORCED_DELETION"),
    Mutant("lock on another bucket", archive, "Archive/ObjectLock", {"bucket": ELSEWHERE}, "LF_OBJECT_LOCK"),
    *(
        Mutant(f"{name} that is not replicated", base, f"{path}/Replication",
               {"rule.0.status": "Disabled"}, "CKV_AWS_144")
        for name, base, path in (
            ("bucket", replicated, "Replicated"),
            ("archive", replicated_archive, "ReplicatedArchive"),
        )
    ),
    Mutant("replication of another bucket", replicated, "Replicated/Replication", {"bucket": ELSEWHERE},
           "CKV_AWS_144"),
    Mutant("lock that can be lifted", archive, "Archive/ObjectLock",
           {"rule.0.default_retention.0.mode": "GOVERNANCE"}, "LF_OBJECT_LOCK"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

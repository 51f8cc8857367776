"""Buckets and file systems: locks that hold, keys that are asked for once, and clients that are not root."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Rule, Verdict, all_of, must_be, must_have_beside, must_not_be
from landform.policies.view import Block

_LOCK = "aws_s3_bucket_object_lock_configuration"
_MODE = "rule.default_retention.mode"
_KMS = frozenset({"aws:kms", "aws:kms:dsse"})
_SSE = "rule.apply_server_side_encryption_by_default.sse_algorithm"


def _objects_are_locked(block: Block) -> Iterator[Verdict]:
    """Only a bucket that says that it locks objects is judged."""
    if block.value("object_lock_enabled") is True:
        yield from must_have_beside(_LOCK, "bucket", must_be(_MODE, "COMPLIANCE"))(block)


def _has_bucket_key(block: Block) -> Iterator[Verdict]:
    """Only S3 with KMS asks KMS."""
    if _KMS.intersection(map(str, block.values(_SSE))):
        yield from must_be("rule.bucket_key_enabled", True)(block)


RULES = (
    Rule(
        id="LF_OBJECT_LOCK",
        title="A bucket that locks objects locks them by default, for everyone",
        severity="low",
        types=("aws_s3_bucket",),
        rationale="A bucket with object lock locks nothing until an object or the bucket's default says for how "
        "long, and in governance mode whoever has the permission lifts a lock.",
        remediation=f"Add an {_LOCK} with a default retention in COMPLIANCE mode, as landform's `LogArchiveBucket` "
        "does.",
        judge=_objects_are_locked,
        good=(
            {
                "aws_s3_bucket": {"archive": {"object_lock_enabled": True}, "other": {"bucket": "other"}},
                _LOCK: {
                    "l": {
                        "bucket": "${aws_s3_bucket.archive.id}",
                        "rule": {"default_retention": {"mode": "COMPLIANCE", "days": 365}},
                    }
                },
            },
        ),
        bad=(
            {
                "aws_s3_bucket": {"a": {"object_lock_enabled": True}, "b": {"object_lock_enabled": True}},
                _LOCK: {
                    "b": {
                        "bucket": "${aws_s3_bucket.b.id}",
                        "rule": [{"default_retention": [{"mode": "GOVERNANCE", "days": 365}]}],
                    }
                },
            },
        ),
    ),
    Rule(
        id="LF_BUCKET_KEY",
        title="A bucket under KMS has a bucket key",
        severity="info",
        types=("aws_s3_bucket_server_side_encryption_configuration",),
        rationale="Without a bucket key each object read or written is a call to KMS: it is paid, and it counts "
        "against the account's limit for everyone else.",
        remediation="Set bucket_key_enabled = true, as landform's `Bucket` does.",
        judge=_has_bucket_key,
        good=(
            {
                "aws_s3_bucket_server_side_encryption_configuration": {
                    "kms": {
                        "rule": {
                            "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"},
                            "bucket_key_enabled": True,
                        }
                    },
                    "s3": {"rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}},
                }
            },
        ),
        bad=(
            {
                "aws_s3_bucket_server_side_encryption_configuration": {
                    "b": {"rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}}}
                }
            },
        ),
    ),
    Rule(
        id="LF_ACCESS_POINT_ROOT",
        title="No client of an access point is root",
        severity="medium",
        types=("aws_efs_access_point",),
        rationale="EFS asks nothing of user 0: a client that is root by its access point reads and changes the files "
        "of every other one below the directory.",
        remediation="Give posix_user a uid and a gid above 0, as landform's `AccessPoint` asks for.",
        judge=all_of(must_not_be("posix_user.uid", 0, "0"), must_not_be("posix_user.gid", 0, "0")),
        good=({"aws_efs_access_point": {"a": {"posix_user": {"uid": 1000, "gid": 1000}}}},),
        bad=({"aws_efs_access_point": {"a": {"posix_user": [{"uid": 0, "gid": 1000}]}}},),
    ),
)

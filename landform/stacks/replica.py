"""How the spec names the bucket that a ready stack's bucket is replicated to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from landform.constructs import AwsStack
from landform.constructs.kms import Key
from landform.constructs.s3.imported import AnyImportedBucket
from landform.errors import Code, LandformError

ReplicateTo = Mapping[str, str] | Literal[False] | None
"""``{bucket: name, key: ARN}`` of a bucket and its key, both in one account and region; False for none."""

B = TypeVar("B", bound=AnyImportedBucket)


def replica_of(
    stack: AwsStack, replicate_to: ReplicateTo, from_name: Callable[..., B]
) -> B | Literal[False] | None:
    """The bucket that a parameter names, as ``from_name`` of the construct gives it.

    Raises:
        LandformError: ``argument-value`` for a parameter that does not say both, or something S3 would refuse.
    """
    if replicate_to is None or replicate_to is False:
        return replicate_to
    if not isinstance(replicate_to, Mapping) or replicate_to.keys() != {"bucket", "key"}:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The parameter replicate_to does not say which bucket, with which key.",
            place=stack.node.place,
            given=repr(replicate_to),
            expected="{ bucket: name, key: the ARN of its key }, or false",
        )
    key = Key.from_arn(stack, "ReplicaKey", replicate_to["key"])
    region = key.arn.split(":")[3]
    return from_name(
        stack, "Replica", replicate_to["bucket"], account_id=key.account_id, region=region, key=key
    )

"""The archive account's own stack: the bucket that the organisation's logs end in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.s3 import LogArchiveBucket
from landform.core import Construct
from landform.stacks.replica import ReplicateTo, replica_of

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class LogArchive(AwsStack):
    """A locked bucket that CloudTrail, Config and the log delivery service write to for every account.

    Parameters of the spec:
        replicate_to: where it is replicated to, as ``{bucket: name, key: ARN}``; false for nowhere.
    """

    def __init__(
        self, scope: Construct, instance: StackInstance, *, replicate_to: ReplicateTo = None
    ) -> None:
        super().__init__(scope, instance)
        replica = replica_of(self, replicate_to, LogArchiveBucket.from_name)
        LogArchiveBucket(self, "Archive", replicate_to=replica)

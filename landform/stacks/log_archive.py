"""The archive account's own stack: the bucket that the organisation's logs end in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.s3 import LogArchiveBucket
from landform.core import Construct

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class LogArchive(AwsStack):
    """A locked bucket that CloudTrail, Config and the log delivery service write to for every account."""

    def __init__(self, scope: Construct, instance: StackInstance) -> None:
        super().__init__(scope, instance)
        LogArchiveBucket(self, "Archive")

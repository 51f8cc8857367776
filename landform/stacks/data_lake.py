"""A data lake in small: a bucket, its key, and a role that reads what comes in and writes what goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.logs import LogGroup
from landform.constructs.s3 import Bucket
from landform.core import Construct
from landform.stacks.replica import ReplicateTo, replica_of

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class DataLake(AwsStack):
    """A bucket with a raw and a curated part, and the role of the jobs that turn one into the other.

    Parameters of the spec:
        raw_days: how long raw objects' old versions are kept.
        replicate_to: where the bucket is replicated to, as ``{bucket: name, key: ARN}``; false for nowhere.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        raw_days: int = 90,
        replicate_to: ReplicateTo = None,
    ) -> None:
        super().__init__(scope, instance)
        key = Key(self, "Key", description="the data lake's objects")
        replica = replica_of(self, replicate_to, Bucket.from_name)
        lake = Bucket(self, "Lake", key=key, noncurrent_days=raw_days, replicate_to=replica)
        logs = LogGroup(self, "Jobs")
        jobs = Role(
            self,
            "JobRole",
            description="Turns raw data into curated data.",
            trust=[Trust.service("glue.amazonaws.com")],
        )
        lake.grants.list(jobs, prefix="raw/")
        lake.grants.read_objects(jobs, prefix="raw/")
        lake.grants.write_objects(jobs, prefix="curated/")
        logs.grants.write(jobs)

"""Buckets from elsewhere: their policies are their owners' to write."""

from __future__ import annotations

from landform.constructs.grants import Target
from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import BUCKET_NAME
from landform.constructs.s3.hardened import BucketGrants, ReadGrants
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError


class AnyImportedBucket(Construct):
    """The common ground of the imported buckets; use one of those."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        bucket_name: str,
        *,
        account_id: str | None = None,
        region: str | None = None,
        key: AnyKey | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        regions = stack.organization.regions
        if region is not None and region not in regions:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The bucket is in a region that is none of the organisation's.",
                place=self.node.place,
                given=repr(region),
                expected=f"one of {', '.join(regions)}",
            )
        self.bucket_name = BUCKET_NAME.checked(bucket_name, self.node.place)
        self.arn = stack.arn("s3", bucket_name, region="", account_id="")
        self.account_id = account_id or stack.account_id
        self.region = region or stack.region
        self.key = key
        self.target = Target(
            self,
            self.arn,
            account_id=account_id,
            region=region,
            key=key,
            via="s3",
            context=("aws:s3:arn", self.arn),
            imported=True,
        )


class ImportedBucket(AnyImportedBucket):
    """A bucket that another stack, account or nobody here makes; its policy is its owner's to write."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        bucket_name: str,
        *,
        account_id: str | None = None,
        region: str | None = None,
        key: AnyKey | None = None,
    ) -> None:
        super().__init__(scope, id, bucket_name, account_id=account_id, region=region, key=key)
        self.grants = BucketGrants(self.target)


class ImportedLogBucket(AnyImportedBucket):
    """A bucket of logs that another stack or account makes: services write to it, and roles are granted to read."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        bucket_name: str,
        *,
        account_id: str | None = None,
        region: str | None = None,
        key: AnyKey | None = None,
    ) -> None:
        super().__init__(scope, id, bucket_name, account_id=account_id, region=region, key=key)
        self.grants = ReadGrants(self.target)

"""Amazon CloudFront: distributions of a private bucket, behind a web ACL, and the bucket of their logs."""

from landform.constructs.cloudfront.distribution import Distribution
from landform.constructs.cloudfront.log_bucket import DistributionLogBucket

__all__ = ["Distribution", "DistributionLogBucket"]

"""Amazon S3: buckets that are private, encrypted, versioned and logged, and the buckets that logs go to."""

from landform.constructs.s3.access_log_bucket import AccessLogBucket
from landform.constructs.s3.bucket import Bucket
from landform.constructs.s3.log_archive_bucket import LogArchiveBucket

__all__ = ["AccessLogBucket", "Bucket", "LogArchiveBucket"]

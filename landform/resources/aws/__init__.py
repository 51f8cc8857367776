"""Typed AWS resources, one generated module a type: ``from landform.resources.aws.s3_bucket import S3Bucket``."""

"""What the account of the organisation's logs has."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

LOG_ARCHIVE = (
    BaselineItem(
        35,
        "log-archive",
        "Archive of the organisation's logs",
        "log-archive",
        stack="LogArchive",
        types=("aws_s3_bucket", "aws_s3_bucket_object_lock_configuration"),
    ),
)
"""Rows of the log archive account."""

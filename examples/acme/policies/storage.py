"""Acme's rules on storage."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Breach, Rule, Verdict
from landform.policies.view import Block


def _ends(block: Block) -> Iterator[Verdict]:
    """Whether anything says when is for the lifecycle itself."""
    if not block.stack.about(block, "aws_s3_bucket_lifecycle_configuration", "bucket"):
        yield Breach("keeps what is in it without end", ("aws_s3_bucket_lifecycle_configuration",))


RULES = (
    Rule(
        id="ACME_BUCKET_ENDS",
        title="What a bucket holds has an end",
        severity="low",
        types=("aws_s3_bucket",),
        rationale="Data that nobody deletes is data that someone can still lose, and that Acme still pays for.",
        remediation='Give the bucket a lifecycle, as `Bucket(self, "Name", expire_days=365)` does.',
        controls=("ACME-DATA-3",),
        judge=_ends,
        good=(
            {
                "aws_s3_bucket": {"ledger": {"bucket": "ledger"}},
                "aws_s3_bucket_lifecycle_configuration": {"ledger": {"bucket": "${aws_s3_bucket.ledger.id}"}},
            },
        ),
        bad=({"aws_s3_bucket": {"ledger": {"bucket": "ledger"}}},),
    ),
)

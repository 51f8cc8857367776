"""What may be granted on a distribution. Actions are those of CloudFront's service authorization reference."""

from landform.constructs.grants import Verb

VERBS = (
    Verb("invalidate", ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"), ("{arn}",)),
    Verb("read", ("cloudfront:GetDistribution", "cloudfront:GetDistributionConfig"), ("{arn}",)),
)

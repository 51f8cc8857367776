"""What may be granted on a log group. CloudWatch Logs encrypts by itself, so no KMS action goes along."""

from landform.constructs.grants import Verb

VERBS = (
    Verb("write", ("logs:CreateLogStream", "logs:PutLogEvents"), ("{arn}:*",)),
    Verb("describe_streams", ("logs:DescribeLogStreams",), ("{arn}:*",)),
    Verb("read", ("logs:FilterLogEvents", "logs:GetLogEvents"), ("{arn}:*",)),
)

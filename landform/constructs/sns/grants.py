"""What may be granted on a topic. Actions are those of the Amazon SNS service authorization reference."""

from landform.constructs.grants import Verb

PUBLISH = Verb("publish", ("sns:Publish",), ("{arn}",), ("kms:Decrypt", "kms:GenerateDataKey"))
SUBSCRIBE = Verb("subscribe", ("sns:Subscribe",), ("{arn}",))
DESCRIBE = Verb(
    "describe",
    ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"),
    ("{arn}",),
)

VERBS = (PUBLISH, SUBSCRIBE, DESCRIBE)

# What a topic policy can be about; SNS refuses sns:* in one.
TOPIC_ACTIONS = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)

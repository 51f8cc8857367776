"""Amazon SNS: encrypted topics that say which deliveries failed and keep what was not delivered."""

from landform.constructs.sns.topic import Topic

__all__ = ["Topic"]

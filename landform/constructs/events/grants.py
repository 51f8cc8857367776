"""What may be granted on an event bus. Actions are those of the Amazon EventBridge service authorization reference."""

from landform.constructs.grants import Verb

# EventBridge encrypts events by itself, so no KMS action goes along.
PUT_EVENTS = Verb("put_events", ("events:PutEvents",), ("{arn}",))
DESCRIBE = Verb("describe", ("events:DescribeEventBus",), ("{arn}",))

VERBS = (PUT_EVENTS, DESCRIBE)

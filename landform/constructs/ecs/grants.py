"""What may be granted on a service. Actions are those of the Amazon ECS service authorization reference."""

from landform.constructs.grants import Verb

DESCRIBE = Verb("describe", ("ecs:DescribeServices",), ("{arn}",))
UPDATE = Verb("update", ("ecs:UpdateService",), ("{arn}",))

VERBS = (DESCRIBE, UPDATE)

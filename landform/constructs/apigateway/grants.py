"""What may be granted on an API. Actions are those of API Gateway's service authorization reference."""

from landform.constructs.grants import Verb

VERBS = (Verb("invoke", ("execute-api:Invoke",), ("{arn}/{stage}/{method}{path}",)),)

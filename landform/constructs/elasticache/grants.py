"""What may be granted on a cache. Actions are those of the ElastiCache service authorization reference."""

from landform.constructs.grants import Verb

# Signing in asks for both: the cache, and the user that is signed in as.
CONNECT = Verb("connect", ("elasticache:Connect",), ("{arn}", "{user_arn}"))

VERBS = (CONNECT,)

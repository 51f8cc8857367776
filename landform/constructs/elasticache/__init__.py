"""Amazon ElastiCache: Redis that is private, encrypted and signed in to by IAM."""

from landform.constructs.elasticache.redis_replication_group import RedisReplicationGroup

__all__ = ["RedisReplicationGroup"]

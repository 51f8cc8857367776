"""Caches."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.elasticache import RedisReplicationGroup
from landform.constructs.iam import Role, Trust
from landform.core import Construct

ARN = "arn:aws:elasticache:eu-west-1:012345678901:replicationgroup:sessions"
PARTS = {"user_arn": "arn:aws:elasticache:eu-west-1:012345678901:user:in/object"}
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A cache with a user, and one from elsewhere."""
    cache = RedisReplicationGroup(scope, "Cache", vpc=vpc, users={"app": "on ~app::* +@read"})
    imported = RedisReplicationGroup.from_id(scope, "Imported", "another-cache")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    cache.grants.connect(role, user="app")
    imported.grants.connect(role, user="app")


def redis(stack: AwsStack) -> None:
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20", az_count=2, nat="none", interface_endpoints=())
    RedisReplicationGroup(stack, "Cache", vpc=vpc, users={"app": "on ~app::* +@read"})


_RESOURCE, _LOGS = "Cache/Resource", "Cache/SlowLog/Resource"
_OFF = {"automatic_failover_enabled": False, "multi_az_enabled": False}

MUTANTS = (
    Mutant("cache in plain text", redis, _RESOURCE, {"at_rest_encryption_enabled": "false"}, "CKV_AWS_29"),
    Mutant("no word on a caches encryption", redis, _RESOURCE,
           {"at_rest_encryption_enabled": None}, "CKV_AWS_29"),
    Mutant("cache under the key of aws", redis, _RESOURCE, {"kms_key_id": None}, "CKV_AWS_191"),
    Mutant("cache without tls", redis, _RESOURCE, {"transit_encryption_enabled": False}, "CKV_AWS_30"),
    Mutant("no word on a caches tls", redis, _RESOURCE, {"transit_encryption_enabled": None}, "CKV_AWS_30"),
    Mutant("cache without users", redis, _RESOURCE, {"user_group_ids": None}, "CKV_AWS_31"),
    Mutant("users without tls", redis, _RESOURCE, {"transit_encryption_enabled": False}, "CKV_AWS_31"),
    Mutant("replica that waits", redis, _RESOURCE, _OFF, "CKV2_AWS_50"),
    Mutant("no word on a replica", redis, _RESOURCE, {"automatic_failover_enabled": None}, "CKV2_AWS_50"),
    Mutant("cache logs without a key", redis, _LOGS, {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("cache logs for ever", redis, _LOGS, {"retention_in_days": None}, "CKV_AWS_66"),
    Mutant("default user on", redis, "Cache/Users/Default", {"access_string": "on ~* +@all"},
           "LF_CACHE_USER"),
    Mutant("user without a password", redis, "Cache/Users/User-app",
           {"authentication_mode.0.type": "no-password-required"}, "LF_CACHE_USER"),
    Mutant("cache without backups", redis, _RESOURCE, {"snapshot_retention_limit": 0}, "LF_CACHE_BACKUPS"),
    Mutant("no minor upgrades of a cache", redis, _RESOURCE, {"auto_minor_version_upgrade": "false"},
           "LF_SERVICE_UPDATES"),
    Mutant("no slow log", redis, _RESOURCE, {"log_delivery_configuration": None}, "LF_CACHE_LOGS"),
    Mutant("default subnets of a cache", redis, _RESOURCE, {"subnet_group_name": None}, "LF_CACHE_SUBNETS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

"""A Redis cache. Follows "At-rest encryption", "In-transit encryption (TLS)" and "Authenticating with IAM" of the
ElastiCache guide.
"""

from __future__ import annotations

from collections.abc import Mapping

from landform.constructs.ec2 import Connections, SecurityGroup, Subnet
from landform.constructs.ec2.placement import data_subnets
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.elasticache.grants import CONNECT
from landform.constructs.elasticache.limits import (
    ACCESS_STRING,
    BACKUP_DAYS,
    LONGEST_ID,
    NODE_TYPE,
    REPLICAS,
    REPLICATION_GROUP_ID,
    USER,
)
from landform.constructs.elasticache.sizes import NODES
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.constructs.naming import physical_name
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref
from landform.errors import Code, LandformError, did_you_mean
from landform.resources.aws.elasticache_replication_group import (
    ElasticacheReplicationGroup,
    LogDeliveryConfiguration,
)
from landform.resources.aws.elasticache_subnet_group import ElasticacheSubnetGroup
from landform.resources.aws.elasticache_user import AuthenticationMode, ElasticacheUser
from landform.resources.aws.elasticache_user_group import ElasticacheUserGroup

PORT = 6379
ENGINE = "redis"
# The last of Redis, and one that IAM can sign in to.
ENGINE_VERSION = "7.1"
LOGS = ("slow-log", "engine-log")


class RedisReplicationGroup(Construct):
    """A private Redis cache: encrypted, by TLS alone, signed in to by IAM.

    Each of its users has an access string, which says what it may do; ``grants.connect`` says who may sign in as
    one. There is no password anywhere. It lets nobody in until ``connections.allow_from`` names a peer.

    Args:
        vpc: the VPC, over two zones or more where there is a replica.
        users: the access strings of Redis by the users' names: ``{"app": "on ~app::* +@read"}``.
        node_type: the tier's size of databases says unless given.
        replicas: how many nodes stand beside the primary, up to 5; one where the tier has standbys, else none,
            unless given.
        backup_days: how many days backups are kept, 1 to 35; the tier says unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.
        key: the key that encrypts data and logs; one of its own is made unless given.
        replication_group_id: from the construct path unless given.

    Raises:
        LandformError: ``argument-value`` for a name, access string, type or number that ElastiCache would refuse,
            or a replica in a VPC of one zone.

    >>> sessions = RedisReplicationGroup(stack, "Sessions", vpc=vpc, users={"app": "on ~session::* +@read"})
    >>> app = SecurityGroup(stack, "App", vpc=vpc, description="servers of the shop")
    >>> sessions.connections.allow_from(app)
    >>> shop = Role(stack, "Shop", trust=[Trust.service("lambda.amazonaws.com")])
    >>> sessions.grants.connect(shop, user="app").actions
    ('elasticache:Connect',)
    >>> sessions.user_id("app")
    'acme-payments-prod-data-lake-se-1f68889c'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        users: Mapping[str, str] | None = None,
        node_type: str | None = None,
        replicas: int | None = None,
        backup_days: int | None = None,
        protected: bool | None = None,
        key: AnyKey | None = None,
        replication_group_id: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        db, place = stack.tier.sizing.db, self.node.place
        self.replication_group_id = REPLICATION_GROUP_ID.checked(
            replication_group_id or stack.physical_name(self, LONGEST_ID), place
        )
        self.arn = stack.arn("elasticache", f"replicationgroup:{self.replication_group_id}")
        users = {
            USER.checked(user, place): ACCESS_STRING.checked(access, place)
            for user, access in (users or {}).items()
        }
        self.users = tuple(users)
        standby = stack.default_on(
            self,
            "a replica in another zone takes over",
            setting="sizing.db.multi_az",
            given=None if replicas is None else REPLICAS.checked(replicas, place) > 0,
            checks=("CKV2_AWS_50",),
        )
        protected = stack.default_on(
            self,
            "Terraform may not destroy the cache; a last snapshot is taken",
            setting="sizing.deletion_protection",
            given=protected,
        )
        subnets = self._subnets(vpc, standby)
        self.key: AnyKey = key or Key(self, "Key", description=f"the cache {self.replication_group_id}")
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"The cache {self.replication_group_id}."
        )
        self.connections = Connections(self.security_group, port=PORT)
        self.log_groups = {log: self._log_group(log) for log in LOGS}
        self.resource = ElasticacheReplicationGroup(
            self,
            "Resource",
            replication_group_id=self.replication_group_id,
            description=self.node.path,
            engine=ENGINE,
            engine_version=ENGINE_VERSION,
            node_type=NODE_TYPE.checked(node_type or NODES[db.class_], place),
            num_cache_clusters=1 + (int(standby) if replicas is None else replicas),
            automatic_failover_enabled=standby,
            multi_az_enabled=standby,
            subnet_group_name=self._subnet_group(subnets),
            security_group_ids=[self.security_group.security_group_id],
            port=PORT,
            # The provider has these two as text, to tell false from nothing.
            auto_minor_version_upgrade="true",
            at_rest_encryption_enabled="true",
            kms_key_id=self.key.arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            user_group_ids=[self._user_group(users)],
            snapshot_retention_limit=BACKUP_DAYS.checked(
                db.backup_days if backup_days is None else backup_days, place
            ),
            final_snapshot_identifier=f"{self.replication_group_id}-final" if protected else None,
            log_delivery_configuration=[
                LogDeliveryConfiguration(
                    destination=group.log_group_name,
                    destination_type="cloudwatch-logs",
                    log_format="json",
                    log_type=log,
                )
                for log, group in self.log_groups.items()
            ],
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
            # Their names are literal, so nothing else tells Terraform to make them first.
            depends_on=self.log_groups.values(),
        )
        self.grants = RedisGrants(Target(self, self.arn), self.replication_group_id, self.users)

    @property
    def endpoint(self) -> Ref[str]:
        """The host name of the primary, which stays the same when a replica takes over."""
        return self.resource.primary_endpoint_address

    def user_id(self, user: str) -> str:
        """What a client signs in as: the user's id, which is its name in Redis too, as IAM asks."""
        return user_id(self.replication_group_id, user)

    @staticmethod
    def from_id(scope: Construct, id: str, replication_group_id: str) -> ImportedRedisReplicationGroup:
        """A cache that another stack makes in this account and region with this construct, to grant on.

        Raises:
            LandformError: ``argument-value`` for an id ElastiCache would refuse.
        """
        return ImportedRedisReplicationGroup(scope, id, replication_group_id)

    def _subnets(self, vpc: AnyVpc, standby: bool) -> tuple[Subnet, ...]:
        subnets = data_subnets(vpc, self.node.place)
        if standby and len(subnets) < 2:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A replica that takes over stands in another zone.",
                place=self.node.place,
                given=f"a VPC with subnets in {', '.join(subnet.availability_zone for subnet in subnets)}",
                expected="a VPC over two zones or more",
                fix="Make the VPC with az_count=2, or the cache with replicas=0.",
            )
        return subnets

    def _subnet_group(self, subnets: tuple[Subnet, ...]) -> Ref[str]:
        return ElasticacheSubnetGroup(
            self,
            "SubnetGroup",
            name=self.replication_group_id,
            description=f"Subnets of {self.replication_group_id}.",
            subnet_ids=[subnet.subnet_id for subnet in subnets],
        ).name

    def _log_group(self, log: str) -> LogGroup:
        return LogGroup(
            self,
            "".join(part.capitalize() for part in log.split("-")),
            # AWS writes a policy for what delivers; below vendedlogs it does not grow with every group.
            log_group_name=f"/aws/vendedlogs/elasticache/{self.replication_group_id}/{log}",
            key=self.key,
        )

    def _user_group(self, users: Mapping[str, str]) -> Ref[str]:
        scope = Construct(self, "Users")
        # ElastiCache signs in as "default" whoever names no user, so a group must say what that one may do.
        nobody = self._user(scope, "Default", "default", "off -@all", "no-password-required")
        made = [
            self._user(scope, f"User-{user}", self.user_id(user), access, "iam")
            for user, access in users.items()
        ]
        return ElasticacheUserGroup(
            scope,
            "Group",
            engine=ENGINE,
            user_group_id=self.replication_group_id,
            user_ids=[nobody, *made],
        ).user_group_id

    def _user(self, scope: Construct, id: str, name: str, access: str, mode: str) -> Ref[str]:
        return ElasticacheUser(
            scope,
            id,
            engine=ENGINE,
            # IAM asks for one text as id and as name; the name default is every cache's, so its id is not.
            user_id=name if mode == "iam" else self.user_id(name),
            user_name=name,
            access_string=access,
            authentication_mode=AuthenticationMode(type=mode),
        ).user_id


class ImportedRedisReplicationGroup(Construct):
    """A cache of this account and region that another stack makes."""

    def __init__(self, scope: Construct, id: str, replication_group_id: str) -> None:
        super().__init__(scope, id)
        self.replication_group_id = REPLICATION_GROUP_ID.checked(replication_group_id, self.node.place)
        self.arn = AwsStack.of(self).arn("elasticache", f"replicationgroup:{replication_group_id}")
        self.grants = RedisGrants(Target(self, self.arn, imported=True), replication_group_id, None)


class RedisGrants(ResourceGrants):
    """What may be granted on a cache. ``users`` are those it has, where that is known."""

    def __init__(self, target: Target, replication_group_id: str, users: tuple[str, ...] | None) -> None:
        super().__init__(target)
        self._replication_group_id = replication_group_id
        self._users = users

    def connect(self, principal: Grantee, *, user: str) -> Grant:
        """Sign in as one of the cache's users, with a token of IAM in place of a password."""
        place = self._target.construct.node.here
        if self._users is not None and user not in self._users:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The cache has no such user.",
                place=place,
                given=repr(user),
                expected=f"one of {', '.join(self._users)}"
                if self._users
                else "a user of its argument users",
                fix=did_you_mean(str(user), self._users) or "Make it: users={'app': 'on ~app::* +@read'}.",
            )
        stack = AwsStack.of(self._target.construct)
        name = user_id(self._replication_group_id, USER.checked(user, place))
        return self._grant(CONNECT, principal, user_arn=stack.arn("elasticache", f"user:{name}"))


def user_id(replication_group_id: str, user: str) -> str:
    """The id of a user, unique in the account and region: a group's id and the user's name."""
    return physical_name([f"{replication_group_id}-{user}"], LONGEST_ID)

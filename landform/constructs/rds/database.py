"""What every database here stands on: its network, key, logs, parameters and monitoring, and its grants.

Follows "Security in Amazon RDS", "Password management with Amazon RDS and AWS Secrets Manager", "Publishing
database logs to Amazon CloudWatch Logs" and "IAM database authentication" of the RDS guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from landform.constructs.ec2 import Connections, SecurityGroup
from landform.constructs.ec2.placement import data_subnets
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import Name
from landform.constructs.logs import LogGroup
from landform.constructs.rds.grants import CONNECT, READ_MASTER_PASSWORD
from landform.constructs.rds.limits import (
    BACKUP_DAYS,
    DATABASE_NAME,
    DATABASE_USER,
    ENGINE_VERSION,
    RESOURCE_ID,
)
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.db_subnet_group import DbSubnetGroup

PostgresVersion = Literal["15", "16", "17"]
"""A major version; AWS chooses the minor one and keeps it new."""

PORT = 5432
# admin and postgres are what is guessed first.
MASTER_USERNAME = "dbadmin"
CA_CERTIFICATE = "rds-ca-rsa2048-g1"
MONITORING_SECONDS = 60
INSIGHTS_DAYS = 7

PARAMETERS: Mapping[str, str] = {
    "log_connections": "1",
    "log_disconnections": "1",
    # In milliseconds: what takes longer is logged, text and all.
    "log_min_duration_statement": "1000",
    "log_statement": "ddl",
    "rds.force_ssl": "1",
}
"""What the parameter group sets."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A row for each kind of database.

    ``log_prefix`` and ``logs`` name the log groups that RDS writes to. ``instances`` is what the ARNs of its
    instances end in, which RDS monitors.
    """

    name: str
    identifier: Name
    longest_identifier: int
    log_prefix: str
    logs: tuple[str, ...]
    instances: str


class Database(Construct):
    """The common ground of the RDS constructs; use one of those."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        engine: Engine,
        vpc: AnyVpc,
        identifier: str | None,
        database_name: str | None,
        engine_version: PostgresVersion,
        backup_days: int | None,
        key: AnyKey | None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        place = self.node.place
        self.identifier = engine.identifier.checked(
            identifier or stack.physical_name(self, engine.longest_identifier), place
        )
        self.database_name = database_name and DATABASE_NAME.checked(database_name, place)
        self.family = f"{engine.name}{ENGINE_VERSION.checked(engine_version, place)}"
        self.backup_days = BACKUP_DAYS.checked(
            stack.tier.sizing.db.backup_days if backup_days is None else backup_days, place
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"the database {self.identifier}")
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"The database {self.identifier}."
        )
        self.connections = Connections(self.security_group, port=PORT)
        self._subnet_group = self._subnets(vpc)
        self.log_groups = tuple(
            LogGroup(
                self,
                f"{log.capitalize()}Logs",
                log_group_name=f"{engine.log_prefix}/{self.identifier}/{log}",
                key=self.key,
            )
            for log in engine.logs
        )
        instances = stack.arn("rds", f"db:{self.identifier}{engine.instances}")
        self._monitoring = Role(
            self,
            "Monitoring",
            trust=[Trust.service("monitoring.rds.amazonaws.com", source_arn=instances)],
            description=f"Delivers the metrics of the operating system below {self.identifier}.",
            managed_policies=["service-role/AmazonRDSEnhancedMonitoringRole"],
        )
        # RDS makes log groups that are not there, without key and retention; the role's ARN is literal.
        self._needed = (*self.log_groups, self._monitoring)

    def _subnets(self, vpc: AnyVpc) -> DbSubnetGroup:
        subnets = data_subnets(vpc, self.node.place)
        if len(subnets) < 2:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "RDS asks for subnets in two zones, even for a database that runs in one.",
                place=self.node.place,
                given=f"a VPC with subnets in {', '.join(subnet.availability_zone for subnet in subnets)}",
                expected="a VPC over two zones or more",
                fix="Make the VPC with az_count=2.",
            )
        return DbSubnetGroup(
            self,
            "SubnetGroup",
            name=self.identifier,
            description=f"Subnets of {self.identifier}.",
            subnet_ids=[subnet.subnet_id for subnet in subnets],
        )

    def _protection(self, given: bool | None, check: str) -> bool:
        return self._stack.default_on(
            self,
            "neither AWS nor Terraform deletes the database; a last snapshot is taken",
            setting="sizing.deletion_protection",
            given=given,
            checks=(check, "LF_LAST_SNAPSHOT"),
        )

    def _make_grants(self, resource_id: Ref[str], secret_arn: Ref[str]) -> DatabaseGrants:
        return DatabaseGrants(
            Target(self, resource_id.within(f"{self._stack.arn('rds-db', 'dbuser')}:")),
            Target(
                self,
                secret_arn,
                key=self.key,
                via="secretsmanager",
                context=("SecretARN", str(secret_arn)),
            ),
        )


class ImportedDatabase(Construct):
    """A database of this account and region that another stack, or nobody here, makes."""

    def __init__(self, scope: Construct, id: str, resource_id: str) -> None:
        super().__init__(scope, id)
        self.resource_id = RESOURCE_ID.checked(resource_id, self.node.place)
        arn = AwsStack.of(self).arn("rds-db", f"dbuser:{resource_id}")
        self.grants = ConnectGrants(Target(self, arn, imported=True))


class ConnectGrants(ResourceGrants):
    """What may be granted on any database: to sign in as one of its users."""

    def connect(self, principal: Grantee, *, user: str) -> Grant:
        """Sign in as a database user, with a token of IAM in place of a password.

        The user must exist in the database and have the role ``rds_iam``; Terraform makes neither.
        """
        DATABASE_USER.checked(user, self._target.construct.node.here)
        return self._grant(CONNECT, principal, user=user)


class DatabaseGrants(ConnectGrants):
    """What may be granted on a database that is made here."""

    def __init__(self, users: Target, secret: Target) -> None:
        super().__init__(users)
        self._secret = _SecretGrants(secret)

    def read_master_password(self, principal: Grantee) -> Grant:
        """Read the master user's password, which RDS makes, changes every week and keeps in Secrets Manager."""
        return self._secret.read_master_password(principal)


class _SecretGrants(ResourceGrants):
    """What may be granted on the secret: it has an ARN of its own."""

    def read_master_password(self, principal: Grantee) -> Grant:
        return self._grant(READ_MASTER_PASSWORD, principal)

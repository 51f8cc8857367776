"""An Aurora cluster of PostgreSQL: one writer, and readers in other zones that take over."""

from __future__ import annotations

from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.kms.key import AnyKey
from landform.constructs.rds.database import (
    CA_CERTIFICATE,
    INSIGHTS_DAYS,
    MASTER_USERNAME,
    MONITORING_SECONDS,
    PARAMETERS,
    PORT,
    Database,
    Engine,
    ImportedDatabase,
    PostgresVersion,
)
from landform.constructs.rds.limits import CLUSTER_IDENTIFIER, INSTANCE_CLASS, READERS
from landform.constructs.rds.sizes import CLUSTER_INSTANCES
from landform.core import Construct, Lifecycle, Ref
from landform.resources.aws.rds_cluster import RdsCluster
from landform.resources.aws.rds_cluster_instance import RdsClusterInstance
from landform.resources.aws.rds_cluster_parameter_group import Parameter, RdsClusterParameterGroup

_AURORA = Engine(
    "aurora-postgresql",
    CLUSTER_IDENTIFIER,
    longest_identifier=60,
    log_prefix="/aws/rds/cluster",
    logs=("postgresql",),
    instances="-*",
)


class AuroraCluster(Database):
    """A private Aurora cluster of PostgreSQL: encrypted, by TLS alone, signed in to by IAM, logged and backed up.

    Its master password, network and grants are those of ``PostgresInstance``. Any instance can become the writer;
    which one is, the cluster's endpoint knows.

    Args:
        vpc: the VPC, over two zones or more.
        database_name: the first database; none is made unless given.
        engine_version: the major version.
        instance_class: of every instance; the tier's size of databases says unless given.
        readers: how many instances stand beside the writer, up to 15; one where the tier has standbys, else none,
            unless given.
        backup_days: how many days backups are kept, 1 to 35; the tier says unless given.
        deletion_protection: whether it may not be deleted; the tier says unless given.
        key: the key that encrypts storage, password, insights and logs; one of its own is made unless given.
        identifier: from the construct path unless given.

    Raises:
        LandformError: ``argument-value`` for a name, version, class or number that RDS would refuse, or a VPC in
            one zone.

    >>> ledger = AuroraCluster(stack, "Ledger", vpc=vpc, database_name="ledger", readers=2)
    >>> ledger.arn
    'arn:aws:rds:eu-west-1:012345678901:cluster:acme-payments-prod-data-lake-ledger'
    >>> operator = Role(stack, "Operator", trust=[Trust.service("ssm.amazonaws.com")])
    >>> ledger.grants.read_master_password(operator).actions
    ('secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        database_name: str | None = None,
        engine_version: PostgresVersion = "17",
        instance_class: str | None = None,
        readers: int | None = None,
        backup_days: int | None = None,
        deletion_protection: bool | None = None,
        key: AnyKey | None = None,
        identifier: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            engine=_AURORA,
            vpc=vpc,
            identifier=identifier,
            database_name=database_name,
            engine_version=engine_version,
            backup_days=backup_days,
            key=key,
        )
        stack, place = self._stack, self.node.place
        protected = self._protection(deletion_protection, "CKV_AWS_139")
        standby = stack.default_on(
            self,
            "a reader in another zone takes over",
            setting="sizing.db.multi_az",
            given=None if readers is None else READERS.checked(readers, place) > 0,
        )
        self.arn = stack.arn("rds", f"cluster:{self.identifier}")
        parameters = RdsClusterParameterGroup(
            self,
            "Parameters",
            name=f"{self.identifier}-{self.family}",
            family=self.family,
            description=f"TLS alone, and logs, for {self.identifier}.",
            parameter=[Parameter(name=name, value=value) for name, value in PARAMETERS.items()],
            # A new major version needs the new group while the old one is still in use.
            lifecycle=Lifecycle(create_before_destroy=True),
        )
        self.resource = RdsCluster(
            self,
            "Resource",
            cluster_identifier=self.identifier,
            engine=_AURORA.name,
            engine_version=engine_version,
            storage_encrypted=True,
            kms_key_id=self.key.arn,
            database_name=self.database_name,
            master_username=MASTER_USERNAME,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=self.key.arn,
            iam_database_authentication_enabled=True,
            db_cluster_parameter_group_name=parameters.name,
            db_subnet_group_name=self._subnet_group.name,
            vpc_security_group_ids=[self.security_group.security_group_id],
            port=PORT,
            backup_retention_period=self.backup_days,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=_AURORA.logs,
            deletion_protection=protected,
            delete_automated_backups=not protected,
            skip_final_snapshot=not protected,
            final_snapshot_identifier=f"{self.identifier}-final" if protected else None,
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
            depends_on=self._needed,
        )
        instance_class = INSTANCE_CLASS.checked(
            instance_class or CLUSTER_INSTANCES[stack.tier.sizing.db.class_], place
        )
        for number in range(1, 2 + (int(standby) if readers is None else readers)):
            self._instance(number, instance_class)
        self.grants = self._make_grants(
            self.resource.cluster_resource_id, self.resource.ref("master_user_secret[0].secret_arn")
        )

    @property
    def endpoint(self) -> Ref[str]:
        """The host name of the writer."""
        return self.resource.endpoint

    @property
    def reader_endpoint(self) -> Ref[str]:
        """The host name that spreads connections over the readers."""
        return self.resource.reader_endpoint

    @staticmethod
    def from_id(scope: Construct, id: str, resource_id: str) -> ImportedDatabase:
        """A cluster of this account and region that another stack makes, to grant on.

        ``resource_id`` is the one RDS chose, ``cluster-ABCDEFGHIJKL01234``.

        Raises:
            LandformError: ``argument-value`` where it is no resource id.
        """
        return ImportedDatabase(scope, id, resource_id)

    def _instance(self, number: int, instance_class: str) -> None:
        RdsClusterInstance(
            self,
            f"Instance{number}",
            identifier=f"{self.identifier}-{number}",
            cluster_identifier=self.resource.cluster_identifier,
            engine=_AURORA.name,
            engine_version=self.resource.engine_version,
            instance_class=instance_class,
            auto_minor_version_upgrade=True,
            ca_cert_identifier=CA_CERTIFICATE,
            db_subnet_group_name=self._subnet_group.name,
            publicly_accessible=False,
            copy_tags_to_snapshot=True,
            monitoring_interval=MONITORING_SECONDS,
            monitoring_role_arn=self._monitoring.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self.key.arn,
            performance_insights_retention_period=INSIGHTS_DAYS,
            depends_on=[self._monitoring],
        )

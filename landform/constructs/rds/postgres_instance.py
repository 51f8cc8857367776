"""A PostgreSQL database on one instance, with a standby in another zone where the tier says so."""

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
from landform.constructs.rds.limits import INSTANCE_CLASS, INSTANCE_IDENTIFIER, STORAGE_GIB
from landform.constructs.rds.sizes import GROWTH, INSTANCES
from landform.core import Construct, Lifecycle, Ref
from landform.resources.aws.db_instance import DbInstance
from landform.resources.aws.db_parameter_group import DbParameterGroup, Parameter

_POSTGRES = Engine(
    "postgres",
    INSTANCE_IDENTIFIER,
    longest_identifier=63,
    log_prefix="/aws/rds/instance",
    logs=("postgresql", "upgrade"),
    instances="",
)


class PostgresInstance(Database):
    """A private PostgreSQL instance: encrypted, by TLS alone, signed in to by IAM, logged and backed up.

    RDS makes the master user's password, keeps it in Secrets Manager and changes it; nobody needs to see it but
    to make the first users. It stands in the VPC's isolated subnets and lets nobody in until
    ``connections.allow_from`` names a peer.

    Args:
        vpc: the VPC, over two zones or more.
        database_name: the first database; none is made unless given.
        engine_version: the major version.
        instance_class: the tier's size of databases says unless given.
        storage_gib: the first storage, 20 to 13,107 GiB, which may grow to five times; the tier's size says
            unless given.
        multi_az: whether a standby runs in another zone; the tier says unless given.
        backup_days: how many days backups are kept, 1 to 35; the tier says unless given.
        deletion_protection: whether it may not be deleted; the tier says unless given.
        key: the key that encrypts storage, password, insights and logs; one of its own is made unless given.
        identifier: from the construct path unless given.

    Raises:
        LandformError: ``argument-value`` for a name, version, class or number that RDS would refuse, or a VPC in
            one zone.

    >>> ledger = PostgresInstance(stack, "Ledger", vpc=vpc, database_name="ledger")
    >>> ledger.arn
    'arn:aws:rds:eu-west-1:012345678901:db:acme-payments-prod-data-lake-ledger'
    >>> app = SecurityGroup(stack, "App", vpc=vpc, description="servers of the ledger")
    >>> ledger.connections.allow_from(app)
    >>> settlement = Role(stack, "Settlement", trust=[Trust.service("lambda.amazonaws.com")])
    >>> ledger.grants.connect(settlement, user="settlement").actions
    ('rds-db:connect',)
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
        storage_gib: int | None = None,
        multi_az: bool | None = None,
        backup_days: int | None = None,
        deletion_protection: bool | None = None,
        key: AnyKey | None = None,
        identifier: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            engine=_POSTGRES,
            vpc=vpc,
            identifier=identifier,
            database_name=database_name,
            engine_version=engine_version,
            backup_days=backup_days,
            key=key,
        )
        stack, place = self._stack, self.node.place
        size = INSTANCES[stack.tier.sizing.db.class_]
        storage_gib = STORAGE_GIB.checked(size.storage_gib if storage_gib is None else storage_gib, place)
        protected = self._protection(deletion_protection, "CKV_AWS_293")
        self.arn = stack.arn("rds", f"db:{self.identifier}")
        parameters = DbParameterGroup(
            self,
            "Parameters",
            name=f"{self.identifier}-{self.family}",
            family=self.family,
            description=f"TLS alone, and logs, for {self.identifier}.",
            parameter=[Parameter(name=name, value=value) for name, value in PARAMETERS.items()],
            # A new major version needs the new group while the old one is still in use.
            lifecycle=Lifecycle(create_before_destroy=True),
        )
        self.resource = DbInstance(
            self,
            "Resource",
            identifier=self.identifier,
            engine=_POSTGRES.name,
            engine_version=engine_version,
            auto_minor_version_upgrade=True,
            instance_class=INSTANCE_CLASS.checked(instance_class or size.instance_class, place),
            storage_type="gp3",
            allocated_storage=storage_gib,
            max_allocated_storage=GROWTH * storage_gib,
            storage_encrypted=True,
            kms_key_id=self.key.arn,
            db_name=self.database_name,
            username=MASTER_USERNAME,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=self.key.arn,
            iam_database_authentication_enabled=True,
            parameter_group_name=parameters.name,
            ca_cert_identifier=CA_CERTIFICATE,
            db_subnet_group_name=self._subnet_group.name,
            vpc_security_group_ids=[self.security_group.security_group_id],
            publicly_accessible=False,
            port=PORT,
            multi_az=stack.default_on(
                self,
                "a standby in another zone takes over",
                setting="sizing.db.multi_az",
                given=multi_az,
                checks=("CKV_AWS_157",),
            ),
            backup_retention_period=self.backup_days,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=_POSTGRES.logs,
            monitoring_interval=MONITORING_SECONDS,
            monitoring_role_arn=self._monitoring.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self.key.arn,
            performance_insights_retention_period=INSIGHTS_DAYS,
            deletion_protection=protected,
            delete_automated_backups=not protected,
            skip_final_snapshot=not protected,
            final_snapshot_identifier=f"{self.identifier}-final" if protected else None,
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
            depends_on=self._needed,
        )
        self.grants = self._make_grants(
            self.resource.resource_id, self.resource.ref("master_user_secret[0].secret_arn")
        )

    @property
    def endpoint(self) -> Ref[str]:
        """The host name, which stays the same when the standby takes over."""
        # The element's own address, in Terraform's sense, hides the attribute.
        return self.resource.ref("address")

    @staticmethod
    def from_id(scope: Construct, id: str, resource_id: str) -> ImportedDatabase:
        """An instance of this account and region that another stack makes, to grant on.

        ``resource_id`` is the one RDS chose, ``db-ABCDEFGHIJKL01234``.

        Raises:
            LandformError: ``argument-value`` where it is no resource id.
        """
        return ImportedDatabase(scope, id, resource_id)

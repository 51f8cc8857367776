"""Databases."""

from __future__ import annotations

from mutant import ELSEWHERE, Mutant

from landform.constructs import AwsStack
from landform.constructs.backup import BackupPlan
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.rds import AuroraCluster, PostgresInstance
from landform.core import Construct

ARN = {
    "connect": "arn:aws:rds-db:eu-west-1:012345678901:dbuser:db-ABCDEFGHIJKL01234",
    "read_master_password": "arn:aws:secretsmanager:eu-west-1:012345678901:secret:rds!db-0a1b2c-AbCdEf",
}
PARTS = {"user": "in/object"}
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """An instance, a cluster, and one of each from elsewhere."""
    # RDS takes no VPC in one zone, which the smallest tier has.
    network = vpc if len(vpc.isolated_subnets) > 1 else Vpc(scope, "Vpc", cidr="10.1.0.0/20", az_count=2)
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    databases = (
        PostgresInstance(scope, "Instance", vpc=network, database_name="ledger"),
        AuroraCluster(scope, "Cluster", vpc=network, database_name="ledger"),
    )
    plan = BackupPlan(scope, "Plan")
    for database in databases:
        plan.add(database)
        database.grants.connect(role, user="app")
        database.grants.read_master_password(role)
    for imported in (
        PostgresInstance.from_id(scope, "ImportedInstance", "db-ABCDEFGHIJKL01234"),
        AuroraCluster.from_id(scope, "ImportedCluster", "cluster-ABCDEFGHIJKL01234"),
    ):
        imported.grants.connect(role, user="app")


def network(stack: AwsStack) -> Vpc:
    return Vpc(stack, "Vpc", cidr="10.0.0.0/20", az_count=2, nat="none", interface_endpoints=())


def instance(stack: AwsStack) -> None:
    PostgresInstance(stack, "Db", vpc=network(stack))


def cluster(stack: AwsStack) -> None:
    AuroraCluster(stack, "Db", vpc=network(stack))


def backed_up_cluster(stack: AwsStack) -> None:
    BackupPlan(stack, "Plan").add(AuroraCluster(stack, "Db", vpc=network(stack)))


_RESOURCE, _ONE, _LOGS = "Db/Resource", "Db/Instance1", "Db/PostgresqlLogs/Resource"
_NO_KEY = {"performance_insights_kms_key_id": None}
# Overrides add to a list, so what is in one is named by its place.
_SLOW, _STATEMENTS, _TLS = "parameter.2", "parameter.3", "parameter.4"
_UNLOGGED = {f"{_SLOW}.value": "-1", f"{_STATEMENTS}.value": "none"}

MUTANTS = (
    Mutant("subnets with a way to the internet", instance, "Vpc/Isolated/RouteTable",
           {"route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0a1b2c3d"}]}, "LF_STORE_SUBNET"),
    Mutant("instance in plain text", instance, _RESOURCE, {"storage_encrypted": False}, "CKV_AWS_16"),
    Mutant("public instance", instance, _RESOURCE, {"publicly_accessible": True}, "CKV_AWS_17"),
    Mutant("tls left to clients", instance, "Db/Parameters", {f"{_TLS}.value": "0"}, "CKV2_AWS_69"),
    Mutant("no word on tls", instance, "Db/Parameters", {f"{_TLS}.name": "log_lock_waits"}, "CKV2_AWS_69"),
    Mutant("old authority", instance, _RESOURCE, {"ca_cert_identifier": "rds-ca-2019"}, "CKV_AWS_211"),
    Mutant("passwords alone", instance, _RESOURCE,
           {"iam_database_authentication_enabled": False}, "CKV_AWS_161"),
    Mutant("no standby", instance, _RESOURCE, {"multi_az": False}, "CKV_AWS_157"),
    Mutant("no backups", instance, _RESOURCE, {"backup_retention_period": 0}, "CKV_AWS_133"),
    Mutant("snapshots without tags", instance, _RESOURCE, {"copy_tags_to_snapshot": False}, "CKV2_AWS_60"),
    Mutant("no minor upgrades", instance, _RESOURCE, {"auto_minor_version_upgrade": False}, "CKV_AWS_226"),
    Mutant("no logs of an instance", instance, _RESOURCE,
           {"enabled_cloudwatch_logs_exports": None}, "CKV_AWS_129"),
    Mutant("instance not monitored", instance, _RESOURCE, {"monitoring_interval": 0}, "CKV_AWS_118"),
    Mutant("no insights", instance, _RESOURCE, {"performance_insights_enabled": False}, "CKV_AWS_353"),
    Mutant("insights under the key of aws", instance, _RESOURCE, _NO_KEY, "CKV_AWS_354"),
    Mutant("instance can be deleted", instance, _RESOURCE, {"deletion_protection": False}, "CKV_AWS_293"),
    Mutant("database logs without a key", instance, _LOGS, {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("database logs for ever", instance, _LOGS, {"retention_in_days": None}, "CKV_AWS_66"),
    Mutant("cluster in plain text", cluster, _RESOURCE, {"storage_encrypted": False}, "CKV_AWS_96"),
    Mutant("cluster under the key of aws", cluster, _RESOURCE, {"kms_key_id": None}, "CKV_AWS_327"),
    Mutant("public instance of a cluster", cluster, _ONE, {"publicly_accessible": True}, "CKV_AWS_17"),
    Mutant("passwords alone in a cluster", cluster, _RESOURCE,
           {"iam_database_authentication_enabled": False}, "CKV_AWS_162"),
    Mutant("cluster without backups", cluster, _RESOURCE, {"backup_retention_period": 0}, "CKV_AWS_133"),
    Mutant("cluster snapshots without tags", cluster, _RESOURCE,
           {"copy_tags_to_snapshot": False}, "CKV_AWS_313"),
    Mutant("no minor upgrades of a cluster", cluster, _ONE,
           {"auto_minor_version_upgrade": False}, "CKV_AWS_226"),
    Mutant("parameters of nobody", cluster, _RESOURCE,
           {"db_cluster_parameter_group_name": ELSEWHERE}, "CKV2_AWS_27"),
    Mutant("no logs of a cluster", cluster, _RESOURCE,
           {"enabled_cloudwatch_logs_exports": None}, "CKV_AWS_324"),
    Mutant("instance of a cluster not monitored", cluster, _ONE, {"monitoring_interval": 0}, "CKV_AWS_118"),
    Mutant("no insights of a cluster", cluster, _ONE, {"performance_insights_enabled": False}, "CKV_AWS_353"),
    Mutant("cluster insights under the key of aws", cluster, _ONE, _NO_KEY, "CKV_AWS_354"),
    Mutant("another cluster that is backed up", backed_up_cluster, "Plan/Added",
           {"resources.0": ELSEWHERE}, "CKV2_AWS_8"),
    Mutant("cluster can be deleted", cluster, _RESOURCE, {"deletion_protection": False}, "CKV_AWS_139"),
    *(
        Mutant(f"no word on an instance's {argument.replace('_', ' ')}", instance, _RESOURCE,
               {argument: None}, check)
        for argument, check in (
            ("storage_encrypted", "CKV_AWS_16"),
            ("iam_database_authentication_enabled", "CKV_AWS_161"),
            ("multi_az", "CKV_AWS_157"),
            ("copy_tags_to_snapshot", "CKV2_AWS_60"),
            ("auto_minor_version_upgrade", "CKV_AWS_226"),
            ("monitoring_interval", "CKV_AWS_118"),
            ("performance_insights_enabled", "CKV_AWS_353"),
            ("deletion_protection", "CKV_AWS_293"),
        )
    ),
    *(
        Mutant(f"no word on a cluster's {argument.replace('_', ' ')}", cluster, _RESOURCE,
               {argument: None}, check)
        for argument, check in (
            ("storage_encrypted", "CKV_AWS_96"),
            ("iam_database_authentication_enabled", "CKV_AWS_162"),
            ("copy_tags_to_snapshot", "CKV_AWS_313"),
            ("deletion_protection", "CKV_AWS_139"),
        )
    ),
    Mutant("storage under the key of aws", instance, _RESOURCE, {"kms_key_id": None}, "LF_CUSTOMER_KEY"),
    Mutant("password in the code", instance, _RESOURCE,
           {"manage_master_user_password": None, "password": "hunter2hunter2"}, "LF_SECRET_IN_CODE"),
    Mutant("guessable master", instance, _RESOURCE, {"username": "postgres"}, "LF_MASTER_NAME"),
    Mutant("no last snapshot", instance, _RESOURCE,
           {"skip_final_snapshot": True, "lifecycle": None, "final_snapshot_identifier": None},
           "LF_LAST_SNAPSHOT"),
    Mutant("tls left to clients of a cluster", cluster, "Db/Parameters",
           {f"{_TLS}.value": "0"}, "LF_CLUSTER_TLS"),
    Mutant("no logged statements", cluster, "Db/Parameters", _UNLOGGED, "LF_STATEMENT_LOGS"),
    Mutant("statements not logged", instance, "Db/Parameters", _UNLOGGED, "LF_STATEMENT_LOGS"),
    Mutant("old authority in a cluster", cluster, _ONE, {"ca_cert_identifier": "rds-ca-2019"},
           "LF_EXPIRED_AUTHORITY"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the constructs' own tests hold it."""

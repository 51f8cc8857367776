"""Deletion: what holds data is not lost to one plan, one click or one week's holiday.

AWS refuses to delete some resources while an argument says so; of others only Terraform knows that they are to stay
("The lifecycle Meta-Argument" of Terraform's documentation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landform.policies.rule import Judge, Rule, Verdict, at_least, by_type, must_be, must_not_be
from landform.policies.view import Block

_PREVENT_DESTROY = "lifecycle.prevent_destroy"

_PROTECTED: Mapping[str, Judge] = {
    "aws_cloudtrail_event_data_store": must_be("termination_protection_enabled", True, default=True),
    "aws_docdb_cluster": must_be("deletion_protection", True),
    "aws_dsql_cluster": must_be("deletion_protection_enabled", True),
    "aws_dynamodb_table": must_be("deletion_protection_enabled", True),
    "aws_neptune_cluster": must_be("deletion_protection", True),
    "aws_neptunegraph_graph": must_be("deletion_protection", True, default=True),
    "aws_rds_global_cluster": must_be("deletion_protection", True),
}
"""What can ask AWS to refuse its deletion; the databases that checkov asks are not asked twice."""

_KEPT_BY_TERRAFORM = (
    "aws_efs_file_system",
    "aws_eks_cluster",
    "aws_elasticsearch_domain",
    "aws_fsx_lustre_file_system",
    "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_windows_file_system",
    "aws_keyspaces_table",
    "aws_msk_cluster",
    "aws_opensearch_domain",
    "aws_redshift_cluster",
    "aws_sqs_queue",
    "aws_timestreamwrite_table",
)
"""What holds data that no configuration brings back, and that AWS deletes at once when it is told to.

Keys and secrets it keeps for days, a bucket or a vault for as long as something is in it.
"""

_REFUSES_WHILE_FULL: Mapping[str, Judge] = {
    "aws_athena_workgroup": must_not_be("force_destroy", True),
    "aws_backup_vault": must_not_be("force_destroy", True),
    "aws_ecr_repository": must_not_be("force_delete", True),
    "aws_ecrpublic_repository": must_not_be("force_destroy", True),
    "aws_route53_zone": must_not_be("force_destroy", True),
    "aws_s3_bucket": must_not_be("force_destroy", True),
    "aws_s3_directory_bucket": must_not_be("force_destroy", True),
}

_LAST_SNAPSHOT: Mapping[str, Judge] = {
    "aws_db_instance": must_not_be("skip_final_snapshot", True),
    "aws_docdb_cluster": must_not_be("skip_final_snapshot", True),
    "aws_fsx_ontap_volume": must_not_be("skip_final_backup", True),
    "aws_fsx_openzfs_file_system": must_not_be("skip_final_backup", True),
    "aws_fsx_windows_file_system": must_not_be("skip_final_backup", True),
    "aws_neptune_cluster": must_not_be("skip_final_snapshot", True),
    "aws_rds_cluster": must_not_be("skip_final_snapshot", True),
    "aws_redshift_cluster": must_not_be("skip_final_snapshot", True),
}

_WINDOW_DAYS = 30
_WINDOWS: Mapping[str, Judge] = {
    "aws_kms_external_key": at_least("deletion_window_in_days", _WINDOW_DAYS, default=_WINDOW_DAYS),
    "aws_kms_key": at_least("deletion_window_in_days", _WINDOW_DAYS, default=_WINDOW_DAYS),
    "aws_kms_replica_key": at_least("deletion_window_in_days", _WINDOW_DAYS, default=_WINDOW_DAYS),
    "aws_secretsmanager_secret": at_least("recovery_window_in_days", _WINDOW_DAYS, default=_WINDOW_DAYS),
}


def _last_snapshot(block: Block) -> Iterator[Verdict]:
    """RDS takes no last snapshot of a replica: its source has the data."""
    if not block.values("replicate_source_db"):
        yield from by_type(_LAST_SNAPSHOT)(block)


def _stays(block: Block) -> Iterator[Verdict]:
    """Either of the two will do for a machine, which holds data on its volumes at most."""
    if block.value(_PREVENT_DESTROY) is not True:
        yield from must_be("disable_api_termination", True)(block)


RULES = (
    Rule(
        id="LF_DELETION_PROTECTION",
        title="AWS refuses to delete a database",
        severity="medium",
        types=tuple(_PROTECTED),
        rationale="Without deletion protection one call, by a person or a tool, deletes the database; Terraform's "
        "prevent_destroy holds only where Terraform is asked.",
        remediation="Turn the service's own deletion protection on, as landform's `Table` and `AuroraCluster` do where "
        "the tier protects data.",
        judge=by_type(_PROTECTED),
        controls=("DynamoDB.6", "DocumentDB.5", "Neptune.4"),
        good=(
            {
                "aws_dynamodb_table": {"t": {"name": "t", "deletion_protection_enabled": True}},
                "aws_cloudtrail_event_data_store": {"e": {"name": "e"}},
            },
        ),
        bad=(
            {
                "aws_dynamodb_table": {"t": {"name": "t", "lifecycle": {"prevent_destroy": True}}},
                "aws_neptune_cluster": {"n": {"deletion_protection": False}},
            },
        ),
    ),
    Rule(
        id="LF_PREVENT_DESTROY",
        title="Terraform does not destroy what holds data",
        severity="low",
        types=_KEPT_BY_TERRAFORM,
        rationale="A renamed resource, or a changed argument that forces a replacement, is planned as a deletion; "
        "AWS carries it out, and what was stored there is gone or, at best, out of service.",
        remediation="Add lifecycle { prevent_destroy = true }, as landform's constructs do where the tier protects "
        "data.",
        judge=must_be(_PREVENT_DESTROY, True),
        good=({"aws_efs_file_system": {"f": {"encrypted": True, "lifecycle": {"prevent_destroy": True}}}},),
        bad=({"aws_efs_file_system": {"f": {"encrypted": True}}, "aws_sqs_queue": {"q": {"lifecycle": {}}}},),
    ),
    Rule(
        id="LF_FORCED_DELETION",
        title="Nothing is deleted together with what it holds",
        severity="medium",
        types=tuple(_REFUSES_WHILE_FULL),
        rationale="AWS refuses to delete a bucket, a repository, a vault or a zone that is not empty. The argument "
        "has Terraform empty it first, versions and all.",
        remediation="Leave force_destroy or force_delete out, as landform's `Bucket` and `Repository` do.",
        judge=by_type(_REFUSES_WHILE_FULL),
        good=(
            {"aws_s3_bucket": {"b": {"bucket": "b"}}, "aws_ecr_repository": {"r": {"force_delete": False}}},
        ),
        bad=(
            {
                "aws_s3_bucket": {"b": {"bucket": "b", "force_destroy": True}},
                "aws_ecr_repository": {"r": {"force_delete": "true"}},
            },
        ),
    ),
    Rule(
        id="LF_LAST_SNAPSHOT",
        title="A database that is deleted leaves a last snapshot",
        severity="medium",
        types=tuple(_LAST_SNAPSHOT),
        rationale="Automatic backups go with the database. A last snapshot is what remains of one that should not "
        "have been deleted.",
        remediation="Leave skip_final_snapshot out and name the snapshot in final_snapshot_identifier, as landform's "
        "`PostgresInstance` does where the tier protects data.",
        judge=_last_snapshot,
        good=(
            {
                "aws_db_instance": {
                    "primary": {"final_snapshot_identifier": "last"},
                    "replica": {
                        "replicate_source_db": "${aws_db_instance.primary.identifier}",
                        "skip_final_snapshot": True,
                    },
                },
                "aws_rds_cluster": {"c": {"skip_final_snapshot": False}},
            },
        ),
        bad=(
            {
                "aws_db_instance": {"d": {"skip_final_snapshot": True}},
                "aws_rds_cluster": {"c": {"skip_final_snapshot": True}},
            },
        ),
    ),
    Rule(
        id="LF_RECOVERY_WINDOW",
        title="A deleted key or secret can be brought back for 30 days",
        severity="low",
        types=tuple(_WINDOWS),
        rationale="What a monthly job reads is missed a month later. AWS waits for 30 days unless it is told less, "
        "and what is encrypted under a key that is gone cannot be read again.",
        remediation="Leave the number of days out, or set it to 30, as landform's `Key` and `Secret` do.",
        judge=by_type(_WINDOWS),
        good=(
            {"aws_kms_key": {"k": {}}, "aws_secretsmanager_secret": {"s": {"recovery_window_in_days": 30}}},
        ),
        bad=(
            {
                "aws_kms_key": {"k": {"deletion_window_in_days": 7}},
                "aws_secretsmanager_secret": {"s": {"recovery_window_in_days": 0}},
            },
        ),
    ),
    Rule(
        id="LF_TERMINATION_PROTECTION",
        title="A machine of its own is not ended by mistake",
        severity="low",
        types=("aws_instance",),
        rationale="A machine outside of an Auto Scaling group has nothing that brings it back, and its root volume is "
        "deleted with it.",
        remediation="Set disable_api_termination or prevent_destroy, as landform's `Instance` does where the tier "
        "protects data; or let an `AutoScalingGroup` start it.",
        judge=_stays,
        good=(
            {
                "aws_instance": {
                    "by-aws": {"disable_api_termination": True},
                    "by-terraform": {"lifecycle": {"prevent_destroy": True}},
                }
            },
        ),
        bad=(
            {"aws_instance": {"i": {"instance_type": "t3.micro"}, "j": {"disable_api_termination": False}}},
        ),
    ),
)

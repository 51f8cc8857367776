"""Arguments that protect, and types that protect by being there: the tables of ``lowered``.

A row is a pattern over ``type.path.of.argument``, where ``*`` in front is every type at whatever depth, and what two
values of it have to be for the second to protect less. Every pattern names an argument of the shipped schema.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Values = tuple[Any, ...]
Lowers = Callable[[Values, Values], bool]


@dataclass(frozen=True, slots=True)
class Guarded:
    """An argument that protects: a pattern over its type and path, and whether two values of it mean less protection.

    ``open`` says whether a value that is not known yet could be such: a reference to a key could not.
    """

    pattern: str
    lowers: Lowers
    open: bool = True


def _on(before: Values, after: Values) -> bool:
    return True in before and (not after or any(value is not True for value in after))


def _off(before: Values, after: Values) -> bool:
    return True in after and True not in before


def _fewer(before: Values, after: Values) -> bool:
    numbers, others = _numbers(before), _numbers(after)
    return bool(numbers) and (not others or min(others) < min(numbers))


def _fewer_unless_none(before: Values, after: Values) -> bool:
    """0 and nothing mean for ever."""
    longest = float("inf")
    was, will = (min((n or longest for n in _numbers(values)), default=longest) for values in (before, after))
    return will < was


def _sooner(before: Values, after: Values) -> bool:
    """Nothing means never."""
    longest = float("inf")
    return min(_numbers(after), default=longest) < min(_numbers(before), default=longest)


def _gone(before: Values, after: Values) -> bool:
    return any(value not in ("", {}) for value in before) and not any(
        value not in ("", {}) for value in after
    )


def _no_longer(*safe: object) -> Lowers:
    def lowers(before: Values, after: Values) -> bool:
        return any(value in safe for value in before) and not (
            after and all(value in safe for value in after)
        )

    return lowers


def _numbers(values: Values) -> list[float]:
    return [
        float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def _rows(lowers: Lowers, patterns: str, *, open: bool = True) -> tuple[Guarded, ...]:
    return tuple(Guarded(pattern, lowers, open) for pattern in patterns.split())


DELETION = (
    *_rows(
        _on,
        """
        *.deletion_protection *.deletion_protection_enabled *.enable_deletion_protection
        *.termination_protection *.termination_protection_enabled *.disable_api_termination
        *.disable_api_stop *.protect_from_scale_in aws_networkfirewall_firewall.*_protection
        """,
    ),
    *_rows(_no_longer("ACTIVE", "ENABLED"), "aws_cognito_user_pool.deletion_protection"),
    *_rows(
        _off,
        """
        *.force_destroy *.force_delete *.skip_final_snapshot *.skip_final_backup
        """,
    ),
    *_rows(_fewer, "*.deletion_window_in_days *.recovery_window_in_days"),
    *_rows(_gone, "*.final_snapshot_identifier *.final_snapshot_name"),
)
ENCRYPTION = (
    *_rows(
        _on,
        """
        *.storage_encrypted *.encrypted *.at_rest_encryption_enabled *.transit_encryption_enabled
        *.encrypt_at_rest.enabled *.node_to_node_encryption.enabled *.sqs_managed_sse_enabled
        *.server_side_encryption.enabled *.enable_key_rotation
        *.encryption_info.encryption_in_transit.in_cluster *.root_volume_encryption_enabled
        *.user_volume_encryption_enabled *.enforce_https
        *.tls_enabled aws_ebs_encryption_by_default.enabled *.ebs.encrypted *.bucket_key_enabled
        """,
    ),
    *_rows(
        _gone,
        """
        *.kms_key_id *.kms_key_arn *.kms_key *.kms_master_key_id *.encryption_key_arn
 *.encryption_configuration *.encryption_config *.server_side_encryption
        *.server_side_encryption_configuration
        """,
        open=False,
    ),
    *_rows(_no_longer("aws:kms", "aws:kms:dsse"), "aws_s3_*.sse_algorithm aws_s3_*.*.sse_algorithm"),
    *_rows(_no_longer("KMS"), "*.encryption_type *.encryption_configuration.encryption_type"),
    *_rows(
        _no_longer("TLS"),
        """
        *.encryption_in_transit.client_broker *.encryption_info.encryption_in_transit.client_broker
        """,
    ),
    *_rows(_no_longer("required"), "*.http_tokens *.metadata_options.http_tokens"),
    *_rows(
        _no_longer("redirect-to-https", "https-only"), "aws_cloudfront_distribution.*.viewer_protocol_policy"
    ),
    *_rows(_no_longer("HTTPS", "TLS"), "aws_lb_listener.protocol aws_alb_listener.protocol"),
)
LOGGING = (
    *_rows(
        _on,
        """
        *.enable_logging *.enable_log_file_validation *.is_multi_region_trail
        *.include_global_service_events aws_guardduty_detector.enable
        aws_config_configuration_recorder_status.is_enabled *.access_logs.enabled *.connection_logs.enabled
        *.performance_insights_enabled *.xray_tracing_enabled
        aws_redshift_cluster.logging.enable *.recording_group.all_supported
        *.recording_group.include_global_resource_types
        aws_cloudwatch_metric_alarm.actions_enabled
        """,
    ),
    *_rows(_fewer_unless_none, "aws_cloudwatch_log_group.retention_in_days"),
    *_rows(_fewer, "aws_cloudtrail_event_data_store.retention_period"),
    *_rows(
        _no_longer("ENABLED", "enabled"),
        """
        aws_guardduty_detector_feature.status aws_macie2_account.status
        *.configuration.execute_command_configuration.logging
        """,
    ),
    *_rows(
        _gone,
        """
        *.enabled_cloudwatch_logs_exports *.enabled_cluster_log_types *.access_log_settings
        *.log_publishing_options *.cloud_watch_logs_group_arn *.logging_config
        *.logging *.logging_info *.log_configuration
        """,
        open=False,
    ),
)
RECOVERY = (
    *_rows(
        _sooner,
        """
        aws_s3_bucket_lifecycle_configuration.rule.expiration.days
        aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_expiration.noncurrent_days
        aws_s3_bucket.lifecycle_rule.expiration.days
        """,
    ),
    *_rows(_off, "aws_dynamodb_table.ttl.enabled"),
    *_rows(
        _on,
        """
        *.point_in_time_recovery.enabled *.multi_az *.automatic_failover_enabled *.multi_az_enabled
        *.copy_tags_to_snapshot aws_s3_bucket.object_lock_enabled
         *.versioning.enabled
        """,
    ),
    *_rows(
        _fewer,
        """
        *.backup_retention_period *.snapshot_retention_limit *.automatic_backup_retention_days
        *.automated_snapshot_retention_period *.message_retention_seconds
        aws_kinesis_stream.retention_period *.lifecycle.delete_after *.min_retention_days
        *.rule.default_retention.days *.rule.default_retention.years *.recovery_period_in_days
        """,
    ),
    *_rows(
        _no_longer("Enabled", "ENABLED"),
        """
        aws_s3_bucket_versioning.versioning_configuration.status
        aws_s3_bucket_versioning.versioning_configuration.mfa_delete *.backup_policy.status
        aws_s3_bucket_replication_configuration.rule.status
        aws_s3_bucket.object_lock_configuration.object_lock_enabled
        """,
    ),
    *_rows(_no_longer("COMPLIANCE"), "*.rule.default_retention.mode"),
)

# Resources that are themselves the protection: to destroy one is to switch it off.
ENCRYPTION_TYPES = frozenset({
    "aws_s3_bucket_server_side_encryption_configuration", "aws_ebs_encryption_by_default", "aws_ebs_default_kms_key",
})  # fmt: skip
LOGGING_TYPES = frozenset({
    "aws_flow_log", "aws_cloudtrail", "aws_s3_bucket_logging", "aws_guardduty_detector",
    "aws_guardduty_detector_feature",
    "aws_guardduty_organization_configuration", "aws_config_configuration_recorder", "aws_config_delivery_channel",
    "aws_config_configuration_recorder_status", "aws_config_config_rule", "aws_config_organization_managed_rule",
    "aws_securityhub_account", "aws_securityhub_standards_subscription", "aws_macie2_account",
    "aws_accessanalyzer_analyzer", "aws_inspector2_enabler", "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_log_subscription_filter", "aws_wafv2_web_acl_logging_configuration", "aws_redshift_logging",
    "aws_route53_query_log", "aws_route53_resolver_query_log_config", "aws_kinesis_firehose_delivery_stream",
    "aws_detective_graph",
})  # fmt: skip
RECOVERY_TYPES = frozenset({
    "aws_s3_bucket_versioning", "aws_s3_bucket_object_lock_configuration", "aws_s3_bucket_replication_configuration",
    "aws_backup_plan", "aws_backup_selection", "aws_backup_vault_lock_configuration", "aws_backup_vault_policy",
    "aws_efs_backup_policy", "aws_efs_replication_configuration", "aws_dlm_lifecycle_policy",
    "aws_db_instance_automated_backups_replication", "aws_glacier_vault_lock",
})  # fmt: skip

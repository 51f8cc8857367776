"""Where the rules on data, machines and containers end: what they cannot tell, and what they must leave alone."""

import pytest

from landform.policies.engine import judged
from landform.policies.result import Crash, Result
from landform.policies.rules import OWN
from landform.policies.view import StackView


def said(rule, resources):
    """What a rule says of a stack of these resources."""
    return tuple(judged(StackView("a.s", {"resource": resources}), (OWN[rule],)))


def outcomes(rule, resources):
    """The outcome for each resource, by name."""
    results = (each for each in said(rule, resources) if isinstance(each, Result))
    return {result.address.rpartition(".")[2]: result.outcome for result in results}


class TestUndecided:
    @pytest.mark.parametrize(
        ("rule", "kind", "body"),
        [
            (
                "LF_CONTAINER_ROOT",
                "aws_ecs_task_definition",
                {"container_definitions": "${local.containers}"},
            ),
            ("LF_CONTAINER_PRIVILEGED", "aws_ecs_task_definition", {"container_definitions": "[{,"}),
            ("LF_GROUP_ZONES", "aws_autoscaling_group", {"vpc_zone_identifier": "${var.subnets}"}),
            ("LF_DEPLOYMENT_ROLLBACK", "aws_ecs_service", {"dynamic": {"deployment_circuit_breaker": {}}}),
            ("LF_CUSTOMER_KEY", "aws_ecs_cluster", {"dynamic": {"configuration": {}}}),
            ("LF_CLUSTER_TLS", "aws_rds_cluster_parameter_group", {"family": "${var.family}"}),
            ("LF_STATEMENT_LOGS", "aws_db_parameter_group", {"family": "${var.family}"}),
            ("LF_DELETION_PROTECTION", "aws_dynamodb_table", {"deletion_protection_enabled": "${var.on}"}),
        ],
    )
    def test_what_only_terraform_knows_is_no_pass(self, rule, kind, body):
        """It is a gap, with its reason."""
        crash, result = said(rule, {kind: {"x": body}})

        assert isinstance(crash, Crash)
        assert result.outcome == "unknown"


class TestSecrets:
    @pytest.mark.parametrize(
        ("kind", "body", "expected"),
        [
            ("aws_elasticache_user", {"authentication_mode": [{"passwords": ["correct-horse"]}]}, "failed"),
            ("aws_db_instance", {"password_wo": "correct-horse"}, "failed"),
            ("aws_rds_cluster", {"master_password": "${var.password}"}, "passed"),
            ("aws_redshiftserverless_namespace", {"admin_username": "ledger_owner"}, "passed"),
            ("aws_ssm_parameter", {"type": "SecureString", "value_wo": "eu-west-1"}, "passed"),
            ("aws_iot_authorizer", {"token_signing_public_keys": {"k": "public"}}, "passed"),
            ("aws_vpn_connection", {"tunnel1_preshared_key": "correct-horse"}, "failed"),
            ("aws_pinpoint_apns_channel", {"token_key_id": "ABC123"}, "passed"),
            ("google_sql_user", {"password": "correct-horse"}, "passed"),
        ],
    )
    def test_by_the_schema_of_aws(self, kind, body, expected):
        """In nested blocks and write-only arguments too; neither names, ids nor public keys, nor another provider's."""
        assert outcomes("LF_SECRET_IN_CODE", {kind: {"x": body}}) == {"x": expected}

    def test_the_message_holds_no_secret(self):
        """It says where one stands."""
        (result,) = said("LF_SECRET_IN_CODE", {"aws_db_instance": {"d": {"password": "correct-horse"}}})

        assert result.message == "aws_db_instance.d has a secret in the configuration, in password."
        assert result.keys == ("password",)


class TestKeys:
    def test_each_block_has_its_own(self):
        """One volume with a key does not speak for the other."""
        volumes = [{"kms_key_id": "${aws_kms_key.k.arn}"}, {"device_name": "/dev/xvdc"}]

        assert outcomes("LF_CUSTOMER_KEY", {"aws_instance": {"i": {"ebs_block_device": volumes}}}) == {
            "i": "failed"
        }

    def test_what_is_not_under_kms_is_another_rules(self):
        """checkov asks a repository for KMS."""
        repository = {"encryption_configuration": {"encryption_type": "AES256"}}

        assert outcomes("LF_CUSTOMER_KEY", {"aws_ecr_repository": {"r": repository}}) == {"r": "passed"}


class TestClusterTls:
    @pytest.mark.parametrize(
        ("family", "expected"),
        [
            ("aurora-postgresql9.6", "failed"),
            ("aurora5.6", "passed"),
            ("aurora-mysql5.7", "failed"),
            ("mysql8.0", "failed"),
        ],
    )
    def test_where_nothing_is_said(self, family, expected):
        """The engine's own default decides; an engine that has no such parameter is not judged."""
        groups = {"aws_rds_cluster_parameter_group": {"g": {"family": family}}}

        assert outcomes("LF_CLUSTER_TLS", groups) == {"g": expected}

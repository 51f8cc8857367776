"""The construct that would replace a resource somebody wrote by hand, and the findings that would go with it.

What would go is what the construct's table of controls claims, which tests confirm on the synthesised stack: nothing
is promised that is not held, nor what a tier has to ask for first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING

from landform.checks.finding import Finding
from landform.org.models import Sizing
from landform.policies.view import as_written

if TYPE_CHECKING:
    from landform.constructs.controls import Control

_RESOURCE = re.compile(r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?!module\.)(\w+)\.[\w-]+")

CONSTRUCTS: Mapping[str, tuple[str, str]] = {
    "aws_api_gateway_rest_api": ("apigateway", "RestApi"),
    "aws_api_gateway_stage": ("apigateway", "RestApi"),
    "aws_apigatewayv2_api": ("apigateway", "HttpApi"),
    "aws_autoscaling_group": ("autoscaling", "AutoScalingGroup"),
    "aws_backup_plan": ("backup", "BackupPlan"),
    "aws_backup_vault": ("backup", "BackupVault"),
    "aws_cloudfront_distribution": ("cloudfront", "Distribution"),
    "aws_cloudtrail": ("detective", "Trail"),
    "aws_cloudwatch_event_bus": ("events", "EventBus"),
    "aws_cloudwatch_event_rule": ("events", "Rule"),
    "aws_cloudwatch_log_group": ("logs", "LogGroup"),
    "aws_db_instance": ("rds", "PostgresInstance"),
    "aws_dynamodb_table": ("dynamodb", "Table"),
    "aws_ecr_repository": ("ecr", "Repository"),
    "aws_ecs_cluster": ("ecs", "Cluster"),
    "aws_ecs_service": ("ecs", "FargateService"),
    "aws_ecs_task_definition": ("ecs", "FargateService"),
    "aws_efs_file_system": ("efs", "FileSystem"),
    "aws_eks_cluster": ("eks", "EksCluster"),
    "aws_eks_node_group": ("eks", "NodeGroup"),
    "aws_elasticache_replication_group": ("elasticache", "RedisReplicationGroup"),
    "aws_iam_policy": ("iam", "Policy"),
    "aws_iam_role": ("iam", "Role"),
    "aws_iam_role_policy": ("iam", "Role"),
    "aws_instance": ("ec2", "Instance"),
    "aws_kms_key": ("kms", "Key"),
    "aws_lambda_function": ("lambda_", "Function"),
    "aws_lambda_function_url": ("lambda_", "FunctionUrl"),
    "aws_launch_template": ("ec2", "LaunchTemplate"),
    "aws_lb": ("elbv2", "LoadBalancer"),
    "aws_lb_listener": ("elbv2", "LoadBalancer"),
    "aws_opensearch_domain": ("opensearch", "OpenSearchDomain"),
    "aws_rds_cluster": ("rds", "AuroraCluster"),
    "aws_s3_bucket": ("s3", "Bucket"),
    "aws_secretsmanager_secret": ("secretsmanager", "Secret"),
    "aws_security_group": ("ec2", "SecurityGroup"),
    "aws_sfn_state_machine": ("stepfunctions", "StateMachine"),
    "aws_sns_topic": ("sns", "Topic"),
    "aws_sqs_queue": ("sqs", "Queue"),
    "aws_ssm_parameter": ("ssm", "Parameter"),
    "aws_vpc": ("ec2", "Vpc"),
    "aws_wafv2_web_acl": ("wafv2", "WebAcl"),
}
"""The service folder and the construct class that makes a resource of a type, among others."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A resource that a construct would replace.

    ``construct`` is what to import, as ``landform.constructs.s3.Bucket``. ``gone`` are the rules that its controls
    claim, of those that the resource breaks; ``left`` are the others.
    """

    stack: str
    address: str
    source: str
    construct: str
    gone: tuple[str, ...]
    left: tuple[str, ...]


def suggestions(findings: Iterable[Finding]) -> tuple[Suggestion, ...]:
    """What would replace the resources with findings, those that lose most first."""
    broken: dict[tuple[str, str, str], set[str]] = {}
    for finding in findings:
        address = as_written(finding.address)
        if terraform_type(address) in CONSTRUCTS:
            broken.setdefault((finding.stack, address, finding.source), set()).add(finding.rule)
    return tuple(sorted(_suggested(broken), key=lambda each: (-len(each.gone), each.stack, each.address)))


def terraform_type(address: str) -> str:
    """The resource type of an address; empty for what is no managed resource."""
    match = _RESOURCE.fullmatch(address)
    return match[1] if match else ""


def _suggested(broken: Mapping[tuple[str, str, str], set[str]]) -> Iterator[Suggestion]:
    for (stack, address, source), rules in broken.items():
        service, name = CONSTRUCTS[terraform_type(address)]
        controls = import_module(f"landform.constructs.{service}.controls").CONTROLS[name]
        claimed = {check for control in controls if _by_default(control) for check in control.checks}
        yield Suggestion(
            stack=stack,
            address=address,
            source=source,
            construct=f"landform.constructs.{service}.{name}",
            gone=tuple(sorted(rules & claimed)),
            left=tuple(sorted(rules - claimed)),
        )


def _by_default(control: Control) -> bool:
    """Whether a control holds in a tier that says nothing of its own."""
    section, _, setting = (control.tier or "").partition(".")
    return section != "sizing" or attrgetter(setting)(Sizing()) is not False

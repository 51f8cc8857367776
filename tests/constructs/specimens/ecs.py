"""Clusters and services."""

from __future__ import annotations

import json
from typing import Any

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.ecr import Repository
from landform.constructs.ecs import Cluster, FargateService
from landform.constructs.iam import Role, Trust
from landform.core import Construct

ARN = "arn:aws:ecs:eu-west-1:012345678901:service/apps/ledger"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A service with all it can have, one in its cluster, one in another stack's, and another stack's own."""
    image = Repository.from_name(scope, "Images", "ledger").image("1.4.2")
    cluster = Cluster(scope, "Cluster")
    shared = Cluster.from_name(scope, "Shared", "apps")
    service = FargateService(
        scope,
        "Service",
        vpc=vpc,
        image=image,
        cluster=cluster,
        port=8443,
        command=["serve"],
        environment={"STAGE": "prod"},
        writable_paths=["/tmp"],
    )
    FargateService(scope, "Guest", vpc=vpc, image=image, cluster=shared)
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    service.grants.describe(role)
    service.grants.update(role)
    imported = FargateService.from_name(scope, "Imported", "ledger", cluster=shared)
    imported.grants.describe(role)
    imported.grants.update(role)


def service(stack: AwsStack) -> None:
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20")
    image = Repository.from_name(stack, "Images", "ledger").image("1.4.2")
    FargateService(stack, "Service", vpc=vpc, image=image)


def cluster(stack: AwsStack) -> None:
    Cluster(stack, "Cluster")


def container(**settings: Any) -> dict[str, str]:
    """The definition of a container, with some settings of its own."""
    sound = {
        "name": "service",
        "image": "ledger:1",
        "readonlyRootFilesystem": True,
        "user": "1000:1000",
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    }
    return {"container_definitions": json.dumps([{**sound, **settings}])}


_EXEC = "configuration.0.execute_command_configuration.0"
_TASK = "Service/TaskDefinition"
_EFS = {"name": "shared", "efs_volume_configuration": [{"file_system_id": "fs-0a1b2c3d"}]}

MUTANTS = (
    Mutant("no insights", cluster, "Cluster/Resource", {"setting.0.value": "disabled"}, "CKV_AWS_65"),
    Mutant("insights as aws has them", cluster, "Cluster/Resource", {"setting": None}, "CKV_AWS_65"),
    Mutant("commands not logged", cluster, "Cluster/Resource", {f"{_EXEC}.logging": "NONE"}, "CKV_AWS_223"),
    Mutant("commands without key", cluster, "Cluster/Resource", {f"{_EXEC}.kms_key_id": None}, "CKV_AWS_224"),
    Mutant("command log not encrypted", cluster, "Cluster/Resource",
           {f"{_EXEC}.log_configuration.0.cloud_watch_encryption_enabled": False}, "CKV_AWS_224"),
    Mutant("root that is written", service, _TASK, container(readonlyRootFilesystem=False), "CKV_AWS_336"),
    Mutant("root as docker has it", service, _TASK, container(readonlyRootFilesystem=None), "CKV_AWS_336"),
    Mutant("processes of the host", service, _TASK, container(pidMode="host"), "CKV_AWS_335"),
    Mutant("one role for both", service, _TASK,
           {"task_role_arn": "arn:aws:iam::012345678901:role/both",
            "execution_role_arn": "arn:aws:iam::012345678901:role/both"}, "CKV_AWS_249"),
    Mutant("public tasks", service, "Service/Resource",
           {"network_configuration.0.assign_public_ip": True}, "CKV_AWS_333"),
    Mutant("old platform", service, "Service/Resource", {"platform_version": "1.3.0"}, "CKV_AWS_332"),
    Mutant("file system without tls", service, _TASK, {"volume": [_EFS]}, "CKV_AWS_97"),
    Mutant("tasks logged without key", service, "Service/Logs/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("task logs for ever", service, "Service/Logs/Resource", {"retention_in_days": None}, "CKV_AWS_66"),
    Mutant("privileged container", service, _TASK, container(privileged=True), "LF_CONTAINER_PRIVILEGED"),
    Mutant("container of root", service, _TASK, container(user="root"), "LF_CONTAINER_ROOT"),
    Mutant("container with every capability", service, _TASK, container(linuxParameters=None),
           "LF_CONTAINER_CAPABILITIES"),
    Mutant("credentials among the variables", service, _TASK,
           container(environment=[{"name": "AWS_SECRET_ACCESS_KEY", "value": "x"}]),
           "LF_CONTAINER_CREDENTIALS"),
    Mutant("shell into containers", service, "Service/Resource", {"enable_execute_command": True},
           "LF_CONTAINER_SHELL"),
    Mutant("deployment that stays broken", service, "Service/Resource", {"deployment_circuit_breaker": None},
           "LF_DEPLOYMENT_ROLLBACK"),
    Mutant("tasks on aws's key", cluster, "Cluster/Resource",
           {"configuration.0.managed_storage_configuration": None}, "LF_CUSTOMER_KEY"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

"""Containers: what a task may do, how a service is deployed, who rules a Kubernetes cluster.

A task's containers are an array of JSON in ``container_definitions`` ("Task definition parameters" of the ECS guide).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landform.policies.rule import (
    Breach,
    Judge,
    Rule,
    Undecided,
    Verdict,
    must_be,
    must_have_beside,
    must_not_be,
)
from landform.policies.view import Block, is_known

Container = Mapping[str, Any]

_DEFINITIONS = "container_definitions"
_CREDENTIALS = frozenset(
    {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ECS_ENGINE_AUTH_DATA"}
)


def _each_container(is_wrong: Callable[[Container], bool], message: str, *, linux: bool = False) -> Judge:
    """Every container of a task is right. ``linux``: what it asks is nothing that Windows has."""

    def judge(block: Block) -> Iterator[Verdict]:
        if linux and str(block.value("runtime_platform.operating_system_family")).startswith("WINDOWS"):
            return
        containers = block.documents(_DEFINITIONS)
        if not containers:
            yield Undecided(f"{_DEFINITIONS} cannot be read before the plan")
        elif any(map(is_wrong, containers)):
            yield Breach(message, (_DEFINITIONS,))

    return judge


def _is_root(container: Container) -> bool:
    user, _, _ = str(container.get("user") or "root").partition(":")
    return user in ("root", "0")


def _keeps_capabilities(container: Container) -> bool:
    dropped = _mapping(_mapping(container.get("linuxParameters")).get("capabilities")).get("drop")
    return not isinstance(dropped, list) or "ALL" not in {str(name).upper() for name in dropped}


def _holds_credentials(container: Container) -> bool:
    variables = container.get("environment")
    return isinstance(variables, list) and any(
        _mapping(variable).get("name") in _CREDENTIALS for variable in variables
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rolls_back(block: Block) -> Iterator[Verdict]:
    """CodeDeploy and other controllers have ways of their own; alarms roll back as well as the circuit breaker does."""
    controller = block.value("deployment_controller.type")
    breakers = [*block.values("deployment_circuit_breaker.rollback"), *block.values("alarms.rollback")]
    if (is_known(controller) and controller not in (None, "ECS")) or True in breakers:
        return
    if not all(map(is_known, (controller, *breakers))):
        yield Undecided("whether a deployment is rolled back is known only to Terraform")
    else:
        yield Breach("does not roll a failed deployment back", ("deployment_circuit_breaker.rollback",))


def _task(name: str, **container: Any) -> dict[str, Any]:
    """A task of one container, for the examples."""
    return {name: {"family": name, _DEFINITIONS: json.dumps([{"name": name, **container}])}}


RULES = (
    Rule(
        id="LF_CONTAINER_PRIVILEGED",
        title="No container is privileged",
        severity="high",
        types=("aws_ecs_task_definition",),
        rationale="A privileged container has the rights of root on the machine below it, and with them every other "
        "task there.",
        remediation="Leave privileged out of the container's definition, as landform's `FargateService` does.",
        judge=_each_container(
            lambda container: container.get("privileged") is True, "has a privileged container"
        ),
        controls=("ECS.4",),
        good=({"aws_ecs_task_definition": _task("t", privileged=False)},),
        bad=({"aws_ecs_task_definition": _task("t", privileged=True)},),
    ),
    Rule(
        id="LF_CONTAINER_ROOT",
        title="A container runs as a user that is not root",
        severity="medium",
        types=("aws_ecs_task_definition",),
        rationale="Whoever breaks out of a process of root is root, in the container and in what the container "
        "mounts; an image without a user has root's.",
        remediation="Name a user in the container's definition, as landform's `FargateService` does.",
        judge=_each_container(_is_root, "has a container that runs as root", linux=True),
        controls=("ECS.20",),
        good=(
            {
                "aws_ecs_task_definition": {
                    **_task("t", user="1000:1000"),
                    "windows": {
                        "runtime_platform": [{"operating_system_family": "WINDOWS_SERVER_2022_CORE"}],
                        _DEFINITIONS: '[{"name": "w"}]',
                    },
                }
            },
        ),
        bad=({"aws_ecs_task_definition": {**_task("t", user="0:1000"), **_task("u")}},),
    ),
    Rule(
        id="LF_CONTAINER_CAPABILITIES",
        title="A container has no capability that it does not name",
        severity="low",
        types=("aws_ecs_task_definition",),
        rationale="Docker gives a container fourteen of root's powers, of which most programs need none, and each "
        "is a way on for whoever breaks into one.",
        remediation="Drop ALL in linuxParameters.capabilities, as landform's `FargateService` does.",
        judge=_each_container(
            _keeps_capabilities, "has a container that keeps Docker's capabilities", linux=True
        ),
        good=({"aws_ecs_task_definition": _task("t", linuxParameters={"capabilities": {"drop": ["ALL"]}})},),
        bad=(
            {
                "aws_ecs_task_definition": {
                    **_task("t"),
                    **_task("u", linuxParameters={"capabilities": {"drop": ["MKNOD"]}}),
                }
            },
        ),
    ),
    Rule(
        id="LF_CONTAINER_CREDENTIALS",
        title="No credentials stand among a container's variables",
        severity="high",
        types=("aws_ecs_task_definition",),
        rationale="Whoever may describe a task definition reads its variables, and so does every process of the "
        "container; keys of AWS's that stand there do not expire.",
        remediation="Give the task a role, and secrets by reference: landform's `FargateService` takes `secrets`.",
        judge=_each_container(_holds_credentials, "has credentials among the variables of a container"),
        controls=("ECS.8",),
        good=({"aws_ecs_task_definition": _task("t", environment=[{"name": "STAGE", "value": "prod"}])},),
        bad=(
            {
                "aws_ecs_task_definition": _task(
                    "t", environment=[{"name": "AWS_ACCESS_KEY_ID", "value": "x"}]
                )
            },
        ),
    ),
    Rule(
        id="LF_CONTAINER_SHELL",
        title="Nobody opens a shell in a running container",
        severity="low",
        types=("aws_ecs_service",),
        rationale="ECS Exec gives whoever may call it the task's role and what is in its memory; what is changed "
        "that way is in no image.",
        remediation="Leave enable_execute_command out, as landform's `FargateService` does.",
        judge=must_not_be("enable_execute_command", True),
        good=({"aws_ecs_service": {"s": {"name": "s"}}},),
        bad=({"aws_ecs_service": {"s": {"enable_execute_command": True}}},),
    ),
    Rule(
        id="LF_DEPLOYMENT_ROLLBACK",
        title="A deployment that fails is rolled back",
        severity="low",
        types=("aws_ecs_service",),
        rationale="Without a circuit breaker or alarms ECS starts tasks that fail again and again, and the service "
        "stays with what of the old version is left.",
        remediation="Add deployment_circuit_breaker with enable and rollback, as landform's `FargateService` does.",
        judge=_rolls_back,
        good=(
            {
                "aws_ecs_service": {
                    "s": {"deployment_circuit_breaker": {"enable": True, "rollback": True}},
                    "by-codedeploy": {"deployment_controller": {"type": "CODE_DEPLOY"}},
                }
            },
        ),
        bad=(
            {
                "aws_ecs_service": {
                    "s": {"name": "s"},
                    "t": {"deployment_circuit_breaker": [{"enable": True, "rollback": False}]},
                }
            },
        ),
    ),
    Rule(
        id="LF_IMAGES_EXPIRE",
        title="A repository lets old images go",
        severity="low",
        types=("aws_ecr_repository",),
        rationale="Images that nobody uses are paid for and can still be started, with every hole that was found in "
        "them since.",
        remediation="Add an aws_ecr_lifecycle_policy, as landform's `Repository` does for untagged images.",
        judge=must_have_beside("aws_ecr_lifecycle_policy", "repository"),
        controls=("ECR.3",),
        good=(
            {
                "aws_ecr_repository": {"r": {"name": "r"}},
                "aws_ecr_lifecycle_policy": {"p": {"repository": "${aws_ecr_repository.r.name}"}},
            },
        ),
        bad=({"aws_ecr_repository": {"r": {"name": "r"}}},),
    ),
    Rule(
        id="LF_CLUSTER_CREATOR",
        title="Who makes a Kubernetes cluster does not rule it for that",
        severity="medium",
        types=("aws_eks_cluster",),
        rationale="EKS makes the role that creates a cluster its administrator, which is often the pipeline's, and no "
        "list of access entries shows it.",
        remediation="Set bootstrap_cluster_creator_admin_permissions = false, as landform's `EksCluster` does, and "
        "give administrators an access entry.",
        judge=must_be("access_config.bootstrap_cluster_creator_admin_permissions", False, default=True),
        good=(
            {
                "aws_eks_cluster": {
                    "c": {"access_config": [{"bootstrap_cluster_creator_admin_permissions": False}]}
                }
            },
        ),
        bad=({"aws_eks_cluster": {"c": {"name": "c"}}},),
    ),
    Rule(
        id="LF_CLUSTER_ACCESS_ENTRIES",
        title="Access to a Kubernetes cluster is by access entries alone",
        severity="low",
        types=("aws_eks_cluster",),
        rationale="The aws-auth config map is changed from inside the cluster, where neither IAM nor CloudTrail sees "
        "who let whom in.",
        remediation='Set authentication_mode = "API", as landform\'s `EksCluster` does.',
        judge=must_be("access_config.authentication_mode", "API", default="CONFIG_MAP"),
        good=({"aws_eks_cluster": {"c": {"access_config": {"authentication_mode": "API"}}}},),
        bad=(
            {
                "aws_eks_cluster": {
                    "c": {"access_config": {"authentication_mode": "API_AND_CONFIG_MAP"}},
                    "d": {"name": "d"},
                }
            },
        ),
    ),
    Rule(
        id="LF_CLUSTER_SUPPORT",
        title="A Kubernetes cluster does not slide into extended support",
        severity="info",
        types=("aws_eks_cluster",),
        rationale="After its standard support a version costs six times as much an hour, until somebody raises it; "
        "with standard support AWS raises it.",
        remediation='Set support_type = "STANDARD" in upgrade_policy, as landform\'s `EksCluster` does.',
        judge=must_be("upgrade_policy.support_type", "STANDARD", default="EXTENDED"),
        good=({"aws_eks_cluster": {"c": {"upgrade_policy": [{"support_type": "STANDARD"}]}}},),
        bad=({"aws_eks_cluster": {"c": {"name": "c"}}},),
    ),
    Rule(
        id="LF_NODE_REPAIR",
        title="A node that fails is replaced",
        severity="low",
        types=("aws_eks_node_group",),
        rationale="Kubernetes moves pods away from a node that does not answer, and without repair the group is one "
        "node smaller until somebody sees it.",
        remediation="Add node_repair_config with enabled = true, as landform's `NodeGroup` does.",
        judge=must_be("node_repair_config.enabled", True),
        good=({"aws_eks_node_group": {"n": {"node_repair_config": {"enabled": True}}}},),
        bad=({"aws_eks_node_group": {"n": {"node_group_name": "n"}}},),
    ),
)

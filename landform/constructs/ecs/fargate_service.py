"""A service on Fargate. Follows "Security in Amazon ECS" and "Task definition parameters" of the ECS guide."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import get_args

from landform.constructs.ec2.connections import Connectable, Connections
from landform.constructs.ec2.reach import reach_aws
from landform.constructs.ec2.security_group import SecurityGroup
from landform.constructs.ec2.subnets import Subnet
from landform.constructs.ec2.targets import TargetGroup, checked_target_group
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.ecr import ContainerImage
from landform.constructs.ecs.cluster import AnyCluster, Cluster
from landform.constructs.ecs.container import ContainerSettings, SecretSource, grant_read
from landform.constructs.ecs.grants import DESCRIBE, UPDATE
from landform.constructs.ecs.limits import DESIRED_COUNT, FARGATE_SIZES, SERVICE_NAME, Architecture, Cpu
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.iam import Role, Trust
from landform.constructs.logs import LogGroup
from landform.constructs.naming import kebab
from landform.constructs.stack import AwsStack
from landform.core import Construct, Input, Lazy
from landform.core.values import resolve
from landform.errors import Code, LandformError
from landform.resources.aws.ecs_service import (
    DeploymentCircuitBreaker,
    EcsService,
    LoadBalancer,
    NetworkConfiguration,
)
from landform.resources.aws.ecs_task_definition import EcsTaskDefinition, RuntimePlatform, Volume

TASKS = "ecs-tasks.amazonaws.com"


class FargateService(Construct):
    """Tasks of one container, kept running in the private subnets of a VPC.

    The container writes to its log and to ``writable_paths`` alone, runs as a user that is not root, and gets its
    secrets by reference. ECS Exec would need a root file system that can be written, so there is no shell.

    Args:
        vpc: where the tasks run.
        image: what they run: ``repository.image("1.4.2")``, which is then granted to be pulled.
        cluster: one of its own is made unless given.
        port: what the container listens on, for ``connections`` and load balancers.
        cpu: in 1,024ths of a processor.
        memory_mib: what Fargate has for that CPU.
        architecture: of the processor, and of the image.
        desired_count: how many tasks; one a zone of the tier unless given.
        command: in place of the image's own.
        user: number or name, and group.
        environment: plain variables, by name.
        secrets: a ``Secret`` or a ``Parameter`` by the name of the variable that holds its value.
        writable_paths: directories that are empty when a task starts, and gone when it ends.

    Raises:
        LandformError: ``argument-value`` for a size that Fargate does not have, a user that is root, credentials
            or two values of one name among the variables, and what ECS would refuse.

    >>> image = Repository(stack, "Images").image("1.4.2")
    >>> ledger = FargateService(stack, "Ledger", vpc=vpc, image=image, port=8443)
    >>> bucket = Bucket(stack, "Entries")
    >>> bucket.grants.read_objects(ledger.role, prefix="in/").verb
    'read_objects'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        image: ContainerImage,
        cluster: AnyCluster | None = None,
        port: int | None = None,
        cpu: Cpu = 256,
        memory_mib: int = 512,
        architecture: Architecture = "X86_64",
        desired_count: int | None = None,
        command: Sequence[str] = (),
        user: str = "1000:1000",
        environment: Mapping[str, Input[str]] | None = None,
        secrets: Mapping[str, SecretSource] | None = None,
        writable_paths: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        self._stack = stack = AwsStack.of(self)
        count = stack.tier.sizing.az_count if desired_count is None else desired_count
        DESIRED_COUNT.checked(count, self.node.place)
        self._container = ContainerSettings(
            image, port, user, command, environment or {}, secrets or {}, writable_paths
        )
        self._container.check(self.node.place)
        self._check_size(cpu, memory_mib, architecture)
        self.vpc = vpc
        self.cluster = cluster or Cluster(self, "Cluster")
        self.service_name = stack.physical_name(self, 255)
        self.arn = stack.arn("ecs", f"service/{self.cluster.cluster_name}/{self.service_name}")
        self.log_group = LogGroup(self, "Logs", key=self.cluster.key)
        self.role = self._task_role("Role", "What the containers may do.")
        self.execution_role = self._task_role("ExecutionRole", "Starts the tasks: image, secrets, log.")
        self._grant_start()
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"Tasks of {self.node.id}"
        )
        self.connections = Connections(self.security_group, port=port)
        reach_aws(self.connections, vpc)
        self.task_definition = self._task_definition(cpu, memory_mib, architecture)
        self._load_balancers: list[LoadBalancer] = []
        self.resource = self._service(count)
        self.grants = ServiceGrants(Target(self, self.arn))

    @staticmethod
    def from_name(
        scope: Construct, id: str, service_name: str, *, cluster: AnyCluster
    ) -> ImportedFargateService:
        """A service that another stack makes in this account and region, to grant on.

        Its tasks are reached by ``SecurityGroup.from_id``, and granted to by ``Role.from_arn``.

        Raises:
            LandformError: ``argument-value`` for a name that ECS would refuse.
        """
        return ImportedFargateService(scope, id, service_name, cluster=cluster)

    def add_target_group(self, target_group: TargetGroup, *, behind: Connectable | None = None) -> None:
        """Register the tasks with a target group.

        Args:
            target_group: of addresses (``target_type="ip"``).
            behind: its load balancer, which is let in and made first: ECS refuses a target group that no load
                balancer forwards to yet.

        Raises:
            LandformError: ``argument-value`` for what is no target group, and where the service has no port.
        """
        port = self._container.port
        if port is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The service listens on no port that a load balancer could forward to.",
                place=self.node.here,
                given="no port",
                fix="Pass port to the FargateService.",
            )
        checked_target_group(target_group, self.node.place)
        self._load_balancers.append(
            LoadBalancer(
                target_group_arn=target_group.arn, container_name=self._container_name, container_port=port
            )
        )
        self.resource.arguments["load_balancer"] = [block.arguments for block in self._load_balancers]
        self.resource.arguments["health_check_grace_period_seconds"] = 60
        if behind is not None:
            self.connections.allow_from(behind)
            if isinstance(behind, Construct):
                self.resource.depends_on.append(behind)

    @property
    def _container_name(self) -> str:
        return kebab(self.node.id) or "app"

    def _task_role(self, id: str, description: str) -> Role:
        trust = Trust.service(TASKS, source_arn=self._stack.arn("ecs", "*"))
        return Role(self, id, trust=[trust], description=description)

    def _grant_start(self) -> None:
        self.log_group.grants.write(self.execution_role)
        repository = self._container.image.repository
        if repository is not None:
            repository.grants.pull(self.execution_role)
        for source in self._container.secrets.values():
            grant_read(source, self.execution_role, self.node.place)

    def _task_definition(self, cpu: Cpu, memory_mib: int, architecture: Architecture) -> EcsTaskDefinition:
        return EcsTaskDefinition(
            self,
            "TaskDefinition",
            family=self.service_name,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(cpu),
            memory=str(memory_mib),
            runtime_platform=RuntimePlatform(cpu_architecture=architecture, operating_system_family="LINUX"),
            task_role_arn=self.role.arn,
            execution_role_arn=self.execution_role.arn,
            container_definitions=Lazy(self._definitions),
            volume=[Volume(name=name) for name in self._container.volumes],
            # The ARNs are literal, so nothing else tells Terraform what must be there first.
            depends_on=[self.log_group, self.role, self.execution_role],
        )

    def _definitions(self) -> str:
        definition = self._container.definition(
            self._container_name,
            log_group_name=self.log_group.log_group_name,
            region=self._stack.region,
        )
        return json.dumps([resolve(definition, self.task_definition)], separators=(",", ":"))

    def _service(self, count: int) -> EcsService:
        return EcsService(
            self,
            "Resource",
            name=self.service_name,
            cluster=self.cluster.arn,
            task_definition=self.task_definition.arn,
            desired_count=count,
            launch_type="FARGATE",
            platform_version="LATEST",
            network_configuration=NetworkConfiguration(
                assign_public_ip=False,
                subnets=[subnet.subnet_id for subnet in self._subnets()],
                security_groups=[self.security_group.security_group_id],
            ),
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            availability_zone_rebalancing="ENABLED",
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker=DeploymentCircuitBreaker(enable=True, rollback=True),
            depends_on=[self.cluster],
        )

    def _subnets(self) -> Sequence[Subnet]:
        if self.vpc.private_subnets:
            return self.vpc.private_subnets
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The VPC has no private subnet to run tasks in.",
            place=self.node.place,
            given=f"{self.vpc.node.path} without private subnets",
            fix="Name the VPC's private_subnets where it is imported.",
        )

    def _check_size(self, cpu: Cpu, memory_mib: int, architecture: Architecture) -> None:
        sizes = FARGATE_SIZES.get(cpu, ())
        if memory_mib not in sizes:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Fargate has no task of this size.",
                place=self.node.place,
                given=f"cpu {cpu!r} with {memory_mib!r} MiB",
                expected=f"one of {', '.join(map(str, sizes))} MiB"
                if sizes
                else f"cpu of {', '.join(map(str, FARGATE_SIZES))}",
            )
        if architecture not in get_args(Architecture):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Fargate has no such processor.",
                place=self.node.place,
                given=repr(architecture),
                expected=" or ".join(get_args(Architecture)),
            )


class ImportedFargateService(Construct):
    """A service that another stack makes in this account and region."""

    def __init__(self, scope: Construct, id: str, service_name: str, *, cluster: AnyCluster) -> None:
        super().__init__(scope, id)
        self.service_name = SERVICE_NAME.checked(service_name, self.node.place)
        self.arn = AwsStack.of(self).arn("ecs", f"service/{cluster.cluster_name}/{service_name}")
        self.grants = ServiceGrants(Target(self, self.arn, imported=True))


class ServiceGrants(ResourceGrants):
    """What may be granted on a service."""

    def describe(self, principal: Grantee) -> Grant:
        """Read the service's state and its deployments."""
        return self._grant(DESCRIBE, principal)

    def update(self, principal: Grantee) -> Grant:
        """Deploy it anew, or run more or fewer tasks."""
        return self._grant(UPDATE, principal)

"""Nodes. Follows "Managed node groups" and "Customize managed nodes with launch templates" of the EKS guide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from landform.constructs.ec2.hardened_template import HardenedTemplate
from landform.constructs.ec2.limits import INSTANCE_TYPE
from landform.constructs.ec2.machine import SSM_POLICY, let_launch
from landform.constructs.ec2.machine_image import is_graviton
from landform.constructs.eks.cluster import EksCluster
from landform.constructs.eks.limits import NODE_VOLUME_GIB, NODES, CapacityType
from landform.constructs.iam import Role, Trust
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle
from landform.errors import Code, LandformError, did_you_mean
from landform.resources.aws.eks_node_group import (
    EksNodeGroup,
    LaunchTemplate,
    NodeRepairConfig,
    ScalingConfig,
    UpdateConfig,
)

# "Amazon EKS node IAM role"; the last one is how a node is reached.
NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
    SSM_POLICY,
)
AMI_TYPES: Mapping[bool, str] = {False: "AL2023_x86_64_STANDARD", True: "AL2023_ARM_64_STANDARD"}

_SERVICE_ROLE = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


class NodeGroup(Construct):
    """Machines that a cluster's pods run on, of Amazon Linux 2023, in the cluster's private subnets.

    EKS starts them by the account's own role of Auto Scaling, AWSServiceRoleForAutoScaling, which the key of the
    volumes lets in: it must exist, and does where the account had an Auto Scaling group before.

    Args:
        cluster: whose nodes they are.
        instance_types: families and sizes of one processor, the preferred first.
        min_size: how many there are at least; one a zone of the tier unless given.
        max_size: how many there are at most; twice ``min_size`` unless given.
        capacity_type: ``ON_DEMAND`` or ``SPOT``.
        labels: of Kubernetes, for pods to choose nodes by.
        key: the key of the volumes; the cluster's unless given.
        volume_gib: the root volume in GiB, 20 to 16,384.

    Raises:
        LandformError: ``argument-value`` for types of two processors, and for sizes, types or volumes that AWS
            would refuse.

    >>> cluster = EksCluster(stack, "Apps", vpc=vpc)
    >>> nodes = NodeGroup(stack, "Nodes", cluster=cluster, instance_types=["m7g.large"])
    >>> nodes.min_size, nodes.max_size
    (3, 6)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: EksCluster,
        instance_types: Sequence[str] = ("m7i.large",),
        min_size: int | None = None,
        max_size: int | None = None,
        capacity_type: CapacityType = "ON_DEMAND",
        labels: Mapping[str, str] | None = None,
        key: AnyKey | None = None,
        volume_gib: int = 40,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        least = stack.tier.sizing.az_count if min_size is None else min_size
        self.min_size = NODES.checked(least, place)
        self.max_size = NODES.checked(max(2 * least, 1) if max_size is None else max_size, place)
        ami_type = self._checked(instance_types, capacity_type)
        NODE_VOLUME_GIB.checked(volume_gib, place)
        self.role = Role(
            self,
            "Role",
            trust=[Trust.service("ec2.amazonaws.com")],
            description=f"Nodes of {cluster.cluster_name}.",
            managed_policies=NODE_POLICIES,
        )
        self.launch_template = _NodeTemplate(
            self, "Template", cluster=cluster, key=key or cluster.key, volume_gib=volume_gib
        )
        let_launch(self.launch_template.key, stack.arn("iam", _SERVICE_ROLE, region=""))
        self.node_group_name = stack.physical_name(self, 63)
        self.resource = EksNodeGroup(
            self,
            "Resource",
            cluster_name=cluster.resource.name,
            node_group_name=self.node_group_name,
            node_role_arn=self.role.arn,
            subnet_ids=[subnet.subnet_id for subnet in cluster.vpc.private_subnets],
            ami_type=ami_type,
            capacity_type=capacity_type,
            instance_types=instance_types,
            labels=labels or None,
            version=cluster.resource.version,
            scaling_config=ScalingConfig(
                min_size=self.min_size, max_size=self.max_size, desired_size=max(self.min_size, 1)
            ),
            update_config=UpdateConfig(max_unavailable_percentage=33),
            node_repair_config=NodeRepairConfig(enabled=True),
            launch_template=LaunchTemplate(
                id=self.launch_template.launch_template_id, version=self.launch_template.latest_version
            ),
            # A node that has no role cannot join; one that loses it cannot leave.
            depends_on=[self.role],
            # How many there are is the autoscaler's to say.
            lifecycle=Lifecycle(ignore_changes=["scaling_config[0].desired_size"]),
        )

    def _checked(self, instance_types: Sequence[str], capacity_type: CapacityType) -> str:
        place = self.node.place
        if self.min_size > self.max_size or not self.max_size:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A group cannot have more nodes at least than at most, and not none.",
                place=place,
                given=f"min_size {self.min_size}, max_size {self.max_size}",
                expected="min_size up to max_size, max_size 1 or more",
            )
        if capacity_type not in get_args(CapacityType):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "EKS has no such capacity.",
                place=place,
                given=repr(capacity_type),
                expected=" or ".join(get_args(CapacityType)),
                fix=did_you_mean(str(capacity_type), get_args(CapacityType)),
            )
        types = [instance_types] if isinstance(instance_types, str) else [*instance_types]
        processors = {is_graviton(INSTANCE_TYPE.checked(each, place)) for each in types}
        if isinstance(instance_types, str) or len(processors) != 1:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Nodes of one group have one image, and so one processor.",
                place=place,
                given=repr(instance_types),
                expected="a list of instance types, all Graviton or all not",
            )
        return AMI_TYPES[processors.pop()]


class _NodeTemplate(HardenedTemplate):
    """What a node is started as; image and instance profile are EKS's to add."""

    def __init__(
        self, scope: Construct, id: str, *, cluster: EksCluster, key: AnyKey, volume_gib: int
    ) -> None:
        super().__init__(scope, id)
        self._make(key=key, volume_gib=volume_gib, security_group_ids=[cluster.node_security_group_id])

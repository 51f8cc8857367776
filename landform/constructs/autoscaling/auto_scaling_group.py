"""A group of machines. Follows "Auto Scaling groups" and "Service-linked roles" of the EC2 Auto Scaling guide."""

from __future__ import annotations

from landform.constructs.autoscaling.limits import GROUP_SIZE, LIFETIME_DAYS
from landform.constructs.ec2.launch_template import AnyLaunchTemplate
from landform.constructs.ec2.machine import let_launch
from landform.constructs.ec2.targets import TargetGroup, checked_target_group
from landform.constructs.iam import ImportedRole, Role
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.autoscaling_group import AutoscalingGroup as AwsAutoscalingGroup
from landform.resources.aws.autoscaling_group import (
    InstanceRefresh,
    InstanceRefreshPreferences,
    LaunchTemplate,
)
from landform.resources.aws.iam_service_linked_role import IamServiceLinkedRole

SERVICE = "autoscaling.amazonaws.com"
# Of the 64 characters of a role's name, AWSServiceRoleForAutoScaling_ takes 29.
_SUFFIX_LENGTH = 35

_DAY = 86_400
_WARM_UP_SECONDS = 300

# "Amazon CloudWatch metrics for Amazon EC2 Auto Scaling": those of the group itself, which cost nothing.
METRICS = (
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
)


class AutoScalingGroup(Construct):
    """A group of machines of one launch template, over the private subnets of its VPC.

    A changed template replaces the machines a few at a time, and age does too, so that what runs has an image
    of this month.

    Args:
        launch_template: what the machines are started as.
        min_size: how many there are at least; one a zone of the tier unless given.
        max_size: how many there are at most; twice ``min_size`` unless given.
        max_lifetime_days: how long one machine lives, 1 to 365 days.

    Raises:
        LandformError: ``argument-value`` for sizes or days that AWS would refuse, and where the template's VPC has
            no private subnet.

    >>> template = LaunchTemplate(stack, "Workers", vpc=vpc, port=8080)
    >>> workers = AutoScalingGroup(stack, "Group", launch_template=template)
    >>> workers.min_size, workers.max_size
    (3, 6)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        launch_template: AnyLaunchTemplate,
        min_size: int | None = None,
        max_size: int | None = None,
        max_lifetime_days: int = 30,
    ) -> None:
        super().__init__(scope, id)
        self._stack = stack = AwsStack.of(self)
        place = self.node.place
        least = stack.tier.sizing.az_count if min_size is None else min_size
        self.min_size = GROUP_SIZE.checked(least, place)
        self.max_size = GROUP_SIZE.checked(max(2 * least, 1) if max_size is None else max_size, place)
        self._check(launch_template)
        LIFETIME_DAYS.checked(max_lifetime_days, place)
        self.launch_template = launch_template
        self.connections = launch_template.connections
        self.role: Role | ImportedRole = launch_template.role
        self.auto_scaling_group_name = stack.physical_name(self, 255)
        if len(launch_template.vpc.private_subnets) == 1:
            holds = "spans the zones of the VPC"
            stack.switch_off(self, holds, why="its VPC", checks=("LF_GROUP_ZONES",))
        self._target_groups: list[TargetGroup] = []
        self.resource = AwsAutoscalingGroup(
            self,
            "Resource",
            name=self.auto_scaling_group_name,
            min_size=self.min_size,
            max_size=self.max_size,
            vpc_zone_identifier=[subnet.subnet_id for subnet in launch_template.vpc.private_subnets],
            launch_template=LaunchTemplate(
                id=launch_template.launch_template_id, version=launch_template.latest_version
            ),
            health_check_type="EC2",
            health_check_grace_period=_WARM_UP_SECONDS,
            default_instance_warmup=_WARM_UP_SECONDS,
            max_instance_lifetime=max_lifetime_days * _DAY,
            enabled_metrics=METRICS,
            metrics_granularity="1Minute",
            service_linked_role_arn=self._service_linked_role(launch_template),
            instance_refresh=InstanceRefresh(
                strategy="Rolling",
                preferences=InstanceRefreshPreferences(
                    min_healthy_percentage=90,
                    # AWS rolls back to an image that is named, not to the newest of a parameter.
                    auto_rollback=_names_image(launch_template),
                ),
            ),
        )

    def add_target_group(self, target_group: TargetGroup) -> None:
        """Register the machines with a target group, whose load balancer then says which of them are ill.

        Raises:
            LandformError: ``argument-value`` for what is no target group.
        """
        self._target_groups.append(checked_target_group(target_group, self.node.place))
        self.resource.arguments["health_check_type"] = "ELB"
        self.resource.arguments["target_group_arns"] = [each.arn for each in self._target_groups]

    def _service_linked_role(self, launch_template: AnyLaunchTemplate) -> Ref[str]:
        """The ARN of a role of this group's own, which exists before the key's policy names it."""
        stack = self._stack
        suffix = stack.physical_name(self, _SUFFIX_LENGTH)
        role = IamServiceLinkedRole(
            self,
            "ServiceLinkedRole",
            aws_service_name=SERVICE,
            custom_suffix=suffix,
            description=f"Starts the machines of {self.node.path}.",
        )
        arn = stack.arn(
            "iam", f"role/aws-service-role/{SERVICE}/AWSServiceRoleForAutoScaling_{suffix}", region=""
        )
        let_launch(launch_template.key, arn, after=role)
        return role.arn

    def _check(self, launch_template: AnyLaunchTemplate) -> None:
        if self.min_size > self.max_size or not self.max_size:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A group cannot have more machines at least than at most, and not none.",
                place=self.node.place,
                given=f"min_size {self.min_size}, max_size {self.max_size}",
                expected="min_size up to max_size, max_size 1 or more",
            )
        if not launch_template.vpc.private_subnets:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The template's VPC has no private subnet to put machines into.",
                place=self.node.place,
                given=launch_template.vpc.node.path,
                fix="Name the VPC's private_subnets where it is imported.",
            )


def _names_image(launch_template: AnyLaunchTemplate) -> bool:
    image = launch_template.image
    return image is not None and image.image_id is not None

"""What a load balancer forwards to. Follows "Target groups for your Application Load Balancers"."""

from __future__ import annotations

from typing import Literal, get_args

from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.elbv2.limits import HEALTH_CHECK_CODES, HEALTH_CHECK_PATH, PORT, TARGET_GROUP_ARN
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref
from landform.errors import Code, LandformError, did_you_mean
from landform.resources.aws.lb_target_group import HealthCheck, LbTargetGroup

TargetType = Literal["ip", "instance"]


class TargetGroup(Construct):
    """Targets of one kind on one port, which speak HTTPS and say whether they are healthy.

    A load balancer asks a target for no certificate of a known authority; one that the target made itself will do.

    Args:
        vpc: where the targets are.
        port: that they listen on. Another one makes another target group, before this one goes.
        target_type: ``ip``, as of containers, or ``instance``.
        health_check_path: what is asked for, over HTTPS.
        health_check_codes: the statuses of a healthy target: ``200``, ``200,204`` or ``200-299``.

    Raises:
        LandformError: ``argument-value`` for a port, type, path or statuses that AWS would refuse.

    >>> targets = TargetGroup(stack, "App", vpc=vpc, port=8443, health_check_path="/healthz")
    >>> targets.target_group_name
    'acme-payments-prod-ed60e972-8443'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        port: int = 443,
        target_type: TargetType = "ip",
        health_check_path: str = "/",
        health_check_codes: str = "200",
    ) -> None:
        super().__init__(scope, id)
        place = self.node.place
        self.port = PORT.checked(port, place)
        # The port is in the name, so that the group of another port can stand beside this one until it goes.
        suffix = f"-{port}"
        self.target_group_name = AwsStack.of(self).physical_name(self, 32 - len(suffix)) + suffix
        self.resource = LbTargetGroup(
            self,
            "Resource",
            name=self.target_group_name,
            vpc_id=vpc.vpc_id,
            port=port,
            protocol="HTTPS",
            target_type=self._checked_type(target_type),
            health_check=HealthCheck(
                enabled=True,
                protocol="HTTPS",
                path=HEALTH_CHECK_PATH.checked(health_check_path, place),
                matcher=HEALTH_CHECK_CODES.checked(health_check_codes, place),
            ),
            lifecycle=Lifecycle(create_before_destroy=True),
        )

    @staticmethod
    def from_arn(scope: Construct, id: str, arn: str) -> ImportedTargetGroup:
        """A target group of another stack, to forward to.

        Raises:
            LandformError: ``argument-value`` where it is no ARN of a target group.
        """
        return ImportedTargetGroup(scope, id, arn)

    @property
    def arn(self) -> Ref[str]:
        """The target group's ARN. AWS chooses the end of it, so it is a reference."""
        return self.resource.arn

    def _checked_type(self, target_type: TargetType) -> TargetType:
        if target_type in get_args(TargetType):
            return target_type
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "This is no type of target that speaks HTTPS.",
            place=self.node.place,
            given=repr(target_type),
            expected=" or ".join(get_args(TargetType)),
            fix=did_you_mean(str(target_type), get_args(TargetType)),
        )


class ImportedTargetGroup(Construct):
    """A target group that another stack or nobody here makes."""

    def __init__(self, scope: Construct, id: str, arn: str) -> None:
        super().__init__(scope, id)
        self.arn = TARGET_GROUP_ARN.checked(arn, self.node.place)


AnyTargetGroup = TargetGroup | ImportedTargetGroup
"""A target group made here, or one from elsewhere."""

"""Groups of machines."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.autoscaling import AutoScalingGroup
from landform.constructs.ec2 import LaunchTemplate, SecurityGroup, Vpc
from landform.constructs.iam import Role
from landform.constructs.kms import Key
from landform.core import Construct

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A group over the private subnets, and one of another stack's template."""
    own(scope, vpc)
    shared = LaunchTemplate.from_id(
        scope,
        "Shared",
        "lt-0a1b2c3d",
        vpc=vpc,
        security_group=SecurityGroup.from_id(scope, "Workers", "sg-0a1b2c3d"),
        role=Role.from_arn("arn:aws:iam::012345678901:role/workers"),
        key=Key.from_arn(scope, "Key", "arn:aws:kms:eu-west-1:012345678901:key/0a1b2c3d"),
    )
    AutoScalingGroup(scope, "Guest", launch_template=shared)


def own(scope: Construct, vpc: Vpc) -> None:
    AutoScalingGroup(scope, "Group", launch_template=LaunchTemplate(scope, "Template", vpc=vpc))


def group(stack: AwsStack) -> None:
    own(stack, Vpc(stack, "Vpc", cidr="10.0.0.0/20"))


MUTANTS = (
    Mutant("group without template", group, "Group/Resource", {"launch_template": None}, "CKV_AWS_315"),
    Mutant("group of a launch configuration", group, "Group/Resource",
           {"launch_template": None, "launch_configuration": "old"}, "CKV_AWS_315"),
    Mutant("machines that grow old", group, "Group/Resource", {"max_instance_lifetime": None},
           "LF_GROUP_LIFETIME"),
    Mutant("machines that no template replaces", group, "Group/Resource", {"instance_refresh": None},
           "LF_GROUP_REFRESH"),
    Mutant("machines in one zone", group, "Group/Resource",
           {"vpc_zone_identifier": None, "availability_zones": ["eu-west-1a"]}, "LF_GROUP_ZONES"),
    Mutant("machines without tags", group, "Group/Resource", {"tag.0.propagate_at_launch": False},
           "LF_MACHINE_TAGS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

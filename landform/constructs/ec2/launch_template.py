"""A launch template: what every machine of a group is started as."""

from __future__ import annotations

from landform.constructs.ec2.connections import Connections
from landform.constructs.ec2.hardened_template import HardenedTemplate
from landform.constructs.ec2.limits import INSTANCE_TYPE, LAUNCH_TEMPLATE_ID
from landform.constructs.ec2.machine import instance_profile, machine_role
from landform.constructs.ec2.machine_image import MachineImage
from landform.constructs.ec2.ports import Port
from landform.constructs.ec2.reach import reach_aws
from landform.constructs.ec2.security_group import AnySecurityGroup, SecurityGroup
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.iam import ImportedRole, Role
from landform.constructs.kms.key import AnyKey
from landform.core import Construct


class LaunchTemplate(HardenedTemplate):
    """A template of machines that are reached through Systems Manager: no key pair, no public address, IMDSv2.

    Args:
        vpc: where its machines run.
        instance_type: family and size.
        image: Amazon Linux 2023 for the instance type's processor, the newest of the day, unless given.
        role: the machines' role; one of its own, for Systems Manager, is made unless given.
        key: the key that encrypts the volumes; one of its own is made unless given.
        volume_gib: the root volume in GiB, 1 to 16,384.
        user_data: what a machine runs when it first starts, literal text, at most 16 KiB.
        port: what the machines listen on, for ``connections``.

    Raises:
        LandformError: ``argument-value`` for an instance type, a volume or user data that EC2 would refuse, and
            for credentials in user data.

    >>> workers = LaunchTemplate(stack, "Workers", vpc=vpc, instance_type="m7g.large", port=8080)
    >>> workers.image.launched.rpartition("/")[2]
    'al2023-ami-kernel-default-arm64'
    >>> bucket = Bucket(stack, "Ledger")
    >>> bucket.grants.read_objects(workers.role).verb
    'read_objects'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        instance_type: str = "t3.micro",
        image: MachineImage | None = None,
        role: Role | None = None,
        key: AnyKey | None = None,
        volume_gib: int = 8,
        user_data: str | None = None,
        port: Port | None = None,
    ) -> None:
        super().__init__(scope, id)
        INSTANCE_TYPE.checked(instance_type, self.node.place)
        self.vpc = vpc
        self.image = image or MachineImage.amazon_linux(instance_type)
        self.role = role or machine_role(self)
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"Machines of {self.node.id}"
        )
        self.connections = Connections(self.security_group, port=port)
        reach_aws(self.connections, vpc)
        self._make(
            key=key,
            volume_gib=volume_gib,
            security_group_ids=[self.security_group.security_group_id],
            instance_type=instance_type,
            image=self.image,
            profile=instance_profile(self, self.role),
            user_data=user_data,
        )

    @staticmethod
    def from_id(
        scope: Construct,
        id: str,
        launch_template_id: str,
        *,
        vpc: AnyVpc,
        security_group: AnySecurityGroup,
        role: ImportedRole,
        key: AnyKey,
        port: Port | None = None,
    ) -> ImportedLaunchTemplate:
        """A template that another stack makes, for groups to start machines as.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            launch_template_id: its id, ``lt-`` and hexadecimal digits; the newest version is started.
            vpc: where its machines run.
            security_group: of its machines.
            role: of its machines.
            key: the key that encrypts their volumes.
            port: what they listen on, for ``connections``.

        Raises:
            LandformError: ``argument-value`` for what is no id of a template, or no port.
        """
        return ImportedLaunchTemplate(
            scope,
            id,
            launch_template_id,
            vpc=vpc,
            security_group=security_group,
            role=role,
            key=key,
            port=port,
        )


class ImportedLaunchTemplate(Construct):
    """A launch template that another stack makes: what its machines are is its owner's to say."""

    latest_version = "$Latest"
    image: MachineImage | None = None

    def __init__(
        self,
        scope: Construct,
        id: str,
        launch_template_id: str,
        *,
        vpc: AnyVpc,
        security_group: AnySecurityGroup,
        role: ImportedRole,
        key: AnyKey,
        port: Port | None,
    ) -> None:
        super().__init__(scope, id)
        self.launch_template_id = LAUNCH_TEMPLATE_ID.checked(launch_template_id, self.node.place)
        self.vpc = vpc
        self.security_group = security_group
        self.connections = Connections(security_group, port=port)
        self.role = role
        self.key = key


AnyLaunchTemplate = LaunchTemplate | ImportedLaunchTemplate
"""A launch template made here, or one from elsewhere."""

"""One machine. Follows "Amazon EC2 instances" and "Security in Amazon EC2" of the guide."""

from __future__ import annotations

from landform.constructs.ec2.connections import Connections
from landform.constructs.ec2.limits import INSTANCE_TYPE, VOLUME_GIB
from landform.constructs.ec2.machine import checked_user_data, instance_profile, machine_role
from landform.constructs.ec2.machine_image import MachineImage
from landform.constructs.ec2.ports import Port
from landform.constructs.ec2.reach import reach_aws
from landform.constructs.ec2.security_group import SecurityGroup
from landform.constructs.ec2.subnets import Subnet
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.iam import Role
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref, literal
from landform.errors import Code, LandformError
from landform.resources import CheckedDataSource
from landform.resources.aws.instance import Instance as AwsInstance
from landform.resources.aws.instance import MetadataOptions, RootBlockDevice


class Instance(Construct):
    """A machine in a private subnet that is reached through Systems Manager: no key pair, no public address.

    Args:
        vpc: where it runs.
        instance_type: family and size.
        image: Amazon Linux 2023 for the instance type's processor, the newest of the day it is made, unless given.
        subnet: the first private one of the VPC unless given.
        role: its role; one of its own, for Systems Manager, is made unless given.
        key: the key that encrypts its volume; one of its own is made unless given.
        volume_gib: the root volume in GiB, 1 to 16,384.
        user_data: what it runs when it first starts, literal text, at most 16 KiB. Another one makes Terraform
            replace the machine.
        port: what it listens on, for ``connections``.
        protected: whether it may be neither ended nor destroyed; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for an instance type, a volume or user data that EC2 would refuse, for
            credentials in user data, and where the VPC has no private subnet.

    >>> bastion = Instance(stack, "Bastion", vpc=vpc)
    >>> db = SecurityGroup(stack, "Db", vpc=vpc, description="database of the ledger")
    >>> db.connections.allow_from(bastion, 5432)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        instance_type: str = "t3.micro",
        image: MachineImage | None = None,
        subnet: Subnet | None = None,
        role: Role | None = None,
        key: AnyKey | None = None,
        volume_gib: int = 8,
        user_data: str | None = None,
        port: Port | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        INSTANCE_TYPE.checked(instance_type, place)
        VOLUME_GIB.checked(volume_gib, place)
        text = checked_user_data(user_data, place)
        subnet = subnet or self._first(vpc)
        name = stack.physical_name(self, 200)
        self.role = role or machine_role(self)
        self.key: AnyKey = key or Key(self, "Key", description=f"volume of {name}")
        self.image = image or MachineImage.amazon_linux(instance_type)
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"The machine {self.node.id}"
        )
        self.connections = Connections(self.security_group, port=port)
        reach_aws(self.connections, vpc)
        protected = stack.default_on(
            self,
            "the machine is neither ended nor destroyed",
            setting="sizing.deletion_protection",
            given=protected,
            checks=("LF_TERMINATION_PROTECTION",),
        )
        self.resource = AwsInstance(
            self,
            "Resource",
            ami=self.image.image_id or self._newest(self.image),
            instance_type=instance_type,
            subnet_id=subnet.subnet_id,
            vpc_security_group_ids=[self.security_group.security_group_id],
            associate_public_ip_address=False,
            iam_instance_profile=instance_profile(self, self.role).name,
            metadata_options=MetadataOptions(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=1,
                instance_metadata_tags="disabled",
            ),
            root_block_device=RootBlockDevice(
                encrypted=True,
                kms_key_id=self.key.arn,
                volume_type="gp3",
                volume_size=volume_gib,
                delete_on_termination=True,
            ),
            ebs_optimized=True,
            monitoring=True,
            disable_api_termination=protected,
            user_data=None if text is None else literal(text),
            user_data_replace_on_change=True,
            tags={"Name": name},
            volume_tags={"Name": name, **stack.tags_of(self)},
            lifecycle=self._lifecycle(protected),
        )

    @property
    def instance_id(self) -> Ref[str]:
        """The machine's id. AWS chooses it, so it is a reference."""
        return self.resource.id

    def _lifecycle(self, protected: bool) -> Lifecycle | None:
        if not protected and self.image.image_id:
            return None
        return Lifecycle(
            prevent_destroy=True if protected else None,
            # The newest image is another one next month, and no reason to replace the machine.
            ignore_changes=None if self.image.image_id else ["ami"],
        )

    def _newest(self, image: MachineImage) -> Ref[str]:
        parameter = CheckedDataSource(self, "Image", "aws_ssm_parameter", {"name": image.parameter})
        return parameter.ref("insecure_value")

    def _first(self, vpc: AnyVpc) -> Subnet:
        if vpc.private_subnets:
            return vpc.private_subnets[0]
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The VPC has no private subnet to put a machine into.",
            place=self.node.place,
            given=f"{vpc.node.path} without private subnets",
            fix="Pass subnet, or name the VPC's private_subnets where it is imported.",
        )

"""What every launch template here is made of. Follows "Launch templates" and "Use IMDSv2" of the EC2 guide."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from landform.constructs.ec2.limits import INSTANCE_TYPE, VOLUME_GIB
from landform.constructs.ec2.machine import checked_user_data
from landform.constructs.ec2.machine_image import MachineImage
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.resources.aws.iam_instance_profile import IamInstanceProfile
from landform.resources.aws.launch_template import (
    BlockDeviceMappings,
    BlockDeviceMappingsEbs,
    MetadataOptions,
    Monitoring,
    NetworkInterfaces,
    TagSpecifications,
)
from landform.resources.aws.launch_template import (
    IamInstanceProfile as ProfileOfTemplate,
)
from landform.resources.aws.launch_template import LaunchTemplate as AwsLaunchTemplate

# What a template makes beside the machine, each with tags of its own.
_TAGGED = ("instance", "volume", "network-interface")


class HardenedTemplate(Construct):
    """The common ground of the launch templates; use one of those."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._stack = AwsStack.of(self)

    def _make(
        self,
        *,
        key: AnyKey | None,
        volume_gib: int,
        security_group_ids: Sequence[str | Ref[str]],
        instance_type: str | None = None,
        image: MachineImage | None = None,
        profile: IamInstanceProfile | None = None,
        user_data: str | None = None,
    ) -> None:
        place = self.node.place
        if instance_type is not None:
            INSTANCE_TYPE.checked(instance_type, place)
        VOLUME_GIB.checked(volume_gib, place)
        text = checked_user_data(user_data, place)
        self.launch_template_name = self._stack.physical_name(self, 128)
        self.key: AnyKey = key or Key(self, "Key", description=f"volumes of {self.launch_template_name}")
        self.resource = AwsLaunchTemplate(
            self,
            "Resource",
            name=self.launch_template_name,
            image_id=image.launched if image else None,
            instance_type=instance_type,
            update_default_version=True,
            ebs_optimized="true",
            monitoring=Monitoring(enabled=True),
            iam_instance_profile=ProfileOfTemplate(name=profile.name) if profile else None,
            user_data=None if text is None else b64encode(text.encode()).decode(),
            metadata_options=MetadataOptions(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=1,
                instance_metadata_tags="disabled",
            ),
            network_interfaces=[
                NetworkInterfaces(
                    device_index=0,
                    associate_public_ip_address="false",
                    delete_on_termination="true",
                    security_groups=security_group_ids,
                )
            ],
            block_device_mappings=[self._root_volume(image, volume_gib)],
            tag_specifications=[
                TagSpecifications(
                    resource_type=kind,
                    tags={"Name": self.launch_template_name, **self._stack.tags_of(self)},
                )
                for kind in _TAGGED
            ],
        )

    @property
    def launch_template_id(self) -> Ref[str]:
        """The template's id. AWS chooses it, so it is a reference."""
        return self.resource.id

    @property
    def latest_version(self) -> Ref[str]:
        """The number of its newest version, which grows with each change."""
        return self.resource.ref("latest_version")

    def _root_volume(self, image: MachineImage | None, volume_gib: int) -> BlockDeviceMappings:
        return BlockDeviceMappings(
            device_name=image.root_device if image else "/dev/xvda",
            ebs=BlockDeviceMappingsEbs(
                encrypted="true",
                kms_key_id=self.key.arn,
                volume_type="gp3",
                volume_size=volume_gib,
                delete_on_termination="true",
            ),
        )

"""Which image a machine starts from. Follows "Amazon Machine Images" and "Launch template AMI parameters"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from landform.constructs.ec2.limits import DEVICE_NAME, IMAGE_ID, IMAGE_PARAMETER
from landform.core.construct import user_place

_AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
# A family is letters, a generation and attributes, of which g is AWS's own processor, Graviton.
_GRAVITON = re.compile(r"a1|[a-z]+\d+[a-z]*g[a-z]*")


def is_graviton(instance_type: str) -> bool:
    """Whether an instance type has AWS's own processor, of the architecture arm64."""
    return _GRAVITON.fullmatch(instance_type.partition(".")[0]) is not None


@dataclass(frozen=True, slots=True)
class MachineImage:
    """An image by its id, or by the Systems Manager parameter that holds the id of the newest.

    A parameter is read when a machine is started, so a machine that is replaced has the newest image.
    ``root_device`` is the name under which the image has its root volume.

    >>> MachineImage.from_id("ami-0a1b2c3d4e5f60718").launched
    'ami-0a1b2c3d4e5f60718'
    >>> MachineImage.from_parameter("/acme/images/web").launched
    'resolve:ssm:/acme/images/web'
    """

    image_id: str | None
    parameter: str | None
    root_device: str

    @classmethod
    def from_id(cls, image_id: str, *, root_device: str = "/dev/xvda") -> MachineImage:
        """One image of this region, for ever.

        Raises:
            LandformError: ``argument-value`` for what is no id of an image or no device.
        """
        place = user_place()
        return cls(IMAGE_ID.checked(image_id, place), None, DEVICE_NAME.checked(root_device, place))

    @classmethod
    def from_parameter(cls, name: str, *, root_device: str = "/dev/xvda") -> MachineImage:
        """The image whose id a parameter holds.

        Raises:
            LandformError: ``argument-value`` for what is no path of a parameter or no device.
        """
        place = user_place()
        return cls(None, IMAGE_PARAMETER.checked(name, place), DEVICE_NAME.checked(root_device, place))

    @classmethod
    def amazon_linux(cls, instance_type: str) -> MachineImage:
        """The newest Amazon Linux 2023 for an instance type, which says the processor."""
        architecture = "arm64" if is_graviton(instance_type) else "x86_64"
        return cls.from_parameter(_AMAZON_LINUX.format(architecture=architecture))

    @property
    def launched(self) -> str:
        """The image as a launch template names it."""
        return self.image_id or f"resolve:ssm:{self.parameter}"

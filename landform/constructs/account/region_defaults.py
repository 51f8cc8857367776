"""What is one setting of an account in a region. Follows "Data protection" and "Block public access" of EC2's guide."""

from __future__ import annotations

from typing import Literal, get_args

from landform.constructs.account.settings import close_to_the_public, encrypt_volumes
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.resources.aws.ssm_service_setting import SsmServiceSetting
from landform.resources.aws.vpc_block_public_access_options import VpcBlockPublicAccessOptions

VpcPublicAccess = Literal["block-bidirectional", "block-ingress"]

_DOCUMENTS = "ssm/documents/console/public-sharing-permission"


class RegionDefaults(Construct):
    """Nothing public, volumes encrypted, IMDSv2: what an account has in each region, its networks too.

    No VPC of the region answers to the internet; where the tier has NAT gateways, what is in one may ask it. A VPC or a
    subnet that must answer is an exclusion of its own (``aws_vpc_block_public_access_exclusion``).

    Args:
        key: what encrypts volumes; one of its own is made unless given.
        vpc_public_access: ``block-bidirectional`` or ``block-ingress``; the tier's ``sizing.nat`` says unless given.

    Raises:
        LandformError: ``argument-value`` for a way to block that there is not.

    >>> RegionDefaults(stack, "Region").vpc_public_access
    'block-ingress'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: AnyKey | None = None,
        vpc_public_access: VpcPublicAccess | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.key: AnyKey = key or Key(self, "Key", description="EBS volumes of the account")
        self.vpc_public_access = self._checked(vpc_public_access, stack)
        close_to_the_public(self)
        encrypt_volumes(self, self.key)
        VpcBlockPublicAccessOptions(
            self, "VpcPublicAccess", internet_gateway_block_mode=self.vpc_public_access
        )
        SsmServiceSetting(
            self,
            "DocumentSharing",
            setting_id=stack.arn("ssm", f"servicesetting/{_DOCUMENTS}"),
            setting_value="Disable",
        )

    def _checked(self, mode: str | None, stack: AwsStack) -> str:
        modes = get_args(VpcPublicAccess)
        if mode is None:
            return "block-bidirectional" if stack.tier.sizing.nat == "none" else "block-ingress"
        if mode not in modes:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Public access of VPCs is not blocked in this way.",
                place=self.node.place,
                given=repr(mode),
                expected=f"one of {', '.join(modes)}",
                fix=did_you_mean(mode, modes),
            )
        return mode

"""The organisation's address manager. Follows "Create an IPAM" and "IPAM tiers" of the guide of VPC IPAM.

It works from its home region, that of its stack: pools of every locale stand there, and are shared from there.
"""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.ec2.limits import IPAM_DESCRIPTION, REGION_NAME
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref
from landform.resources.aws.vpc_ipam import OperatingRegions, VpcIpam


class Ipam(Construct):
    """An IPAM of the advanced tier: it sees the addresses of all accounts, and has pools in its private scope.

    The free tier has no private pools. The advanced one is paid by the hour for each active address that it watches,
    in every account ("Amazon VPC pricing"): what the IPAM itself and its pools cost is nothing beside that.

    Args:
        operating_regions: where it watches addresses, and what a pool's locale can be; its own region is always one.
        description: what it is for.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for what is no region.

    >>> ipam = Ipam(stack, "Ipam", operating_regions=["eu-west-1", "eu-central-1"])
    >>> ipam.operating_regions
    ('eu-central-1', 'eu-west-1')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        operating_regions: Sequence[str] = (),
        description: str = "Addresses of the organisation.",
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        named = {REGION_NAME.checked(region, place) for region in operating_regions}
        self.operating_regions = tuple(sorted({stack.region, *named}))
        protected = stack.default_on(
            self, "Terraform may not destroy the IPAM", setting="sizing.deletion_protection", given=protected
        )
        self.resource = VpcIpam(
            self,
            "Resource",
            description=IPAM_DESCRIPTION.checked(description, place),
            operating_regions=[OperatingRegions(region_name=region) for region in self.operating_regions],
            tier="advanced",
            tags={"Name": stack.physical_name(self, 200)},
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )

    @property
    def private_scope_id(self) -> Ref[str]:
        """The id of its private scope, where pools of private addresses stand. AWS chooses it."""
        return self.resource.private_default_scope_id

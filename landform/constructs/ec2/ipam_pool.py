"""Pools of an IPAM. Follows "Create a Regional pool" and "Share an IPAM pool using AWS RAM" of the guide of VPC IPAM.

Whoever a pool is shared with sees its description and not its tags, so it is found by the description: that is made
here, for the owner and for those who look.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from landform.constructs.ec2.addresses import address_block
from landform.constructs.ec2.ipam import Ipam
from landform.constructs.ec2.limits import IPAM_NETMASK, IPAM_POOL_NAME
from landform.constructs.limits import ACCOUNT_ID
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref
from landform.errors import Code, LandformError, Place, did_you_mean
from landform.resources.aws.data_vpc_ipam_pool import DataVpcIpamPool, Filter
from landform.resources.aws.vpc_ipam_pool import VpcIpamPool
from landform.resources.aws.vpc_ipam_pool_cidr import VpcIpamPoolCidr


class IpamPool(Construct):
    """The blocks of one region that VPCs of one purpose come from, in the private scope of an IPAM.

    A block that a VPC names stays that VPC's: IPAM gives it to nobody else. VPCs that stand in the pool's blocks
    already are imported as allocations.

    Args:
        ipam: the IPAM.
        pool_name: what the pool is called; a name may stand once in each region.
        locale: the region whose VPCs it is for; one of the IPAM's operating regions.
        cidrs: its blocks. A further one is added at the end.
        netmask: how large a block is for whoever names no size.
        min_netmask: how large a block may be, as the shortest netmask.
        max_netmask: how small a block may be, as the longest netmask.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name, a block or netmasks that cannot be, blocks that overlap, and a
            region that the IPAM does not operate in.

    >>> ipam = Ipam(stack, "Ipam", operating_regions=["eu-west-1", "eu-central-1"])
    >>> pool = IpamPool(stack, "Prod", ipam=ipam, pool_name="prod", locale="eu-central-1", cidrs=["10.28.0.0/14"])
    >>> pool.description
    'landform pool prod of acme in eu-central-1, by 012345678901'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        ipam: Ipam,
        pool_name: str,
        locale: str,
        cidrs: Sequence[str],
        netmask: int = 20,
        min_netmask: int = 16,
        max_netmask: int = 24,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        self.locale = _operated(locale, ipam, place)
        self.description = pool_description(stack, pool_name, self.locale, stack.account_id, place)
        blocks = _apart(cidrs, place)
        least, usual, most = (
            IPAM_NETMASK.checked(length, place) for length in (min_netmask, netmask, max_netmask)
        )
        if not least <= usual <= most or least == most:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The netmask that is usual must lie between the shortest and the longest, which differ.",
                place=place,
                given=f"/{usual}, from /{least} to /{most}",
                expected="for example /20, from /16 to /24",
            )
        held = stack.default_on(
            self,
            "Terraform may not destroy the pool",
            setting="sizing.deletion_protection",
            given=protected,
        )
        kept = Lifecycle(prevent_destroy=True) if held else None
        self.resource = VpcIpamPool(
            self,
            "Resource",
            address_family="ipv4",
            ipam_scope_id=ipam.private_scope_id,
            locale=self.locale,
            description=self.description,
            auto_import=True,
            allocation_min_netmask_length=least,
            allocation_default_netmask_length=usual,
            allocation_max_netmask_length=most,
            tags={"Name": stack.physical_name(self, 200)},
            lifecycle=kept,
        )
        self.pool_id: Ref[str] = self.resource.id
        for block in blocks:
            # By way of each block, so that whoever names the pool waits for all of them.
            self.pool_id = VpcIpamPoolCidr(
                self, str(block).replace("/", "-"), ipam_pool_id=self.pool_id, cidr=str(block), lifecycle=kept
            ).ipam_pool_id

    @property
    def arn(self) -> Ref[str]:
        """The pool's ARN. AWS chooses its last part, so it is a reference."""
        return self.resource.arn

    @staticmethod
    def from_name(scope: Construct, id: str, pool_name: str, *, account_id: str) -> ImportedIpamPool:
        """A pool of this region that another account shares with this one, or that this account itself owns.

        It is looked up when the stack is planned: it must stand, and be shared, before that.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            pool_name: what the pool is called.
            account_id: the account that owns it.

        Raises:
            LandformError: ``argument-value`` for a name or an id that cannot be.
        """
        return ImportedIpamPool(scope, id, pool_name, account_id=account_id)


class ImportedIpamPool(Construct):
    """A pool that another stack makes, for the VPCs of this stack's region."""

    def __init__(self, scope: Construct, id: str, pool_name: str, *, account_id: str) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        self.locale = stack.region
        owner = ACCOUNT_ID.checked(account_id, place)
        self.description = pool_description(stack, pool_name, self.locale, owner, place)
        # Of the filters that the API takes AWS lists none; these two are those that its users show at work.
        wanted = {"description": self.description, "address-family": "ipv4"}
        self.pool_id: Ref[str] = DataVpcIpamPool(
            self, "Found", filter=[Filter(name=name, values=[value]) for name, value in wanted.items()]
        ).id


AnyIpamPool = IpamPool | ImportedIpamPool
"""A pool made here, or one from elsewhere."""


def pool_description(stack: AwsStack, pool_name: str, locale: str, account_id: str, place: Place) -> str:
    """The text by which a pool is found in every account: no two of an organisation have the same.

    Raises:
        LandformError: ``argument-value`` for a name that a filter would not take as it stands.
    """
    pool = IPAM_POOL_NAME.checked(pool_name, place)
    return f"landform pool {pool} of {stack.organization.prefix} in {locale}, by {account_id}"


def pool_of_vpc(pool: AnyIpamPool, region: str, place: Place) -> Ref[str]:
    """The id of the pool for a VPC in a region.

    Raises:
        LandformError: ``argument-value`` for a pool of another region.
    """
    if pool.locale == region:
        return pool.pool_id
    raise LandformError(
        Code.ARGUMENT_VALUE,
        "A VPC takes addresses from a pool of its own region.",
        place=place,
        given=f"{pool.description}, in {pool.locale}",
        expected=f"a pool of {region}",
    )


def _operated(locale: str, ipam: Ipam, place: Place) -> str:
    if locale in ipam.operating_regions:
        return locale
    raise LandformError(
        Code.ARGUMENT_VALUE,
        "The IPAM does not operate in the pool's region.",
        place=place,
        given=repr(locale),
        expected=f"one of {', '.join(ipam.operating_regions)}",
        fix=did_you_mean(str(locale), ipam.operating_regions) or "Name it in its operating_regions.",
    )


def _apart(cidrs: Sequence[str], place: Place) -> list[IPv4Network]:
    """The blocks of a pool, of which none overlaps another."""
    blocks = [address_block(cidr, place) for cidr in cidrs]
    twice = [str(block) for at, block in enumerate(blocks) if any(map(block.overlaps, blocks[:at]))]
    if twice or not blocks:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A pool has blocks, and each address in one of them.",
            place=place,
            given=f"{', '.join(twice)} beside others that overlap" if twice else "no blocks",
            expected="blocks such as 10.28.0.0/14",
        )
    return blocks

"""A network a region: one VPC, sized by the tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.ec2 import IpamPool, Vpc
from landform.constructs.published import Published
from landform.core import Construct, Input
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.constructs.ec2.ipam_pool import ImportedIpamPool
    from landform.org.fleet import StackInstance


class Network(AwsStack):
    """One VPC with its subnets, endpoints and flow log; it can publish ``vpc_id`` and ``private_subnet_ids``.

    Parameters of the spec:
        cidrs: the VPC's address block, by region.
        transit_gateways: the transit gateway that the VPC is attached to, by region; none unless given.
        transit_cidrs: the address blocks that are reached through it.
        ipam_account: the account of ``AddressPools``, whose pool a new VPC takes its block from; the rule must name
            it in its ``accounts``. No pool unless given, nor for an account without one, nor where ``landform org lock
            --ipam`` has allocated the block already.

    Raises:
        LandformError: ``argument-value`` where the region has no block, ``reference`` for an account that the stack
            does not know.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        cidrs: Mapping[str, str],
        transit_gateways: Mapping[str, str] | None = None,
        transit_cidrs: Sequence[str] = (),
        ipam_account: str | None = None,
    ) -> None:
        super().__init__(scope, instance)
        if self.region not in cidrs:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The network has no address block in this region.",
                place=instance.source,
                given=f"blocks for {', '.join(sorted(cidrs)) or 'no region'}",
                expected=f"one for {self.region}",
                fix=f"Add it to stacks.params.{instance.stack}.cidrs of account {instance.account.name}.",
            )
        pool = self._pool_of(ipam_account) if ipam_account else None
        self.vpc = Vpc(self, "Vpc", cidr=cidrs[self.region], ipam_pool=pool)
        if transit_gateways and self.region in transit_gateways:
            self.vpc.attach_to_transit_gateway(transit_gateways[self.region], destinations=transit_cidrs)
        subnet_ids = [subnet.subnet_id for subnet in self.vpc.private_subnets]
        published: Mapping[str, Input[str] | Sequence[Input[str]]] = {
            "vpc_id": self.vpc.vpc_id,
            "private_subnet_ids": subnet_ids,
        }
        # What the rule does not declare nobody reads.
        for name, value in published.items():
            if name in instance.outputs:
                Published(self, name, value)

    def _pool_of(self, ipam_account: str) -> ImportedIpamPool | None:
        """The pool of the account's block, unless the block is nobody's or has an allocation, which IPAM gives once."""
        owner = self.instance.accounts[ipam_account]
        network = self.instance.account.network
        if network is None or self.instance.ipam_allocation:
            return None
        return IpamPool.from_name(self, "AddressPool", network.pool, account_id=owner)

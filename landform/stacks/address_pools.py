"""The IPAM of the organisation, in the account that administers it: the pools of the spec, for every account.

Follows "Integrate IPAM with accounts in an AWS Organization" and "Share an IPAM pool using AWS RAM" of its guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.ec2 import Ipam, IpamPool
from landform.constructs.ram import ResourceShare
from landform.core import Construct
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance
    from landform.org.models.network import NetworkPool


class AddressPools(AwsStack):
    """An IPAM with a pool for each pool of ``org/network.yaml`` in each of its regions, shared with the organisation.

    It stands once, in the account that ``OrganizationStack(network_account=...)`` makes IPAM's administrator, in the
    home region: an IPAM shares the pools of every region from there. Networks that name the account take their
    addresses from it: ``Network(ipam_account=...)``.

    Raises:
        LandformError: ``argument-value`` where the stack stands in the management account or once a region, may not
            read the pools, or the spec has none.
    """

    def __init__(self, scope: Construct, instance: StackInstance) -> None:
        super().__init__(scope, instance)
        self._stands_well()
        pools = self._pools()
        if not any(pool.cidrs for pool in pools):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "There are no pools to make.",
                place=instance.source,
                given=f"{len(pools)} pools without blocks" if pools else "no org/network.yaml",
                expected="pools with blocks, in org/network.yaml",
            )
        regions = sorted({region for pool in pools for region in pool.cidrs})
        ipam = Ipam(self, "Ipam", operating_regions=regions)
        made = {}
        for pool in pools:
            of_pool = Construct(self, pool.name)
            for region in sorted(pool.cidrs):
                made[f"{pool.name}-{region}"] = IpamPool(
                    of_pool,
                    region,
                    ipam=ipam,
                    pool_name=pool.name,
                    locale=region,
                    cidrs=[str(network) for network in pool.networks(region)],
                    netmask=pool.netmask,
                    min_netmask=pool.min_netmask,
                    max_netmask=pool.max_netmask,
                )
        ResourceShare(self, "Share", resources=made)

    def _pools(self) -> tuple[NetworkPool, ...]:
        if self.instance.pools is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The stack makes the pools of the organisation, and its rule does not let it read them.",
                place=self.instance.source,
                given=f"the rule of {self.instance.stack}",
                expected="pools: true",
                fix="Add `pools: true` to the stack's rule in org/stacks.yaml.",
            )
        return self.instance.pools

    def _stands_well(self) -> None:
        instance, organization = self.instance, self.organization
        if instance.account.name == organization.management_account:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "AWS lets no management account administer the IPAM of its organisation.",
                place=instance.source,
                given=f"account {instance.account.name}",
                expected="a member account, such as the one of the shared network",
            )
        if instance.regional or self.region != organization.home_region:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An organisation has one IPAM, in its home region, for every region.",
                place=instance.source,
                given=f"one in {self.region}",
                expected=f"one in {organization.home_region}",
                fix="Take `per: account_region` out of the stack's rule.",
            )

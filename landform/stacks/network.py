"""A network a region: one VPC, sized by the tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.published import Published
from landform.constructs.route53resolver import DnsFirewall
from landform.constructs.route53resolver.managed_lists import AGGREGATE_THREAT_LISTS
from landform.core import Construct, Input
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class Network(AwsStack):
    """One VPC with its subnets, endpoints, flow log and DNS firewall.

    It can publish ``vpc_id`` and ``private_subnet_ids``.

    Parameters of the spec:
        cidrs: the VPC's address block, by region.
        transit_gateways: the transit gateway that the VPC is attached to, by region; none unless given.
        transit_cidrs: the address blocks that are reached through it.
        dns_firewall: whether a DNS firewall stands before the VPC's resolver.
        dns_threats: the id of the list of domains that it blocks, by region; AWS's aggregate threat list unless given.
        blocked_domains: further domains that do not resolve.
        allowed_domains: domains that resolve whatever the lists say.

    Raises:
        LandformError: ``argument-value`` where the region has no block.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        cidrs: Mapping[str, str],
        transit_gateways: Mapping[str, str] | None = None,
        transit_cidrs: Sequence[str] = (),
        dns_firewall: bool = True,
        dns_threats: Mapping[str, str] = MappingProxyType({}),
        blocked_domains: Sequence[str] = (),
        allowed_domains: Sequence[str] = (),
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
        self.vpc = Vpc(self, "Vpc", cidr=cidrs[self.region])
        if transit_gateways and self.region in transit_gateways:
            self.vpc.attach_to_transit_gateway(transit_gateways[self.region], destinations=transit_cidrs)
        threats = threat_list(self.region, dns_threats)
        if dns_firewall and threats:
            DnsFirewall(
                self,
                "DnsFirewall",
                threats=threats,
                blocked_domains=blocked_domains,
                allowed_domains=allowed_domains,
            ).protect(self.vpc)
        else:
            why = "the parameter dns_firewall" if threats else f"no list known for {self.region}"
            self.switch_off(self.vpc, "domains of threats do not resolve", why=why)
        subnet_ids = [subnet.subnet_id for subnet in self.vpc.private_subnets]
        published: Mapping[str, Input[str] | Sequence[Input[str]]] = {
            "vpc_id": self.vpc.vpc_id,
            "private_subnet_ids": subnet_ids,
        }
        # What the rule does not declare nobody reads.
        for name, value in published.items():
            if name in instance.outputs:
                Published(self, name, value)


def threat_list(region: str, given: Mapping[str, str]) -> str | None:
    """The id of the list of domains that is blocked in a region, where there is one."""
    return given.get(region) or AGGREGATE_THREAT_LISTS.get(region)

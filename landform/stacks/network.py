"""A network a region: one VPC, sized by the tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.ec2 import IpamPool, Vpc
from landform.constructs.published import Published
from landform.constructs.route53 import PrivateHostedZone
from landform.constructs.route53.limits import RESOLVER_RULE_ID
from landform.constructs.route53resolver import DnsFirewall
from landform.constructs.route53resolver.managed_lists import AGGREGATE_THREAT_LISTS
from landform.core import Construct, Input
from landform.errors import Code, LandformError
from landform.resources.aws.route53_resolver_rule_association import Route53ResolverRuleAssociation
from landform.stacks.texts import named

if TYPE_CHECKING:
    from landform.constructs.ec2.ipam_pool import ImportedIpamPool
    from landform.org.fleet import StackInstance


class Network(AwsStack):
    """One VPC with its subnets, endpoints, flow log and DNS firewall, and a zone of names where a domain is given.

    It can publish ``vpc_id``, ``private_subnet_ids`` and, of a zone, ``zone_id`` and ``zone_name``.

    Parameters of the spec:
        cidrs: the VPC's address block, by region.
        transit_gateways: the transit gateway that the VPC is attached to, by region; none unless given.
        transit_cidrs: the address blocks that are reached through it.
        ipam_account: the account of ``AddressPools``, whose pool a new VPC takes its block from; the rule must name
            it in its ``accounts``. No pool unless given, nor for an account without one, nor where ``landform org lock
            --ipam`` has allocated the block already.
        dns_firewall: whether a DNS firewall stands before the VPC's resolver.
        dns_threats: the id of the list of domains that it blocks, by region; AWS's aggregate threat list unless given.
        blocked_domains: further domains that do not resolve.
        allowed_domains: domains that resolve whatever the lists say.
        domain: what zones stand below: the VPC gets ``<region>.<account>.<domain>``, which nobody outside resolves.
        dns_hubs: VPCs of other accounts that may resolve the zone too, by region.
        resolver_rules: ids of rules, shared with this account, that send queries on, by region: one or more, with
            commas between.

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
        dns_firewall: bool = True,
        dns_threats: Mapping[str, str] = MappingProxyType({}),
        blocked_domains: Sequence[str] = (),
        allowed_domains: Sequence[str] = (),
        domain: str | None = None,
        dns_hubs: Mapping[str, str] = MappingProxyType({}),
        resolver_rules: Mapping[str, str] = MappingProxyType({}),
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
        self._firewall(dns_firewall, threat_list(self.region, dns_threats), blocked_domains, allowed_domains)
        self.zone = self._zone(domain, dns_hubs.get(self.region)) if domain else None
        self._send_on(resolver_rules.get(self.region, ""))
        subnet_ids = [subnet.subnet_id for subnet in self.vpc.private_subnets]
        published: Mapping[str, Input[str] | Sequence[Input[str]]] = {
            "vpc_id": self.vpc.vpc_id,
            "private_subnet_ids": subnet_ids,
            **({"zone_id": self.zone.zone_id, "zone_name": self.zone.zone_name} if self.zone else {}),
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

    def _firewall(
        self,
        wanted: bool,
        threats: str | None,
        blocked_domains: Sequence[str],
        allowed_domains: Sequence[str],
    ) -> None:
        if wanted and threats:
            DnsFirewall(
                self,
                "DnsFirewall",
                threats=threats,
                blocked_domains=blocked_domains,
                allowed_domains=allowed_domains,
            ).protect(self.vpc)
            return
        why = "the parameter dns_firewall" if threats else f"no list known for {self.region}"
        self.switch_off(self.vpc, "domains of threats do not resolve", why=why)

    def _zone(self, domain: str, hub: str | None) -> PrivateHostedZone:
        name = f"{self.region}.{self.instance.account.name}.{domain}"
        zone = PrivateHostedZone(self, "Zone", vpc=self.vpc, zone_name=name)
        if hub:
            zone.allow_vpc(hub)
        return zone

    def _send_on(self, rule_ids: str) -> None:
        rules = Construct(self, "ResolverRules")
        for rule_id in filter(None, named(rule_ids)):
            Route53ResolverRuleAssociation(
                rules,
                RESOLVER_RULE_ID.checked(rule_id, self.instance.source),
                resolver_rule_id=rule_id,
                vpc_id=self.vpc.vpc_id,
            )


def threat_list(region: str, given: Mapping[str, str]) -> str | None:
    """The id of the list of domains that is blocked in a region, where there is one."""
    return given.get(region) or AGGREGATE_THREAT_LISTS.get(region)

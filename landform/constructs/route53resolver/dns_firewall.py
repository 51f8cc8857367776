"""A DNS firewall. Follows "Using DNS Firewall to filter outbound DNS traffic" and "Resolver query logging"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.logs import LogGroup
from landform.constructs.route53resolver.limits import DOMAIN, DOMAIN_LIST_ID
from landform.constructs.route53resolver.managed_lists import AGGREGATE_THREAT_LISTS
from landform.constructs.stack import AwsStack
from landform.core import Construct, Input, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.route53_resolver_firewall_config import Route53ResolverFirewallConfig
from landform.resources.aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from landform.resources.aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from landform.resources.aws.route53_resolver_firewall_rule_group import Route53ResolverFirewallRuleGroup
from landform.resources.aws.route53_resolver_firewall_rule_group_association import (
    Route53ResolverFirewallRuleGroupAssociation,
)
from landform.resources.aws.route53_resolver_query_log_config import Route53ResolverQueryLogConfig
from landform.resources.aws.route53_resolver_query_log_config_association import (
    Route53ResolverQueryLogConfigAssociation,
)

Action = Literal["ALLOW", "BLOCK"]

# The first that matches decides. Gaps, so that a rule between two of them moves none.
_ALLOWED, _BLOCKED, _THREATS = 100, 200, 300

# The first that a VPC's owner may take: those before it and from 9900 on are Firewall Manager's.
_ASSOCIATION = 101


_NAME = 64
"""How long the name of a rule may be; those of rules end with what they do."""


class DnsFirewall(Construct):
    """A DNS firewall: what is known to be malign does not resolve in the VPCs behind it, and every query is logged.

    It stands in the way of software that calls home, and of data that leaves as DNS queries, which no security group
    sees. What asks another resolver than the VPC's own goes round it: security groups let nothing do so unless told.
    AWS bills queries, by the million, and the log by its size.

    Args:
        threats: the id of the domain list that is blocked; AWS's aggregate threat list of the region unless given.
        blocked_domains: further domains that do not resolve, ``*.example.com`` for those below one.
        allowed_domains: domains that resolve whatever the lists say, where one of AWS's is wrong.
        log_group: where queries are logged; one of its own is made unless given.

    Raises:
        LandformError: ``argument-value`` for a domain or an id that AWS would refuse, for a domain that is both blocked
            and allowed, and in a region whose list is not known.

    >>> firewall = DnsFirewall(stack, "Firewall", allowed_domains=["*.example.com"])
    >>> firewall.protect(vpc)
    >>> firewall.log_group.log_group_name
    '/aws/vendedlogs/dns/acme-payments-prod-data-lake-firewall'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        threats: str | None = None,
        blocked_domains: Sequence[str] = (),
        allowed_domains: Sequence[str] = (),
        log_group: LogGroup | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        self._name = stack.physical_name(self, _NAME - len("-allowed"))
        self.resource = Route53ResolverFirewallRuleGroup(self, "Resource", name=self._name)
        allowed, blocked = self._domains(allowed_domains), self._domains(blocked_domains)
        self._check_apart(allowed, blocked)
        if allowed:
            self._rule("Allowed", _ALLOWED, "ALLOW", self._domain_list("Allowed", allowed))
        if blocked:
            self._rule("Blocked", _BLOCKED, "BLOCK", self._domain_list("Blocked", blocked))
        self._rule("Threats", _THREATS, "BLOCK", self._threats(threats))
        # AWS writes a policy for what delivers; below vendedlogs it does not grow with every group.
        self.log_group = log_group or LogGroup(
            self, "Queries", log_group_name=f"/aws/vendedlogs/dns/{self._name}"
        )
        self._query_log = Route53ResolverQueryLogConfig(
            self,
            "QueryLog",
            name=self._name,
            destination_arn=self.log_group.arn,
            # The ARN is literal, so nothing else tells Terraform what must be there first.
            depends_on=[self.log_group],
        )

    def protect(self, vpc: AnyVpc) -> None:
        """Put the firewall before the resolver of a VPC, and log what it is asked for.

        Queries that the firewall does not answer fail: Resolver sends SERVFAIL rather than what nobody looked at.

        Raises:
            LandformError: for a VPC that a firewall protects already.
        """
        # A VPC has one setting for what fails, so its own tree has room for one firewall.
        Construct(vpc, "DnsFirewall")
        there = Construct(self, "-".join(self._stack.ids_of(vpc)))
        config = Route53ResolverFirewallConfig(
            there, "Config", resource_id=vpc.vpc_id, firewall_fail_open="DISABLED"
        )
        kept = self._stack.default_on(
            there,
            "the firewall is not taken off its VPC by hand",
            setting="sizing.deletion_protection",
        )
        Route53ResolverFirewallRuleGroupAssociation(
            there,
            "Association",
            name=self._name,
            firewall_rule_group_id=self.resource.id,
            vpc_id=vpc.vpc_id,
            priority=_ASSOCIATION,
            mutation_protection="ENABLED" if kept else "DISABLED",
            depends_on=[config],
        )
        Route53ResolverQueryLogConfigAssociation(
            there,
            "QueryLog",
            resolver_query_log_config_id=self._query_log.id,
            resource_id=vpc.vpc_id,
        )

    def _domains(self, domains: Sequence[str]) -> frozenset[str]:
        """The domains as AWS keeps them, in lower case and to the root: any other writing is a change in every plan."""
        place = self.node.place
        if isinstance(domains, str):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The domains of a DNS firewall are a list.",
                place=place,
                given=repr(domains),
                expected=repr([domains]),
            )
        return frozenset(DOMAIN.checked(domain, place).lower().rstrip(".") + "." for domain in domains)

    def _check_apart(self, allowed: frozenset[str], blocked: frozenset[str]) -> None:
        both = sorted(allowed & blocked)
        if both:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The firewall is to block and to allow the same domains.",
                place=self.node.place,
                given=", ".join(both),
                fix="Take each out of blocked_domains or of allowed_domains.",
            )

    def _threats(self, threats: str | None) -> str:
        known = AGGREGATE_THREAT_LISTS.get(self._stack.region) if threats is None else threats
        if known is not None:
            return DOMAIN_LIST_ID.checked(known, self.node.place)
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The id of AWS's list of malign domains is not known here for this region.",
            place=self.node.place,
            given=self._stack.region,
            expected=f"one of {', '.join(AGGREGATE_THREAT_LISTS)}, or the id in threats",
            fix="Ask AWS: `aws route53resolver list-firewall-domain-lists`, AWSManagedDomainsAggregateThreatList.",
        )

    def _domain_list(self, id: str, domains: frozenset[str]) -> Ref[str]:
        return Route53ResolverFirewallDomainList(
            self, f"{id}Domains", name=f"{self._name}-{id.lower()}", domains=sorted(domains)
        ).id

    def _rule(self, id: str, priority: int, action: Action, domain_list_id: Input[str]) -> None:
        Route53ResolverFirewallRule(
            self,
            id,
            name=f"{self._name}-{id.lower()}",
            firewall_rule_group_id=self.resource.id,
            firewall_domain_list_id=domain_list_id,
            action=action,
            # A name that does not exist is asked for once; an empty answer is asked for again.
            block_response="NXDOMAIN" if action == "BLOCK" else None,
            firewall_domain_redirection_action="INSPECT_REDIRECTION_DOMAIN",
            priority=priority,
        )

"""Amazon Route 53 Resolver: the DNS firewall of VPCs, and the log of what they ask for."""

from landform.constructs.route53resolver.dns_firewall import DnsFirewall

__all__ = ["DnsFirewall"]

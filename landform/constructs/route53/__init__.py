"""Amazon Route 53: zones that answer inside VPCs, their records, and rules that send queries on."""

from landform.constructs.route53.private_hosted_zone import PrivateHostedZone

__all__ = ["PrivateHostedZone"]

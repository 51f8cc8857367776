"""DNS firewalls."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.route53resolver import DnsFirewall
from landform.core import Construct

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A firewall of every kind of rule before the VPC of the stack, and before one from elsewhere."""
    firewall = DnsFirewall(
        scope, "Firewall", blocked_domains=["*.bad.example"], allowed_domains=["good.example"]
    )
    firewall.protect(vpc)
    firewall.protect(Vpc.from_ids(scope, "Imported", "vpc-0a1b2c3d", cidr="10.20.0.0/20"))


def protected(stack: AwsStack) -> None:
    firewall = DnsFirewall(stack, "Firewall")
    firewall.protect(Vpc(stack, "Vpc", cidr="10.0.0.0/20"))


MUTANTS = (
    Mutant("firewall that alerts", protected, "Firewall/Threats", {"action": "ALERT", "block_response": None},
           "LF_DNS_FIREWALL_BLOCKS"),
    Mutant("firewall that fails open", protected, "Firewall/Vpc/Config",
           {"firewall_fail_open": "ENABLED"}, "LF_DNS_FIREWALL_FAILS_OPEN"),
    Mutant("queries without key", protected, "Firewall/Queries/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    Mutant("another list", protected, "Firewall/Threats",
           {"firewall_domain_list_id": "rslvr-fdl-0a1b2c3d"}),
    Mutant("cnames trusted", protected, "Firewall/Threats",
           {"firewall_domain_redirection_action": "TRUST_REDIRECTION_DOMAIN"}),
    Mutant("firewall that can be taken off", protected, "Firewall/Vpc/Association",
           {"mutation_protection": "DISABLED"}),
)  # fmt: skip
"""What no rule sees: the construct's own tests hold it."""

"""Names: what a VPC's resolver may not be asked for."""

from __future__ import annotations

from landform.policies.rule import Rule, must_be, must_not_be

RULES = (
    Rule(
        id="LF_DNS_FIREWALL_BLOCKS",
        title="A DNS firewall blocks what its lists hold",
        severity="low",
        types=("aws_route53_resolver_firewall_rule",),
        rationale="A rule that alerts writes a line to a log, and the machine that was taken over gets its answer.",
        remediation='Set action = "BLOCK", as the rules of landform\'s `DnsFirewall` have, once the log shows that '
        "nothing good is on the list; what is goes to a rule before it, which allows.",
        judge=must_not_be("action", "ALERT"),
        good=(
            {
                "aws_route53_resolver_firewall_rule": {
                    "threats": {"action": "BLOCK", "priority": 300},
                    "ours": {"action": "ALLOW", "priority": 100},
                }
            },
        ),
        bad=({"aws_route53_resolver_firewall_rule": {"threats": {"action": "ALERT"}}},),
    ),
    Rule(
        id="LF_DNS_FIREWALL_FAILS_OPEN",
        title="Nothing resolves past a DNS firewall that does not answer",
        severity="medium",
        types=("aws_route53_resolver_firewall_config",),
        rationale="With the firewall failing open, whoever can make it slow has switched it off.",
        remediation='Set firewall_fail_open = "DISABLED", which is what AWS does unless told.',
        judge=must_be("firewall_fail_open", "DISABLED", default="DISABLED"),
        good=(
            {
                "aws_route53_resolver_firewall_config": {
                    "closed": {"firewall_fail_open": "DISABLED"},
                    "default": {"resource_id": "vpc-0a1b2c3d"},
                }
            },
        ),
        bad=({"aws_route53_resolver_firewall_config": {"c": {"firewall_fail_open": "ENABLED"}}},),
    ),
)

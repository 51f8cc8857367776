"""The secure defaults of the Route 53 Resolver constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "DnsFirewall": (
        Control(
            "domains of malware, botnets and DNS tunnels do not resolve: AWS's aggregate threat list", ()
        ),
        Control("every rule blocks: none only alerts", ("LF_DNS_FIREWALL_BLOCKS",)),
        Control("nothing resolves past a firewall that does not answer", ("LF_DNS_FIREWALL_FAILS_OPEN",)),
        Control("the whole chain of CNAMEs is looked at, not only the domain that was asked for", ()),
        Control("the firewall is not taken off its VPC by hand", (), tier="sizing.deletion_protection"),
        Control("every query is logged, in a log group with a key of its own", ("CKV_AWS_158",)),
    ),
}

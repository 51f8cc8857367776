"""What Route 53 Resolver takes as a name. Sources: ``CreateFirewallRule`` and ``UpdateFirewallDomains`` of its API."""

from landform.constructs.limits import Name

DOMAIN_LIST_ID = Name(
    "id of a domain list", r"rslvr-fdl-[0-9a-f]{8,17}", "rslvr-fdl- and up to 17 hexadecimal digits"
)
DOMAIN = Name(
    "domain of a DNS firewall",
    r"(?=.{1,255}\Z)(\*|(\*\.)?[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*)\.?",
    "a domain such as example.com, or *.example.com for those below it; letters, digits, - and _ between the dots",
)

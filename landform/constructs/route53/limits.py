"""What Route 53 takes as a name or a number. Sources: "DNS domain name format" and ``ResourceRecordSet`` of its API."""

from landform.constructs.limits import Name, Whole

_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"

ZONE_NAME = Name(
    "name of a hosted zone",
    rf"(?=.{{1,255}}\Z){_LABEL}(\.{_LABEL})+",
    "two labels or more of small letters, digits and hyphens, aws.example.com, without a dot at the end",
)
RECORD_NAME = Name(
    "name of a record below its zone",
    rf"|(\*|{_LABEL})(\.{_LABEL})*",
    "labels of small letters, digits and hyphens, db or *.api, or nothing for the zone itself",
)
ZONE_ID = Name("id of a hosted zone", r"Z[A-Z0-9]{6,31}", "Z and capital letters and digits")
RESOLVER_RULE_ID = Name(
    "id of a resolver rule", r"rslvr-rr-[0-9a-f]{8,17}", "rslvr-rr- and hexadecimal digits"
)

TTL_SECONDS = Whole("time to live of a record in seconds", 0, 2_147_483_647)

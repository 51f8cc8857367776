"""What Amazon CloudFront takes as a name or a number. Source: "DistributionConfig" of its API reference."""

from landform.constructs.limits import Name

DOMAIN_NAME = Name(
    "domain name of a distribution",
    r"(?=.{4,253}\Z)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    "a domain name in lower case, or one with *. before it",
)
ROOT_OBJECT = Name(
    "default root object",
    r"(?!/)[A-Za-z0-9_.*$/~\"'&-]{1,255}",
    "1 to 255 letters, digits and _ - . * $ / ~ \" ' &, without a / before it",
)
COUNTRY = Name("country", r"[A-Z]{2}", "a code of ISO 3166-1, two capital letters")
SECURITY_POLICY = Name(
    "content security policy", r"[^\r\n]{1,1783}", "1 to 1,783 characters, without a line break"
)
DISTRIBUTION_ID = Name(
    "id of a distribution", r"E[A-Z0-9]{5,31}", "capital letters and digits, beginning with E"
)

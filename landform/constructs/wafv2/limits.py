"""What AWS WAF takes as a name or a number. Source: "WebACL" and "RateBasedStatement" of its API reference."""

from landform.constructs.limits import Name, Whole

WEB_ACL_ARN = Name(
    "ARN of a web ACL",
    r"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{12}:(regional|global)/webacl/[\w-]{1,128}/[\w-]{1,36}",
    "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/ and its name and id; global for CloudFront",
)
HEADER = Name("name of a header", r"[a-z0-9!#$%&'*+.^_`|~-]{1,64}", "1 to 64 characters, in lower case")

RATE_LIMIT = Whole("number of requests of one address in five minutes", 10, 2_000_000_000)

"""What Elastic Load Balancing takes as a name or a number. Source: its API reference, version 2015-12-01."""

from landform.constructs.limits import Name, Whole

LOAD_BALANCER_NAME = Name(
    "load balancer name",
    r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?",
    "1 to 32 letters, digits and hyphens, no hyphen at an end, not beginning with internal-",
)
LOAD_BALANCER_ARN = Name(
    "ARN of an application load balancer",
    r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]+",
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/ and its name and id",
)
TARGET_GROUP_ARN = Name(
    "ARN of a target group",
    r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]+",
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/ and its name and id",
)
HEALTH_CHECK_PATH = Name(
    "path of a health check", r"/[^\s]{0,1023}", "a path that begins with /, without spaces"
)
HEALTH_CHECK_CODES = Name(
    "list of status codes of a health check",
    r"[2-4][0-9]{2}([,-][2-4][0-9]{2})*",
    "status codes of 200 to 499: 200, 200,204 or 200-299",
)
PATH_PATTERN = Name(
    "path of a route",
    r"/[A-Za-z0-9_.$/~\"'@:+&()!,;=*?-]{0,127}",
    "a path that begins with /; * and ? match any",
)
HOST_PATTERN = Name(
    "host of a route", r"[A-Za-z0-9.*?-]{1,128}", "a host name of up to 128 characters; * and ? match any"
)

PORT = Whole("port", 1, 65_535)
PRIORITY = Whole("priority of a route", 1, 50_000)

"""What Amazon API Gateway takes as a name or a number. Sources: its quotas, and its API references, both versions."""

from landform.constructs.limits import Name, Whole

STAGE_NAME = Name("stage name", r"[A-Za-z0-9_-]{1,128}", "1 to 128 letters, digits, _ and -")
PATH = Name(
    "path of an API",
    r"/|(/([A-Za-z0-9._:-]+|\{[A-Za-z0-9_]+\}))*/([A-Za-z0-9._:-]+|\{[A-Za-z0-9_]+\+?\})",
    "a path such as /entries/{id}, or /{proxy+} for all below",
)
GRANTED_PATH = Name(
    "path of a grant", r"/[A-Za-z0-9._:/*-]*", "a path such as /entries/*, * in the place of a variable"
)
URL = Name(
    "URL of an integration",
    # A variable after $ or % would be an expression of Terraform's.
    r"(?!.*[$%]\{)https://[^\s{}]+(\{[A-Za-z0-9_]+\}[^\s{}]*)*",
    "a URL that begins with https://, variables in it as {id}",
)
USER_POOL_ARN = Name(
    "ARN of a user pool",
    r"arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[\w-]+",
    "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/ and its id",
)
ISSUER = Name("issuer of tokens", r"https://[^\s?#{}]+", "a URL that begins with https://")
AUDIENCE = Name("audience of tokens", r"[^\s{}]{1,256}", "1 to 256 characters without spaces and braces")
SCOPE = Name(
    "scope of tokens",
    r"[!#-\[\]-z|~]{1,64}",
    "1 to 64 characters without spaces, quotes, braces and backslashes",
)
ORIGIN = Name(
    "origin that may call from a browser",
    r"https://[a-z0-9.-]+(:[0-9]+)?",
    "https:// and a host, without a path",
)
API_ID = Name("id of an API", r"[a-z0-9]{6,16}", "small letters and digits")

RATE_LIMIT = Whole("number of requests in a second", 1, 10_000)

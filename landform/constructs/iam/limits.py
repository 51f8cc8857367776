"""What IAM takes as a name or an ARN, and what is exact enough to stand in a trust policy."""

from __future__ import annotations

from landform.constructs.limits import Name

PERSON_ARN = Name(
    "ARN of one user or role",
    r"arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[\w+=,.@/-]+",
    "arn:aws:iam::123456789012:user/name, or one of a role",
)
SOURCE_ARNS = Name(
    "ARN of what a service acts for",
    r"arn:aws[a-z-]*:[a-z0-9-]+:[^:\s]*:[^:\s]*:\S+",
    "an ARN that names the service, arn:aws:ecs:eu-west-1:123456789012:*",
)
REPOSITORY = Name(
    "repository, which must be one and exact",
    r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}",
    "owner/name, without wildcards",
)
ENVIRONMENT = Name(
    "environment of a repository",
    r"[A-Za-z0-9][A-Za-z0-9._ -]{0,254}",
    "1 to 255 letters, digits, spaces and . _ -",
)
BRANCH = Name(
    "branch of a repository",
    r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,254}",
    "1 to 255 letters, digits and . _ / -, without wildcards",
)

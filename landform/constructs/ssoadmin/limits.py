"""What IAM Identity Center takes as a name or an ARN. Source: its API reference."""

from __future__ import annotations

from landform.constructs.limits import Name

PERMISSION_SET_ARN = Name(
    "ARN of a permission set",
    r"arn:aws[a-z-]*:sso:::permissionSet/(sso)?ins-[a-zA-Z0-9.-]{16}/ps-[a-zA-Z0-9./-]{16}",
    "arn:aws:sso:::permissionSet/ssoins- and 16 characters, /ps- and 16 more",
)
GROUP_NAME = Name("name of a group", r"[^\x00-\x1f]{1,1024}", "1 to 1,024 characters")

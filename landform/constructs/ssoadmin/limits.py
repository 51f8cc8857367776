"""What IAM Identity Center takes as a name. Source: its API reference."""

from __future__ import annotations

from landform.constructs.limits import Name

PERMISSION_SET_NAME = Name(
    "name of a permission set", r"[\w+=,.@-]{1,32}", "1 to 32 letters, digits and _ + = , . @ -"
)
GROUP_NAME = Name("name of a group", r"[^\x00-\x1f]{1,1024}", "1 to 1,024 characters")

"""What the Account Management API takes of a contact. Source: its ``PutAlternateContact``."""

from __future__ import annotations

from landform.constructs.limits import Name

CONTACT_NAME = Name("name of a contact", r"[^\x00-\x1f]{1,64}", "1 to 64 characters")
CONTACT_TITLE = Name("title of a contact", r"[^\x00-\x1f]{1,50}", "1 to 50 characters")
CONTACT_EMAIL = Name(
    "e-mail address of a contact",
    r"(?=.{3,254}\Z)[\w+=.#|!&-]+@[\w.-]+\.[\w]+",
    "name@domain, at most 254 characters",
)
CONTACT_PHONE = Name(
    "telephone number of a contact", r"[0-9()+ -]{1,25}", "1 to 25 digits, spaces and ( ) + -"
)

# "Regions that are enabled by default" of the Account Management guide, and all of the other partitions.
DEFAULT_REGIONS = frozenset(
    {
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
        "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1",
        "us-west-2",
    }
)  # fmt: skip

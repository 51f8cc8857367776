"""What AWS Organizations takes. Sources: its API reference, and "Quotas for AWS Organizations"."""

from __future__ import annotations

from landform.constructs.limits import Name

UNIT_PATH = Name(
    "path of organizational units",
    r"[A-Za-z0-9][\w.-]{0,127}(/[A-Za-z0-9][\w.-]{0,127}){0,4}",
    "up to five names of letters, digits and _ . -, as Workloads/Prod",
)
ROOT_ID = Name("id of the root of an organisation", r"r-[0-9a-z]{4,32}", "for example r-a1b2")
UNIT_ID = Name(
    "id of an organizational unit", r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}", "for example ou-a1b2-c3d4e5f6"
)
ACCOUNT_NAME = Name("name of an account", r"[^\x00-\x1f]{1,50}", "1 to 50 characters")
ACCOUNT_EMAIL = Name(
    "e-mail address of an account", r"(?=.{6,64}\Z)[^@\s]+@[^@\s]+\.[^@\s]+", "6 to 64 characters"
)
POLICY_NAME = Name("name of a policy", r"[^\x00-\x1f]{1,128}", "1 to 128 characters")

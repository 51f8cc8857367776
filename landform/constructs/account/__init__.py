"""AWS accounts: what is set once for everything in one."""

from landform.constructs.account.account_baseline import AccountBaseline
from landform.constructs.account.contact import AlternateContact

__all__ = ["AccountBaseline", "AlternateContact"]

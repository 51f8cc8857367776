"""AWS accounts: what is set once for everything in one."""

from landform.constructs.account.account_baseline import AccountBaseline
from landform.constructs.account.account_defaults import AccountDefaults
from landform.constructs.account.contact import AlternateContact
from landform.constructs.account.region_defaults import RegionDefaults
from landform.constructs.account.spending import Spending

__all__ = ["AccountBaseline", "AccountDefaults", "AlternateContact", "RegionDefaults", "Spending"]

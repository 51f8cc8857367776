"""The steps, in the order in which they are taken: a Region has to be enabled before its default VPC can go."""

from __future__ import annotations

from collections.abc import Mapping

from landform.vending.steps.contacts import ALTERNATE_CONTACTS
from landform.vending.steps.default_vpcs import DEFAULT_VPCS
from landform.vending.steps.quotas import QUOTAS
from landform.vending.steps.regions import OPT_IN_REGIONS
from landform.vending.steps.step import Step

STEPS: Mapping[str, Step] = {
    step.id: step for step in (OPT_IN_REGIONS, DEFAULT_VPCS, ALTERNATE_CONTACTS, QUOTAS)
}
"""The steps by id."""

# A step that needs one of these is left out there, and that is told. A test asks moto for each.
SANDBOX_LACKS = frozenset(
    {
        "account:EnableRegion",
        "account:GetRegionOptStatus",
        "servicequotas:GetAWSDefaultServiceQuota",
        "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
        "servicequotas:RequestServiceQuotaIncrease",
    }
)
"""The actions that the sandbox, moto, does not have."""

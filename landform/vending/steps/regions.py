"""Opt-in Regions of an account: those that the spec names are enabled, before anything is made in them.

AWS takes minutes to hours to enable one, and lets six be enabled at a time in an account.
"""

from __future__ import annotations

from collections.abc import Mapping

from landform.vending.steps.step import Due, InAccount, State, Step

PAGE = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html"
NOT_ENABLED = "not-opted-in"
# Seconds between two looks at a Region that AWS enables, and how many of them.
PAUSE = 15.0
LOOKS = 120
ON = ("ENABLED", "ENABLED_BY_DEFAULT")
# States that are neither on nor simply off.
_BETWEEN: Mapping[str, tuple[State, str]] = {
    "ENABLING": ("waiting", "AWS is enabling it."),
    "DISABLING": ("refused", "AWS is disabling it; it can be enabled once that is done."),
}


def look(at: InAccount) -> tuple[Due, ...]:
    """The Regions of the account in the spec that are not enabled."""
    known = at.client("ec2").describe_regions(AllRegions=True)["Regions"]
    off = {region["RegionName"] for region in known if region["OptInStatus"] == NOT_ENABLED}
    states = {region: _status(at, region) for region in at.account.regions if region in off}
    return tuple(_due(region, state) for region, state in states.items() if state not in ON)


def act(at: InAccount, due: Due) -> None:
    """Enable one, and wait until AWS has; what takes longer than half an hour is left waiting."""
    at.client("account").enable_region(RegionName=due.region)
    for seen in range(LOOKS):
        if (status := _status(at, due.region)) in ON:
            return
        at.tell(f"{due.region} is {status} for {seen * PAUSE:.0f} s")
        at.pause(PAUSE)


def _status(at: InAccount, region: str) -> str:
    return str(at.client("account").get_region_opt_status(RegionName=region)["RegionOptStatus"])


def _due(region: str, status: str) -> Due:
    return Due(region, region, *_BETWEEN.get(status, ()))


OPT_IN_REGIONS = Step(
    id="opt-in-regions",
    title="The Regions of the account are enabled",
    page=PAGE,
    actions=("ec2:DescribeRegions", "account:GetRegionOptStatus", "account:EnableRegion"),
    look=look,
    act=act,
)

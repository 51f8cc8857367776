"""Service quotas that an account asks for: AWS is asked once, and people there may answer days later.

A quota has a value in each Region; those of global services have one, in the Region of the global endpoints. What AWS
has said no to is not asked again: that would open a case at every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from landform.org.models.account import Quota
from landform.vending.steps.step import Due, InAccount, State, Step

PAGE = "https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html"
# Services whose quotas stand in the Region of the global endpoints alone, by their codes.
GLOBAL = frozenset(
    {"account", "cloudfront", "globalaccelerator", "iam", "organizations", "route53", "shield", "sso"}
)
_NONE = "NoSuchResourceException"
# What a request for no less says of another one: by its status.
ANSWERS: Mapping[str, tuple[State, str]] = {
    "PENDING": ("waiting", "AWS was asked and has not answered."),
    "CASE_OPENED": ("waiting", "AWS was asked and has opened a case."),
    "APPROVED": ("waiting", "AWS has said yes, and the value is not there yet."),
    "DENIED": ("refused", "AWS has said no."),
    "NOT_APPROVED": ("refused", "AWS has said no."),
    "CASE_CLOSED": ("refused", "AWS has closed the case and the value is not there."),
    "INVALID_REQUEST": ("refused", "AWS has said that the request is not valid."),
}
# A quota with one of these takes no second request, whatever value that one is for.
OPEN = frozenset({"PENDING", "CASE_OPENED"})


def look(at: InAccount) -> tuple[Due, ...]:
    """The quotas of the account in the spec that are lower in the living one."""
    return tuple(
        due
        for quota in at.account.quotas
        for region in _regions(at, quota)
        for due in _due(at.client("service-quotas", region), quota, region)
    )


def act(at: InAccount, due: Due) -> None:
    """Ask for one."""
    quota = next(each for each in at.account.quotas if due.what == _what(each, due.region))
    at.client("service-quotas", due.region).request_service_quota_increase(
        ServiceCode=quota.service, QuotaCode=quota.code, DesiredValue=float(quota.value)
    )


def _what(quota: Quota, region: str) -> str:
    return f"{quota.service}/{quota.code} to {quota.value} in {region}"


def _regions(at: InAccount, quota: Quota) -> tuple[str, ...]:
    return (at.global_region,) if quota.service in GLOBAL else at.account.regions


def _due(client: Any, quota: Quota, region: str) -> Iterator[Due]:
    what = _what(quota, region)
    living = _quota(client, quota)
    if living["Value"] >= quota.value:
        return
    answer = _answer(client, quota)
    if answer:
        yield Due(what, region, *answer)
    elif not living["Adjustable"]:
        yield Due(what, region, "refused", f"AWS does not change this quota; it is {living['Value']:g}.")
    else:
        yield Due(what, region)


def _quota(client: Any, quota: Quota) -> Mapping[str, Any]:
    """The quota as it is applied, or as it is for everybody."""
    which = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        found: Mapping[str, Any] = client.get_service_quota(**which)["Quota"]
    except ClientError as error:
        if error.response["Error"]["Code"] != _NONE:
            raise
        found = client.get_aws_default_service_quota(**which)["Quota"]
    return found


def _answer(client: Any, quota: Quota) -> tuple[State, str] | None:
    """What AWS has said to a request that makes another one needless; None where there is none."""
    pages = client.get_paginator("list_requested_service_quota_change_history_by_quota")
    which = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    found = [each for page in pages.paginate(**which) for each in page["RequestedQuotas"]]
    found.sort(key=lambda each: each["Created"])
    for request in reversed(found):
        if request["Status"] in OPEN or request["DesiredValue"] == quota.value:
            status = request["Status"]
            return ANSWERS.get(status, ("waiting", f"AWS says {status} of a request."))
    return None


QUOTAS = Step(
    id="quotas",
    title="AWS was asked for the account's quotas",
    page=PAGE,
    actions=(
        "servicequotas:GetServiceQuota",
        "servicequotas:GetAWSDefaultServiceQuota",
        "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
        "servicequotas:RequestServiceQuotaIncrease",
    ),
    look=look,
    act=act,
)

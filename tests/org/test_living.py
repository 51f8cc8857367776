"""The living organisation, read from moto's AWS Organizations."""

from __future__ import annotations

import json
from typing import Any

import boto3
import botocore.stub
import pytest
from moto import mock_aws

from landform.errors import Code, LandformError
from landform.org.living import (
    LivingAccount,
    open_session,
    read_organization,
)

from .organization import DENY, Aws


class TestReadOrganization:
    """What AWS Organizations says."""

    def test_units(self, aws: Aws) -> None:
        """The tree, as paths in the spec's letters, with the root and what is attached."""
        assert {unit.path: unit.policies for unit in aws.read().units} == {
            "Root": (),
            "Security": (),
            "Work-loads": ("DenyLeave",),
            "Work-loads/Prod": (),
        }

    def test_accounts(self, aws: Aws) -> None:
        """Each account with its unit, its tags and its policies."""
        accounts = {account.name: account for account in aws.read().accounts}
        assert accounts["Payments Prod"] == LivingAccount(
            id=aws.accounts["Payments Prod"],
            name="Payments Prod",
            email="aws+payments-prod@acme.example",
            state="ACTIVE",
            unit="Work-loads/Prod",
            tags={"owner": "Payments", "cost-center": "4711", "app": "cards"},
            policies=(),
        )
        assert accounts["log-archive"].policies == ("DenyLeave",)
        assert accounts["master"].unit == "Root"

    def test_policies(self, aws: Aws) -> None:
        """The organisation's own policies with their documents; AWS's are nobody's to keep."""
        assert [(policy.name, policy.document) for policy in aws.read().policies] == [("DenyLeave", DENY)]

    def test_more_than_a_page(self, aws: Aws) -> None:
        """Every page is read."""
        for number in range(45):
            aws.account(f"bulk-{number}", "Security")
        assert len(aws.read().accounts) == 48

    def test_a_suspended_account(self, aws: Aws) -> None:
        """AWS's state is kept as AWS says it."""
        aws.client.close_account(AccountId=aws.accounts["log-archive"])
        states = {account.name: account.state for account in aws.read().accounts}
        assert states == {"master": "ACTIVE", "Payments Prod": "ACTIVE", "log-archive": "SUSPENDED"}

    def test_an_assumed_role(self, aws: Aws) -> None:
        """The organisation is read in the role's account."""
        role = "arn:aws:iam::123456789012:role/landform-read"
        assert read_organization(open_session(role_arn=role)) == aws.read()

    def test_no_organization(self) -> None:
        """An account without an organisation is an error with AWS's own words."""
        with mock_aws(), pytest.raises(LandformError) as caught:
            read_organization(open_session())
        assert caught.value.code is Code.AWS_REFUSED
        assert "AWSOrganizationsNotInUse" in str(caught.value.given)

    def test_no_credentials(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody signed in: an error that says what to do."""
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(key, raising=False)
        for key in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            monkeypatch.setenv(key, "/dev/null")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with pytest.raises(LandformError) as caught:
            read_organization(open_session())
        assert caught.value.code is Code.AWS_REFUSED
        assert caught.value.fix
        assert "--profile" in caught.value.fix

    def test_no_such_profile(self) -> None:
        """A profile that the shared files do not have."""
        with pytest.raises(LandformError) as caught:
            open_session(profile="no-such-profile")
        assert caught.value.code is Code.AWS_REFUSED

    def test_two_units_of_one_name(self, aws: Aws) -> None:
        """Names that are one in the spec's letters, and a unit called as the root is, stay apart."""
        aws.unit("Work/loads")
        aws.unit("Root")
        paths = [unit.path for unit in aws.read().units]
        assert len({*paths}) == len(paths) == 6
        assert sum(path.startswith(("Work-loads-", "Root-")) for path in paths) == 2


class TestStates:
    """AWS's ``State``, which botocore's older models drop."""

    @pytest.mark.parametrize(
        ("said", "state"),
        [
            ({"State": "PENDING_CLOSURE", "Status": "ACTIVE"}, "PENDING_CLOSURE"),
            ({"State": "CLOSED"}, "CLOSED"),
            ({"Status": "SUSPENDED"}, "SUSPENDED"),
            ({}, "UNKNOWN"),
        ],
    )
    def test_state_before_status(self, said: dict[str, str], state: str) -> None:
        """The new word counts, the old one is read where there is no other, and silence is not ACTIVE."""
        from landform.org.living import _keep_states

        body = json.dumps({"Accounts": [{"Id": "1", **said}]}).encode()
        kept: dict[str, Any] = {}
        _keep_states({"status_code": 200, "body": body}, kept)
        assert [account["State"] for account in kept["Accounts"]] == [state]


class TestRefusals:
    """Calls that AWS refuses."""

    def test_access_denied(self) -> None:
        """The operation, AWS's words, and what the caller needs."""
        from landform.org.living import told

        client = boto3.client(
            "organizations", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
        )
        with botocore.stub.Stubber(client) as stub:
            stub.add_client_error("describe_organization", "AccessDeniedException", "not you")
            with pytest.raises(LandformError) as caught, told("organizations:Describe*"):
                client.describe_organization()
        assert caught.value.message == "AWS refused DescribeOrganization."
        assert caught.value.given == "AccessDeniedException: not you"
        assert caught.value.expected == "a caller that may use organizations:Describe*"

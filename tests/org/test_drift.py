"""Where the living organisation and the spec differ."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from landform.org.drift import Drift, differences
from landform.org.load import load

from .organization import DENY, Aws, drift, edit


class TestDrift:
    """Where AWS and the spec differ."""

    def test_accounts_made_and_moved_by_hand(self, aws: Aws, imported: Path) -> None:
        """Each difference has its code, what the spec says and what AWS says."""
        payments = aws.accounts["Payments Prod"]
        aws.client.move_account(
            AccountId=payments,
            SourceParentId=aws.units["Work loads/Prod"],
            DestinationParentId=aws.units["Security"],
        )
        aws.client.tag_resource(ResourceId=payments, Tags=[{"Key": "app", "Value": "cheques"}])
        aws.client.untag_resource(ResourceId=payments, TagKeys=["owner"])
        aws.client.close_account(AccountId=aws.accounts["log-archive"])
        new = aws.account("By Hand", "Security")
        assert drift(imported, aws.read()) == [
            ("extra-account", "account by-hand", None, f"By Hand ({new}), ACTIVE in Security"),
            ("other-status", "account log-archive", "active", "SUSPENDED"),
            ("other-tags", "account payments-prod", "app=cards", "app=cheques"),
            ("other-unit", "account payments-prod", "Work-loads/Prod", "Security"),
        ]

    def test_units(self, aws: Aws, imported: Path) -> None:
        """Units made and removed by hand."""
        aws.unit("Lab")
        edit(imported / "org/ous.yaml", "  - path: Security\n", "  - path: Security\n  - path: Planned\n")
        assert [each[:2] for each in drift(imported, aws.read())] == [
            ("extra-unit", "unit Lab"),
            ("missing-unit", "unit Planned"),
        ]

    def test_policies(self, aws: Aws, imported: Path) -> None:
        """A policy detached, one rewritten, one of AWS alone and one of the spec alone; none of landform's."""
        aws.client.detach_policy(PolicyId=aws.policy, TargetId=aws.units["Work loads"])
        aws.client.update_policy(PolicyId=aws.policy, Content=json.dumps({**DENY, "Statement": []}))
        aws.client.create_policy(
            Name="Extra", Description="d", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(DENY)
        )
        own = load(imported).organization
        aws.client.create_policy(
            Name=f"{own.prefix}-{own.management_account}-organization-quarantine",
            Description="d",
            Type="SERVICE_CONTROL_POLICY",
            Content=json.dumps(DENY),
        )
        (imported / "org/policies/planned.json").write_text(json.dumps(DENY))
        (imported / "org/policies/unused.json").write_text(json.dumps(DENY))
        edit(
            imported / "org/ous.yaml",
            "  - path: Security\n",
            "  - path: Security\n    service_control_policies: [planned]\n",
        )
        assert [each[:3] for each in drift(imported, aws.read())] == [
            ("other-document", "policy deny-leave", "org/policies/deny-leave.json"),
            ("extra-policy", "policy extra", None),
            ("missing-policy", "policy planned", "planned"),
            ("other-policies", "unit Security", "planned"),
            ("other-policies", "unit Work-loads", "deny-leave"),
        ]

    def test_a_spec_without_policies(self, aws: Aws, imported: Path) -> None:
        """Who does not keep policies in the spec is not told about them."""
        (imported / "org/policies/deny-leave.json").unlink()
        for file in ("ous", "accounts/log-archive"):
            path = imported / f"org/{file}.yaml"
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join(line for line in lines if "policies" not in line and "deny-" not in line))
        assert drift(imported, aws.read()) == []

    @pytest.mark.parametrize(
        ("status", "state", "drifts"),
        [
            ("active", "ACTIVE", False),
            ("quarantined", "ACTIVE", False),
            ("provisioning", "ACTIVE", False),
            ("provisioning", "PENDING_ACTIVATION", False),
            ("provisioning", "SUSPENDED", True),
            ("suspended", "ACTIVE", False),
            ("suspended", "SUSPENDED", False),
            ("closed", "CLOSED", False),
            ("closed", "PENDING_CLOSURE", False),
            ("closed", "ACTIVE", True),
            ("active", "SUSPENDED", True),
            ("active", "UNKNOWN", True),
        ],
    )
    def test_states(self, aws: Aws, imported: Path, status: str, state: str, drifts: bool) -> None:
        """Which of AWS's states go with which status."""
        edit(imported / "org/accounts/payments-prod.yaml", "status: active", f"status: {status}")
        living = aws.read()
        living = replace(
            living,
            accounts=tuple(
                replace(each, state=state) if each.name == "Payments Prod" else each
                for each in living.accounts
            ),
        )
        expected = [("other-status", "account payments-prod", status, state)] if drifts else []
        assert drift(imported, living) == expected

    @pytest.mark.parametrize(
        ("status", "missing"),
        [("active", True), ("quarantined", True), ("provisioning", False), ("closed", False)],
    )
    def test_an_account_that_aws_lacks(self, aws: Aws, imported: Path, status: str, missing: bool) -> None:
        """A closed account vanishes after 90 days; any other must be there."""
        edit(imported / "org/accounts/payments-prod.yaml", "status: active", f"status: {status}")
        living = aws.read()
        living = replace(living, accounts=tuple(e for e in living.accounts if e.name != "Payments Prod"))
        assert [each[0] for each in drift(imported, living)] == (["missing-account"] if missing else [])

    def test_names_and_addresses(self, aws: Aws, imported: Path) -> None:
        """A renamed account and another address; the same address in capitals is no difference."""
        living = aws.read()
        names = {"Payments Prod": "Cards"}
        emails = {"log-archive": "x@acme.example", "master": "MASTER@example.com"}
        living = replace(
            living,
            accounts=tuple(
                replace(each, name=names.get(each.name, each.name), email=emails.get(each.name, each.email))
                for each in living.accounts
            ),
        )
        assert drift(imported, living) == [
            ("other-email", "account log-archive", "aws+log-archive@acme.example", "x@acme.example"),
            ("other-name", "account payments-prod", "payments-prod", "cards"),
        ]

    def test_another_organization(self, aws: Aws, imported: Path) -> None:
        """Credentials of another organisation are noticed first of all."""
        living = replace(aws.read(), id="o-zzzzzzzzzz", management_account_id="999999999999")
        assert {each[0] for each in drift(imported, living)} == {
            "other-organization",
            "other-management-account",
        }

    def test_a_requested_account(self, aws: Aws, imported: Path) -> None:
        """Before AWS has it nothing is wrong; once it is there, the spec lacks its id."""
        file = imported / "org/accounts/new.yaml"
        text = (imported / "org/accounts/payments-prod.yaml").read_text()
        lines = [line for line in text.splitlines(keepends=True) if "account_id" not in line]
        text = "".join(lines).replace("payments-prod", "new").replace("status: active", "status: requested")
        file.write_text(text)
        assert drift(imported, aws.read()) == []
        id = aws.account("New", "Work loads/Prod")
        assert drift(imported, aws.read()) == [("vended-account", "account new", "no account_id", id)]

    def test_where_it_stands(self, aws: Aws, imported: Path) -> None:
        """A difference names the line of the spec."""
        aws.client.close_account(AccountId=aws.accounts["log-archive"])
        (found,) = differences(load(imported), aws.read())
        assert found.drift is Drift.STATE
        assert str(found.place) == "org/accounts/log-archive.yaml:5:9"

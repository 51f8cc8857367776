"""A living organisation written as a spec."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.org.imported import account_names, own_tags, policy_names
from landform.org.importing import import_organization
from landform.org.living import (
    LivingAccount,
    LivingOrganization,
    LivingPolicy,
    LivingUnit,
    unit_name,
)
from landform.org.load import load
from landform.org.resolve import resolve

from .organization import ANSWERS, DENY, Aws, drift, edit


class TestNames:
    """AWS's names in the spec's letters."""

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("Prod", "Prod"), ("Prod / EU (1)", "Prod-EU-1"), ("_x.", "x"), ("日本", "unit")],
    )
    def test_unit_name(self, name: str, expected: str) -> None:
        """What a path cannot hold becomes a hyphen."""
        assert unit_name(name) == expected

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Payments Prod", "payments-prod"),
            ("4711 legacy", "a-4711-legacy"),
            ("É", "a"),
            ("x" * 80, "x" * 50),
        ],
    )
    def test_account_name(self, name: str, expected: str) -> None:
        """Every name becomes one that the spec takes."""
        assert account_names(organization(account("100000000001", name))) == {"100000000001": expected}

    def test_accounts_of_one_name(self) -> None:
        """Two accounts that would share a name carry digits of their ids."""
        living = organization(account("100000000001", "Dev"), account("100000000022", "dev"))
        assert account_names(living) == {"100000000001": "dev-0001", "100000000022": "dev-0022"}

    def test_policy_names(self) -> None:
        """Capitals begin a new word."""
        living = replace(organization(), policies=(LivingPolicy("p-12345678", "DenyLeave Org", {}),))
        assert policy_names(living) == {"DenyLeave Org": "deny-leave-org"}

    def test_own_tags(self) -> None:
        """Tags that landform sets, that AWS keeps for itself, and second spellings are left out."""
        tags = {"aws:x": "1", "Owner": "2", "tier": "3", "App": "4", "app": "5", "team": "6", "bad!": "7"}
        assert own_tags(replace(account("100000000001", "a"), tags=tags)) == {"App": "4", "team": "6"}


class TestImport:
    """A living organisation as files."""

    def test_it_resolves(self, imported: Path) -> None:
        """What was written is a whole spec, without stacks so far."""
        fleet = resolve(load(imported))
        assert [account.name for account in fleet.accounts] == ["log-archive", "master", "payments-prod"]
        assert fleet.instances == ()
        assert (fleet.organization.management_account, fleet.organization.log_archive_account) == (
            "master",
            "log-archive",
        )

    def test_what_tags_say(self, imported: Path) -> None:
        """Owner, cost centre and data class come from tags where there are some, and are strict where not."""
        accounts = {account.name: account for account in load(imported).accounts}
        payments, archive = accounts["payments-prod"], accounts["log-archive"]
        assert (payments.owner.team, payments.owner.cost_center) == ("payments", "4711")
        assert (archive.owner.team, archive.owner.cost_center) == ("platform", "unassigned")
        assert (payments.data_class, archive.data_class) == ("restricted", "confidential")
        assert payments.tags == {"app": "cards"}

    def test_policies(self, imported: Path) -> None:
        """Documents as AWS takes them, and where they are attached."""
        spec = load(imported)
        assert json.loads((imported / "org/policies/deny-leave.json").read_text()) == DENY
        assert {unit.path: unit.service_control_policies for unit in spec.ous}["Work-loads"] == (
            "deny-leave",
        )

    def test_the_new_tier_is_strict(self, imported: Path) -> None:
        """A tier that nobody described guards as much as one can."""
        (tier,) = load(imported).tiers
        assert (tier.guard.level, tier.guard.fail_on) == ("strict", "low")

    def test_nothing_drifts(self, aws: Aws, imported: Path) -> None:
        """Just imported, the spec and AWS agree."""
        assert drift(imported, aws.read()) == []

    def test_an_unowned_account(self, aws: Aws, tmp_path: Path) -> None:
        """Without a tag and an answer the accounts are named, and nothing is written."""
        with pytest.raises(LandformError) as caught:
            import_organization(tmp_path, aws.read(), replace(ANSWERS, owner=None))
        assert caught.value.code is Code.USAGE
        assert "log-archive" in str(caught.value.given)
        assert list(tmp_path.iterdir()) == []

    def test_states(self, aws: Aws, tmp_path: Path) -> None:
        """A closed account is imported as its tombstone; one in a state that nobody knows gets no stacks."""
        living = aws.read()
        states = {"log-archive": "PENDING_CLOSURE", "Payments Prod": "ODD", "master": "PENDING_ACTIVATION"}
        living = replace(
            living, accounts=tuple(replace(each, state=states[each.name]) for each in living.accounts)
        )
        import_organization(tmp_path, living, ANSWERS)
        assert {account.name: account.status for account in load(tmp_path).accounts} == {
            "log-archive": "closed",
            "payments-prod": "suspended",
            "master": "provisioning",
        }

    def test_files_that_are_there(self, aws: Aws, imported: Path) -> None:
        """A second import writes what is new and leaves the rest as it is, to the byte."""
        file = imported / "org/accounts/payments-prod.yaml"
        edit(file, "purpose: ", "# said by hand\npurpose: ")
        before = file.read_bytes()
        aws.account("New", "Security")
        done = import_organization(imported, aws.read(), ANSWERS)
        assert done.written == ("org/accounts/new.yaml",)
        assert done.updated == ()
        assert "org/accounts/payments-prod.yaml" in done.kept
        assert file.read_bytes() == before

    def test_update(self, aws: Aws, imported: Path) -> None:
        """What AWS knows better goes into the file; comments, names and everything else stay."""
        file = imported / "org/accounts/payments-prod.yaml"
        edit(file, "purpose: ", "# said by hand\npurpose: ")
        edit(file, "tier: prod\n", "tier: prod  # the strictest\n")
        aws.unit("Stage", "Work loads")
        id = aws.accounts["Payments Prod"]
        aws.client.move_account(
            AccountId=id,
            SourceParentId=aws.units["Work loads/Prod"],
            DestinationParentId=aws.units["Work loads/Stage"],
        )
        aws.client.tag_resource(ResourceId=id, Tags=[{"Key": "app", "Value": "012"}])
        done = import_organization(imported, aws.read(), ANSWERS, update=True)
        assert done.updated == ("org/accounts/payments-prod.yaml", "org/ous.yaml")
        text = file.read_text()
        assert "# said by hand\n" in text
        assert "tier: prod  # the strictest\n" in text
        (account,) = [each for each in load(imported).accounts if each.name == "payments-prod"]
        assert (account.ou, account.tags) == ("Work-loads/Stage", {"app": "012"})
        assert drift(imported, aws.read()) == []

    def test_update_without_news(self, aws: Aws, imported: Path) -> None:
        """Nothing is written where AWS says what the spec says."""
        before = {path: path.read_bytes() for path in imported.rglob("*") if path.is_file()}
        done = import_organization(imported, aws.read(), ANSWERS, update=True)
        assert (done.written, done.updated) == ((), ())
        assert {path: path.read_bytes() for path in imported.rglob("*") if path.is_file()} == before

    def test_an_account_that_was_opened_again(self, aws: Aws, imported: Path) -> None:
        """It comes back suspended: nobody has looked at what is left in it."""
        file = imported / "org/accounts/payments-prod.yaml"
        edit(file, "status: active", "status: closed")
        import_organization(imported, aws.read(), ANSWERS, update=True)
        assert "status: suspended\n" in file.read_text()

    def test_a_spec_that_would_not_be_whole(self, aws: Aws, imported: Path) -> None:
        """A new account in a unit that the spec lacks: without --update the error names it, nothing is written."""
        aws.unit("Lab")
        aws.account("Lab One", "Lab")
        with pytest.raises(LandformError) as caught:
            import_organization(imported, aws.read(), ANSWERS)
        assert "'Lab'" in caught.value.message
        assert not (imported / "org/accounts/lab-one.yaml").exists()

    def test_texts_that_look_like_something_else(self, aws: Aws, tmp_path: Path) -> None:
        """A name such as `true` or a cost centre such as 0123 is still a text."""
        aws.account("true", "Security", owner="on", cost_center="0123", note="2026-11-01", empty="~")
        import_organization(tmp_path, aws.read(), ANSWERS)
        (account,) = [each for each in load(tmp_path).accounts if each.name == "true"]
        assert (account.owner.team, account.owner.cost_center) == ("on", "0123")
        assert account.tags["note"] == "2026-11-01"


def account(id: str, name: str) -> LivingAccount:
    return LivingAccount(id, name, f"{id}@acme.example", "ACTIVE", "Root", {}, ())


def organization(*accounts: LivingAccount) -> LivingOrganization:
    root = LivingUnit("r-1234", "Root", ())
    return LivingOrganization("o-a1b2c3d4e5", "aws", "100000000001", (root,), accounts, ())

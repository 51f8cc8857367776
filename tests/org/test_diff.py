"""What changed in an organisation, by meaning."""

import pytest

from landform.errors import LandformError
from landform.org.diff import State, as_json, diff, read_state
from landform.org.facts import Change
from landform.org.lock import LOCK

from .conftest import ACCOUNT, FILES, WAIVER
from .networked import add_account, relock
from .test_migrate import OLD


@pytest.fixture
def compare(project):
    """Compare the spec as it is now with the one it was when the test began."""
    before = State.read(project.root, "before")
    return lambda: diff(before, State.read(project.root, "after"))


DEV = "org/accounts/payments-dev.yaml"


def only(found):
    """The one account that differs."""
    (account,) = found.accounts
    return account


class TestAccounts:
    """What is said of accounts."""

    def test_nothing_changed(self, compare):
        """No account, no subject, no error."""
        found = compare()
        assert (found.accounts, found.subjects, found.errors) == ((), (), ())

    def test_one_is_new(self, compare, project):
        """With the stacks it brings."""
        text = ACCOUNT.format(name="orders", id="400000000004", ou="Workloads", tier="prod")
        project.write("org/accounts/orders.yaml", text)
        account = only(compare())
        assert (account.account, account.kind) == ("orders", "added")
        assert account.added == ("orders.base", "orders.eu-central-1.network", "orders.eu-west-1.network")

    def test_a_file_that_is_gone_is_an_error(self, compare, project):
        """A missing file never means that something was removed."""
        (project.root / DEV).unlink()
        project.edit("org/stacks.yaml", "app: payments-dev", "app: payments-prod")
        found = compare()
        assert [(a.account, a.kind) for a in found.accounts if a.kind == "removed"] == [
            ("payments-dev", "removed")
        ]
        (error,) = found.errors
        assert (error.code.slug, error.place.file) == ("spec-removed", DEV)
        assert "status active" in error.given

    def test_a_closed_account_may_go(self, project):
        """Its tombstone has done its work."""
        project.edit(DEV, "ou: Workloads/Dev", "status: closed\nou: Workloads/Dev")
        project.edit("org/stacks.yaml", "app: payments-dev", "app: payments-prod")
        before = State.read(project.root, "before")
        (project.root / DEV).unlink()
        found = diff(before, State.read(project.root, "after"))
        assert only(found).kind == "removed"
        assert found.errors == ()

    def test_one_moves_to_another_unit(self, compare, project):
        """The unit is a field; the tags of the units follow."""
        project.edit(DEV, "ou: Workloads/Dev", "ou: Workloads")
        account = only(compare())
        assert account.changes == (Change("ou", "Workloads/Dev", "Workloads"),)
        assert Change("tags.layer", "dev-unit", "workloads") in account.effects
        assert "payments-dev.base" in account.changed

    def test_another_tier(self, compare, project):
        """What the tier says is resolved anew."""
        project.edit("org/ous.yaml", "tiers: [dev]", "tiers: [dev, prod]")
        project.edit("org/tiers/prod.yaml", "fail_on: medium", "fail_on: low")
        project.edit(DEV, "tier: dev", "tier: prod")
        account = next(each for each in compare().accounts if each.account == "payments-dev")
        assert account.changes == (Change("tier", "dev", "prod"),)
        assert {Change("tier.name", "dev", "prod"), Change("settings.guard.fail_on", "medium", "low")} <= set(
            account.effects
        )

    def test_a_parameter_is_told_with_its_stack(self, compare, project):
        """And the stacks that do not have it do not change."""
        project.edit("org/stacks.yaml", "size: 20", "size: 22")
        found = compare()
        assert {each.account for each in found.accounts} == {"payments-dev", "payments-prod"}
        assert found.accounts[0].effects == (Change("params.network.size", 20, 22),)
        assert all("network" in key for each in found.accounts for key in each.changed)

    def test_a_status_that_takes_the_stacks_away(self, compare, project):
        """A suspended account has none."""
        project.edit("org/stacks.yaml", "{ labels: { app: payments-dev } }", "{ ous: [Workloads] }")
        before = State.read(project.root, "before")
        project.edit(DEV, "ou: Workloads/Dev", "status: suspended\nou: Workloads/Dev")
        account = only(diff(before, State.read(project.root, "after")))
        assert account.changes == (Change("status", None, "suspended"),)
        assert len(account.removed) == 4

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [("012345678901", "012345678902", "account_id"), ("aws+payments-dev", "aws+dev", "email")],
    )
    def test_what_must_stay_is_an_error(self, compare, project, old, new, field):
        """At the line of the new value."""
        project.edit(DEV, old, new)
        (error,) = compare().errors
        assert error.code.slug == "spec-immutable"
        assert field in error.message
        assert error.place.file == DEV

    def test_an_id_that_comes_with_the_account_is_none(self, project):
        """A requested account has no id until AWS gives it one."""
        project.edit(DEV, 'account_id: "012345678901"\n', "status: requested\n")
        project.edit("org/stacks.yaml", "{ labels: { app: payments-dev } }", "{ ous: [Workloads] }")
        before = State.read(project.root, "before")
        project.edit(DEV, "status: requested\n", 'account_id: "012345678901"\n')
        assert diff(before, State.read(project.root, "after")).errors == ()

    def test_another_name_for_the_same_id_is_an_error(self, compare, project):
        """Every stack would be made anew under the new name."""
        (project.root / DEV).rename(project.root / "org/accounts/pay-dev.yaml")
        project.edit("org/accounts/pay-dev.yaml", "name: payments-dev", "name: pay-dev")
        found = compare()
        account = only(found)
        assert (account.account, account.before, account.kind) == ("pay-dev", "payments-dev", "renamed")
        assert found.errors[0].code.slug == "spec-immutable"
        assert "pay-dev.base" in account.added
        assert "payments-dev.base" in account.removed

    def test_another_block_is_an_error(self, locked):
        """A block that was allotted is somebody's VPC, however its account came to another one."""
        before = State.read(locked.root, "before")
        (locked.root / LOCK).unlink()
        add_account(locked, "aaa", "400000000004")
        relock(locked)
        found = diff(before, State.read(locked.root, "after"))
        assert [(each.code.slug, str(each.place), each.given) for each in found.errors] == [
            ("spec-immutable", f"{LOCK}:9:9", "10.21.16.0/20, before 10.21.0.0/20"),
            ("spec-immutable", f"{LOCK}:18:9", "10.20.16.0/20, before 10.20.0.0/20"),
        ]


class TestSubjects:
    """What is said of everything else."""

    def test_each_thing_has_a_name(self, compare, project):
        """A tier, a unit, a stack, a waiver, the organisation."""
        project.edit("org/tiers/dev.yaml", "max_days: 60", "max_days: 50")
        project.edit("org/ous.yaml", "layer: dev-unit", "layer: x")
        project.edit("org/stacks.yaml", "size: 20", "size: 22")
        project.write("org/waivers/W-2026-001.yaml", WAIVER)
        project.edit("org/org.yaml", "company: acme", "company: acme-group")
        found = {each.what: each for each in compare().subjects}
        assert {what: each.kind for what, each in found.items()} == {
            "organisation": "changed",
            "stack network": "changed",
            "tier dev": "changed",
            "unit Workloads/Dev": "changed",
            "waiver W-2026-001": "added",
        }
        assert found["tier dev"].changes == (Change("waivers.max_days", 60, 50),)

    def test_a_comment_is_no_change(self, compare, project):
        """Nor is the order of keys, nor quotes."""
        project.add("org/tiers/dev.yaml", "# remark\n")
        project.edit("org/org.yaml", "name: acme", 'name: "acme"')
        assert compare().subjects == ()

    def test_the_order_of_rules_is_no_change(self, compare, project):
        """Stacks are compared by their id."""
        head, first, *rest = FILES["org/stacks.yaml"].partition(
            "  - id: base\n    construct: landform.stacks:Base\n"
        )
        project.write("org/stacks.yaml", head + "".join(rest) + first)
        found = compare()
        assert (found.subjects, found.accounts) == ((), ())


class TestAsJson:
    """One document."""

    def test_has_everything(self, compare, project):
        """With errors as errors are elsewhere."""
        project.edit(DEV, "aws+payments-dev", "aws+dev")
        document = as_json(compare())
        assert document["ok"] is False
        assert document["errors"][0]["code"] == "spec-immutable"
        assert document["accounts"][0]["changes"] == [
            {"field": "email", "before": "aws+payments-dev@acme.example", "after": "aws+dev@acme.example"}
        ]


class TestReadState:
    """A revision, or the files now."""

    def test_a_revision_and_the_files_now(self, project, git):
        """What was committed, against what was not."""
        git.commit(project.root)
        project.edit("org/tiers/dev.yaml", "max_days: 60", "max_days: 50")
        found = diff(read_state(project.root, "HEAD"), read_state(project.root, None))
        assert [each.what for each in found.subjects] == ["tier dev"]
        assert (found.before, found.after) == ("HEAD", "the files now")

    def test_a_migration_is_no_change(self, project, git):
        """An older version of a file says the same."""
        text = (project.root / DEV).read_text()
        project.write(DEV, OLD)
        git.commit(project.root)
        project.write(DEV, text)
        assert diff(read_state(project.root, "HEAD"), read_state(project.root, None)).accounts == ()

    def test_an_error_of_a_revision_says_so(self, project, git):
        """The place begins with the revision."""
        project.edit("org/org.yaml", "name: acme", "name: Not A Name")
        git.commit(project.root)
        project.edit("org/org.yaml", "name: Not A Name", "name: acme")
        git.commit(project.root)
        with pytest.raises(LandformError) as caught:
            read_state(project.root, "HEAD~1")
        assert caught.value.place.file == "HEAD~1:org/org.yaml"

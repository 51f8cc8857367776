"""Approvers: who they are, what a file of them must be like, and what a setting may name."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from landform.errors import Code
from landform.org.expired import expired
from landform.org.load import load
from landform.org.resolve import resolve
from landform.record.ssh import FileKey

from .conftest import Project

FILE = "org/approvers.yaml"
TIER = "org/tiers/prod.yaml"
# The same in every process: the keys are part of the names of tests.
JANE, JOE = (
    str(FileKey(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)).public) for n in (1, 2)
)
TEXT = f"""\
schema: landform/approvers/v1
people:
  - name: jane
    keys: [{JANE}]
    until: 2026-12-31
  - name: joe@acme.example
    keys:
      - {JOE} joe@laptop
groups:
  - name: security
    members: [jane]
"""


class TestApprovers:
    def test_a_good_file_is_read(self, project: Project) -> None:
        """People and groups are known by their names; no name is everyone's."""
        project.write(FILE, TEXT)
        found = load(project.root).approvers
        assert found is not None
        for asked, names in [
            (None, ["jane", "joe@acme.example"]),
            (["security"], ["jane"]),
            (["security", "joe@acme.example"], ["jane", "joe@acme.example"]),
            ([], []),
        ]:
            assert [person.name for person in found.named(asked)] == names

    @pytest.mark.parametrize(
        ("old", "new", "code", "place"),
        [
            (JANE, "ssh-ed25519 AAAA", Code.SPEC_VALUE, "4:12"),
            (f"[{JANE}]", "[]", Code.SPEC_VALUE, "4:11"),
            ("name: joe@acme.example", "name: jane", Code.SPEC_DUPLICATE, "6:11"),
            (f"{JOE} joe@laptop", f"{JANE} joe@laptop", Code.SPEC_DUPLICATE, "8:9"),
            ("name: security", "name: jane", Code.SPEC_DUPLICATE, "10:11"),
            ("members: [jane]", "members: [jane, jane]", Code.SPEC_DUPLICATE, "11:21"),
            ("members: [jane]", "members: [jnae]", Code.SPEC_REFERENCE, "11:15"),
            ("until: 2026-12-31", "untill: 2026-12-31", Code.SPEC_UNKNOWN_KEY, "5:5"),
        ],
    )
    def test_one_broken_rule(self, project: Project, old: str, new: str, code: Code, place: str) -> None:
        """Told at its place."""
        project.write(FILE, TEXT.replace(old, new))
        error = project.error()
        assert (error.code, str(error.place)) == (code, f"{FILE}:{place}")

    def test_a_key_that_two_people_have_is_shown_by_its_fingerprint(self, project: Project) -> None:
        """One person could approve twice."""
        project.write(FILE, TEXT.replace(JOE, JANE))
        error = project.error()
        assert "SHA256:" in error.message
        assert error.given is not None
        assert f"{FILE}:4:12" in error.given

    def test_the_last_day_is_judged_where_a_day_is_given(self, project: Project) -> None:
        """The last day itself is still good."""
        project.write(FILE, TEXT)
        spec = load(project.root)
        assert list(expired(spec, dt.date(2026, 12, 31))) == []
        (error,) = expired(spec, dt.date(2027, 1, 1))
        assert (error.code, str(error.place)) == (Code.SPEC_EXPIRED, f"{FILE}:5:12")


class TestSetting:
    def test_a_name_of_nobody(self, project: Project) -> None:
        """A slip would let nobody approve, or somebody else."""
        project.write(FILE, TEXT)
        project.add(TIER, "rollout: { approvers: [securty] }\n")
        error = project.error()
        assert (error.code, error.fix) == (Code.SPEC_REFERENCE, "Did you mean 'security'?")

    def test_a_name_where_nobody_is_known(self, project: Project) -> None:
        """Without the file there is nobody to name."""
        project.add(TIER, "rollout: { approvers: [security] }\n")
        assert project.error().code is Code.SPEC_REFERENCE

    def test_more_approvals_than_people(self, project: Project) -> None:
        """What nobody could ever approve is no rule but a mistake."""
        project.write(FILE, TEXT)
        project.add(TIER, "rollout: { approvals: 2, approvers: [security] }\n")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_VALUE, f"{TIER}:8:10")
        assert error.given == "`approvals: 2`, and 1 people who may approve"

    def test_an_account_that_asks_for_more_than_its_tier(self, project: Project) -> None:
        """Told at the account."""
        project.write(FILE, TEXT)
        project.add("org/accounts/payments-prod.yaml", "rollout: { approvals: 3 }\n")
        error = project.error()
        assert str(error.place) == "org/accounts/payments-prod.yaml:15:10"

    def test_what_two_layers_name_is_who_both_name(self, project: Project) -> None:
        """A nearer layer can only take people away."""
        project.write(FILE, TEXT)
        project.add(TIER, "rollout: { approvers: [security, jane] }\n")
        project.add("org/accounts/payments-prod.yaml", "rollout: { approvers: [jane, joe@acme.example] }\n")
        fleet = resolve(load(project.root))
        named = {
            each.settings.rollout.approvers
            for each in fleet.instances
            if each.account.name == "payments-prod"
        }
        assert named == {("jane",)}


class TestFleet:
    def test_who_may_approve_is_part_of_the_fleets_digest(self, project: Project) -> None:
        """A bundle that was made before somebody was added is another one."""
        before = resolve(load(project.root))
        project.write(FILE, TEXT)
        after = resolve(load(project.root))
        assert before.approvers is None
        assert after.approvers is not None
        assert before.digest != after.digest
        assert [each.digest for each in before.instances] == [each.digest for each in after.instances]

    def test_the_waves_are_part_of_the_fleets_digest(self, project: Project) -> None:
        """So that nobody brings production forward after it was approved."""
        before = resolve(load(project.root))
        project.write("org/waves.yaml", "schema: landform/waves/v1\nwaves:\n  - id: all\n    bake: 5m\n")
        after = resolve(load(project.root))
        assert {wave.bake for wave in after.waves.values()} == {"5m"}
        assert before.digest != after.digest

    def test_part_of_the_accounts_have_no_waves(self, project: Project) -> None:
        """A percentage of some accounts would be another one of all."""
        spec = load(project.root, accounts=["payments-dev"])
        assert resolve(spec, only=["payments-dev"]).waves == {}

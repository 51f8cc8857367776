"""What an account's status means for its stacks, and that it means nothing for the rest of the spec."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from landform.errors import Code
from landform.org.load import load
from landform.org.models import Status
from landform.org.resolve import resolve
from landform.org.waves import NO_WAVE, waves

from .conftest import WAIVER, Project

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"
DEV = "org/accounts/payments-dev.yaml"
PROD = "org/accounts/payments-prod.yaml"
STATUSES = get_args(Status)
BASELINE = """\
schema: landform/baseline/v1
name: workload
version: "1"
stacks: [base]
"""


def give(project: Project, account: str, status: str) -> None:
    project.edit(account, "ou:", f"status: {status}\nou:")


def stacks(project: Project, account: str) -> list[str]:
    instances = resolve(load(project.root)).instances
    return sorted({each.stack for each in instances if each.account.name == account})


@pytest.fixture
def pinned(project: Project) -> Project:
    """The project, ``payments-prod`` on a baseline."""
    project.write("org/baselines/workload-1.yaml", BASELINE)
    project.add(PROD, 'baseline: { name: workload, version: "1" }\n')
    return project


class TestStacks:
    """Which stacks an account has."""

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            ("requested", []),
            ("provisioning", []),
            ("quarantined", ["base"]),
            ("active", ["base", "network"]),
            ("suspended", []),
            ("closed", []),
        ],
    )
    def test_by_status(self, pinned: Project, status: str, expected: list[str]) -> None:
        """An active account has all of them, a quarantined one those of its baseline, others none."""
        give(pinned, PROD, status)
        assert stacks(pinned, "payments-prod") == expected

    def test_a_rule_for_quarantined_accounts(self, pinned: Project) -> None:
        """Beside the baseline a quarantined account has what says so, and nothing else."""
        give(pinned, PROD, "quarantined")
        pinned.add(
            "org/stacks.yaml",
            "  - { id: watch, construct: 'acme:Watch', select: { status: [quarantined] } }\n",
        )
        assert stacks(pinned, "payments-prod") == ["base", "watch"]

    def test_no_baseline(self, project: Project) -> None:
        """A quarantined account without one has nothing."""
        give(project, PROD, "quarantined")
        assert stacks(project, "payments-prod") == []

    def test_a_baseline_that_needs_more(self, pinned: Project) -> None:
        """A stack of a baseline that needs one outside of it could never be made in quarantine: that is refused."""
        pinned.write("org/baselines/workload-1.yaml", BASELINE.replace("[base]", "[network]"))
        give(pinned, PROD, "quarantined")
        error = pinned.error()
        assert (error.code, error.given) == (Code.SPEC_REFERENCE, "payments-prod")


class TestTheRest:
    """A status is of one account alone."""

    @pytest.mark.parametrize(("dev", "prod"), list(itertools.product(STATUSES, STATUSES)))
    def test_the_spec_stays_good(self, project: Project, dev: str, prod: str) -> None:
        """Whatever the statuses, also where nobody has a stack any longer, or a waiver is of stacks that are gone."""
        project.write("org/waivers/W-2026-001.yaml", WAIVER)
        give(project, DEV, dev)
        give(project, PROD, prod)
        names = {each.account.name for each in resolve(load(project.root)).instances}
        assert names == {"management"} | {
            name for name, status in (("payments-dev", dev), ("payments-prod", prod)) if status == "active"
        }

    def test_a_waiver_of_one_stack_by_its_full_name(self, project: Project) -> None:
        """It outlives the suspension of its account."""
        scope = WAIVER.replace("stacks: [network]", "stacks: [payments-dev.eu-west-1.network]")
        project.write("org/waivers/W-2026-001.yaml", scope)
        give(project, DEV, "suspended")
        assert stacks(project, "payments-dev") == []

    @pytest.mark.parametrize("status", ["suspended", "closed"])
    def test_the_other_accounts_stacks_stay(self, project: Project, status: str) -> None:
        """Their digests too: nothing of theirs is made anew."""
        before = {each.key: each.digest for each in resolve(load(project.root)).instances}
        give(project, PROD, status)
        after = {each.key: each.digest for each in resolve(load(project.root)).instances}
        gone = before.keys() - after.keys()
        assert {key.partition(".")[0] for key in gone} == {"payments-prod"}
        assert after == {key: before[key] for key in after}

    def test_in_the_whole_example(self) -> None:
        """Whichever account is in whichever status: every other one's stacks stay as they are."""
        spec = load(EXAMPLE)
        before = {each.key: each.digest for each in resolve(spec).instances}
        for account, status in itertools.product(spec.accounts, STATUSES):
            changed = account.model_copy(update={"status": status})
            accounts = tuple(changed if each is account else each for each in spec.accounts)
            instances = resolve(replace(spec, accounts=accounts)).instances
            after = {each.key: each.digest for each in instances if each.account is not changed}
            others = {key: digest for key, digest in before.items() if key.partition(".")[0] != account.name}
            assert after == others, (account.name, status)

    def test_waves_are_of_accounts_that_have_stacks(self, project: Project) -> None:
        """The first wave of one account is not a suspended one: it would be empty, and the second the first."""
        project.write(
            "org/waves.yaml",
            "schema: landform/waves/v1\nwaves:\n"
            "  - { id: canary, select: { ous: [Workloads] }, size: 1 }\n  - { id: rest }\n",
        )
        give(project, DEV, "suspended")
        found = {name: wave.name for name, wave in waves(load(project.root)).items()}
        assert found == {
            "management": "wave 2 rest",
            "payments-dev": NO_WAVE,
            "payments-prod": "wave 1 canary",
        }


class TestAccountId:
    """AWS gives the id when it makes the account."""

    @pytest.mark.parametrize("status", STATUSES)
    def test_who_may_lack_one(self, project: Project, status: str) -> None:
        """Before it is made, and never after."""
        project.edit(PROD, 'account_id: "300000000003"\n', "")
        give(project, PROD, status)
        if status in ("requested", "provisioning"):
            resolve(load(project.root))
        else:
            assert project.error().code is Code.SPEC_MISSING_KEY

    @pytest.mark.parametrize("key", ["email", "account_id"])
    def test_a_closed_account_keeps_them(self, project: Project, key: str) -> None:
        """Its file is a tombstone: nobody takes its address or id again."""
        give(project, PROD, "closed")
        value = {"email": "aws+payments-prod@acme.example", "account_id": '"300000000003"'}[key]
        text = (project.root / DEV).read_text()
        line = next(line for line in text.splitlines() if line.startswith(f"{key}:"))
        project.edit(DEV, line, f"{key}: {value}")
        assert project.error().code is Code.SPEC_DUPLICATE

"""The life of an account: the table of its steps, and what each needs."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from lives import ACCOUNTS, BASELINE, BUCKET, NOTHING, QUEUE, Lives

from landform.errors import Code, LandformError
from landform.org.models import Account, Status
from landform.org.resolve import resolve
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.vending.life import (
    CONDITIONS,
    TRANSITIONS,
    Facts,
    InAws,
    Transition,
    Verb,
    closure_quota,
    judge,
    mermaid,
    step_of,
    steps_from,
)
from landform.vending.life_change import Said, next_step, take
from landform.vending.life_facts import Known
from landform.vending.organizations import AwsAccount, AwsOrganization

TODAY = dt.date(2026, 11, 21)
SAID = Said("jane", "asked for", TODAY, "OPS-1")
ORDER: tuple[Status, ...] = get_args(Status)
STACKS = tuple(f"shop.{id}" for id in BASELINE)
PAGE = Path(__file__).parents[2] / "docs" / "life.md"


@pytest.fixture
def lives(tmp_path: Path) -> Lives:
    return Lives(tmp_path)


def known(lives: Lives, aws: AwsOrganization | None = None, **bundle: Any) -> Known:
    return Known.read(lives.root, lives.spec, today=TODAY, aws=aws, **bundle)


def step(verb: Verb, before: Status) -> Transition:
    found = step_of(verb, before)
    assert found is not None
    return found


class TestTransitions:
    """``TRANSITIONS``."""

    def test_each_leads_on_by_one(self) -> None:
        """Onwards to the next status, or into quarantine and out of it; the way to closed is by suspended alone."""
        ways = {(each.before, each.after) for each in TRANSITIONS}
        onwards = {way for way in ways if ORDER.index(way[1]) == ORDER.index(way[0]) + 1}
        assert onwards == set(itertools.pairwise(ORDER))
        assert ways - onwards == {("quarantined", "suspended"), ("suspended", "quarantined")}

    def test_a_command_leads_one_way_from_a_status(self) -> None:
        """So that a verb and a status are a step."""
        ways = [(each.verb, each.before) for each in TRANSITIONS]
        assert len(ways) == len({*ways})

    def test_closed_is_the_end(self) -> None:
        """Nothing leads from it."""
        assert steps_from("closed") == ()

    def test_every_status_is_reached(self) -> None:
        """From the request on."""
        reached: set[str] = {"requested"}
        for _ in ORDER:
            reached |= {each.after for each in TRANSITIONS if each.before in reached}
        assert reached == {*ORDER}

    def test_every_condition_is_needed(self) -> None:
        """And every need is a condition."""
        assert {name for each in TRANSITIONS for name in each.needs} == {*CONDITIONS}

    def test_nothing_is_active_that_was_not_quarantined(self) -> None:
        """The one way into it is by the conditions of ``activate``."""
        (only,) = (each for each in TRANSITIONS if each.after == "active")
        assert (only.before, "baseline-applied" in only.needs) == ("quarantined", True)


def good(account: Account, status: Status) -> Facts:
    """Facts by which every step from a status can be taken."""
    known_id = "" if status in ("requested", "provisioning") else account.account_id
    texts = dict.fromkeys(STACKS, "1")
    return Facts(
        account=account.model_copy(update={"status": status, "account_id": known_id}),
        today=TODAY,
        baseline=STACKS,
        bundle=texts,
        standing=texts,
        members=20,
        aws=InAws(account.account_id, "ACTIVE"),
    )


BROKEN: dict[str, dict[str, Any]] = {
    "has-baseline": {"baseline": ()},
    "made-by-aws": {"aws": InAws()},
    "open-in-aws": {"aws": InAws(ACCOUNTS["shop"][0], "PENDING_ACTIVATION")},
    "baseline-in-bundle": {"bundle": {"shop.base": "1"}},
    "baseline-applied": {"standing": {"shop.base": "1", "shop.state": "2"}},
    "steps-done": {"refused": ("default-vpcs: vpc-1 in eu-west-1",)},
    "role-not-locked-out": {"locked_out": (("no-iam", "iam:CreateRole"),)},
    "not-needed": {"needed_as": "the organisation's management account"},
    "nothing-in-doubt": {"standing": {"shop.base": ""}},
    "no-protected-data": {"holding": {"shop.state": ("aws_s3_bucket.b",)}},
    "closure-quota": {"closed_lately": 10},
}


class TestJudge:
    """``judge``."""

    @pytest.mark.parametrize("each", TRANSITIONS, ids=lambda each: f"{each.verb}-{each.before}")
    def test_all_is_well(self, lives: Lives, each: Transition) -> None:
        """Nothing is lacking where all that is needed is there."""
        assert judge(each, good(lives.account("shop"), each.before)) == []

    @pytest.mark.parametrize(
        ("each", "name"),
        [(each, name) for each in TRANSITIONS for name in each.needs],
        ids=lambda value: value if isinstance(value, str) else f"{value.verb}-{value.before}",
    )
    def test_every_condition_can_fail(self, lives: Lives, each: Transition, name: str) -> None:
        """In every step that needs it, alone, and with what is there instead."""
        facts = good(lives.account("shop"), each.before)
        if name == "not-expired":
            expired = facts.account.model_copy(update={"expires": TODAY - dt.timedelta(days=1)})
            facts = replace(facts, account=expired)
        elif name == "same-id":
            other = facts.account.model_copy(update={"account_id": "999999999999"})
            facts = replace(facts, account=other)
        else:
            facts = replace(facts, **BROKEN[name])
        (lacking,) = judge(each, facts)
        assert (lacking.condition, bool(lacking.given), bool(lacking.fix)) == (name, True, True)

    def test_the_last_day_counts(self, lives: Lives) -> None:
        """An account that expires today has not expired."""
        facts = good(lives.account("shop"), "requested")
        last = facts.account.model_copy(update={"expires": TODAY})
        assert judge(step("provision", "requested"), replace(facts, account=last)) == []

    def test_no_bundle(self, lives: Lives) -> None:
        """Nobody can say of what is applied that it is what should be."""
        facts = replace(good(lives.account("shop"), "quarantined"), bundle=None)
        assert [each.given for each in judge(step("activate", "quarantined"), facts)] == ["no bundle"]

    def test_what_was_let_go_is_not_asked_for(self, lives: Lives) -> None:
        """Each stack that holds something is let go by name."""
        facts = replace(
            good(lives.account("shop"), "suspended"),
            holding={"shop.state": ("aws_s3_bucket.b",), "shop.app": ("aws_s3_bucket.c",)},
            let_go=("shop.state",),
        )
        (lacking,) = judge(step("close", "suspended"), facts)
        assert lacking.given == "shop.app: aws_s3_bucket.c"

    def test_aws_was_not_asked(self, lives: Lives) -> None:
        """What only AWS knows keeps nobody from a step for which the spec is enough."""
        facts = replace(good(lives.account("shop"), "suspended"), aws=None)
        assert judge(step("resume", "suspended"), facts) == []


class TestClosureQuota:
    """``closure_quota``."""

    @pytest.mark.parametrize(
        ("members", "quota"), [(0, 10), (99, 10), (100, 10), (119, 11), (9_999, 999), (20_000, 1_000)]
    )
    def test_a_tenth_between_bounds(self, members: int, quota: int) -> None:
        """10 % of the member accounts, at least 10 and at most 1,000."""
        assert closure_quota(members) == quota


class TestFacts:
    """``Known.facts``."""

    def test_the_baseline_and_what_stands(self, lives: Lives) -> None:
        """The baseline's stacks by their full names, what the bundle has, and what was applied."""
        bundle = lives.bundle({"shop.base": NOTHING, "shop.state": BUCKET, "lab.base": NOTHING})
        lives.apply(bundle, "shop.base", "lab.base")
        facts = known(lives, bundle=bundle).facts(lives.account("shop"))
        assert facts.baseline == STACKS
        assert facts.bundle is not None
        assert set(facts.bundle) == {"shop.base", "shop.state"}
        assert dict(facts.standing) == {"shop.base": bundle.stacks["shop.base"].sha256}

    def test_what_holds_data(self, lives: Lives) -> None:
        """By the table of data loss, and by what the account's tier protects; from what was applied, not the bundle."""
        bundle = lives.bundle(
            {"shop.base": NOTHING, "shop.state": BUCKET, "shop.app": QUEUE, "lab.app": QUEUE}
        )
        lives.apply(bundle, *bundle.stacks)
        for name in ("shop", "lab"):
            lives.status(name, "suspended")
        now = known(lives)
        held = now.facts(lives.account("shop")).holding
        assert {stack: len(found) for stack, found in held.items()} == {"shop.app": 1, "shop.state": 1}
        assert "protects" in held["shop.app"][0]
        assert "lab.app" not in held

    def test_a_stack_of_which_nothing_is_known(self, lives: Lives) -> None:
        """A run that ended half-way: what stands there nobody can say."""
        bundle = lives.bundle({"shop.base": NOTHING, "shop.state": NOTHING})
        lives.apply(bundle, "shop.base", failed=["shop.state"])
        lives.status("shop", "suspended")
        facts = known(lives).facts(lives.account("shop"))
        assert [each.condition for each in judge(step("close", "suspended"), facts)] == ["nothing-in-doubt"]

    def test_what_aws_refused(self, lives: Lives) -> None:
        """By account, unless it was done since; what was refused in a sandbox is of that one."""
        body = {"account": "shop", "step": "default-vpcs", "what": "vpc-1", "region": "eu-west-1"}
        with Ledger.open(lives.root / LEDGER) as ledger:
            for more in (
                {"error": {}},
                {"what": "vpc-2", "error": {}},
                {},
                {"sandbox": "s", "what": "vpc-3", "error": {}},
            ):
                ledger.append(EventKind.ACCOUNT_STEP, at=lives.record.later(), run="p", body=body | more)
        now = known(lives)
        assert now.facts(lives.account("shop")).refused == ("default-vpcs: vpc-2 in eu-west-1",)
        assert now.facts(lives.account("lab")).refused == ()

    def test_what_the_organisation_needs(self, lives: Lives) -> None:
        """The account that manages it, and the one that keeps its logs."""
        assert "management" in known(lives).facts(lives.account("management")).needed_as
        assert known(lives).facts(lives.account("shop")).needed_as == ""

    def test_closed_lately(self, lives: Lives) -> None:
        """Within 30 days, and others than the one that is asked about."""
        for name, day in (("lab", "2026-10-23"), ("management", "2026-10-22")):
            lives.write(
                f"org/accounts/{name}.yaml",
                lives.text(name) + f"life: [{{ status: closed, by: x, reason: y, date: {day} }}]\n",
            )
        assert known(lives).facts(lives.account("shop")).closed_lately == 1
        assert known(lives).facts(lives.account("lab")).closed_lately == 0

    def test_aws(self, lives: Lives) -> None:
        """By its id, and by its address while it has none, in whatever case."""
        aws = AwsOrganization(
            (
                AwsAccount("100000000001", "m@acme.example", "ACTIVE"),
                AwsAccount("777777777777", "AWS+shop@acme.example", "ACTIVE"),
            )
        )
        assert known(lives, aws).facts(lives.account("shop")).aws == InAws()
        lives.status("shop", "provisioning")
        facts = known(lives, aws).facts(lives.account("shop"))
        assert (facts.aws, facts.members) == (InAws("777777777777", "ACTIVE"), 1)


class TestTake:
    """``take``."""

    def test_what_is_written(self, lives: Lives) -> None:
        """The status and an entry of ``life``; all else stays as it was written, comments too."""
        before = lives.text("shop")
        taken = take(lives.spec, step("suspend", "active"), known(lives).facts(lives.account("shop")), SAID)
        taken.change.write(lives.root)
        after = lives.text("shop")
        assert (
            "life:\n  - status: suspended\n    by: jane\n    reason: asked for\n    ticket: OPS-1\n" in after
        )
        kept = [line for line in after.splitlines() if line in before.splitlines()]
        assert kept == [line for line in before.splitlines() if line != "status: active"]

    def test_the_message_tells_nobody(self, lives: Lives) -> None:
        """Who asks and why are text: a commit that says it closes an issue would close it."""
        said = Said("@octo", "Fixes #12", TODAY, "octo/cat#3")
        taken = take(lives.spec, step("suspend", "active"), known(lives).facts(lives.account("shop")), said)

        assert taken.change.body.startswith("Fixes \\#<!-- -->12\n")
        assert taken.change.body.endswith("\n\nAsked for by @<!-- -->octo, octo/cat\\#<!-- -->3.")
        assert 'reason: "Fixes #12"\n' in taken.change.files["org/accounts/shop.yaml"]

    def test_a_second_entry(self, lives: Lives) -> None:
        """The oldest stays first."""
        for verb in ("suspend", "resume"):
            account = lives.account("shop")
            found = next_step(account, verb)
            assert found is not None
            take(lives.spec, found, known(lives).facts(account), SAID).change.write(lives.root)
        assert [each.status for each in lives.account("shop").life] == ["suspended", "quarantined"]

    def test_the_id_that_aws_gave(self, lives: Lives) -> None:
        """It is written in quotes, and the account is quarantined."""
        lives.status("shop", "provisioning")
        aws = AwsOrganization((AwsAccount("012345678901", "aws+shop@acme.example", "ACTIVE"),))
        facts = known(lives, aws).facts(lives.account("shop"))
        take(lives.spec, step("provision", "provisioning"), facts, SAID).change.write(lives.root)
        assert 'account_id: "012345678901"\n' in lives.text("shop")
        assert lives.account("shop").status == "quarantined"

    def test_an_id_that_another_account_has(self, lives: Lives) -> None:
        """The spec would break its own rules: nothing is given."""
        lives.status("shop", "provisioning")
        aws = AwsOrganization((AwsAccount(ACCOUNTS["lab"][0], "aws+shop@acme.example", "ACTIVE"),))
        with pytest.raises(LandformError) as caught:
            take(
                lives.spec,
                step("provision", "provisioning"),
                known(lives, aws).facts(lives.account("shop")),
                SAID,
            )
        assert caught.value.code is Code.SPEC_DUPLICATE

    def test_what_is_lacking(self, lives: Lives) -> None:
        """Every condition that is not met is told, each with what to do."""
        lives.status("shop", "quarantined")
        bundle = lives.bundle({"shop.base": NOTHING})
        with pytest.raises(LandformError) as caught:
            take(
                lives.spec,
                step("activate", "quarantined"),
                known(lives, bundle=bundle).facts(lives.account("shop")),
                SAID,
            )
        assert [each.code for each in caught.value.each()] == [Code.ACCOUNT_LIFE] * 2
        assert [each.given for each in caught.value.each()] == ["shop.state", "shop.base"]


class TestNextStep:
    """``next_step``."""

    def test_there_already(self, lives: Lives) -> None:
        """A step that was taken is none."""
        lives.status("shop", "suspended")
        assert next_step(lives.account("shop"), "suspend") is None

    def test_no_way(self, lives: Lives) -> None:
        """An active account cannot be closed: the error says what leads on."""
        with pytest.raises(LandformError) as caught:
            next_step(lives.account("shop"), "close")
        assert (caught.value.code, caught.value.expected) == (Code.ACCOUNT_LIFE, "suspended")
        assert "`suspend`" in str(caught.value.fix)


@pytest.mark.parametrize("seed", range(5))
def test_walks(lives: Lives, seed: int) -> None:
    """Any walk along the table, with a bundle that is applied, leaves a spec that resolves, and ends in closed."""
    chosen = random.Random(seed)
    bundle = lives.bundle(dict.fromkeys(STACKS, NOTHING))
    lives.apply(bundle, *STACKS)
    lives.status("shop", "requested")
    aws = AwsOrganization((AwsAccount("200000000002", "aws+shop@acme.example", "ACTIVE"),))
    seen: list[Status] = ["requested"]
    for _ in range(12):
        account = lives.account("shop")
        ways = steps_from(account.status)
        if not ways:
            break
        taken = take(lives.spec, chosen.choice(ways), known(lives, aws, bundle=bundle).facts(account), SAID)
        taken.change.write(lives.root)
        resolve(lives.spec)
        seen.append(lives.account("shop").status)
    assert [each.status for each in lives.account("shop").life] == seen[1:]
    assert {*itertools.pairwise(seen)} <= {(each.before, each.after) for each in TRANSITIONS}


class TestThePage:
    """``docs/life.md``."""

    def test_the_picture(self) -> None:
        """It is the table's."""
        assert f"```mermaid\n{mermaid()}```" in PAGE.read_text()

    def test_every_condition_is_explained(self) -> None:
        """By its name."""
        assert [name for name in CONDITIONS if f"`{name}`" not in PAGE.read_text()] == []

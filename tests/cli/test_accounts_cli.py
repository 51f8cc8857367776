"""``landform accounts``: steps of accounts' lives, as a user takes them."""

from __future__ import annotations

import subprocess
from contextlib import nullcontext
from types import SimpleNamespace

import boto3
import pytest
from bundles import write_bundle
from lives import ACCOUNTS, BASELINE, BUCKET, NOTHING, Lives

from landform.cli.console import Out
from landform.cli.drift import look
from landform.cli.project import in_use
from landform.cli.working import Choices
from landform.errors import Code, LandformError
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.rollout.history import read_history
from landform.synth.bundle import Bundle

STACKS = tuple(f"shop.{id}" for id in BASELINE)
WHY = ("--reason", "asked for", "--by", "jane")


@pytest.fixture
def lives(tmp_path):
    return Lives(tmp_path)


@pytest.fixture
def accounts(landform, lives):
    """``landform accounts ARGUMENTS --json`` in the project."""

    def run(*arguments, **environment):
        return landform("accounts", *arguments, "--json", cwd=lives.root, **environment)

    return run


def events(lives):
    """What the ledger says of steps of accounts."""
    with Ledger.open(lives.root / LEDGER) as ledger:
        return [dict(event.body) for event in ledger.events(kind=EventKind.ACCOUNT_CHANGED)]


def git(lives, *arguments):
    done = subprocess.run(
        ["git", "-C", str(lives.root), "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def conditions(said):
    """The conditions that an error names."""
    return [error["message"].rpartition(": ")[2].rstrip(".") for error in said.document["errors"]]


class TestList:
    """``accounts list``."""

    def test_what_comes_next(self, accounts, lives):
        """Each account with what its next steps need, by name."""
        lives.status("shop", "quarantined")
        said = accounts("list")
        assert said.status == 0, said.err
        found = {each["account"]: each for each in said.document["accounts"]}
        shop = found["shop"]
        assert (shop["status"], shop["baseline"], shop["days"]) == ("quarantined", "workload 1", None)
        assert [each["step"] for each in shop["next"]] == ["activate", "suspend"]
        assert [each["condition"] for each in shop["next"][0]["lacking"]] == ["baseline-in-bundle"]
        assert [each["condition"] for each in found["management"]["next"][0]["lacking"]] == ["not-needed"]

    def test_for_people(self, landform, lives):
        """A table, of the statuses that are asked for."""
        lives.status("lab", "suspended")
        said = landform("accounts", "list", "--status", "suspended", cwd=lives.root)
        assert said.status == 0
        assert "300000000003" in said.out
        assert "shop" not in said.out
        assert "resume; close" in said.out


class TestShow:
    """``accounts show``."""

    def test_the_next_steps(self, landform, lives):
        """What is lacking, what is there instead, and what to do."""
        lives.status("shop", "quarantined")
        lives.bundle({"shop.base": NOTHING, "shop.state": NOTHING})
        said = landform("accounts", "show", "shop", cwd=lives.root)
        assert said.status == 0, said.err
        assert "shop (200000000002): quarantined" in said.out
        assert "lacks baseline-applied: shop.base, shop.state. Plan and roll out" in said.out
        assert "suspend -> suspended: it can be taken" in said.out

    def test_no_such_account(self, accounts):
        """The nearest name is guessed."""
        said = accounts("show", "shoq")
        assert (said.status, said.document["errors"][0]["fix"]) == (2, "Did you mean 'shop'?")


class TestSuspend:
    """``accounts suspend``."""

    def test_and_once_more(self, accounts, lives):
        """The file, the ledger, and nothing the second time."""
        said = accounts("suspend", "shop", *WHY, "--ticket", "SEC-1")
        assert said.status == 0, said.err
        assert said.document["files"] == ["org/accounts/shop.yaml"]
        assert lives.account("shop").status == "suspended"
        assert "# The file is the request.\n" in lives.text("shop")
        text = lives.text("shop")
        said = accounts("suspend", "shop", *WHY)
        assert (said.status, said.document["changed"], lives.text("shop")) == (0, False, text)
        assert "nothing to do" in said.err
        (event,) = events(lives)
        assert event == {
            "account": "shop",
            "account_id": "200000000002",
            "step": "suspend",
            "before": "active",
            "after": "suspended",
            "by": "jane",
            "reason": "asked for",
            "ticket": "SEC-1",
        }

    def test_dry_run(self, accounts, lives):
        """The difference, and nothing is written, not even a ledger."""
        before = lives.text("shop")
        said = accounts("suspend", "shop", *WHY, "--dry-run")
        assert "+status: suspended\n" in said.document["diff"]
        assert lives.text("shop") == before
        assert not (lives.root / LEDGER).exists()

    def test_commit(self, accounts, lives):
        """A branch with one commit that says why; the files stay."""
        before = lives.text("shop")
        git(lives, "init", "-q", "-b", "main")
        git(lives, "add", "org")
        git(lives, "commit", "-q", "-m", "spec")
        said = accounts(
            *("suspend", "shop", *WHY, "--commit", "suspend-shop"),
            GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@t", GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@t",
        )  # fmt: skip
        assert said.status == 0, said.out
        message = git(lives, "log", "-1", "--format=%B", "suspend-shop")
        assert message.startswith("shop: suspend, active -> suspended\n\nasked for\n")
        assert lives.text("shop") == before
        assert events(lives)[0]["commit"] == said.document["commit"]

    def test_what_the_organisation_needs(self, accounts, lives):
        """The management account is never suspended."""
        said = accounts("suspend", "management", *WHY)
        assert (said.status, conditions(said)) == (1, ["not-needed"])
        assert lives.account("management").status == "active"

    def test_a_reason_that_says_nothing(self, accounts):
        """Spaces are none."""
        assert accounts("suspend", "shop", "--reason", " ").document["errors"][0]["code"] == "usage"


class TestActivate:
    """``accounts activate``."""

    def test_by_the_ledger(self, accounts, lives):
        """Not before each stack of the baseline stands as the bundle has it."""
        lives.status("shop", "quarantined")
        bundle = lives.bundle(dict.fromkeys((*STACKS, "shop.app"), NOTHING))
        lives.apply(bundle, "shop.base", failed=["shop.state"])
        said = accounts("activate", "shop", "--by", "jane")
        assert (said.status, conditions(said)) == (1, ["baseline-applied"])
        assert said.document["errors"][0]["given"] == "shop.state"
        lives.apply(bundle, "shop.state", run="r2")
        said = accounts("activate", "shop", "--by", "jane")
        assert said.status == 0, said.out
        assert lives.account("shop").status == "active"

    def test_what_was_applied_is_older_than_the_bundle(self, accounts, lives):
        """It does not count."""
        lives.status("shop", "quarantined")
        lives.apply(lives.record.bundle("old", {"prod.queue": 1}), "prod.queue")
        lives.bundle(dict.fromkeys(STACKS, BUCKET))
        assert conditions(accounts("activate", "shop")) == ["baseline-applied"]

    def test_what_is_not_quarantined(self, accounts, lives):
        """No way leads past quarantine; one that is active stays it."""
        lives.status("shop", "suspended")
        said = accounts("activate", "shop")
        assert (said.status, said.document["errors"][0]["expected"]) == (1, "quarantined")
        assert accounts("activate", "lab").document["changed"] is False


class TestClose:
    """``accounts close``."""

    def closed(self, accounts, lives):
        lives.status("shop", "suspended")
        lives.apply(lives.bundle({"shop.base": NOTHING, "shop.state": BUCKET}), *STACKS)

    def test_what_holds_data(self, accounts, lives):
        """It is named, and let go by name alone; the file stays."""
        self.closed(accounts, lives)
        said = accounts("close", "shop", *WHY)
        assert (said.status, conditions(said)) == (1, ["no-protected-data"])
        assert "shop.state: aws_s3_bucket.b" in said.document["errors"][0]["given"]
        said = accounts("close", "shop", *WHY, "--lose", "shop.state")
        assert said.status == 0, said.out
        assert lives.account("shop").email == "aws+shop@acme.example"
        assert events(lives)[-1]["let_go"] == ["shop.state"]

    def test_a_stack_that_holds_nothing(self, accounts, lives):
        """A name that was misspelt lets nothing go."""
        self.closed(accounts, lives)
        said = accounts("close", "shop", *WHY, "--lose", "shop.base")
        assert (said.status, said.document["errors"][0]["code"]) == (2, "no-match")

    def test_an_account_in_use(self, accounts):
        """It is suspended first."""
        said = accounts("close", "shop", *WHY)
        assert (said.status, said.document["errors"][0]["code"]) == (1, "account-life")

    def test_aws_and_a_commit(self, accounts):
        """What is only proposed is not told AWS."""
        said = accounts("close", "shop", *WHY, "--aws", "--commit", "b")
        assert said.document["errors"][0]["code"] == "usage"


class TestMove:
    """``accounts move``."""

    def test_to_another_unit(self, accounts, lives):
        """What it loses, and the stacks that go with it."""
        said = accounts("move", "shop", "Free", *WHY)
        assert said.status == 0, said.out
        assert said.document["policies"] == {"gained": [], "lost": ["no-leave"]}
        (account,) = said.document["effects"]["accounts"]
        assert account["stacks"]["removed"] == ["shop.app"]
        assert (lives.account("shop").ou, lives.account("shop").life[0].ou) == ("Free", "Free")
        assert accounts("move", "shop", "Free", *WHY).document["changed"] is False

    def test_for_people(self, landform, lives):
        """The same in words."""
        said = landform("accounts", "move", "shop", "Free", *WHY, "--dry-run", cwd=lives.root)
        assert "loses the policy no-leave" in said.out
        assert "moved from Work to Free" in said.out
        assert "nothing was written" in said.out

    def test_a_unit_that_forbids_the_tier(self, accounts, lives):
        """Refused with the rule, and nothing is written; with a tier that it allows, another rule speaks."""
        before = lives.text("shop")
        said = accounts("move", "shop", "Lab", *WHY)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "spec-reference")
        assert lives.text("shop") == before

    def test_policies_that_lock_landform_out(self, accounts, lives):
        """The policy is named, and what it denies; a suspended account may go there, and not come back."""
        said = accounts("move", "lab", "Lab", *WHY)
        assert (said.status, said.document["errors"][0]["code"]) == (1, "account-life")
        assert "'no-iam'" in said.document["errors"][0]["message"]
        assert "iam:CreateRole in eu-west-1" in said.document["errors"][0]["given"]
        lives.status("lab", "suspended")
        assert accounts("move", "lab", "Lab", *WHY).status == 0
        assert conditions(accounts("resume", "lab", *WHY)) == ["role-not-locked-out"]

    def test_an_unknown_unit(self, accounts):
        """The nearest is guessed."""
        said = accounts("move", "shop", "Fre", *WHY)
        assert said.document["errors"][0]["fix"] == "Did you mean 'Free'?"


class TestTheOthers:
    """A suspended account fails no run over the others."""

    @pytest.fixture
    def applied(self, lives):
        """Two runs over the shop and the lab, which is suspended since."""
        for run, text in (("r1", NOTHING), ("r2", BUCKET)):
            bundle = write_bundle(lives.root / run, {"shop.base": text, "lab.base": text}, ACCOUNTS)
            lives.apply(bundle, "shop.base", "lab.base", run=run)
        lives.status("lab", "suspended")
        return lives.root

    def test_plan_and_apply(self, lives, applied, capsys):
        """A bundle that is older than the suspension has its stacks still; they are left out, unless it is named."""
        records = tuple(Bundle.load(applied / "r2").stacks.values())
        said = Out(as_json=True, quiet=False)
        assert [each.name for each in in_use(said, applied, records, [])] == ["shop.base"]
        assert "suspended or closed: lab." in capsys.readouterr().err
        assert in_use(said, applied, records, ["lab"]) == records
        lives.status("shop", "closed")
        with pytest.raises(LandformError) as caught:
            in_use(said, applied, records, [])
        assert caught.value.code is Code.NO_MATCH

    def test_rollout(self, landform, applied):
        """It is left out before anything is asked of the stacks: a bundle without waves is refused for the shop's."""
        said = landform("rollout", "--simulate", "--out", "r2", "--json", cwd=applied)
        assert "suspended or closed: lab." in said.err
        assert said.document["errors"][0]["given"] == "shop.base: account shop, tier prod"

    def test_rollback(self, landform, applied):
        """Its stacks stay as they are."""
        said = landform("rollback", "--no-plan", "--json", cwd=applied)
        assert said.status == 0, said.err
        assert [each["stack"] for each in said.document["returns"]] == ["shop.base"]
        assert [each["stack"] for each in said.document["left"]] == ["lab.base"]

    def test_drift(self, applied, monkeypatch, capsys):
        """Its role is not even assumed: nothing of it is planned."""
        planned = []

        def plan_stacks(runner, records, **_):
            planned.extend(record.name for record in records)
            return []

        at = nullcontext(SimpleNamespace(runner=None))
        monkeypatch.setattr("landform.cli.drift.working", lambda *_: at)
        monkeypatch.setattr("landform.plan.planner.plan_stacks", plan_stacks)
        history = read_history(applied, None)
        everything = {"accounts": [], "tiers": [], "stacks": [], "regions": []}
        look(Out(as_json=True, quiet=False), applied, history, Choices(), everything, None)
        assert planned == ["shop.base"]
        assert "suspended or closed: lab." in capsys.readouterr().err


@pytest.fixture
def aws(sandbox):
    """An organisation with the shop in it, and the environment that leads there."""
    environment = {
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    client = {"region_name": "us-east-1", "endpoint_url": sandbox.url}
    role = "arn:aws:iam::100000000001:role/landform-read"
    given = boto3.client("sts", aws_access_key_id="x", aws_secret_access_key="y", **client).assume_role(
        RoleArn=role, RoleSessionName="test"
    )["Credentials"]
    organizations = boto3.client(
        "organizations",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        **client,
    )
    organizations.create_organization(FeatureSet="ALL")
    yield organizations, role, environment
    for each in organizations.list_accounts()["Accounts"]:
        if each["Id"] != "100000000001":
            organizations.remove_account_from_organization(AccountId=each["Id"])
    organizations.delete_organization()


def test_a_whole_life(accounts, lives, aws):
    """From the request to the end, AWS in it: made, quarantined, active, suspended, closed once."""
    organizations, role, environment = aws
    ask = ("--aws", "--role-arn", role)
    lives.status("shop", "requested")
    said = accounts("provision", "shop", *ask, **environment)
    assert (said.status, said.document["waiting"]) == (0, ["shop"])
    assert lives.account("shop").status == "provisioning"
    said = accounts("provision", "shop", *ask, **environment)
    assert (said.status, conditions(said)) == (1, ["made-by-aws"])
    made = organizations.create_account(AccountName="shop", Email="aws+shop@acme.example")
    id = made["CreateAccountStatus"]["AccountId"]
    assert accounts("provision", "shop", *ask, **environment).status == 0
    assert (lives.account("shop").status, lives.account("shop").account_id) == ("quarantined", id)
    lives.apply(lives.bundle(dict.fromkeys(STACKS, NOTHING)), *STACKS)
    assert accounts("activate", "shop", *ask, **environment).status == 0
    assert accounts("suspend", "shop", *WHY).status == 0
    said = accounts("close", "shop", *WHY, *ask, **environment)
    assert (said.status, said.document["errors"][0]["expected"]) == (2, "--yes shop")
    assert lives.account("shop").status == "suspended"
    said = accounts("close", "shop", *WHY, *ask, "--yes", "shop", **environment)
    assert (said.status, said.document["told_aws"]) == (0, True)
    said = accounts("close", "shop", *WHY, *ask, "--yes", "shop", **environment)
    assert (said.status, said.document["told_aws"], said.document["changed"]) == (0, False, False)
    states = {each["Id"]: each["Status"] for each in organizations.list_accounts()["Accounts"]}
    assert states[id] == "SUSPENDED"
    assert [each["after"] for each in events(lives)] == [
        *("provisioning", "quarantined", "active", "suspended", "closed")
    ]
    assert ACCOUNTS["shop"][0] != id

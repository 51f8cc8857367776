"""An organisation from nothing: its accounts made, baselined in waves, one vended, one adopted, one shut, one closed.

Real Terraform, the real AWS provider and a sandbox that stays up, by the command line. The story is told once; the
tests look at what each command said, and at what is in AWS afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from small_project import REGION, SPEC, Said, SmallProject, write_key

pytestmark = pytest.mark.terraform

MANAGEMENT, MANAGEMENT_ID = "management", "100000000001"
TEAMS = tuple(f"shop-{letter}" for letter in "abcdefghijk")
"""With the management account twelve."""

CODE = '''"""What every account of the shop has."""

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.resources.aws.ssm_parameter import SsmParameter


class Home(AwsStack):
    """A role and a parameter."""

    def __init__(self, scope, instance):
        super().__init__(scope, instance)
        clerk = Role(
            self, "Clerk", role_name="clerk", trust=[Trust.service("lambda.amazonaws.com")], boundary=False
        )
        SsmParameter(self, "Rate", name="/shop/rate", type="String", insecure_value="1", depends_on=[clerk.resource])
'''

STACKS = (
    {
        "id": "organization",
        "construct": "landform.stacks:OrganizationStack",
        "select": {"accounts": [MANAGEMENT]},
        "tree": True,
        "params": {"ai_opt_out": False},
    },
    {"id": "home", "construct": "shop:Home", "opt_in": True},
    {"id": "global-baseline", "construct": "landform.stacks:GlobalBaseline", "opt_in": True},
    {
        "id": "region-baseline",
        "construct": "landform.stacks:RegionBaseline",
        "per": "account_region",
        "opt_in": True,
        "needs": ["global-baseline"],
    },
)
BASELINE = ("home", "global-baseline", "region-baseline")
"""What each account has: landform's own two stacks, and one of the shop's."""


@dataclass
class Story:
    """What was said on the way, by name, and what AWS had at the end."""

    project: SmallProject
    said: dict[str, Said] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> None:
        """A spec that asks for eleven accounts beside the management account. In a sandbox Terraform makes that too."""
        self.project("sandbox", "start")
        self.organizations = self.project.client("organizations", MANAGEMENT_ID)
        self.project.write("org.yaml", {**SPEC["org.yaml"], **ORGANIZATION})
        self.project.write(f"accounts/{MANAGEMENT}.yaml", management())
        self.project("org", "validate")

    def make(self) -> None:
        """All accounts are made by Terraform, their ids written down, their baseline rolled out in waves."""
        project, said = self.project, self.said
        project("accounts", "provision", *TEAMS, "--reason", "the first twelve")
        self.applied("made")
        said["provisioned"] = project(
            "accounts", "provision", *TEAMS, "--aws", "--sandbox", "--reason", "made"
        )
        said["too early"] = project("accounts", "activate", TEAMS[0], "--sandbox", status=1)
        # The provider waits for most of the time that a baseline takes.
        self.applied("baselined", "rollout", "--jobs", "6")
        self.seen["quarantined"] = self.denied(TEAMS[0])
        for name in TEAMS:
            project("accounts", "activate", name, "--sandbox")

    def vend(self) -> None:
        """One more account, from a request to quarantine; with the change that makes it the others leave theirs."""
        project, said = self.project, self.said
        (project.folder / "ledger.json").write_text(json.dumps(request("ledger")))
        said["vended"] = project("vend", "ledger.json")
        said["vended again"] = project("vend", "ledger.json")
        project("accounts", "provision", "ledger")
        self.applied("ledger made")
        self.seen["active"] = self.denied(TEAMS[0])
        project("accounts", "provision", "ledger", "--aws", "--sandbox")

    def adopt(self) -> None:
        """An account that somebody made by hand, with a part of what the baseline would make in it."""
        project, said = self.project, self.said
        made = self.organizations.create_account(Email="legacy@shop.example", AccountName="legacy")
        id = made["CreateAccountStatus"]["AccountId"]
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        iam = self.project.client("iam", id)
        self.seen["role"] = iam.create_role(RoleName="clerk", AssumeRolePolicyDocument=trust)["Role"][
            "RoleId"
        ]
        project.write("accounts/legacy.yaml", {**account("legacy"), "status": "active", "account_id": id})
        project("synth")
        said["adopted"] = project("accounts", "adopt", "legacy", "--sandbox", "--stack", "home")
        self.applied("legacy")
        self.seen["role afterwards"] = iam.get_role(RoleName="clerk")["Role"]["RoleId"]
        said["finished"] = project("accounts", "adopt", "legacy", "--finish", "--sandbox")
        project("accounts", "activate", "ledger", "--sandbox")

    def end(self) -> None:
        """One account is suspended, and another one closed; the others do not notice."""
        project, said = self.project, self.said
        for name in TEAMS[:2]:
            project("accounts", "suspend", name, "--reason", "the team has gone")
        self.applied("suspended")
        self.seen["suspended"] = self.denied(TEAMS[0])
        close = ("accounts", "close", TEAMS[1], "--reason", "gone for good", "--sandbox", "--aws")
        said["protected"] = project(*close, "--yes", TEAMS[1], status=1)
        lost = f"{TEAMS[1]}.{REGION}.region-baseline"
        said["closed"] = project(*close, "--yes", TEAMS[1], "--lose", lost)
        self.applied("closed")
        said["list"] = project("accounts", "list", "--sandbox")
        self.seen["accounts"] = {
            each["Name"]: each["Status"] for each in self.organizations.list_accounts()["Accounts"]
        }

    def applied(self, name: str, verb: str = "apply", *options: str) -> None:
        """What the spec says now, synthesised, planned, approved and applied."""
        self.project("synth")
        self.said[f"plan {name}"] = self.project("plan", "--sandbox")
        self.project.approve("--all")
        self.said[name] = self.project(verb, "--sandbox", *options)

    def denied(self, name: str) -> set[str]:
        """The service control policies that stand at an account, but for AWS's own."""
        found = self.organizations.list_policies_for_target(
            TargetId=self.id_of(name), Filter="SERVICE_CONTROL_POLICY"
        )["Policies"]
        return {each["Name"] for each in found if each["Name"] != "FullAWSAccess"}

    def id_of(self, name: str) -> str:
        """The id of an account, as AWS has it."""
        accounts = self.organizations.list_accounts()["Accounts"]
        return str(next(each["Id"] for each in accounts if each["Name"] == name))


ORGANIZATION: Mapping[str, Any] = {"management_account": MANAGEMENT, "log_archive_account": MANAGEMENT}
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def account(name: str) -> dict[str, Any]:
    """An account of the shop that AWS has not made."""
    return {
        "schema": "landform/account/v1",
        "name": name,
        "email": f"{name}@shop.example",
        "status": "requested",
        "ou": "Shop",
        "tier": "dev",
        "baseline": {"name": "shop", "version": "1"},
        "owner": {"team": "shop", "contact": "shop@shop.example", "cost_center": "1"},
        "purpose": "A shop",
        "data_class": "internal",
        "regions": [REGION],
        "budget": {"monthly_usd": 100},
        "labels": {"canary": "true"} if name == TEAMS[0] else {},
        "change": {"requested_by": "jane", "reason": "a shop"},
    }


def management() -> dict[str, Any]:
    """The management account, which is there."""
    # Its tier lets policies be detached: an account that leaves quarantine is one less.
    own = {"account_id": MANAGEMENT_ID, "status": "active", "ou": "Root"}
    return {**account(MANAGEMENT), **own}


def request(name: str) -> dict[str, Any]:
    """A request for an account of the shop."""
    said = {key: value for key, value in account(name).items() if key != "status"}
    return {**said, "schema": "landform/account-request/v1", "key": f"key-{name}"}


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The whole story, told."""
    root: Path = tmp_path_factory.mktemp("organization")
    project = SmallProject(root / "shop", root / "keys")
    (project.folder / "shop").mkdir(parents=True)
    (project.folder / "shop/__init__.py").write_text(CODE)
    people = [{"name": name, "keys": [write_key(project.keys / name)]} for name in ("jane", "sam")]
    project.write("approvers.yaml", {"schema": "landform/approvers/v1", "people": people})
    for file in ("ous.yaml", "tiers/prod.yaml", "waves.yaml"):
        project.write(file, SPEC[file])
    # As many accounts change at once as may fail, and one more.
    dev = SPEC["tiers/dev.yaml"]
    project.write("tiers/dev.yaml", {**dev, "rollout": {**dev["rollout"], "failure_tolerance": 5}})
    project.write("stacks.yaml", {"schema": "landform/stacks/v1", "stacks": list(STACKS)})
    baseline = {"schema": "landform/baseline/v1", "name": "shop", "version": "1", "stacks": list(BASELINE)}
    project.write("baselines/shop-1.yaml", baseline)
    for name in TEAMS:
        project.write(f"accounts/{name}.yaml", account(name))
    told = Story(project)
    try:
        for chapter in (told.begin, told.make, told.vend, told.adopt, told.end):
            chapter()
        yield told
    finally:
        project("sandbox", "stop")


class TestMade:
    """Twelve accounts, and what every one of them has."""

    def test_by_terraform(self, story: Story) -> None:
        """Each once, and the management account was there."""
        # moto calls the account that makes an organisation its master.
        assert story.seen["accounts"].keys() - {"master"} == {MANAGEMENT, *TEAMS, "ledger", "legacy"}

    def test_their_ids_are_written(self, story: Story) -> None:
        """As AWS gave them."""
        for name in TEAMS:
            written = (story.project.folder / f"org/accounts/{name}.yaml").read_text()
            assert story.id_of(name) in written

    def test_nobody_is_let_out_before_the_baseline_stands(self, story: Story) -> None:
        """Activation is refused, and says what is lacking."""
        assert "baseline" in story.said["too early"].out + story.said["too early"].err

    def test_quarantine_is_a_policy(self, story: Story) -> None:
        """It stands at the account until that is active, and what suspends stands there in the end."""
        assert story.seen["quarantined"]
        assert not story.seen["active"] & story.seen["quarantined"]
        assert story.seen["suspended"] - story.seen["quarantined"]

    def test_each_has_the_whole_baseline(self, story: Story) -> None:
        """landform's own stacks of an account and of its region, and the shop's."""
        stacks = story.said["baselined"].document["stacks"]
        places = ("", "", f"{REGION}.")
        for name in TEAMS:
            mine = {f"{name}.{place}{stack}" for place, stack in zip(places, BASELINE, strict=True)}
            assert {stacks[stack] for stack in mine} == {"applied"}

    def test_the_baseline_went_out_in_waves(self, story: Story) -> None:
        """The canary first."""
        said = story.said["baselined"].document
        assert said["ended"]
        assert "canary" in said["steps"][0]["title"]
        assert len(said["steps"]) > 1


class TestVended:
    """The account that was asked for."""

    def test_it_is_active(self, story: Story) -> None:
        """With its baseline applied."""
        assert self.status(story, "ledger") == "active"

    def test_twice_is_once(self, story: Story) -> None:
        """The same request changed nothing."""
        assert story.said["vended"].document["changed"]
        assert not story.said["vended again"].document["changed"]

    @staticmethod
    def status(story: Story, name: str) -> str:
        (found,) = [each for each in story.said["list"].document["accounts"] if each["account"] == name]
        return str(found["status"])


class TestAdopted:
    """The account that was there."""

    def test_nothing_was_made_anew(self, story: Story) -> None:
        """What stood in it was imported: nothing was made twice, nothing destroyed."""
        plans = story.said["plan legacy"].document["stacks"]
        (plan,) = [each for each in plans if each["stack"] == "legacy.home"]
        assert (plan["imports"], plan["destroy"], plan["replace"]) == (1, 0, 0)
        assert story.seen["role afterwards"] == story.seen["role"]


class TestEnded:
    """The accounts that left."""

    def test_the_suspended_one(self, story: Story) -> None:
        """Is shut, and its stacks are in no plan."""
        assert TestVended.status(story, TEAMS[0]) == "suspended"
        stacks = {each["stack"] for each in story.said["plan suspended"].document["stacks"]}
        assert f"{TEAMS[0]}.home" not in stacks

    def test_what_holds_data_is_not_lost_by_the_way(self, story: Story) -> None:
        """Closing is refused until somebody says that the baseline's backups and logs may go."""
        (problem,) = story.said["protected"].document["errors"]
        assert problem["code"] == "account-life"
        assert "every recovery point" in problem["given"]

    def test_the_closed_one(self, story: Story) -> None:
        """Is closed in AWS, and its file stays."""
        assert TestVended.status(story, TEAMS[1]) == "closed"
        assert story.seen["accounts"][TEAMS[1]] != "ACTIVE"
        assert (story.project.folder / f"org/accounts/{TEAMS[1]}.yaml").exists()

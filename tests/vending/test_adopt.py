"""An account adopted: its file, its imports and what is refused, in moto and without Terraform."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from landform.errors import Code, LandformError
from landform.org.imported import Answers
from landform.org.living import LivingAccount, LivingOrganization
from landform.org.spec import IMPORTS, OrgSpec
from landform.plan.model import Plan
from landform.plan.planner import PlanResult
from landform.policies.change import ResourceChange
from landform.terraform.sandbox_imports import FILE, remember, standing_imports
from landform.vending.adopt.adopt import Adoption, Wanted, adopt, applied_imports, finish
from landform.vending.adopt.losses import losses
from landform.vending.steps.step import InAccount

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"
LEGACY = "555555555555"
SKIP = {
    "aws_accessanalyzer_analyzer": "moto has no IAM Access Analyzer.",
    "aws_s3_account_public_access_block": "The caller is in moto's own account.",
}
ANSWERS = Answers(name="acme", regions=("eu-west-1",), owner="platform", tier="dev")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """The example, and an account in which an alias stands."""
    shutil.copytree(EXAMPLE, tmp_path / "acme", ignore=shutil.ignore_patterns("cdktf.out", ".landform"))
    with mock_aws():
        boto3.client("iam", region_name="us-east-1").create_account_alias(AccountAlias="old")
        yield tmp_path / "acme"


def enter(_: OrgSpec, account: Any) -> InAccount:
    """The account, entered."""
    return InAccount(boto3.Session("key", "secret"), account)


def living(*accounts: LivingAccount) -> LivingOrganization:
    """What AWS Organizations says."""
    return LivingOrganization("o-a1b2c3d4e5", "aws", "100000000001", (), accounts, ())


def legacy(**tags: str) -> LivingAccount:
    """An account that the spec lacks."""
    tags = {"data-class": "internal", **tags}
    return LivingAccount(LEGACY, "Legacy", "aws+legacy@acme.example", "ACTIVE", "Workloads/Dev", tags, ())


def adopted(project: Path, wanted: Wanted, *accounts: LivingAccount, answers: Answers = ANSWERS) -> Adoption:
    """What comes of it."""
    return adopt(
        project,
        wanted,
        out=project.parent / "out",
        enter=enter,
        living=lambda: (living(*accounts), answers),
        skip=SKIP,
    )


KNOWN = Wanted("payments-dev", stacks=("baseline",))


class TestAdopt:
    """``adopt``."""

    def test_an_account_of_the_spec(self, project: Path) -> None:
        """Its imports are found and stand in the bundle; nothing is written until that is said."""
        found = adopted(project, KNOWN)
        entries = yaml.safe_load(found.change.files[IMPORTS])["imports"]
        assert entries == [{"stack": "payments-dev.baseline", "to": "Default/Alias", "id": "old"}]
        assert '"id": "old"' in found.bundle.text("payments-dev.baseline")
        assert not (project / IMPORTS).exists()
        assert found.change.write(project) == (IMPORTS,)

    def test_again(self, project: Path) -> None:
        """What the spec has is kept as it is, with what a person wrote beside it."""
        adopted(project, KNOWN).change.write(project)
        text = "# from the old days\n" + (project / IMPORTS).read_text()
        (project / IMPORTS).write_text(text)
        boto3.client("iam", region_name="us-east-1").update_account_password_policy()
        found = adopted(project, KNOWN)
        assert [each.entry.to for each in found.search.found] == ["Default/PasswordPolicy"]
        assert found.change.files[IMPORTS].startswith("# from the old days\n")
        assert len(yaml.safe_load(found.change.files[IMPORTS])["imports"]) == 2

    def test_one_that_the_spec_lacks(self, project: Path) -> None:
        """It gets a file from what AWS says, under the name that was given, and is active."""
        wanted = Wanted("legacy-pay", LEGACY, ("baseline",))
        found = adopted(project, wanted, legacy(owner="payments"))
        file = yaml.safe_load(found.change.files["org/accounts/legacy-pay.yaml"])
        assert (file["account_id"], file["status"], file["ou"]) == (LEGACY, "active", "Workloads/Dev")
        assert file["owner"]["team"] == "payments"
        assert [each.entry.stack for each in found.search.found] == ["legacy-pay.baseline"]

    def test_one_that_was_requested(self, project: Path) -> None:
        """It gets its id, is active, and its file keeps all else."""
        file = project / "org/accounts/payments-dev.yaml"
        lines = file.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("account_id:")]
        file.write_text("# ours\n" + "".join(kept) + "status: requested\n")
        found = adopted(project, Wanted("payments-dev", LEGACY, ("baseline",)))
        text = found.change.files["org/accounts/payments-dev.yaml"]
        assert text.startswith("# ours\n")
        assert yaml.safe_load(text)["account_id"] == LEGACY
        assert yaml.safe_load(text)["status"] == "active"

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            (Wanted("payments-dev", LEGACY), Code.SPEC_IMMUTABLE),
            (Wanted("nobody"), Code.NO_MATCH),
            (Wanted("nobody", "666666666666"), Code.NO_MATCH),
            (Wanted("payments-dev", stacks=("basline",)), Code.NO_MATCH),
            (Wanted("payments-dev", stacks=("baseline",), applied=("payments-dev.baseline",)), Code.NO_MATCH),
        ],
    )
    def test_what_is_refused(self, project: Path, wanted: Wanted, code: Code) -> None:
        """Before anything is looked at."""
        with pytest.raises(LandformError) as caught:
            adopted(project, wanted, legacy())
        assert caught.value.code is code

    def test_nobody_owns_it(self, project: Path) -> None:
        """No tag says so, and nobody else."""
        with pytest.raises(LandformError) as caught:
            adopted(
                project,
                Wanted("legacy-pay", LEGACY),
                legacy(),
                answers=Answers(name="acme", regions=("eu-west-1",)),
            )
        assert "--owner" in str(caught.value)

    def test_an_account_that_breaks_a_rule_of_the_spec(self, project: Path) -> None:
        """It is refused as any file is, and nothing is written."""
        with pytest.raises(LandformError) as caught:
            adopted(
                project, Wanted("legacy-pay", "012345678901"), replace(legacy(owner="x"), id="012345678901")
            )
        assert {error.code for error in caught.value.each()} == {Code.SPEC_DUPLICATE}
        assert not (project / "org/accounts/legacy-pay.yaml").exists()


class TestFinish:
    """``finish``, and what tells what was applied."""

    TEXT = """schema: landform/imports/v1
imports:
  # the first
  - { stack: payments-dev.baseline, to: Default/Alias, id: old }
  - { stack: payments-dev.baseline, to: Default/Record, id: /landform/account }
  - { stack: payments-prod.baseline, to: Default/Alias, id: other }
"""

    def test_what_was_applied_goes(self, project: Path) -> None:
        """What was not stays and is named; other accounts are no concern."""
        (project / IMPORTS).write_text(self.TEXT)
        change, left = finish(project, "payments-dev", lambda stack: {("Default/Alias", "old")})
        kept = yaml.safe_load(change.files[IMPORTS])["imports"]
        assert [(each["stack"], each["to"]) for each in kept] == [
            ("payments-dev.baseline", "Default/Record"),
            ("payments-prod.baseline", "Default/Alias"),
        ]
        assert left == ("payments-dev.baseline: Default/Record",)

    def test_another_id_was_not_applied(self, project: Path) -> None:
        """The entry was changed since."""
        (project / IMPORTS).write_text(self.TEXT)
        change, left = finish(project, "payments-dev", lambda stack: {("Default/Alias", "older")})
        assert (change.files, len(left)) == ({}, 2)

    def test_the_imports_of_a_document(self) -> None:
        """By the path that the resource had then."""
        path = {"//": {"metadata": {"path": "a.s/Default/Alias"}}}
        document = {
            "import": [{"to": "aws_x.Alias", "id": "old"}],
            "resource": {"aws_x": {"Alias": path}},
        }
        assert applied_imports("a.s", document) == {("Default/Alias", "old")}
        assert applied_imports("a.s", {}) == set()


class TestLosses:
    """``losses``."""

    def test_all_that_takes_something_away(self) -> None:
        """And nothing else; with the arguments that force it."""
        changes = [
            ResourceChange(
                address=f"aws_x.{action}",
                type="aws_x",
                action=action,  # type: ignore[arg-type] # each is one
                replace_paths=(("rule", 0, "name"),) if action == "replace" else (),
                reason=None,
                before=None,
                after=None,
                unknown=None,
                imported="old",
            )
            for action in ("create", "update", "no-op", "read", "delete", "replace", "forget")
        ]
        plan = Plan("a.s", "a", "dev", "1.11.4", "1.2", tuple(changes))
        found = losses([PlanResult("a.s", "a", "dev", plan, None, None, ())])
        assert [loss.action for loss in found] == ["delete", "replace", "forget"]
        assert str(found[1]) == "a.s: aws_x.replace (old) would be replaced, because of rule.0.name"


class TestSandboxImports:
    """What is known to stand in a sandbox."""

    def test_it_is_of_the_one_sandbox(self, tmp_path: Path) -> None:
        """Another one, or none, has nothing; what is added is added."""
        assert standing_imports(tmp_path, "one") == {}
        remember(tmp_path, "one", {"a.s": ["aws_x.b"]})
        remember(tmp_path, "one", {"a.s": ["aws_x.a"], "b.s": ["aws_x.c"]})
        assert standing_imports(tmp_path, "one") == {
            "a.s": frozenset({"aws_x.a", "aws_x.b"}),
            "b.s": frozenset({"aws_x.c"}),
        }
        assert standing_imports(tmp_path, "two") == {}
        remember(tmp_path, "two", {"b.s": ["aws_x.d"]})
        assert standing_imports(tmp_path, "two") == {"b.s": frozenset({"aws_x.d"})}

    def test_a_file_that_is_none(self, tmp_path: Path) -> None:
        """It is as if it were not there: everything in .landform can be deleted."""
        (tmp_path / FILE).parent.mkdir()
        (tmp_path / FILE).write_text("[]")
        assert standing_imports(tmp_path, "one") == {}

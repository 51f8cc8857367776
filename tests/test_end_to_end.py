"""From the first plan to the last: real Terraform, the real AWS provider, a sandbox that stays up, the command line.

The story is told once, and takes two minutes; the tests look at what each command said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from small_project import Said, SmallProject

from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger

pytestmark = pytest.mark.terraform

CLERK = "shop-shop-a-orders-clerk"
NOBODY = '{"Version": "2012-10-17", "Statement": []}'
STOPPED = 4


@dataclass
class Story:
    """What was said on the way, by name, and what was seen in AWS."""

    project: SmallProject
    said: dict[str, Said] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def first(self) -> None:
        """Everything is new: planned, refused, approved, rolled out, halted, resumed."""
        project, said = self.project, self.said
        project("synth")
        project("sandbox", "start")
        said["plan"] = project("plan", "--sandbox")
        said["unapproved"] = project("rollout", "--sandbox", status=1)
        said["own"] = project.approve("--all", key="sam", status=1)
        said["approve"] = project.approve("--all")
        # Somebody has made a role of this name by hand.
        iam = project.aws("iam", "shop-a")
        iam.create_role(RoleName=CLERK, AssumeRolePolicyDocument=NOBODY)
        said["halted"] = project("rollout", "--sandbox", status=STOPPED)
        self.seen["untouched"] = project.aws("iam", "shop-b").list_roles()["Roles"]
        iam.delete_role(RoleName=CLERK)
        said["resumed"] = project("rollout", "--sandbox", "--resume")
        self.seen["reached"] = project.aws("iam", "shop-b").list_roles()["Roles"]

    def second(self) -> None:
        """What waited for the first is planned for real."""
        project, said = self.project, self.said
        said["next plan"] = project("plan", "--sandbox")
        project.approve("--all")
        said["next apply"] = project("apply", "--sandbox")
        said["read"] = project("plan", "--sandbox")

    def change(self) -> None:
        """A change that widens access in one account, and one that would destroy what is protected in another."""
        project, said = self.project, self.said
        sends = {"shop-dev": {"sends": True}}
        project.say({**sends, "shop-a": {"parameter": "price"}})
        project("synth")
        said["change"] = project("plan", "--sandbox", status=1)
        said["review"] = project("review", status=1)
        said["refused"] = project("apply", "--sandbox", "--account", "shop-a", status=1)
        wider = _plan(said["change"], "shop-dev.orders")["class"]
        said["class"] = project.approve("--class", wider)
        # The other change is taken back.
        project.say(sends)
        project("synth")
        said["other bundle"] = project("apply", "--sandbox", "--account", "shop-dev", status=1)
        said["again"] = project("plan", "--sandbox")
        said["other approval"] = project("apply", "--sandbox", status=1)
        project.approve("--all")
        said["changed"] = project("apply", "--sandbox")
        said["nothing"] = project("plan", "--sandbox")

    def back(self) -> None:
        """Somebody changes an account by hand, and is found; the last change is rolled back through the same gate."""
        project, said = self.project, self.said
        project.aws("ssm", "shop-a").put_parameter(
            Name="/shop/rate", Value="9", Type="String", Overwrite=True
        )
        said["drift"] = project("drift", "--sandbox", "--account", "shop-a", status=1)
        said["rollback"] = project("rollback", "--sandbox")
        restored = said["rollback"].document["restored"]
        said["diff"] = project("diff", restored, "cdktf.out")
        there = ("--sandbox", "--out", restored)
        said["unapproved rollback"] = project("apply", *there, status=1)
        project.approve("--all", "--out", restored)
        self.seen["policies before"] = self._policies()
        said["rolled back"] = project("apply", *there)
        self.seen["policies after"] = self._policies()

    def _policies(self) -> Any:
        iam = self.project.aws("iam", "shop-dev")
        return iam.list_role_policies(RoleName="shop-shop-dev-orders-clerk")["PolicyNames"]


def _plan(said: Said, stack: str) -> dict[str, Any]:
    (found,) = (each for each in said.document["stacks"] if each["stack"] == stack)
    return dict(found)


def _planned(said: Said) -> set[str]:
    return {each["stack"] for each in said.document["stacks"]}


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The whole story, told."""
    root: Path = tmp_path_factory.mktemp("end-to-end")
    told = Story(SmallProject.begin(root / "shop", root / "keys", ("jane", "sam")))
    try:
        told.first()
        told.second()
        told.change()
        told.back()
        yield told
    finally:
        told.project("sandbox", "stop")


class TestFirstPlan:
    """A plan of an organisation in which nothing stands yet."""

    def test_what_waits_for_another_stack_is_a_preview(self, story):
        """What it reads is unknown until the other one is applied, and the placeholder is shown as one."""
        preview = _plan(story.said["plan"], "shop-dev.desk")
        assert preview["pending"] == ["shop-dev.orders"]
        assert any("landform_pending__" in each["address"] for each in preview["changes"])

    def test_nothing_is_applied_that_nobody_approved(self, story):
        """The error says how many must."""
        (error, *_) = story.said["unapproved"].document["errors"]
        assert error["code"] == "not-approved"
        assert "1 must approve, and 0 did" in error["given"]

    def test_who_asked_cannot_approve_where_duties_are_separated(self, story):
        """Sam planned it."""
        (error,) = story.said["own"].document["errors"]
        assert error["code"] == "not-approved"
        assert "asked for" in error["given"]

    def test_a_preview_cannot_be_approved(self, story):
        """It is left out, and said."""
        assert "shop-dev.desk" not in story.said["approve"].document["stacks"]
        assert "shop-dev.desk" in story.said["approve"].err


class TestRollout:
    """A roll-out in which one account fails."""

    def test_it_halts_at_the_first_failure(self, story):
        """The tier tolerates none."""
        halted = story.said["halted"].document
        assert "failed in 1 of 1 accounts, 0 may fail: shop-a" in halted["halted"]
        assert "EntityAlreadyExists" in halted["reasons"]["shop-a.orders"]

    def test_what_comes_later_is_not_touched(self, story):
        """Neither by the record nor in AWS."""
        assert story.said["halted"].document["stacks"] == {
            "shop-dev.orders": "applied",
            "shop-a.orders": "failed",
            "shop-b.orders": "pending",
        }
        assert story.seen["untouched"] == []

    def test_a_preview_is_left_for_the_next_plan_set(self, story):
        """And said."""
        assert "shop-dev.desk" in story.said["halted"].err

    def test_it_goes_on_when_the_cause_is_gone(self, story):
        """The plan of the account that failed is made again, and is still the one that was approved."""
        resumed = story.said["resumed"].document
        assert resumed["ended"]
        assert set(resumed["stacks"].values()) == {"applied"}
        assert resumed["run"] == story.said["halted"].document["run"]
        assert [role["RoleName"] for role in story.seen["reached"]] == ["shop-shop-b-orders-clerk"]

    def test_the_record_is_whole(self, story):
        """Every stack was applied once, and nothing in the ledger was changed since."""
        with Ledger.open(story.project.folder / LEDGER) as ledger:
            assert ledger.verify() is None
            run = ledger.events(run=story.said["resumed"].document["run"])
        kinds = [event.kind for event in run]
        assert kinds.count(EventKind.STACK_APPLIED) == 3
        assert kinds.count(EventKind.STACK_FAILED) == 1
        assert kinds[0] is EventKind.RUN_STARTED
        assert kinds[-1] is EventKind.RUN_ENDED


class TestNextFrontier:
    """What waited."""

    def test_only_what_is_not_applied_is_planned_and_now_for_real(self, story):
        """The value that it reads is there."""
        assert _planned(story.said["next plan"]) == {"shop-dev.desk"}
        assert story.said["next plan"].document["unchanged"] == 3
        assert _plan(story.said["next plan"], "shop-dev.desk")["pending"] == []

    def test_it_holds_what_the_other_stack_published(self, story):
        """The id that AWS gave the role."""
        (role,) = story.project.aws("iam", "shop-dev").list_roles()["Roles"]
        parameter = story.project.aws("ssm", "shop-dev").get_parameter(Name="/shop/clerk")
        assert parameter["Parameter"]["Value"] == role["RoleId"]

    def test_then_there_is_nothing_to_plan(self, story):
        """All stacks are applied as they are."""
        assert story.said["read"].document["stacks"] == []
        assert story.said["read"].document["unchanged"] == 4


class TestChange:
    """A change of some stacks."""

    def test_only_what_changed_is_planned(self, story):
        """The others are applied as they are."""
        assert _planned(story.said["change"]) == {"shop-dev.orders", "shop-a.orders"}

    def test_what_is_protected_is_not_replaced(self, story):
        """Two rules refuse it, whoever approves."""
        refused = {issue["rule"] for issue in story.said["review"].document["issues"] if issue["refused"]}
        assert refused == {"LF_PLAN_PROTECTED", "LF_PLAN_MASS"}
        (error,) = story.said["refused"].document["errors"]
        assert "LF_PLAN_PROTECTED" in error["given"]

    def test_new_access_is_told_with_a_request_that_is_now_allowed(self, story):
        """By whom, what and on which resource."""
        (access,) = (
            issue for issue in story.said["review"].document["issues"] if issue["rule"] == "LF_PLAN_ACCESS"
        )
        assert access["stacks"] == ["shop-dev.orders"]
        assert "sqs:" in access["witness"]
        assert "orders" in access["witness"]

    def test_a_plan_set_is_of_one_bundle(self, story):
        """Once synthesised anew, it is not applied."""
        (error,) = story.said["other bundle"].document["errors"]
        assert error["code"] == "plan-outdated"

    def test_an_approval_is_of_one_bundle(self, story):
        """The class that was approved is planned again and does the same, from another bundle."""
        assert list(story.said["class"].document["stacks"]) == ["shop-dev.orders"]
        (error,) = story.said["other approval"].document["errors"]
        assert error["code"] == "not-approved"
        assert "another bundle" in error["given"]

    def test_it_is_applied_and_leaves_nothing_to_plan(self, story):
        """The stack whose change was taken back was never touched."""
        assert story.said["changed"].document["stacks"] == {"shop-dev.orders": "applied"}
        assert story.said["nothing"].document["stacks"] == []


class TestBack:
    """What was changed by hand, and the way back."""

    def test_what_somebody_changed_by_hand_is_found(self, story):
        """The resource, what it was and what it is."""
        (found,) = story.said["drift"].document["classes"]
        assert found["members"] == ["shop-a.orders"]
        assert found["resource"]["address"] == "aws_ssm_parameter.Rate"
        assert {"path": "insecure_value", "before": "1", "after": "9"} in found["resource"]["sides"]

    def test_a_rollback_plans_what_the_last_run_did(self, story):
        """No more, and no less."""
        assert [one["stack"] for one in story.said["rollback"].document["returns"]] == ["shop-dev.orders"]
        assert story.said["rollback"].document["run"] == story.said["changed"].document["run"]

    def test_the_difference_of_the_two_bundles_is_known_without_terraform(self, story):
        """A policy more, and the access that it gives."""
        found = story.said["diff"].document
        assert [(one["kind"], one["members"]) for one in found["changes"]] == [("added", ["shop-dev.orders"])]
        assert [one["members"] for one in found["access"]] == [["shop-dev.orders"]]

    def test_it_needs_an_approval_as_any_plan(self, story):
        """The approval of the bundle's first plans is none of this one."""
        (error,) = story.said["unapproved rollback"].document["errors"]
        assert error["code"] == "not-approved"

    def test_it_takes_back_what_was_given(self, story):
        """The role has no policy any more."""
        assert story.said["rolled back"].document["stacks"] == {"shop-dev.orders": "applied"}
        assert story.seen["policies before"] == ["grants"]
        assert story.seen["policies after"] == []

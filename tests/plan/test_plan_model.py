"""A plan read from Terraform's JSON."""

from __future__ import annotations

from typing import Any

import pytest

from landform.errors import Code, LandformError
from landform.plan.model import Counts, OutputChange, Plan, read_plan
from landform.plan.planner import PlanResult
from landform.plan.summary import summarise
from landform.policies.change import ResourceChange
from landform.synth.bundle import StackRecord
from landform.terraform.secrets import Secrets

RECORD = StackRecord(
    name="payments-prod.data",
    stack="data",
    account="payments-prod",
    account_id="222222222222",
    tier="prod",
    region="eu-west-1",
    construct="acme:Data",
    sha256="0",
    inputs="0",
    dependencies=(),
    waivers=(),
    resources={},
)
ACTIONS = [
    (["create"], "create"),
    (["update"], "update"),
    (["delete"], "delete"),
    (["read"], "read"),
    (["no-op"], "no-op"),
    (["forget"], "forget"),
    (["delete", "create"], "replace"),
    (["create", "delete"], "replace"),
    (["create", "forget"], "replace"),
]


def document(*actions: list[str], version: str = "1.2", **change: Any) -> dict[str, Any]:
    """A plan document with a change for each list of actions."""
    return {
        "format_version": version,
        "terraform_version": "1.11.4",
        "resource_changes": [
            {
                "address": f"aws_x.r{n}",
                "type": "aws_x",
                "mode": "managed",
                "change": {"actions": names, **change},
            }
            for n, names in enumerate(actions)
        ],
    }


def plan(*actions: list[str]) -> Plan:
    """The plan of such a document."""
    return Plan.from_document(document(*actions), RECORD)


class TestPlan:
    """``Plan``."""

    @pytest.mark.parametrize(("actions", "action"), ACTIONS)
    def test_actions(self, actions: list[str], action: str) -> None:
        """Each of Terraform's lists of actions is one action."""
        assert plan(actions).changes[0].action == action

    def test_counts(self) -> None:
        """A replacement counts as itself; a read, a no-op and a forget do not count."""
        assert plan(*(actions for actions, _ in ACTIONS)).counts == Counts(
            add=1, change=1, replace=3, destroy=1
        )

    def test_a_change(self) -> None:
        """Everything that a review needs of a change."""
        raw = document(
            ["delete", "create"],
            before={"name": "a"},
            after={"name": "b"},
            after_unknown={"arn": True},
            replace_paths=[["name"], ["rule", 0]],
        )
        raw["resource_changes"][0]["action_reason"] = "replace_because_cannot_update"
        assert Plan.from_document(raw, RECORD).changes == (
            ResourceChange(
                address="aws_x.r0",
                type="aws_x",
                action="replace",
                replace_paths=(("name",), ("rule", 0)),
                reason="replace_because_cannot_update",
                before={"name": "a"},
                after={"name": "b"},
                unknown={"arn": True},
            ),
        )

    def test_an_unknown_action(self) -> None:
        """An action that landform does not know is refused, not taken for harmless."""
        with pytest.raises(LandformError) as caught:
            plan(["defer"])
        assert caught.value.code is Code.PLAN_FORMAT
        assert caught.value.given == "actions defer on aws_x.r0"

    def test_a_plan_without_changes(self) -> None:
        """Terraform leaves the list out where there is nothing."""
        assert Plan.from_document({"format_version": "1.0"}, RECORD).changes == ()


class TestPlanBesideChanges:
    """What ``Plan`` holds beside the changes."""

    def test_drift(self) -> None:
        """What changed outside, without its noise."""
        noise = {"actions": ["update"], "before": {"tags": None}, "after": {"tags": {}}}
        change = {"actions": ["update"], "before": {"enabled": True}, "after": {"enabled": False}}
        raw = document() | {
            "resource_drift": [
                {"address": f"aws_x.r{n}", "type": "aws_x", "mode": "managed", "change": each}
                for n, each in enumerate((noise, change))
            ]
        }
        assert [one.address for one in Plan.from_document(raw, RECORD).drift] == ["aws_x.r1"]

    def test_outputs(self) -> None:
        """Those that change, by name."""
        same = {"actions": ["no-op"], "before": 1, "after": 1, "after_unknown": False}
        made = {"actions": ["create"], "before": None, "after_unknown": True}
        raw = document() | {"output_changes": {"b": made, "a": same}}
        assert Plan.from_document(raw, RECORD).outputs == (OutputChange("b", "create", None, None, True),)

    def test_failed_checks(self) -> None:
        """What failed, and what could not be evaluated; neither what passed nor what is not known yet."""
        checks: list[dict[str, Any]] = [
            {"address": {"kind": "check", "to_display": f"check.{status}"}, "status": status}
            for status in ("pass", "fail", "error", "unknown")
        ]
        checks[1]["instances"] = [{"status": "fail", "problems": [{"message": "too small"}]}]
        plan = Plan.from_document(document() | {"checks": checks}, RECORD)
        assert list(map(str, plan.failed_checks)) == [
            "check.fail: too small",
            "check.error: cannot be evaluated",
        ]

    @pytest.mark.parametrize("name", ["complete", "errored", "applyable"])
    def test_what_terraform_says_of_the_plan(self, name: str) -> None:
        """Whether it is whole, and can be applied."""
        for value in (True, False):
            assert getattr(Plan.from_document(document() | {name: value}, RECORD), name) is value

    def test_a_format_without_these_words(self) -> None:
        """Such a plan is whole: Terraform then had no other."""
        plan = Plan.from_document(document(version="1.0"), RECORD)
        assert (plan.complete, plan.errored, plan.applyable) == (True, False, True)

    def test_moved_imported_and_forgotten(self) -> None:
        """Each keeps where it came from."""
        raw = document(["no-op"], ["forget"], importing={"id": "q-1"})
        raw["resource_changes"][0]["previous_address"] = "aws_x.old"
        changes = Plan.from_document(raw, RECORD).changes
        assert [(c.action, c.moved_from, c.imported) for c in changes] == [
            ("no-op", "aws_x.old", "q-1"),
            ("forget", None, "q-1"),
        ]


class TestReadPlan:
    """``read_plan``."""

    @pytest.mark.parametrize("version", ["1.0", "1.2", "1.99"])
    def test_minor_versions_are_read(self, version: str) -> None:
        """A new minor version only adds properties."""
        assert read_plan(document(version=version), RECORD, Secrets())[0].format_version == version

    @pytest.mark.parametrize("version", ["0.2", "2.0", "10.0", ""])
    def test_another_major_version_is_refused(self, version: str) -> None:
        """Nothing of a plan is read, or redacted by guess, whose format is not known."""
        with pytest.raises(LandformError) as caught:
            read_plan(document(version=version), RECORD, Secrets())
        assert caught.value.code is Code.PLAN_FORMAT

    def test_the_plan_is_redacted(self) -> None:
        """The values of the plan are those of the redacted document."""
        raw = document(["create"], after={"p": "hunter2"}, after_sensitive={"p": True})
        read, kept = read_plan(raw, RECORD, Secrets())
        assert read.changes[0].after == {"p": "(sensitive value)"}
        assert "hunter2" not in str(kept)


class TestSummarise:
    """``summarise``."""

    ERROR = LandformError(Code.TERRAFORM_FAILED, "It failed.")

    def results(self) -> list[PlanResult]:
        """A stack that changes, one that does not and one that failed."""
        plans = [plan(["create"], ["delete", "create"], ["no-op"]), plan(["no-op"], ["read"]), None]
        names = ["a.s", "b.s", "c.s"]
        return [
            PlanResult(name, "payments-prod", "prod", p, None if p else self.ERROR, None, ())
            for name, p in zip(names, plans, strict=True)
        ]

    def test_totals(self) -> None:
        """Totals over all stacks, and how many changed and failed."""
        expected = {"add": 1, "change": 0, "replace": 1, "destroy": 0, "imports": 0}
        expected |= {"stacks": 3, "changed": 1, "failed": 1}
        assert summarise(self.results())["total"] == expected

    def test_stacks_keep_their_order_and_say_how_they_are(self) -> None:
        """One entry a stack, in the order of the results."""
        stacks = [(stack["stack"], stack["status"]) for stack in summarise(self.results())["stacks"]]
        assert stacks == [("a.s", "changed"), ("b.s", "unchanged"), ("c.s", "failed")]

    def test_only_what_changes_is_listed(self) -> None:
        """Reads and no-ops are not in the list of changes."""
        changes = summarise(self.results())["stacks"][0]["changes"]
        assert [change["action"] for change in changes] == ["create", "replace"]

    def test_what_is_taken_over_is_listed_and_counted(self) -> None:
        """Also where nothing is changed about it."""
        taken = Plan.from_document(document(["no-op"], importing={"id": "here"}), RECORD)
        found = summarise([PlanResult("a.s", "payments-prod", "prod", taken, None, None, ())])
        assert (found["total"]["imports"], found["total"]["changed"]) == (1, 1)
        assert found["stacks"][0]["changes"][0]["imported"] == "here"

    def test_a_failure_carries_its_errors(self) -> None:
        """The errors of a stack stand in its entry as JSON."""
        assert summarise(self.results())["stacks"][2]["errors"] == [self.ERROR.as_json()]

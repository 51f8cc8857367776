"""Drift read from plans made by hand: what counts, what is told once, and what the ledger is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from records import Project

from landform.digest import sha256
from landform.errors import Code, LandformError
from landform.plan.model import Plan
from landform.plan.planner import PlanResult
from landform.policies.change import ResourceChange, created, destroyed, unchanged, updated
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.rollout.drift import (
    Drift,
    StackDrift,
    applied_bundle,
    edited_files,
    read_drift,
    record_drift,
)
from landform.rollout.drift_markdown import does_more, headline, markdown, notes
from landform.synth.bundle import INDEX, Bundle

QUEUE = "aws_sqs_queue.q"
SHORT, LONG = (
    {"name": "q", "visibility_timeout_seconds": 30},
    {"name": "q", "visibility_timeout_seconds": 900},
)
STACKS = ("dev.queue", "prod.queue")
# What somebody made longer, and the next apply makes shorter again.
CHANGED = ((updated(QUEUE, LONG, SHORT),), (updated(QUEUE, SHORT, LONG),))
NOTHING = ((unchanged(QUEUE, SHORT),), ())
Changes = tuple[tuple[ResourceChange, ...], tuple[ResourceChange, ...]]


class Looked:
    """A project whose stacks were applied, and plans of them: the changes and the drift of each."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.bundle = self.project.bundle("cdktf.out", dict.fromkeys(STACKS, 1))
        self.project.run("r1", self.bundle, STACKS)

    def __call__(self, **changes: Changes | LandformError) -> Drift:
        history = self.project.history
        applied = applied_bundle(self.project.root, history, accounts=list(changes))
        results = [self._result(name, changes[record.account]) for name, record in applied.stacks.items()]
        return Drift(None, (), read_drift(results, applied, history))

    def record(self, found: Drift, run: str) -> tuple[str, ...]:
        """What the ledger is told of it."""
        with Ledger.open(self.project.root / LEDGER) as ledger:
            at, history = self.project.later(), self.project.history
            return record_drift(ledger, found, history, run=run, at=at, by="ci", host="h")

    def _result(self, name: str, changes: Changes | LandformError) -> PlanResult:
        account = name.partition(".")[0]
        if isinstance(changes, LandformError):
            return PlanResult(name, account, account, None, changes, None, ())
        plan = Plan(name, account, account, "1.11.4", "1.2", changes[0], changes[1])
        return PlanResult(name, account, account, plan, None, None, ())


@pytest.fixture
def look(tmp_path: Path) -> Looked:
    return Looked(tmp_path)


def one(found: Drift) -> StackDrift:
    (stack,) = found.stacks
    return stack


class TestReadDrift:
    """``read_drift``."""

    def test_what_was_changed_and_is_undone(self, look: Looked) -> None:
        """The argument, before and after, and that the next apply does nothing but turn it back."""
        (resource,) = one(look(dev=CHANGED)).resources
        (side,) = resource.sides
        assert (resource.action, resource.next) == ("update", "update")
        assert resource.source == "acme/stacks.py:12"
        assert (side.path, side.before, side.after) == ("visibility_timeout_seconds", "30", "900")
        assert not does_more(resource)

    def test_nothing(self, look: Looked) -> None:
        """What stands is what was applied."""
        found = look(dev=NOTHING)
        assert not found.found
        assert one(found).digest == ""

    def test_what_nothing_speaks_against_stays(self, look: Looked) -> None:
        """An argument that the stack does not set is drift, and the next apply leaves it."""
        (resource,) = one(look(dev=((unchanged(QUEUE, LONG),), (updated(QUEUE, SHORT, LONG),)))).resources
        assert resource.next == "no-op"

    def test_what_was_removed_is_made_again(self, look: Looked) -> None:
        """Beside another resource that is there."""
        other = unchanged("aws_sqs_queue.other", SHORT)
        found = one(look(dev=((created(QUEUE, SHORT), other), (destroyed(QUEUE, SHORT),))))
        assert [(r.address, r.action, r.next) for r in found.resources] == [(QUEUE, "delete", "create")]
        assert not found.vanished

    @pytest.mark.parametrize("drift", [(destroyed(QUEUE, SHORT),), ()])
    def test_a_stack_that_vanished(self, look: Looked, drift: tuple[ResourceChange, ...]) -> None:
        """Every resource is gone, or the state that knew them is."""
        found = look(dev=((created(QUEUE, SHORT),), drift))
        assert one(found).vanished
        assert [each.resource for each in found.classes] == [None]

    def test_a_secret_that_was_changed(self, look: Looked) -> None:
        """Both values are hidden, so that the two look the same; the plan knows that they are not."""
        before, after = {"value": "(sensitive value)", "version": 2}, {"value": "(sensitive value)"}
        change = updated("aws_ssm_parameter.s", before, after, {"version": True})
        found = look(dev=((change,), ()))
        (resource,) = one(found).resources
        assert (resource.sides, resource.next) == ((), "update")
        assert "in a value that is not shown" in markdown(found)

    def test_what_nobody_changed_is_no_drift(self, look: Looked) -> None:
        """A data source says something else now: the next apply changes it, and nobody was there."""
        found = look(dev=((updated(QUEUE, SHORT, LONG),), ()))
        assert not found.found
        assert one(found).other == (QUEUE,)
        assert QUEUE in next(notes(found))

    def test_a_stack_that_cannot_be_looked_at(self, look: Looked) -> None:
        """Is told as such, and is not called free of drift."""
        error = LandformError(Code.STATE_LOCKED, "Held.")
        found = look(dev=error, prod=NOTHING)
        assert [each.stack for each in found.failed] == ["dev.queue"]
        assert found.as_json()["stacks"][0]["error"]["code"] == "state-locked"
        assert "1 stack could not be looked at" in headline(found)

    def test_a_later_apply_that_failed(self, look: Looked) -> None:
        """What it did by then is in what is shown, so it is said."""
        look.project.run(
            "r2", look.project.bundle("two", dict.fromkeys(STACKS, 2)), failed={"dev.queue": True}
        )
        found = look(dev=CHANGED)
        assert (one(found).run, one(found).unsettled) == ("r1", "failed")
        assert "(failed)" in next(notes(found))


class TestClasses:
    """``Drift.classes``."""

    def test_the_same_drift_is_told_once(self, look: Looked) -> None:
        """Names and ids that are each account's own do not tell two apart."""

        def of(account: str) -> Changes:
            short, long = SHORT | {"name": f"work-{account}"}, LONG | {"name": f"work-{account}"}
            return (updated(QUEUE, long, short),), (updated(QUEUE, short, long),)

        found = look(dev=of("dev"), prod=of("prod"))
        (only,) = found.classes
        assert only.members == STACKS
        assert {each.class_digest for each in found.stacks} == {found.stacks[0].class_digest}
        assert found.stacks[0].digest != found.stacks[1].digest

    def test_another_value_is_another_class(self, look: Looked) -> None:
        """The biggest comes first; of equals by name."""
        other = SHORT | {"visibility_timeout_seconds": 60}
        found = look(dev=CHANGED, prod=((updated(QUEUE, other, SHORT),), (updated(QUEUE, SHORT, other),)))
        assert [each.members for each in found.classes] == [("dev.queue",), ("prod.queue",)]


class TestRecordDrift:
    """``record_drift``."""

    def test_once_until_it_is_applied_again(self, look: Looked) -> None:
        """The same drift of a stack is an event; where an apply undid it and it comes back, another."""
        found = look(dev=CHANGED, prod=NOTHING)
        assert look.record(found, "d1") == ("dev.queue",)
        assert look.record(found, "d2") == ()
        look.project.run("r2", look.bundle, ["dev.queue"])
        assert look.record(look(dev=CHANGED), "d3") == ("dev.queue",)

    def test_what_the_ledger_knows(self, look: Looked) -> None:
        """A run of its own, which is none that could be rolled back; digests and addresses, no values."""
        look.record(look(dev=CHANGED), "d1")
        with Ledger.open(look.project.root / LEDGER) as ledger:
            started, event, ended = ledger.events(run="d1")
        assert (started.body["purpose"], ended.kind) == ("drift", EventKind.RUN_ENDED)
        assert event.body["addresses"] == [QUEUE]
        assert "900" not in json.dumps([started.body, event.body])
        assert look.project.history.run().id == "r1"


class TestAppliedBundle:
    """``applied_bundle``."""

    def test_each_stack_as_it_was_applied_last(self, look: Looked) -> None:
        """From bundles of its own, whatever the folder holds today."""
        second = look.project.bundle("two", dict.fromkeys(STACKS, 2))
        look.project.run("r2", second, ["prod.queue"])
        found = applied_bundle(look.project.root, look.project.history)
        assert found.text("dev.queue") == look.bundle.text("dev.queue")
        assert found.text("prod.queue") == second.text("prod.queue")

    def test_nothing_was_applied_here(self, look: Looked) -> None:
        """In another place nothing stands."""
        look.project.sandbox = "box"
        with pytest.raises(LandformError) as caught:
            applied_bundle(look.project.root, look.project.history)
        assert caught.value.code is Code.NOTHING_APPLIED

    def test_nobody_looks_into_accounts_that_are_away(self, look: Looked) -> None:
        """Their stacks are not planned, so that they can fail no look at the others."""
        project = look.project
        assert [*applied_bundle(project.root, project.history, without={"dev"}).stacks] == ["prod.queue"]

    def test_unless_an_account_is_named(self, look: Looked) -> None:
        """By its very name: a glob is none."""
        project = look.project
        named = applied_bundle(project.root, project.history, without={"dev"}, accounts=["dev"])
        assert [*named.stacks] == ["dev.queue"]
        with pytest.raises(LandformError) as caught:
            applied_bundle(project.root, project.history, without={"dev"}, accounts=["d*"])
        assert caught.value.code is Code.NO_MATCH

    def test_without_all_accounts(self, look: Looked) -> None:
        """There is nothing left to look at."""
        project = look.project
        with pytest.raises(LandformError) as caught:
            applied_bundle(project.root, project.history, without={"dev", "prod"})
        assert caught.value.code is Code.NO_MATCH


class TestEditedFiles:
    """``edited_files``."""

    def edited(self, bundle: Bundle) -> list[tuple[Any, ...]]:
        found = edited_files(bundle, tuple(bundle.stacks.values()))
        return [(each.file, each.stack, each.given) for each in found]

    def test_what_synth_wrote(self, look: Looked) -> None:
        """Nothing was edited."""
        assert self.edited(look.bundle) == []

    def test_a_stack_that_is_gone(self, look: Looked) -> None:
        """A file that was removed has no digest."""
        (look.bundle.folder("dev.queue") / "cdk.tf.json").unlink()
        assert self.edited(look.bundle) == [("stacks/dev.queue/cdk.tf.json", "dev.queue", None)]

    def test_the_manifest(self, look: Looked) -> None:
        """What all stacks share is no stack's."""
        (look.bundle.root / "manifest.json").write_text("{}")
        assert self.edited(look.bundle) == [("manifest.json", None, sha256("{}"))]

    def test_the_index(self, look: Looked) -> None:
        """It is held against the digest that it carries."""
        path = look.bundle.root / INDEX
        path.write_text(path.read_text().replace('"tier": "dev"', '"tier": "prod"'))
        ((file, stack, given),) = self.edited(look.bundle)
        assert (file, stack) == (INDEX, None)
        assert given != look.bundle.digest

"""Applies one saved plan, and settles what nobody saw the end of.

Nothing is taken on trust: the plan file is opened with the vault's key, its SHA-256 and the digest of what it would
do are those that were approved, and the guard judges it once more. Terraform itself refuses a plan whose state has
moved on, so that no plan is applied twice (Terraform, "Command: apply", saved plan mode); it is then made again, and
applied only where it would do what was approved to the last digit of its digest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from landform.checks.run import Report
from landform.errors import Code, LandformError, Place
from landform.plan.assess import failing_in, found_by_plan, guard_of
from landform.plan.guard import judge, view_of
from landform.plan.model import Counts, read_plan
from landform.plan.plan_set import JudgedPlan
from landform.plan.planner import RAW_PLAN_FILE, Keep, digest_of, plan_stacks
from landform.plan.runner import AtWork, Prepared, Runner
from landform.plan.store import sealed_plan
from landform.plan.vault import Vault
from landform.policies.user_rules import NO_RULES, UserRules
from landform.rollout.loop import Ending
from landform.terraform.applied import Applied, ResourceEvent

# How long a stack that is in doubt is waited for, in seconds, while another Terraform holds the lock of its state.
LOCK_SECONDS = 120
PLAN_THE_REST = (
    "Plan the stack again, have the rest approved, and go on with that plan set: "
    "`landform rollout PLAN_SET --resume`."
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A judged plan and the folder of the plan set that its file is in."""

    folder: Path
    judged: JudgedPlan

    @property
    def does_nothing(self) -> bool:
        """Whether there is nothing to apply: what stands is what the stack says."""
        plan = self.judged.plan
        return not plan.changes and not plan.outputs and not self.judged.pending


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies the saved plans of a roll-out.

    Attributes:
        runner: Terraform over the bundle that was planned.
        vault: opens plan files.
        saved: the plans, by stack.
        report: what the checks say of the bundle on the day of the apply.
        users: users' rules.
        on_event: told what Terraform does to a resource of a stack, from several threads.
    """

    runner: Runner
    vault: Vault
    saved: Mapping[str, Saved]
    report: Report
    users: UserRules = NO_RULES
    on_event: Callable[[str, ResourceEvent], None] = lambda _stack, _event: None

    def apply(self, stack: str) -> Ending:
        """Apply the saved plan of a stack. What goes wrong is the ending; nothing is raised."""
        saved = self.saved[stack]
        if saved.does_nothing:
            return _applied(stack, saved, Counts())
        try:
            prepared = self.runner.prepare(self.runner.bundle.stacks[stack])
            with self.runner.at_work(prepared, "apply") as at:
                done = self._apply(saved, prepared, at)
            if done.error and done.error.code is Code.PLAN_STALE:
                return self._stale(stack, done.error)
        except LandformError as error:
            return _failed(stack, error, changed=False)
        except KeyboardInterrupt:
            return Ending(
                stack, "stack-in-doubt", {"reason": "landform was interrupted while Terraform applied"}
            )
        if done.error:
            return _failed(stack, done.error, changed=bool(done.done or done.unknown))
        return _applied(stack, saved, saved.judged.plan.counts)

    def settle(self, stack: str) -> Ending:
        """How the apply of a stack ended of which nobody saw the end: the stack is planned anew to know."""
        record, saved = self.runner.bundle.stacks[stack], self.saved[stack]
        # A landform that was killed leaves a Terraform that is just ending, and holds the lock until it has.
        runner = self.runner.patient(LOCK_SECONDS)
        (found,) = plan_stacks(runner, [record], keep=Keep(self.vault, saved.folder, files=False), jobs=1)
        if found.plan is None:
            error = found.error or LandformError(Code.TERRAFORM_FAILED, "The stack cannot be planned.")
            return _failed(stack, error, changed=True)
        if found.digest == saved.judged.digest:
            return Ending(stack, "stack-failed", {"changed": False})
        plan = found.plan
        if not plan.outputs and not any(one.acts or one.imported or one.moved_from for one in plan.changes):
            return _applied(stack, saved, saved.judged.plan.counts)
        half = LandformError(
            Code.HALF_APPLIED,
            "A part of the plan was applied before landform was stopped, and the rest was not.",
            place=Place(construct_path=stack),
            given=f"{plan.counts.add} to add, {plan.counts.change} to change, "
            f"{plan.counts.replace} to replace, {plan.counts.destroy} to destroy still",
            expected="all of the plan, or nothing of it",
            fix=PLAN_THE_REST,
        )
        return _failed(stack, half, changed=True)

    def _stale(self, stack: str, stale: LandformError) -> Ending:
        """The state has moved on since the plan was made: by this very plan, perhaps, and nothing is left to do."""
        settled = self.settle(stack)
        if settled.kind == "stack-applied":
            return settled
        told = LandformError(
            Code.PLAN_STALE,
            stale.message,
            place=Place(construct_path=stack),
            given=stale.given,
            expected="the state that the plan was made for",
            fix=PLAN_THE_REST,
        )
        return _failed(stack, told, changed=False)

    def _apply(self, saved: Saved, prepared: Prepared, at: AtWork) -> Applied:
        raw_path = at.folder / RAW_PLAN_FILE
        try:
            self._open(saved, raw_path)
            self._recognise(saved, prepared, at, raw_path)
            done = self._run(prepared, at, raw_path)
            # An apply that fails writes the state even where it made nothing: the plan is stale when it is tried again.
            if (
                done.error
                and done.error.code is Code.PLAN_STALE
                and self._same_anew(saved, prepared, at, raw_path)
            ):
                self._recognise(saved, prepared, at, raw_path)
                done = self._run(prepared, at, raw_path)
            return done
        finally:
            # It holds secrets in clear.
            raw_path.unlink(missing_ok=True)

    def _run(self, prepared: Prepared, at: AtWork, raw_path: Path) -> Applied:
        return at.terraform.apply(
            at.folder,
            raw_path,
            on_event=lambda event: self.on_event(prepared.record.name, event),
            secrets=at.secrets,
            place_of=self.runner.place_of(prepared.record),
        )

    def _same_anew(self, saved: Saved, prepared: Prepared, at: AtWork, raw_path: Path) -> bool:
        """Plan the stack again in the plan file's place; whether that would do the very thing that was approved."""
        raw_path.unlink()
        at.terraform.plan(
            at.folder, raw_path, secrets=at.secrets, place_of=self.runner.place_of(prepared.record)
        )
        raw = at.terraform.show_json(at.folder, raw_path)
        return digest_of(self.runner, prepared, at, raw, self.vault) == saved.judged.digest

    def _open(self, saved: Saved, raw_path: Path) -> None:
        stack = saved.judged.plan.stack
        sealed = sealed_plan(saved.folder, stack)
        found = self.vault.open(sealed, raw_path, stack)
        if found != saved.judged.plan_file_sha256:
            raise another_plan(sealed, f"sha256 {found}", f"sha256 {saved.judged.plan_file_sha256}")

    def _recognise(self, saved: Saved, prepared: Prepared, at: AtWork, raw_path: Path) -> None:
        """What the file would do is what was judged, digest and risk."""
        judged, record = saved.judged, prepared.record
        raw = at.terraform.show_json(at.folder, raw_path)
        # First: of a form that is not known, no digest says anything.
        plan, _ = read_plan(raw, record, at.secrets)
        digest = digest_of(self.runner, prepared, at, raw, self.vault)
        if digest != judged.digest:
            raise another_plan(sealed_plan(saved.folder, record.name), digest, judged.digest)
        bundle = self.runner.bundle
        guard = guard_of(bundle, record.tier)
        config = json.loads(bundle.text(record.name))
        planned = found_by_plan({record.name: plan}, bundle, {record.name: config}, self.report, self.users)
        view = view_of(
            plan,
            record,
            config,
            guard,
            findings=failing_in(self.report)[record.name],
            planned_findings=planned.get(record.name, ()),
        )
        risk, concerns = judge(view, record, guard, self.report.as_of, self.users.plan_rules)
        refused = [one for one in concerns if one.concern.refused and one.waiver is None]
        if risk > judged.risk or refused:
            why = (
                f"; {refused[0].rule}: {refused[0].concern.address} {refused[0].concern.message}"
                if refused
                else ""
            )
            raise LandformError(
                Code.NOT_APPROVED,
                "The guard judges the plan otherwise than when it was approved.",
                place=Place(construct_path=record.name),
                given=f"{risk.name}{why}",
                expected=f"at most {judged.risk.name}, and nothing refused",
                fix="Plan it again, and have it approved.",
            )


def _applied(stack: str, saved: Saved, counts: Counts) -> Ending:
    return Ending(
        stack,
        "stack-applied",
        {
            "digest": saved.judged.digest,
            "stack_sha256": saved.judged.stack_sha256,
            "counts": asdict(counts),
            **({"plan_file_sha256": saved.judged.plan_file_sha256} if saved.judged.plan_file_sha256 else {}),
        },
    )


def _failed(stack: str, error: LandformError, *, changed: bool) -> Ending:
    first: dict[str, Any] = error.each()[0].as_json()
    return Ending(stack, "stack-failed", {"error": first, "changed": changed})


def another_plan(sealed: Path, given: str, expected: str) -> LandformError:
    """The error for a plan file that is not the one that was judged."""
    return LandformError(
        Code.PLAN_FILE,
        "A saved plan is another one than was judged and approved.",
        place=Place(file=str(sealed)),
        given=given,
        expected=expected,
        fix="Plan again, and have it approved.",
    )

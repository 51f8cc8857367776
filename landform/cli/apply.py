"""``landform apply``: saved and approved plans, at once; and what it shares with ``landform rollout``."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import landform
from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import accounts_away, bundle_folder, in_use, project_folder, read_users
from landform.cli.working import (
    By,
    Choices,
    LockTimeout,
    OwnCredentials,
    Sandboxed,
    Timeouts,
    check_whole,
    clock,
    open_vault,
    timeouts_of,
    who,
    working,
)
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from rich.console import Console

    from landform.checks.run import Report
    from landform.cli.working import Working
    from landform.plan.plan_set import PlanSet
    from landform.record.events import Event
    from landform.record.ledger import Ledger
    from landform.rollout.apply import Saved
    from landform.rollout.state import Rollout
    from landform.synth.bundle import Bundle

EXAMPLES = """
Examples:

  landform apply --sandbox                        the latest plan set, in the sandbox it was planned in

  landform apply 3f1c --account payments-dev      some of a plan set
"""

ApplyJobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="How many stacks at once, at most; 10 unless given.")
]
JOBS = 10
INTERRUPTED = "what was begun is in the ledger, and `landform rollout --resume` goes on with it"


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, apply, epilog=EXAMPLES, interrupted=INTERRUPTED)


def apply(
    plan_set: options.PlanSet = None,
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    sandbox: Sandboxed = False,
    own_credentials: OwnCredentials = False,
    by: By = None,
    jobs: ApplyJobs = None,
    timeout: Timeouts = [],  # noqa: B006
    lock_timeout: LockTimeout = 0,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Apply saved plans that are approved, in the order in which stacks need each other.

    Nothing else is applied: not what was planned from another bundle, has changed since, is refused by the guard, or is
    not approved as its tier asks. Stacks that wait for others are left out, and planned again after this. Every step is
    in the ledger. It is for one account, or for tiers without waves: `landform rollout` brings a change to many. Exits
    with 4 where it stops part-way.
    """
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    request = Request(
        purpose="apply",
        choices=Choices(sandbox, own_credentials, terraform, plugin_dir, timeouts_of(timeout), lock_timeout),
        by=who(by),
        jobs=jobs or JOBS,
        selection={"accounts": account, "tiers": tier, "stacks": stack, "regions": region},
    )
    return run_plan_set(said, project, bundle_folder(project, out), plan_set, request)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: how to apply, as whom, with what, and which stacks."""

    purpose: str
    choices: Choices
    by: str
    jobs: int
    selection: Mapping[str, Sequence[str]]
    health: str | None = None

    @property
    def waves(self) -> bool:
        """Whether it goes in waves."""
        return self.purpose == "rollout"


def run_plan_set(said: Out, project: Path, bundle_root: Path, name: str | None, request: Request) -> int:
    """Apply a plan set, or a part of it, from the beginning."""
    from landform.plan.store import find, load
    from landform.record.moments import run_id
    from landform.rollout.kept import keep_applied
    from landform.rollout.run import check_begins, check_saved, saved_plans, steps_of
    from landform.rollout.state import Rollout
    from landform.synth.bundle import Bundle

    bundle = Bundle.load(bundle_root)
    folder = find(project, name)
    plan_set = load(folder)
    names = _ready(said, plan_set, _in_use(said, project, bundle, _names(bundle, plan_set, request), request))
    _check_reach(bundle, names, request)
    run = run_id(clock(), plan_set.id[:6])
    with ExitStack() as held:
        ledger = held_ledger(held, project, run)
        at = held.enter_context(working(said, project, bundle, request.choices))
        saved = saved_plans(plan_set, folder, bundle, at.world, names)
        check_saved(saved, open_vault(), at.terraform_version)
        report = check_whole(said, project, bundle)
        _check_findings(report, plan_set)
        approvals = _approved(project, plan_set, bundle, ledger, saved)
        steps = steps_of(bundle, names, ledger, waves=request.waves)
        check_begins(steps, clock())
        keep_applied(project, bundle, names)
        about = {
            "purpose": request.purpose,
            "bundle": bundle.digest,
            "plan_set": plan_set.id,
            "by": request.by,
            "host": socket.gethostname(),
            "generator": f"landform {landform.__version__}",
            "terraform_version": plan_set.terraform_version,
            "stacks": sorted(names),
            "approvals": approvals,
            "health": request.health is not None,
            **({"sandbox": at.world} if at.world else {}),
        }
        return _go(said, at, ledger, run, saved, report, Rollout.of(steps), about, request)


def resume_run(
    said: Out, project: Path, bundle_root: Path, run: str | None, newer: str | None, request: Request
) -> int:
    """Go on with a run that was halted or killed; plans of a newer plan set take the place of the run's own."""
    from landform.plan.store import FOLDER, find, load
    from landform.record.events import EventKind
    from landform.rollout.run import check_goes_on, check_saved, past, saved_plans, skip, steps_of
    from landform.rollout.state import Rollout
    from landform.synth.bundle import Bundle

    bundle = Bundle.load(bundle_root)
    with ExitStack() as held:
        ledger = held_ledger(held, project, run or "resume")
        at = held.enter_context(working(said, project, bundle, request.choices))
        before = past(ledger, run, at.world)
        check_goes_on(before, bundle, health=request.health is not None)
        rollout = Rollout.of(steps_of(bundle, before.stacks, ledger, waves=before.waves), before.events)
        given = [find(project, newer)] if newer is not None else []
        report = check_whole(said, project, bundle)
        saved: dict[str, Saved] = {}
        away = accounts_away(said, project)
        left = [name for name in rollout.left if rollout.stacks[name].account not in away]
        # The newest plan of a stack is the one that counts. Only what is still to be applied must be there and hold.
        for folder in (*given, *(project / FOLDER / id for id in reversed(before.plan_sets))):
            missing = [name for name in left if name not in saved]
            if not missing:
                break
            plan_set = load(folder)
            _check_findings(report, plan_set)
            names = [name for name in missing if name in plan_set.plans]
            found = saved_plans(plan_set, folder, bundle, at.world, names)
            # What was approved when the run began may have run out since.
            _approved(project, plan_set, bundle, ledger, found)
            saved |= found
        check_saved(saved, open_vault(), at.terraform_version)
        body = {
            "by": request.by,
            "host": socket.gethostname(),
            **({"plan_set": given[0].name} if given else {}),
        }
        resumed = ledger.append(EventKind.RESUMED, at=clock().isoformat(), run=before.run, body=body)
        rollout = skip(ledger, before.run, rollout.after(resumed), away, clock().isoformat())
        return _go(said, at, ledger, before.run, saved, report, rollout, {}, request)


def _go(
    said: Out,
    at: Working,
    ledger: Ledger,
    run: str,
    saved: Mapping[str, Saved],
    report: Report,
    rollout: Rollout,
    about: Mapping[str, Any],
    request: Request,
) -> int:
    from landform.rollout.apply import Applier
    from landform.rollout.history import read_history
    from landform.rollout.rollback import taken_back
    from landform.rollout.run import roll_out
    from landform.rollout.world import HealthCommand, RealWorld

    users = read_users(at.project)
    total = len(rollout.stacks)
    with said.progress("applying") as advance:
        tell = _Telling(said, advance, total, done=len(rollout.names("applied")))
        world = RealWorld(
            ledger,
            run,
            Applier(at.runner, open_vault(), saved, report, users),
            about,
            now=clock,
            jobs=request.jobs,
            health=HealthCommand(request.health) if request.health else None,
            taken_back=partial(taken_back, read_history(at.project, at.world), run),
            on_event=tell,
        )
        try:
            ended = roll_out(world, rollout, jobs=request.jobs, health=request.health is not None)
        except KeyboardInterrupt:
            said.warning(f"the run {run} was interrupted; `landform rollout --resume` goes on")
            return int(Exit.INTERRUPTED)
    said.result(outcome(run, ended), lambda console: show_outcome(console, run, ended))
    return int(Exit.STOPPED if ended.halted or ended.names("failed") else Exit.DONE)


@dataclass
class _Telling:
    """Tells what is recorded, as it is recorded."""

    said: Out
    advance: Any
    total: int
    done: int

    def __call__(self, event: Event) -> None:
        from landform.record.events import EventKind

        if event.kind is EventKind.WAVE_STARTED:
            self.said.notice(
                f"step {event.body['wave']}: {event.body['name']}, {len(event.body['stacks'])} stacks"
            )
        elif event.kind is EventKind.BAKE_STARTED:
            self.said.notice(f"step {event.body['wave']} bakes until {event.body['until']}")
        elif event.kind in (EventKind.STACK_FAILED, EventKind.STACK_IN_DOUBT, EventKind.STACK_SKIPPED):
            error = event.body.get("error") or {}
            why = " ".join(filter(None, (error.get("message", event.body.get("reason")), error.get("fix"))))
            self.said.warning(f"{event.stack}: {event.kind.value.removeprefix('stack-')}: {why}")
        elif event.kind is EventKind.STACK_APPLIED:
            self.done += 1
            self.advance(self.done, self.total)


def outcome(run: str, rollout: Rollout) -> dict[str, Any]:
    """How a run ended, as a JSON object."""
    return {
        "format": "landform/run/v1",
        "run": run,
        "ended": rollout.ended,
        "halted": rollout.halted,
        "stacks": dict(rollout.states),
        "reasons": dict(rollout.reasons),
        "steps": [{"number": step.number, "title": step.title} for step in rollout.steps],
        "closed": rollout.closed,
    }


def show_outcome(console: Console, run: str, rollout: Rollout) -> None:
    """How a run ended, for people: a row a step, what failed, and what to do next."""
    rows = []
    for step in rollout.steps:
        states = [rollout.states[stack.name] for stack in step.stacks]
        counts = (str(states.count(state) or "") for state in ("applied", "failed", "skipped", "pending"))
        rows.append([str(step.number), step.title, str(len(step.accounts)), *counts])
    console.print(table(["", "step", "accounts", "applied", "failed", "skipped", "left"], rows))
    for name in rollout.names("failed"):
        console.print(
            f"failed: {name}: {rollout.reasons.get(name, '')}", markup=False, highlight=False, soft_wrap=True
        )
    if rollout.halted:
        console.print(f"halted: {rollout.halted}", markup=False, highlight=False, soft_wrap=True)
        console.print("`landform rollout --resume` goes on", highlight=False)
    applied = len(rollout.names("applied"))
    console.print(f"[bold]{applied} of {len(rollout.stacks)} stacks applied[/]; run {run}", highlight=False)


def _names(bundle: Bundle, plan_set: PlanSet, request: Request) -> list[str]:
    """The stacks of a plan set that the options select."""
    if any(request.selection.values()):
        chosen = {record.name for record in bundle.select(**request.selection)}
    else:
        chosen = set(plan_set.plans)
    names = sorted(chosen & set(plan_set.plans))
    if not names:
        raise LandformError(
            Code.NO_MATCH,
            "The plan set has no plan of the stacks that are selected.",
            given=f"{len(chosen)} stacks selected",
            expected=f"of {', '.join(sorted(plan_set.plans)[:5])}",
        )
    return names


def _in_use(said: Out, project: Path, bundle: Bundle, names: list[str], request: Request) -> list[str]:
    """The stacks without those of accounts that were suspended or closed since they were planned."""
    # What the bundle has no longer is told where the plans are compared with it.
    records = [bundle.stacks[name] for name in names if name in bundle.stacks]
    kept = {record.name for record in in_use(said, project, records, request.selection["accounts"])}
    return [name for name in names if name in kept or name not in bundle.stacks]


def _ready(said: Out, plan_set: PlanSet, names: list[str]) -> list[str]:
    """The stacks without those that wait for others, which come with the next plan set; all where all of them wait."""
    waiting = [name for name in names if plan_set.plans[name].pending]
    if not waiting or waiting == names:
        return names
    said.warning(
        f"{len(waiting)} stacks wait for others and are left out; plan them again after this: {', '.join(waiting)}"
    )
    return [name for name in names if name not in waiting]


def _check_reach(bundle: Bundle, names: Iterable[str], request: Request) -> None:
    """Many accounts of tiers with waves are no matter for `landform apply`."""
    records = [bundle.stacks[name] for name in names if name in bundle.stacks]
    accounts = {record.account for record in records}
    waved = sorted({r.tier for r in records if bundle.tiers.get(r.tier, {}).get("rollout", {}).get("waves")})
    if not request.waves and len(accounts) > 1 and waved:
        raise LandformError(
            Code.USAGE,
            "This brings a change to several accounts at once, and their tier has waves.",
            given=f"{len(accounts)} accounts, tier {', '.join(waved)}",
            expected="one account, or tiers without `rollout.waves`",
            fix="Use `landform rollout`, or name one account with --account.",
        )


def held_ledger(held: ExitStack, project: Path, run: str) -> Ledger:
    """The project's ledger, held against every other run."""
    import getpass

    from landform.record.exclusive import Owner
    from landform.record.ledger import LEDGER, Ledger

    path = project / LEDGER
    path.parent.mkdir(parents=True, exist_ok=True)
    ledger = held.enter_context(Ledger.open(path))
    held.enter_context(ledger.lock(Owner(run, os.getpid(), getpass.getuser(), socket.gethostname())))
    return ledger


def _check_findings(report: Report, plan_set: PlanSet) -> None:
    """The checks say what they said when it was planned."""
    from landform.plan.assess import findings_digest

    found = findings_digest(report)
    if found != plan_set.findings_digest:
        raise LandformError(
            Code.PLAN_OUTDATED,
            "The checks find something else than when it was planned: a waiver may have run out, or a rule changed.",
            given=f"findings {found}",
            expected=f"findings {plan_set.findings_digest}",
            fix="Run `landform check`, then `landform plan` again.",
        )


def _approved(
    project: Path, plan_set: PlanSet, bundle: Bundle, ledger: Ledger, saved: Mapping[str, Saved]
) -> list[str]:
    """The ids of the approvals that the plans stand on; what does nothing needs none."""
    from landform.plan.approval import read_approvals
    from landform.plan.approved import require, verify
    from landform.record.ledger import now
    from landform.record.moments import moment

    moment_ = moment(now(ledger, clock))
    verdicts = verify(read_approvals(project), plan_set, bundle, moment_, holds=ledger.holds)
    wanted = {name: verdicts[name] for name, one in saved.items() if not one.does_nothing}
    require(wanted)
    return sorted({id for verdict in wanted.values() for id in verdict.approvals})

"""``landform rollout``: a change in waves, or what it would do."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.apply import (
    INTERRUPTED,
    JOBS,
    ApplyJobs,
    Request,
    held_ledger,
    resume_run,
    run_plan_set,
)
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import bundle_folder, in_use, project_folder, read_bundle, relative
from landform.cli.working import (
    By,
    Choices,
    LockTimeout,
    OwnCredentials,
    Sandboxed,
    Timeouts,
    clock,
    timeouts_of,
    who,
)
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from landform.rollout.simulate import Simulation

EXAMPLES = """
Examples:

  landform rollout --health ./smoke.sh                 the latest plan set, checked after each step

  landform rollout --resume                            go on where the last run stopped

  landform rollout 3f1c --resume                       the same, with newer plans of what is left

  landform rollout --simulate                          the steps, and how long they take

  landform rollout --simulate --fail 2%                one stack in fifty fails

  landform rollout --simulate --fail '*.network'       what a broken network stack would reach

  landform rollout --simulate --output rollout.svg     as a picture
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, rollout, epilog=EXAMPLES, interrupted=INTERRUPTED)


def rollout(
    plan_set: options.PlanSet = None,
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    sandbox: Sandboxed = False,
    own_credentials: OwnCredentials = False,
    by: By = None,
    health: Annotated[
        str | None,
        typer.Option(
            "--health", metavar="COMMAND", help="A shell command that must succeed after each step."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last run that was halted or killed.")
    ] = False,
    run: Annotated[
        str | None,
        typer.Option("--run", help="With --resume and --give-up: this run, by the beginning of its id."),
    ] = None,
    given_up: Annotated[
        bool, typer.Option("--give-up", help="End the last run that was halted or killed, as it is.")
    ] = False,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Touch nothing; show what would happen and how long it takes.")
    ] = False,
    fail: Annotated[
        list[str],
        typer.Option(
            "--fail", help="With --simulate: a percentage of the stacks, or a stack or glob; repeatable."
        ),
    ] = [],  # noqa: B006
    seed: Annotated[int, typer.Option("--seed", help="With --fail: chooses which stacks fail.")] = 0,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at", help="With --simulate: when it begins, in UTC; now unless given.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="With --simulate: draw it here, as SVG.")
    ] = None,
    jobs: ApplyJobs = None,
    timeout: Timeouts = [],  # noqa: B006
    lock_timeout: LockTimeout = 0,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Roll out a plan set in waves, and stop where too much fails.

    Applies what `landform apply` would, step by step: waves and percentages as org/waves.yaml and the tiers say, with
    bakes and freeze windows, as many accounts at once as may still fail and one. A run that was halted or killed goes
    on with --resume; a PLAN_SET that is named then takes the place of plans that cannot be applied any longer. One
    that is not to go on is ended with --give-up: what it has applied stands.

    With --simulate nothing is applied: the steps run against a clock that jumps, stacks take as long as they took
    before, and those that --fail names fail. Exits with 4 where it halts.
    """
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    folder = bundle_folder(project, out)
    request = Request(
        purpose="rollout",
        choices=Choices(sandbox, own_credentials, terraform, plugin_dir, timeouts_of(timeout), lock_timeout),
        by=who(by),
        jobs=jobs or JOBS,
        selection={"accounts": account, "tiers": tier, "stacks": stack, "regions": region},
        health=health,
    )
    if simulate + resume + given_up > 1:
        raise LandformError(Code.USAGE, "--simulate, --resume and --give-up do not go together.")
    if simulate:
        return _simulate(said, project, folder, request, (fail, seed), at, output)
    if fail or at or output:
        raise LandformError(
            Code.USAGE, "--fail, --at and --output are for --simulate.", fix="Add --simulate."
        )
    if run is not None and not (resume or given_up):
        raise LandformError(Code.USAGE, "--run is for --resume and --give-up.", fix="Add one of them.")
    if given_up:
        return _give_up(said, project, run, request.by)
    if resume:
        return resume_run(said, project, folder, run, plan_set, request)
    return run_plan_set(said, project, folder, plan_set, request)


def _give_up(said: Out, project: Path, run: str | None, by: str) -> int:
    from landform.rollout.run import give_up

    with ExitStack() as held:
        ledger = held_ledger(held, project, run or "give-up")
        given_up = give_up(ledger, run, by=by, at=clock().isoformat())
    for stack in given_up.doubtful:
        said.warning(
            f"{stack}: nobody knows how its apply ended; `landform plan --stack {stack}` tells what is left"
        )
    document = {
        "format": "landform/run/v1",
        "run": given_up.run,
        "ended": True,
        "in_doubt": list(given_up.doubtful),
    }
    said.result(document, lambda console: console.print(f"run {given_up.run} is given up", highlight=False))
    return int(Exit.DONE)


def _simulate(
    said: Out,
    project: Path,
    folder: Path,
    request: Request,
    failures: tuple[list[str], int],
    at: datetime | None,
    output: Path | None,
) -> int:
    from landform.record.ledger import LEDGER, Ledger
    from landform.rollout.policy import WavePolicy
    from landform.rollout.run import seconds_of
    from landform.rollout.simulate import Failures
    from landform.rollout.simulate import simulate as simulated
    from landform.rollout.steps import make_steps
    from landform.rollout.timeline_svg import timeline_svg

    bundle, records = read_bundle(folder, *request.selection.values())
    records = in_use(said, project, records, request.selection["accounts"])
    seconds: Mapping[str, float] = {}
    if (project / LEDGER).exists():
        with Ledger.open(project / LEDGER) as ledger:
            seconds = seconds_of(ledger)
    steps = make_steps(records, WavePolicy.from_json(bundle.waves, bundle.tiers), seconds)
    began = at.replace(tzinfo=UTC) if at else clock()
    simulation = simulated(steps, began, failures=Failures.parse(*failures), jobs=request.jobs)
    if output is not None:
        from landform.org.files import write_file

        write_file(output, timeline_svg(simulation, summary(simulation)))
        said.notice(f"wrote {relative(output)}")
    said.result(simulation.as_json(), lambda console: show_simulation(console, simulation))
    return int(Exit.STOPPED if simulation.rollout.halted else Exit.DONE)


def summary(simulation: Simulation) -> str:
    """A simulated roll-out in a line."""
    from landform.org.graph import counted
    from landform.rollout.policy import duration

    ended = simulation.rollout
    accounts = {each.account for each in ended.stacks.values()}
    what = (
        f"{counted(len(ended.stacks), 'stack')} in {counted(len(accounts), 'account')}, "
        f"{counted(len(ended.steps), 'step')}, {duration(simulation.seconds)}"
    )
    return f"{what}: halted in step {ended.closed + 1}" if ended.halted else f"{what}: done"


def show_simulation(console: Console, simulation: Simulation) -> None:
    """A simulated roll-out for people: a row a step, then what failed, where it halted and what was not reached."""
    from landform.org.graph import counted
    from landform.rollout.policy import duration

    rows = [
        [
            str(run.step.number),
            run.step.title,
            str(len(run.step.accounts)),
            str(run.peak) if run.started is not None else "",
            str(run.step.tolerance),
            str(run.states.get("applied", 0)),
            str(run.states.get("failed", 0)),
            duration(run.step.bake) if run.step.bake else "",
            duration(run.started) if run.started is not None else "not reached",
            duration(run.ended) if run.ended is not None else "",
        ]
        for run in simulation.runs
    ]
    head = ["", "step", "accounts", "at once", "may fail", "applied", "failed", "bake", "from", "to"]
    console.print(table(head, rows))
    for span in simulation.spans:
        if span.what == "freeze":
            console.print(
                f"step {span.step} waits {duration(span.end - span.start)} for the end of a freeze window",
                highlight=False,
            )
    failed = simulation.rollout.names("failed")
    for name in failed[:10]:
        console.print(f"failed: {name}", highlight=False, markup=False, soft_wrap=True)
    if len(failed) > 10:
        console.print(f"and {len(failed) - 10} more", highlight=False)
    if simulation.rollout.halted:
        console.print(f"halted: {simulation.rollout.halted}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"{counted(len(simulation.untouched), 'account')} untouched", highlight=False)
    console.print(summary(simulation), style="bold", highlight=False, markup=False, soft_wrap=True)

"""``landform rollout``: a change in waves. What it would do is simulated first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import bundle_folder, project_folder, read_bundle, relative
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from rich.console import Console

    from landform.org.spec import OrgSpec
    from landform.rollout.policy import WavePolicy
    from landform.rollout.simulate import Simulation

EXAMPLES = """
Examples:

  landform rollout --simulate                          the steps, and how long they take

  landform rollout --simulate --fail 2%                one stack in fifty fails

  landform rollout --simulate --fail '*.network'       what a broken network stack would reach

  landform rollout --simulate --output rollout.svg     as a picture
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, rollout, epilog=EXAMPLES)


def rollout(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
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
    jobs: options.Jobs = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Roll out a change in waves, and stop where too much fails.

    With --simulate nothing is applied: the steps run against a clock that jumps, stacks take as long as they are
    expected to, and those that --fail names fail. Exits with 4 where it halts.
    """
    from landform.org.load import load
    from landform.rollout.simulate import Failures
    from landform.rollout.simulate import simulate as simulated
    from landform.rollout.steps import make_steps
    from landform.rollout.timeline_svg import timeline_svg

    if not simulate:
        raise LandformError(
            Code.USAGE,
            "A roll-out can only be simulated so far.",
            given="no --simulate",
            fix="Add --simulate.",
        )
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    _, records = read_bundle(bundle_folder(project, out), account, tier, stack, region)
    steps = make_steps(records, wave_policy(load(project)))
    began = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    simulation = simulated(steps, began, failures=Failures.parse(fail, seed), jobs=jobs or 10)
    if output is not None:
        from landform.org.files import write_file

        write_file(output, timeline_svg(simulation, summary(simulation)))
        said.notice(f"wrote {relative(output)}")
    said.result(simulation.as_json(), lambda console: show_simulation(console, simulation))
    return int(Exit.STOPPED if simulation.rollout.halted else Exit.DONE)


def wave_policy(spec: OrgSpec) -> WavePolicy:
    """What the project's spec says of waves and of its tiers' roll-outs."""
    from landform.org.waves import waves
    from landform.rollout.policy import WavePolicy

    bakes = dict(enumerate((wave.bake for wave in spec.waves), 1))
    return WavePolicy.from_json(
        {
            account: {"number": wave.number, "name": wave.name, "bake": bakes.get(wave.number)}
            for account, wave in waves(spec).items()
        },
        {
            tier.name: {"rank": tier.rank, "rollout": tier.rollout.model_dump(mode="json", by_alias=True)}
            for tier in spec.tiers
        },
    )


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

"""``landform rollback``: what a run did, taken back by what its stacks had before."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import accounts_away, project_folder, relative
from landform.cli.working import By, Choices, OwnCredentials, who
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from landform.rollout.rollback import Rollback
    from landform.synth.bundle import Bundle

EXAMPLES = """
Examples:

  landform rollback                          the last run

  landform rollback 20261121T19 -s network   one stack of an earlier run

  landform rollback --to 3f1c                everything, to what a bundle had
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, rollback, epilog=EXAMPLES)


def rollback(
    run: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run's id or its beginning; the last unless given."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="BUNDLE",
            help="The digest of the bundle to go back to, or its beginning; what the stacks had unless given.",
        ),
    ] = None,
    stack: options.Stacks = [],  # noqa: B006 - typer copies defaults
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="What was applied to the sandbox that stays up.")
    ] = False,
    own_credentials: OwnCredentials = False,
    plan: Annotated[
        bool, typer.Option("--plan/--no-plan", help="Plan what goes back, or restore the bundle alone.")
    ] = True,
    by: By = None,
    jobs: options.Jobs = None,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Restore the bundle that was applied before a run, say which stacks go back to what, and plan exactly those.

    Nothing is applied: the plan set is judged, reviewed, approved and applied as any other. A stack that was never
    applied before the run is left as it is, since to go back would be to destroy it. With --to and without a run,
    everything that was applied since that bundle goes back. Exits with 1 where a plan fails or is refused.
    """
    from landform.cli.plan import make_plan_set, show_planned
    from landform.rollout.history import read_history
    from landform.rollout.kept import restore
    from landform.rollout.rollback import rollback as rollback_of

    started = time.monotonic()
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    history = read_history(project, sandbox_id(project, said) if sandbox else None)
    away = accounts_away(said, project)
    found = rollback_of(project, history, run=run, to=to, stacks=stack, away=away)
    if not found.returns:
        said.result(found.as_json(), lambda console: show_rollback(console, found))
        return int(Exit.DONE)
    bundle = restore(project, found.bundle, found.folder(project))
    restored = {**found.as_json(), "restored": str(bundle.root)}
    if not plan:
        command = next_command("plan", bundle, found, directory)
        said.result({**restored, "next": command}, lambda console: show_rollback(console, found, command))
        return int(Exit.DONE)
    records = [bundle.stacks[one.stack] for one in found.returns]
    choices = Choices(sandbox, own_credentials, terraform, plugin_dir)
    # A stack whose last apply failed is planned too, though what was applied whole is what it goes back to.
    planned = make_plan_set(said, project, bundle, records, choices, by=who(by), everything=True, jobs=jobs)
    command = next_command("review", bundle, found, directory)

    def human(console: Console) -> None:
        show_planned(console, planned, time.monotonic() - started, details=False)
        show_rollback(console, found, command)

    said.result({**restored, "plan": planned.as_json(), "next": command}, human)
    return int(Exit.DONE if planned.ok else Exit.SAID_NO)


def sandbox_id(project: Path, said: Out) -> str:
    """The id of the sandbox that stays up.

    Raises:
        LandformError: ``nothing-applied`` where none runs: what was applied in one went with it.
    """
    from landform.errors import Code, LandformError, Place
    from landform.terraform.standing_sandbox import FOLDER, RECORD, find

    record = find(project, said.notice)
    if record is None:
        raise LandformError(
            Code.NOTHING_APPLIED,
            "No sandbox runs: what was applied in one went with it.",
            place=Place(file=str(project / FOLDER / RECORD)),
            expected="a sandbox that stays up, with stacks applied in it",
            fix="Start one with `landform sandbox start` and apply there, or leave --sandbox out.",
        )
    return record.instance


def next_command(name: Literal["plan", "review"], bundle: Bundle, found: Rollback, directory: Path) -> str:
    """What goes on from here: a plan of exactly the stacks that go back, or the review of it."""
    here = directory == options.HERE
    parts = ["landform", name, "--out", relative(bundle.root) if here else str(bundle.root)]
    names = [one.stack for one in found.returns]
    if name == "plan":
        parts += ["--all"]
        if set(names) != set(bundle.stacks):
            parts += [part for stack in names for part in ("--stack", stack)]
        parts += ["--sandbox"] if found.sandbox else []
    parts += [] if here else ["-C", str(directory)]
    return shlex.join(parts)


def show_rollback(console: Console, found: Rollback, command: str = "") -> None:
    """The roll-back for people: a row a stack that goes back, those that do not, and what to do next."""
    from landform.org.graph import counted
    from landform.rollout.rollback import short

    if found.returns:
        rows = [
            [
                one.stack,
                f"{one.now.sha256[:12]} ({one.now.outcome})",
                one.to.sha256[:12],
                one.to.run,
                one.to.at[:19],
                one.to.by,
            ]
            for one in found.returns
        ]
        console.print(table(["stack", "now", "back to", "applied in run", "at", "by"], rows))
    for left in found.left:
        _say(console, f"stays: {left.stack} {left.reason}")
    for later in dict.fromkeys(id for one in found.returns for id in one.later):
        also = sum(later in one.later for one in found.returns)
        _say(console, f"taken back too: what run {later} did to {counted(also, 'stack')}")
    what = f"run {found.run.id} is taken back" if found.run else "all runs since are taken back"
    if not found.returns:
        console.print("Nothing goes back: every stack is as it was.", style="bold", highlight=False)
        return
    _say(
        console,
        f"{counted(len(found.returns), 'stack')} to bundle {short(found.bundle)}: {what}",
        style="bold",
    )
    _say(console, f"next: {command}")


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)

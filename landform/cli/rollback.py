"""``landform rollback``: what a run did, taken back by what its stacks had before."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import project_folder, relative
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
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Restore the bundle that was applied before a run, and say which stacks go back to what.

    Nothing is applied: the restored bundle is planned, reviewed, approved and applied as any other. A stack that was
    never applied before the run is left as it is, since to go back would be to destroy it. With --to and without a run,
    everything that was applied since that bundle goes back.
    """
    from landform.rollout.history import read_history
    from landform.rollout.kept import restore
    from landform.rollout.rollback import rollback as rollback_of

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    history = read_history(project, sandbox_id(project, said) if sandbox else None)
    found = rollback_of(project, history, run=run, to=to, stacks=stack)
    if not found.returns:
        said.result(found.as_json(), lambda console: show_rollback(console, found, ""))
        return int(Exit.DONE)
    bundle = restore(project, found.bundle, found.folder(project))
    command = next_command(found, bundle, directory)
    said.result(
        {**found.as_json(), "restored": str(bundle.root), "next": command},
        lambda console: show_rollback(console, found, command),
    )
    return int(Exit.DONE)


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


def next_command(found: Rollback, bundle: Bundle, directory: Path) -> str:
    """What plans exactly the stacks that go back."""
    names = [one.stack for one in found.returns]
    parts = [
        "landform",
        "plan",
        "--out",
        relative(bundle.root) if directory == options.HERE else str(bundle.root),
    ]
    if set(names) != set(bundle.stacks):
        parts += [part for name in names for part in ("--stack", name)]
    parts += ["--sandbox"] if found.sandbox else []
    parts += ["-C", str(directory)] if directory != options.HERE else []
    return shlex.join(parts)


def show_rollback(console: Console, found: Rollback, command: str) -> None:
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

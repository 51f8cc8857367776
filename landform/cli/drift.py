"""``landform drift``: what stands in the accounts and is not what was applied."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import accounts_away, bundle_folder, project_folder, relative
from landform.cli.rollback import sandbox_id
from landform.cli.working import By, Choices, OwnCredentials, clock, who, working
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from rich.console import Console

    from landform.plan.planner import Progress
    from landform.rollout.drift import Drift, StackDrift
    from landform.rollout.history import History
    from landform.synth.bundle import Bundle, StackRecord

Format = Literal["human", "markdown", "json"]

EXAMPLES = """
Examples:

  landform drift --tier prod                      every stack of a tier that was applied

  landform drift --format markdown >> $GITHUB_STEP_SUMMARY

  landform drift --sandbox --no-fail              in the sandbox that stays up
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, drift, epilog=EXAMPLES)


def drift(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="What was applied to the sandbox that stays up.")
    ] = False,
    own_credentials: OwnCredentials = False,
    fail: Annotated[bool, typer.Option("--fail/--no-fail", help="Exit with 1 where there is drift.")] = True,
    by: By = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How it is shown.")] = "human",
    jobs: options.Jobs = None,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Show what was changed outside since it was applied, what the next apply would undo, and edited bundle files.

    Every stack that the ledger says is applied is planned with the text that was applied last. The same drift in many
    accounts is told once, and added to the ledger once. Exits with 1 where there is drift, or a stack cannot be looked
    at.
    """
    from landform.rollout.drift import Drift, edited_files
    from landform.rollout.drift_markdown import markdown
    from landform.rollout.history import read_history

    kind = "json" if json else format
    said = Out(as_json=kind == "json", quiet=quiet)
    project = project_folder(directory)
    bundle = _bundle(said, bundle_folder(project, out))
    choices = Choices(sandbox, own_credentials, terraform, plugin_dir)
    selection = {"accounts": account, "tiers": tier, "stacks": stack, "regions": region}
    edited = edited_files(bundle, _matching(bundle, selection)) if bundle else ()
    try:
        history = read_history(project, sandbox_id(project, said) if sandbox else None)
        stacks = look(said, project, history, choices, selection, jobs)
    except LandformError as error:
        # Of a bundle that was edited this is told even where nothing was applied yet.
        if error.code is not Code.NOTHING_APPLIED or not edited:
            raise
        said.notice(str(error))
        found = Drift(None, edited, ())
    else:
        found = Drift(history.sandbox, edited, stacks)
        _record(said, project, found, history, who(by))
    if kind == "markdown":
        sys.stdout.write(markdown(found))
    else:
        said.result(found.as_json(), lambda console: show_drift(console, found))
    return int(Exit.SAID_NO if found.failed or (found.found and fail) else Exit.DONE)


def look(
    said: Out,
    project: Path,
    history: History,
    choices: Choices,
    selection: dict[str, list[str]],
    jobs: int | None,
) -> tuple[StackDrift, ...]:
    """Plan what was applied last, with real Terraform, and read what drifted."""
    from landform.plan.planner import plan_stacks
    from landform.rollout.drift import applied_bundle, read_drift

    away = accounts_away(said, project)
    applied = applied_bundle(project, history, **selection, without=away)
    if left := sorted(
        away & {stack.partition(".")[0] for stack in history.applied} - {*selection["accounts"]}
    ):
        said.notice(f"Left out, because they are suspended or closed: {', '.join(left)}.")
    records = tuple(applied.stacks.values())
    with working(said, project, applied, choices) as at, said.progress("looking") as advance:
        done = 0

        def on_progress(progress: Progress) -> None:
            nonlocal done
            if progress.phase in ("done", "failed"):
                done += 1
                advance(done, len(records))

        results = plan_stacks(at.runner, records, jobs=jobs, on_progress=on_progress)
    for notice in dict.fromkeys(notice for result in results for notice in result.notices):
        said.notice(notice)
    return read_drift(results, applied, history)


def show_drift(console: Console, found: Drift) -> None:
    """The drift for people: an entry a class, then edited files, then what could not be looked at."""
    from landform.plan.review.words import many, names
    from landform.rollout.drift_markdown import does_more, edited, headline, notes, what

    for one in found.classes:
        resource = one.resource
        head = f"{resource.address} {what(one)}" if resource else what(one)
        _say(console, head, "bold red")
        _say(console, f"  {one.stack} in {many(len(one.members), 'stack')}: {names(one.members)}")
        if resource and resource.source:
            _say(console, f"  made at {resource.source}")
        for side in resource.sides if resource else ():
            _say(console, f"    {side.path}: {side.before or '(none)'} -> {side.after or '(none)'}")
        if resource and does_more(resource):
            _say(console, "  the next apply:")
            for side in resource.undone:
                _say(console, f"    {side.path}: {side.before or '(none)'} -> {side.after or '(none)'}")
    for file in found.edited:
        _say(console, edited(file), "bold red")
    for failed in found.failed:
        _say(console, f"{failed.stack} could not be looked at:", "bold red")
        _say(console, f"  {failed.error}")
    for note in notes(found):
        _say(console, f"note: {note}", "dim")
    _say(console, headline(found), "bold")


def _bundle(said: Out, folder: Path) -> Bundle | None:
    """Today's bundle; accounts can be looked at without one."""
    from landform.synth.bundle import INDEX, Bundle

    if not (folder / INDEX).exists():
        said.notice(f"There is no bundle in {relative(folder)}: only accounts are looked at.")
        return None
    return Bundle.load(folder)


def _matching(bundle: Bundle, selection: dict[str, list[str]]) -> tuple[StackRecord, ...]:
    """The stacks of today's bundle that are selected; there may be none, where they were applied from another."""
    try:
        return bundle.select(**selection)
    except LandformError as error:
        if error.code is not Code.NO_MATCH:
            raise
        return ()


def _record(said: Out, project: Path, found: Drift, history: History, by: str) -> None:
    """Add to the ledger what it does not know yet."""
    from landform.record.ledger import LEDGER, Ledger, now
    from landform.record.moments import run_id
    from landform.rollout.drift import record_drift

    with Ledger.open(project / LEDGER) as ledger:
        at = now(ledger, clock)
        run = run_id(clock(), "drift")
        new = record_drift(ledger, found, history, run=run, at=at, by=by, host=platform.node())
    if new:
        said.notice(f"The ledger was told of drift in {len(new)} stacks, as run {run}.")


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)

"""``landform org diff``: what changed in the organisation, for which accounts, and what follows for stacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import project_folder
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from landform.org.diff import AccountDiff, OrgDiff, State
    from landform.org.facts import Change

EXAMPLES = """
Examples:

  landform org diff                  the last commit and the files as they are

  landform org diff origin/main      what this branch would change

  landform org diff v1 v2 --check    two revisions; status 1 if an account's file is gone
"""

_SIGNS = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "renamed": ("~", "red"),
    "changed": ("~", "yellow"),
}


def register(org_app: typer.Typer) -> None:
    """Add the command."""
    add_command(org_app, diff, epilog=EXAMPLES)


def diff(
    before: Annotated[
        str, typer.Argument(metavar="[A]", help="A git revision, or a project's folder.")
    ] = "HEAD",
    after: Annotated[
        str | None,
        typer.Argument(
            metavar="[B]", help="The same; the files as they are now unless given.", show_default=False
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Status 1 if a file is gone or what must stay has changed.")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Say what changed in the organisation, by meaning.

    For each account: what its file says anew, what is resolved anew for it because something above it changed, and
    its stacks that come, go or are made from other inputs. An account whose file is gone without `status: closed`, and
    a new value for what AWS never changes, are errors.
    """
    from landform.org.diff import as_json
    from landform.org.diff import diff as compare

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    found = compare(_state(project, before), _state(project, after))
    said.result(as_json(found), lambda console: show_diff(console, found))
    return int(Exit.SAID_NO if check and found.errors else Exit.DONE)


def _state(project: Path, name: str | None) -> State:
    """A folder that holds a spec, or else a git revision."""
    from landform.org.diff import State, read_state
    from landform.org.revision import places_of

    if name is None or not (Path(name) / "org").is_dir():
        return read_state(project, name)
    with places_of(name):
        return State.read(Path(name).resolve(), name)


def show_diff(console: Console, found: OrgDiff) -> None:
    from rich.markup import escape

    for subject in found.subjects:
        _line(console, subject.kind, escape(subject.what))
        _changes(console, subject.changes)
    for accounts in _folded(found.accounts):
        _account(console, accounts)
    for error in found.errors:
        console.print(f"[bold red]error\\[{error.code.slug}][/]: {escape(error.message)}", highlight=False)
        console.print(f"  [blue]-->[/] {escape(str(error.place))}", highlight=False, soft_wrap=True)
        for label, text in (("given", error.given), ("expected", error.expected), ("fix", error.fix)):
            if text is not None:
                console.print(f"  [bold]{label}:[/] {escape(text)}", highlight=False, soft_wrap=True)
    stacks = [
        sum(len(getattr(each, kind)) for each in found.accounts) for kind in ("added", "removed", "changed")
    ]
    console.print(
        f"{escape(found.before)} -> {escape(found.after)}: {len(found.accounts)} accounts differ; "
        f"stacks: {stacks[0]} come, {stacks[1]} go, {stacks[2]} are made from other inputs",
        highlight=False,
        soft_wrap=True,
    )


def _folded(accounts: Sequence[AccountDiff]) -> Iterator[list[AccountDiff]]:
    """Accounts for which the same changed, together."""
    groups: dict[str, list[AccountDiff]] = {}
    for each in accounts:
        groups.setdefault(repr((each.kind, each.before, each.changes, each.effects)), []).append(each)
    yield from groups.values()


def _account(console: Console, accounts: Sequence[AccountDiff]) -> None:
    from rich.markup import escape

    from landform.org.graph import counted, summary

    first = accounts[0]
    names = [each.account for each in accounts]
    which = (
        f"account {names[0]}" if len(names) == 1 else f"{counted(len(names), 'account')}: {summary(names, 6)}"
    )
    _line(console, first.kind, escape(which) + (f", before {escape(first.before)}" if first.before else ""))
    _changes(console, first.changes)
    _changes(console, first.effects)
    for words, kind in (("come", "added"), ("go", "removed"), ("made from other inputs", "changed")):
        keys = [key for each in accounts for key in getattr(each, kind)]
        if keys:
            stacks = sorted({key.rpartition(".")[2] for key in keys})
            text = f"    {counted(len(keys), 'stack')} {words}: {', '.join(stacks)}"
            console.print(text, highlight=False, markup=False, soft_wrap=True)


def _line(console: Console, kind: str, text: str) -> None:
    sign, colour = _SIGNS[kind]
    console.print(f"[{colour}]{sign}[/] [bold]{text}[/]", highlight=False, soft_wrap=True)


def _changes(console: Console, changes: Sequence[Change]) -> None:
    for change in changes:
        told = f"moved from {change.before} to {change.after}" if change.field == "ou" else str(change)
        console.print(f"    {told}", highlight=False, markup=False, soft_wrap=True)

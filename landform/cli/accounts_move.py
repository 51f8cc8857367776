"""``landform accounts move``: an account in another organizational unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.accounts_change import Asked, Commit, DryRun, Name, Reason, Ticket, finish, said_by
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.entering import known_account
from landform.cli.org_diff import show_diff
from landform.cli.project import project_folder
from landform.cli.working import By
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

EXAMPLES = """
Examples:

  landform accounts move payments-dev Workloads/Prod --tier prod --reason "it goes live" --dry-run
"""


def register(accounts: typer.Typer) -> None:
    """Add the command."""
    add_command(accounts, move, epilog=EXAMPLES)


def move(
    name: Name,
    unit: Annotated[str, typer.Argument(metavar="OU", help="The path of the organizational unit.")],
    reason: Reason,
    tier: Annotated[
        str | None, typer.Option("--tier", help="The tier it is to have; its own unless given.")
    ] = None,
    ticket: Ticket = None,
    by: By = None,
    dry_run: DryRun = False,
    commit: Commit = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Move an account: which policies it gains and loses, what changes for its stacks, and whether it may.

    Refused where the unit does not have such accounts, or its policies would lock landform's own role out.
    """
    from landform.org.load import load
    from landform.vending.moving import move as moved

    said = Out(as_json=json, quiet=quiet)
    asked = Asked(said, project_folder(directory), dry_run=dry_run, commit=commit)
    spec = load(asked.project)
    found = moved(spec, known_account(spec, name), unit, said_by(by, reason, ticket), tier=tier)
    if found.step is None:
        said.notice(f"{name}: it is in {unit} already.")

    def show(console: Console) -> None:
        for word, policies in (("gains", found.gained), ("loses", found.lost)):
            for policy in policies:
                console.print(f"{word} the policy {policy}", highlight=False, markup=False)
        if found.step is not None:
            show_diff(console, found.diff)

    finish(asked, [found.step] if found.step else [], {"account": name, **found.as_json()}, show)
    return int(Exit.DONE)

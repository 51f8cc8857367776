"""``landform sandbox``: a local AWS that stays up between commands, so that what was applied is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import project_folder
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from landform.terraform.standing_sandbox import Record

EXAMPLES = """
Examples:

  landform sandbox start && landform plan --sandbox

  export AWS_ENDPOINT_URL=$(landform sandbox status --json | jq -r .url)
"""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="A local AWS that stays up between commands.")
    for command in (start, status, stop):
        add_command(group, command, epilog=EXAMPLES)
    app.add_typer(group, name="sandbox")


def start(
    json: options.Json = False, quiet: options.Quiet = False, directory: options.Directory = options.HERE
) -> int:
    """Start the project's sandbox, if it does not run yet.

    Every command with --sandbox then uses it, and what is applied there stays until `landform sandbox stop`. It
    listens on 127.0.0.1 alone, and is recorded in .landform/sandbox.json.
    """
    from landform.terraform.standing_sandbox import start

    said = Out(as_json=json, quiet=quiet)
    _tell(said, start(project_folder(directory), said.notice))
    return int(Exit.DONE)


def status(
    json: options.Json = False, quiet: options.Quiet = False, directory: options.Directory = options.HERE
) -> int:
    """Say whether the project's sandbox runs, and where. Exits with 1 where it does not."""
    from landform.terraform.standing_sandbox import find

    said = Out(as_json=json, quiet=quiet)
    record = find(project_folder(directory), said.notice)
    _tell(said, record)
    return int(Exit.DONE if record else Exit.SAID_NO)


def stop(
    json: options.Json = False, quiet: options.Quiet = False, directory: options.Directory = options.HERE
) -> int:
    """End the project's sandbox. What was applied there is forgotten."""
    from landform.terraform.standing_sandbox import stop

    said = Out(as_json=json, quiet=quiet)
    stopped = stop(project_folder(directory), said.notice)
    what = f"The sandbox at {stopped.sandbox.url} has ended." if stopped else "No sandbox ran."
    said.result({"running": False, "stopped": stopped is not None}, lambda console: console.print(what))
    return int(Exit.DONE)


def _tell(said: Out, record: Record | None) -> None:
    def human(console: Console) -> None:
        if record is None:
            console.print("No sandbox runs.")
            return
        console.print(
            f"The sandbox runs at {record.sandbox.url} (process {record.pid}).",
            highlight=False,
            soft_wrap=True,
        )

    running = {"url": record.sandbox.url, "pid": record.pid, "instance": record.instance} if record else {}
    said.result({"running": record is not None, **running}, human)

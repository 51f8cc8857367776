"""``landform serve token``: the tokens of those who call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import project_folder
from landform.cli.working import By, clock, who
from landform.errors import Exit
from landform.record.moments import stamp

if TYPE_CHECKING:
    from rich.console import Console

    from landform.serve.audit import Audit
    from landform.serve.tokens import Tokens

EXAMPLES = """
Examples:

  landform serve token create ci --scope request:write --scope request:read --expires 30d

  landform serve token create prometheus --scope metrics:read --expires 366d

  landform serve token list

  landform serve token revoke 0f1e2d3c4b5a6978
"""

State = Annotated[
    Path | None,
    typer.Option(
        "--state", help="The server's folder; record/serve of the project unless given.", show_default=False
    ),
]


def register(group: typer.Typer) -> None:
    """Add the group."""
    tokens = typer.Typer(no_args_is_help=True, help="The tokens of those who call.")
    for name, command in (("create", create), ("list", show), ("revoke", revoke)):
        add_command(tokens, command, name=name, epilog=EXAMPLES)
    group.add_typer(tokens, name="token")


def state_folder(project: Path, state: Path | None) -> Path:
    """The server's folder."""
    from landform.serve.database import STATE

    return project / (STATE if state is None else state)


def create(
    caller: Annotated[
        str, typer.Argument(metavar="CALLER", help="Whose it is. All tokens of a caller are one caller.")
    ],
    scope: Annotated[
        list[str],
        typer.Option("--scope", help="request:write, request:read or metrics:read; repeatable."),
    ],
    expires: Annotated[
        str, typer.Option("--expires", metavar="TIME", help="For how long it holds, as 12h or 30d.")
    ] = "30d",
    by: By = None,
    state: State = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Make a token, and print it: this once, for only a hash of it is kept.

    From the first token on, nobody is let in without one.
    """
    from landform.serve.callers import scopes_of
    from landform.serve.tokens import duration

    said, now = Out(as_json=json, quiet=quiet), clock()
    with _open(directory, state) as (tokens, audit):
        token, text = tokens.create(caller, scopes_of(scope), duration(expires), by=who(by), now=now)
        _audit(audit, "token create", token.id, who(by))

    def human(console: Console) -> None:
        console.print(text, highlight=False, soft_wrap=True)

    said.notice(f"The token {token.id} of {caller} holds until {token.expires_at}. It is not shown again.")
    said.result({**token.as_json(now), "token": text}, human)
    return int(Exit.DONE)


def show(
    state: State = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """List the tokens that were ever made: whose they are, what for, and until when."""
    said, now = Out(as_json=json, quiet=quiet), clock()
    with _open(directory, state) as (tokens, _):
        found = tokens.all()
    rows = [
        [token.id, token.caller, token.state(now), " ".join(sorted(token.scopes)), token.expires_at]
        for token in found
    ]
    columns = ("id", "caller", "state", "scopes", "expires")
    said.result([token.as_json(now) for token in found], lambda console: console.print(table(columns, rows)))
    return int(Exit.DONE)


def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as the list has it.")],
    by: By = None,
    state: State = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """End a token, at once."""
    said, now = Out(as_json=json, quiet=quiet), clock()
    with _open(directory, state) as (tokens, audit):
        ended = tokens.revoke(token, now=now)
        _audit(audit, "token revoke", ended.id, who(by))
    said.result(
        ended.as_json(now),
        lambda console: console.print(f"The token {ended.id} of {ended.caller} has ended."),
    )
    return int(Exit.DONE)


@contextmanager
def _open(directory: Path, state: Path | None) -> Iterator[tuple[Tokens, Audit]]:
    from landform.serve.audit import Audit
    from landform.serve.database import Database
    from landform.serve.tokens import Tokens

    with Database.open(state_folder(project_folder(directory), state)) as database:
        yield Tokens(database), Audit(database)


def _audit(audit: Audit, action: str, token: str, by: str) -> None:
    from landform.serve.audit import Entry

    audit.add(Entry(stamp(clock()), action, caller=by, target=token))

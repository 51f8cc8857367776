"""``landform affected``: the stacks that differ from a base, and why."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import project_folder, read_fleet
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from landform.synth.affected import Affected, AffectedStack

EXAMPLES = """
Examples:

  landform affected                              since the last commit

  landform affected --base origin/main --names   what a pull request has to plan

  landform affected --base ../released           since the bundle in that folder
"""

_SIGNS = {
    "new": ("+", "green"),
    "removed": ("-", "red"),
    "changed": ("~", "yellow"),
    "dependent": (">", "cyan"),
}
_MOST = 12
_LONG = 300


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, affected, epilog=EXAMPLES)


def affected(
    base: Annotated[
        str, typer.Option("--base", "-b", help="A bundle's folder, or a git revision.", metavar="BASE")
    ] = "HEAD",
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    names: Annotated[
        bool, typer.Option("--names", help="Only the names of the stacks there are, one a line.")
    ] = False,
    jobs: options.Jobs = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Name the stacks whose Terraform JSON differs from a base's, and those that need them, with the reasons.

    What has other inputs is synthesised in memory and compared, so a comment in stack code affects nothing. Needs
    neither credentials nor Terraform; a git revision is read into a folder that goes away again.
    """
    from landform.core.app import context_from_json
    from landform.synth.affected import affected as compare

    if names and json:
        raise LandformError(
            Code.USAGE, "Names or JSON, not both.", given="--names --json", expected="one of the two"
        )
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    with said.progress("comparing") as advance:
        found = compare(
            read_fleet(project),
            project=project,
            base=base,
            accounts=account,
            tiers=tier,
            stacks=stack,
            regions=region,
            context=context_from_json(os.environ.get("CDKTF_CONTEXT_JSON")),
            jobs=jobs,
            on_progress=advance,
        )
    if names:
        sys.stdout.write("".join(f"{name}\n" for name in found.names))
    else:
        said.result(found.as_json(), lambda console: _show(console, found))
    return int(Exit.DONE)


def _show(console: Console, found: Affected) -> None:
    from landform.org.graph import counted

    for stacks in _folded(found.stacks):
        sign, colour = _SIGNS[stacks[0].how]
        console.print(sign, style=colour, end=" ")
        names = [each.name for each in stacks]
        head = names[0] if len(names) == 1 else f"{counted(len(names), 'stack')} {_some(names)}"
        console.print(head, style="bold", highlight=False, markup=False, soft_wrap=True)
        for reason in _first(_reasons(stacks)):
            console.print(f"    {reason}", highlight=False, markup=False, soft_wrap=True)
        for part in _first(stacks[0].parts):
            console.print(f"      {part}", style="dim", highlight=False, markup=False, soft_wrap=True)
    direct = sum(each.how != "dependent" for each in found.stacks)
    console.print(
        f"{len(found.stacks)} of {found.compared} stacks affected since {found.base}: {direct} differ, "
        f"{len(found.stacks) - direct} need one that does",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if found.equal:
        console.print(
            f"{counted(len(found.equal), 'stack')} more with other inputs and the same result: not affected",
            style="dim",
            highlight=False,
        )


def _folded(stacks: Iterable[AffectedStack]) -> Iterator[list[AffectedStack]]:
    """Stacks that are affected alike, together: those of one id, for the same reasons, in the same parts."""
    groups: dict[object, list[AffectedStack]] = {}
    for each in stacks:
        reasons = "needs" if each.how == "dependent" else str(list(map(str, each.reasons)))
        groups.setdefault((each.how, each.stack, reasons, each.parts), []).append(each)
    yield from groups.values()


def _reasons(stacks: Sequence[AffectedStack]) -> list[str]:
    """The reasons of stacks that are affected alike; each needs one of its own account."""
    if stacks[0].how != "dependent":
        return [text if len(text) <= _LONG else text[:_LONG] + " ..." for text in map(str, stacks[0].reasons)]
    needs = {reason.detail for stack in stacks for reason in stack.reasons}
    return [f"needs: {next(iter(needs))}" if len(needs) == 1 else f"needs: {_ids(needs)}"]


def _ids(names: Iterable[str]) -> str:
    return ", ".join(sorted({name.rpartition(".")[2] for name in names}))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")


def _first(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], *([f"and {more} more"] if more > 0 else [])]

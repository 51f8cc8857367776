"""``landform graph``: the fleet as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.forms import form_of
from landform.cli.project import project_folder, relative, selected
from landform.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from landform.org.graph import Group
    from landform.org.models import Tier

EXAMPLES = """
Examples:

  landform graph --output fleet.svg             every account, equal ones drawn once

  landform graph --by tier                      one group a tier, as Mermaid on stdout

  landform graph --tier prod --format dot       for Graphviz
"""

Format = Literal["svg", "mermaid", "dot"]
_ENDINGS: dict[str, Format] = {
    "": "mermaid",
    ".svg": "svg",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, graph, epilog=EXAMPLES)


def graph(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    by: Annotated[
        Literal["account", "tier", "wave"],
        typer.Option("--by", help="What is drawn as one group: equal accounts, a tier, or a wave."),
    ] = "account",
    format: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="From --output's ending, else mermaid.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the picture here, not on stdout.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Draw which stack waits for which.

    Accounts of one tier that have the same stacks, regions and needs are drawn once, with their number. Arrows go
    from what is needed to what needs it; an arrow that follows from others is left out. Needs neither credentials
    nor Terraform, and no Graphviz.
    """
    from landform.org.graph import as_json, counted, fold
    from landform.org.load import load
    from landform.org.resolve import resolve
    from landform.org.waves import waves

    said = Out(as_json=json, quiet=quiet)
    spec = load(project_folder(directory))
    fleet = resolve(spec)
    instances = selected(fleet, account, tier, stack, region)
    groups = fold(instances, by, waves(spec))
    accounts = sum(len(group.accounts) for group in groups)
    heading = (
        f"{fleet.organization.name}: {counted(len(instances), 'stack')} in {counted(accounts, 'account')}"
    )
    kind = form_of(format, output, _ENDINGS)

    def picture() -> str:
        return _picture(kind, groups, heading, fleet.tiers)

    if output is not None:
        from landform.org.files import write_file

        write_file(output, picture())
        said.notice(f"wrote {relative(output)}: {heading}")
    if json:
        said.result({"by": by, "heading": heading, "groups": as_json(groups)}, lambda console: None)
    elif output is None:
        sys.stdout.write(picture())
    return int(Exit.DONE)


def _picture(kind: Format, groups: Sequence[Group], heading: str, tiers: Iterable[Tier]) -> str:
    from landform.org.graph_svg import svg
    from landform.org.graph_text import dot, mermaid

    if kind == "svg":
        return svg(
            groups, heading, [tier.name for tier in sorted(tiers, key=lambda tier: (tier.rank, tier.name))]
        )
    return {"mermaid": mermaid, "dot": dot}[kind](groups, heading)

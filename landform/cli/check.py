"""``landform check``: the gate over a bundle."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import bundle_folder, project_folder, read_bundle
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from landform.checks.report import Group
    from landform.checks.run import Report

Level = Literal["critical", "high", "medium", "low", "info"]

EXAMPLES = """
Examples:

  landform check                      the bundle in cdktf.out

  landform check --tier prod          its prod stacks

  landform check --fail-on high       fail on high and critical findings alone

  landform check --json | jq .counts  for a program
"""

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, check, epilog=EXAMPLES)


def check(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    fail_on: Annotated[
        Level | None, typer.Option(help="The lowest severity that fails, in place of what each tier says.")
    ] = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day waivers are judged for; today unless given."),
    ] = None,
    jobs: options.Jobs = None,
    waived: Annotated[bool, typer.Option("--waived", help="Show waived findings one by one.")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Run every rule over the bundle and say which tier passes.

    Exits with 1 where a finding at or above its tier's fail_on is not waived, or where a rule could not judge
    what it must. A waived finding stays in the report, with its waiver.
    """
    from landform.checks.report import as_json, groups
    from landform.checks.run import check as run

    said = Out(as_json=json, quiet=quiet)
    bundle, records = read_bundle(bundle_folder(project_folder(directory), out), account, tier, stack, region)
    day = as_of.date() if as_of else dt.date.today()
    with said.progress("checking") as advance:
        report = run(bundle, records, as_of=day, on_progress=advance, fail_on=fail_on, jobs=jobs)
    said.result(
        as_json(report), lambda console: show_report(console, report, groups(report), show_waived=waived)
    )
    return int(Exit.DONE if report.ok else Exit.SAID_NO)


def show_report(console: Console, report: Report, groups: tuple[Group, ...], *, show_waived: bool) -> None:
    """The report for people: what fails first, then the verdict of each tier."""
    from rich.markup import escape

    for group in groups:
        if group.state == "waived" and not show_waived:
            continue
        colour = _COLOURS[group.severity]
        state = "" if group.state == "failing" else f" ({group.state})"
        console.print(
            f"[{colour}]{group.severity:8}[/] [bold]{group.rule}[/] {escape(group.title)}{state}",
            highlight=False,
        )
        for place in group.occurrences:
            console.print(
                f"         {place.address}  [dim]{escape(place.source)}[/]", highlight=False, soft_wrap=True
            )
            console.print(f"           {escape(place.message)}", highlight=False, soft_wrap=True)
            where = ", ".join(place.accounts[:4]) + (", ..." if len(place.accounts) > 4 else "")
            waivers = f"; waived by {', '.join(place.waiver_ids)}" if place.waiver_ids else ""
            console.print(
                f"           [dim]{place.count} x in {where}{waivers}[/]", highlight=False, soft_wrap=True
            )
    for tier in report.tiers:
        word = "[green]pass[/]" if tier.ok else "[bold red]FAIL[/]"
        console.print(
            f"{word}  {tier.tier:10} {tier.stacks} stacks, fails on {tier.fail_on}: "
            f"{tier.failing} failing, {tier.below} below, {tier.waived} waived",
            highlight=False,
        )
    unchecked = sum(report.unchecked_types.values())
    console.print(
        f"{report.resources} resources, {report.passed} checks passed, {report.waived} waived, "
        f"{len(report.rules)} rules; "
        f"{unchecked} resources of {len(report.unchecked_types)} types that no rule knows",
        style="dim",
        highlight=False,
        soft_wrap=True,
    )

"""``landform check``: the gate over a bundle, or over any folder of Terraform."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.check_files import asked_for, is_bundle, refuse, text_of, write_reports
from landform.cli.check_report import show_report, show_timings
from landform.cli.check_rules import explain_rule, list_rules
from landform.cli.check_standard import asked_standard, show_coverage
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import (
    bundle_folder,
    checks_python,
    project_folder,
    read_bundle,
    read_users,
    relative,
)
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

Level = Literal["critical", "high", "medium", "low", "info"]

FLOOR: Level = "medium"
"""The lowest severity that fails a folder of Terraform, which has no tier to say so."""

EXAMPLES = """
Examples:

  landform check                      the bundle in cdktf.out

  landform check --tier prod          its prod stacks

  landform check --fail-on high       fail on high and critical findings alone

  landform check --json | jq .counts  for a program

  landform check --baseline check.json    fail on what is not in a former --report json=check.json

  landform check --explain CKV_AWS_27

  landform check --standard cis-7.0 --report csv=cis.csv

  landform check --report sarif=check.sarif --report html=check.html

  landform check ../legacy/network --suggest    Terraform that landform did not write, and what would replace it
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, check, epilog=EXAMPLES)


def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A bundle, or any folder of Terraform; the project's bundle unless given."),
    ] = None,
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
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Judge every stack anew, and keep nothing of it.")
    ] = False,
    report: Annotated[
        list[str],
        typer.Option(
            "--report",
            metavar="FORMAT=FILE",
            help="Write the report: csv, html, json, junit, markdown or sarif; repeatable.",
        ),
    ] = [],  # noqa: B006
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline", metavar="FILE", help="A former report as JSON: what is in it fails nothing."
        ),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option(
            "--standard",
            metavar="STANDARD",
            help="Show what goes against a standard, and how its controls fare; the verdict stays.",
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="RULE", help="Say what a rule asks for, and check nothing."),
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List every rule, and check nothing.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of --json, and check nothing.")
    ] = False,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest", help="Of a folder of Terraform: name the constructs that would replace it."
        ),
    ] = False,
    timings: Annotated[
        bool, typer.Option("--timings", help="Say how long each rule took, the slowest first.")
    ] = False,
    waived: Annotated[bool, typer.Option("--waived", help="Show waived findings one by one.")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Run every rule over a bundle, or a folder of Terraform, and say what passes.

    Exits with 1 where a finding at or above its tier's fail_on is not waived, or where a rule could not judge
    what it must. A waived finding stays in the report, with its waiver. A folder of Terraform, HCL or JSON, fails on
    medium findings unless --fail-on says otherwise. What was said of a stack of the project's bundle, or of a
    folder, is said again from the project's .landform/cache, as long as nothing that a rule reads has changed.
    """
    from landform.checks import report as reports
    from landform.checks.baseline import read_baseline
    from landform.checks.cache import cache_of
    from landform.checks.folder import check_folder
    from landform.checks.folder_cache import folder_cache_of
    from landform.checks.run import check as run
    from landform.checks.standard import coverage_of, of_standard
    from landform.checks.suggest import suggestions
    from landform.checks.timings import timings_of
    from landform.org.spec import ROOT
    from landform.policies.stopwatch import Stopwatch
    from landform.policies.user_rules import no_rules

    said = Out(as_json=json or schema, quiet=quiet)
    if schema:
        said.result(reports.schema(), lambda console: None)
        return int(Exit.DONE)
    if rules:
        list_rules(said, project_folder(directory))
        return int(Exit.DONE)
    if explain is not None:
        explain_rule(said, explain, project_folder(directory))
        return int(Exit.DONE)
    files = asked_for(report)
    chosen = asked_standard(standard) if standard is not None else None
    before = read_baseline(*text_of(baseline)) if baseline else None
    day = as_of.date() if as_of else dt.date.today()
    project = project_folder(path if path and not is_bundle(path) else directory)
    # Rules are code, which is run for a project alone, not wherever somebody stands; nor is anything kept there.
    is_project = (directory / ROOT).is_dir()
    is_folder = path is not None and not is_bundle(path)
    python = checks_python()
    # A bundle that is named by its path is of another project, or of none.
    bundle_cache = None if path or no_cache else cache_of(project, python)
    keeps_folder = is_folder and is_project and not no_cache
    folder_cache = folder_cache_of(directory, project, python) if keeps_folder else None
    cache = bundle_cache or folder_cache
    watch = Stopwatch() if timings else None
    with said.progress("checking") as advance:
        if is_folder:
            refuse(account=account, tier=tier, stack=stack, region=region, out=out, jobs=jobs, waived=waived)
            found = check_folder(
                project,
                as_of=day,
                fail_on=fail_on or FLOOR,
                on_progress=advance,
                baseline=before,
                users=read_users(directory) if is_project else no_rules(python),
                watch=watch,
                cache=folder_cache,
            )
        else:
            refuse(suggest=suggest)
            bundle, records = read_bundle(path or bundle_folder(project, out), account, tier, stack, region)
            found = run(
                bundle,
                records,
                as_of=day,
                on_progress=advance,
                fail_on=fail_on,
                jobs=jobs,
                baseline=before,
                project=project,
                checks_python=python,
                cache=bundle_cache,
                watch=watch,
            )
    if cache and cache.entries.unwritable is not None:
        place = relative(cache.entries.folder)
        said.notice(f"nothing is kept for the next check: {place}: {cache.entries.unwritable}")
    shown = of_standard(found, chosen) if chosen else found
    write_reports(said, found, files, by_control=shown)
    timed = timings_of(found, watch) if watch else None
    suggested = suggestions(found.findings) if suggest else None

    def human(console: Console) -> None:
        show_report(
            console,
            shown,
            reports.groups(shown),
            project=project,
            show_waived=waived,
            suggested=suggested,
        )
        if chosen:
            show_coverage(console, chosen, coverage_of(found, chosen))
        if timed is not None:
            show_timings(console, timed)

    document = {**reports.unfolded(found, suggested), "cache": cache and cache.as_json()}
    if timed is not None:
        document["timings"] = [asdict(each) for each in timed]
    said.result(document, human)
    return int(Exit.DONE if found.ok else Exit.SAID_NO)

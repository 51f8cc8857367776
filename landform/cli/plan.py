"""``landform plan``: what Terraform would do, for every selected stack."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import bundle_folder, project_folder, read_bundle
from landform.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from landform.plan.planner import PlanResult, Progress
    from landform.synth.bundle import Bundle, StackRecord
    from landform.terraform.credentials import AccountCredentials

EXAMPLES = """
Examples:

  landform plan --sandbox                     every stack, against a local AWS

  landform plan --sandbox --account 'pay*'    some accounts

  landform plan --tier dev                    for real, by the role landform-plan of each account
"""

_SIGNS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "forget": "."}


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, plan, epilog=EXAMPLES)


def plan(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox", help="Plan against a local AWS: the one that runs, or one for this command."
        ),
    ] = False,
    own_credentials: Annotated[
        bool,
        typer.Option(
            "--own-credentials", help="Use your own credentials, and assume no role in the accounts."
        ),
    ] = False,
    details: Annotated[bool, typer.Option("--details", help="Name every resource that changes.")] = False,
    jobs: options.Jobs = None,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Plan stacks of the bundle with real Terraform, several at once.

    Sensitive values are redacted before anything is printed or stored. With --sandbox everything runs against a
    local AWS; the bundle's files are not changed. Each account is entered through its role landform-plan, which the
    credentials of your shell assume, unless --own-credentials says otherwise. Exits with 1 where a stack cannot be
    planned.
    """
    from landform.plan.summary import summarise

    started = time.monotonic()
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    bundle, records = read_bundle(bundle_folder(project, out), account, tier, stack, region)
    bundle.check_size(records)
    results = run_plan(
        said,
        project,
        bundle,
        records,
        sandboxed=sandbox,
        own_credentials=own_credentials,
        jobs=jobs,
        terraform=terraform,
        plugin_dir=plugin_dir,
    )
    seconds = time.monotonic() - started
    said.result(summarise(results), lambda console: show_plans(console, results, seconds, details=details))
    return int(Exit.DONE if all(result.plan for result in results) else Exit.SAID_NO)


def run_plan(
    said: Out,
    project: Path,
    bundle: Bundle,
    records: Sequence[StackRecord],
    *,
    sandboxed: bool,
    own_credentials: bool = False,
    jobs: int | None = None,
    terraform: str | None = None,
    plugin_dir: Path | None = None,
) -> list[PlanResult]:
    """Find Terraform and its providers, start the sandbox if asked, plan."""
    from landform.plan.pending import Upstream
    from landform.plan.planner import plan_stacks
    from landform.plan.runner import Runner
    from landform.terraform.binary import find_terraform
    from landform.terraform.providers import find_mirror
    from landform.terraform.standing_sandbox import use_sandbox

    binary = find_terraform(terraform)
    mirror = find_mirror(plugin_dir, project=project)
    sandbox = use_sandbox(project, said.notice) if sandboxed else nullcontext()
    with sandbox as running, said.progress("planning") as advance:
        runner = Runner.begin(
            bundle,
            project=project,
            binary=binary,
            mirror=mirror,
            sandbox=running,
            credentials=None if sandboxed or own_credentials else _account_credentials(),
            upstream=Upstream(bundle, {}) if sandboxed else None,
            on_notice=said.notice,
        )
        return plan_stacks(runner, records, jobs=jobs, on_progress=_counted(advance, len(records)))


def _account_credentials() -> AccountCredentials:
    """The roles of the accounts, assumed by the caller; the run is named by its time."""
    import datetime as dt

    from landform.org.living import open_session
    from landform.terraform.credentials import AccountCredentials

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    return AccountCredentials(open_session(), f"{now():%Y%m%dT%H%M%SZ}", now=now)


def show_plans(console: Console, results: Sequence[PlanResult], seconds: float, *, details: bool) -> None:
    """The plans for people: a row a stack, then the totals, then what failed."""
    from rich.markup import escape

    from landform.plan.model import Counts

    rows = []
    total = Counts()
    for result in results:
        if result.plan:
            counts = result.plan.counts
            total += counts
            rows.append(
                [result.stack, *map(str, (counts.add, counts.change, counts.replace, counts.destroy))]
            )
        else:
            rows.append([result.stack, "failed", "", "", ""])
    console.print(table(["stack", "add", "change", "replace", "destroy"], rows))
    for result in results if details else ():
        for change in result.plan.changes if result.plan else ():
            if change.action in _SIGNS:
                console.print(
                    f"  {_SIGNS[change.action]:>3} {result.stack}  {change.address}",
                    highlight=False,
                    markup=False,
                )
    for notice in dict.fromkeys(notice for result in results for notice in result.notices):
        console.print(f"note: {notice}", style="dim", highlight=False, markup=False, soft_wrap=True)
    failed = [result for result in results if result.error]
    for result in failed:
        for error in result.error.each() if result.error else ():
            console.print(f"[bold red]error\\[{error.code.slug}][/]: {result.stack}", highlight=False)
            console.print(f"  {escape(str(error))}", highlight=False, soft_wrap=True)
    console.print(
        f"[bold]{len(results) - len(failed)} of {len(results)} stacks planned[/]: {total.add} to add, "
        f"{total.change} to change, {total.replace} to replace, {total.destroy} to destroy; {seconds:.1f} s",
        highlight=False,
        soft_wrap=True,
    )


def _counted(advance: Callable[[int, int], None], total: int) -> Callable[[Progress], None]:
    done = 0

    def on_progress(progress: Progress) -> None:
        nonlocal done
        if progress.phase in ("done", "failed"):
            done += 1
            advance(done, total)

    return on_progress

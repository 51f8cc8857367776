"""``landform plan``: what Terraform would do, for every selected stack."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import bundle_folder, in_use, project_folder, read_bundle, read_users
from landform.cli.working import (
    By,
    Choices,
    LockTimeout,
    OwnCredentials,
    Sandboxed,
    Timeouts,
    check_whole,
    clock,
    open_vault,
    timeouts_of,
    who,
    working,
)
from landform.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import Console

    from landform.plan.pace import Pace
    from landform.plan.plan_set import PlanSet
    from landform.plan.planner import PlanResult, Progress
    from landform.synth.bundle import Bundle, StackRecord

EXAMPLES = """
Examples:

  landform plan --sandbox                     every stack, against a local AWS

  landform plan --sandbox --account 'pay*'    some accounts

  landform plan --tier dev                    for real, by the role landform-plan of each account
"""

# Kinds of notices of the sandbox, of which there can be one for each resource.
_NOTICES = {
    r" is left out of the sandbox's plan": "{} resources and what refers to them are left out of the sandbox's plan",
    r" is planned as new: ": "{} resources that exist are planned as new in the sandbox",
    r": changes of \w+ are not seen in the sandbox": "{} kinds of changes are not seen in the sandbox",
}
_RUNNING = 3
"""The stacks that progress names."""
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
    sandbox: Sandboxed = False,
    own_credentials: OwnCredentials = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the stacks that are applied as they are.")
    ] = False,
    by: By = None,
    details: Annotated[
        bool, typer.Option("--details", help="Name every resource that changes, and every notice.")
    ] = False,
    jobs: options.Jobs = None,
    timeout: Timeouts = [],  # noqa: B006
    lock_timeout: LockTimeout = 0,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Plan stacks of the bundle with real Terraform, several at once, and judge what they would do.

    Plans the stacks that differ from what the ledger says was applied. Every plan has a risk class, and all of them
    make a plan set: `landform review` shows it, `landform approve` approves it, `landform apply` and `landform rollout`
    apply it. Sensitive values are redacted before anything is printed or stored; plan files are kept encrypted.

    With --sandbox everything runs against a local AWS; the bundle's files are not changed. Else each account is entered
    through its role landform-plan, which the credentials of your shell assume, unless --own-credentials says otherwise.
    Exits with 1 where a stack cannot be planned, or a plan is refused.
    """
    started = time.monotonic()
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    choices = Choices(sandbox, own_credentials, terraform, plugin_dir, timeouts_of(timeout), lock_timeout)
    bundle, records = read_bundle(bundle_folder(project, out), account, tier, stack, region)
    records = in_use(said, project, records, account)
    planned = make_plan_set(
        said, project, bundle, records, choices, by=who(by), everything=everything, jobs=jobs
    )
    seconds = time.monotonic() - started
    said.result(planned.as_json(), lambda console: show_planned(console, planned, seconds, details=details))
    return int(Exit.DONE if planned.ok else Exit.SAID_NO)


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of planning: the results, and the plan set, where there is anything to judge.

    ``unchanged`` counts the stacks that were not planned because they are applied as they are.
    """

    results: Sequence[PlanResult]
    plan_set: PlanSet | None
    unchanged: int

    @property
    def ok(self) -> bool:
        """Whether every stack could be planned and no plan is refused."""
        judged = self.plan_set.plans.values() if self.plan_set else ()
        return all(result.plan for result in self.results) and not any(one.refused for one in judged)

    def as_json(self) -> dict[str, Any]:
        """The results as a JSON object."""
        from landform.plan.summary import summarise

        plan_set = self.plan_set
        judged = plan_set.plans if plan_set else {}
        summary = summarise(self.results)
        for one in summary["stacks"]:
            if found := judged.get(one["stack"]):
                one |= {
                    "risk": found.risk.name,
                    "refused": bool(found.refused),
                    "pending": list(found.pending),
                    "digest": found.digest,
                    "class": found.class_digest,
                }
        return {
            **summary,
            "plan_set": plan_set and {"id": plan_set.id, "digest": plan_set.digest},
            "unchanged": self.unchanged,
        }


def make_plan_set(
    said: Out,
    project: Path,
    bundle: Bundle,
    records: Sequence[StackRecord],
    choices: Choices,
    *,
    by: str,
    everything: bool = False,
    jobs: int | None = None,
) -> Planned:
    """Check the bundle, plan some stacks of it, judge the plans and keep them as the latest plan set.

    Args:
        said: where progress goes.
        project: the project's folder.
        bundle: the bundle.
        records: the stacks of it to plan, those left out that are applied as they are.
        choices: what to run, and against what.
        by: who asks.
        everything: whether to plan what is applied as it is too.
        jobs: how many stacks at once.

    Raises:
        LandformError: ``too-many-stacks``, and whatever keeps all stacks from being planned.
    """
    from landform.plan.assess import assess
    from landform.plan.pace import Pace, expected, keep_seconds, read_seconds
    from landform.plan.planner import Keep, default_jobs, plan_stacks
    from landform.plan.store import begin, discard, save
    from landform.record.ledger import LEDGER

    # What is applied can only be known later; a selection that is too large even so is refused at once.
    if everything or not (project / LEDGER).exists():
        bundle.check_size(records)
    with working(said, project, bundle, choices) as at:
        wanted = [one for one in records if everything or at.applied.get(one.name) != one.sha256]
        unchanged = len(records) - len(wanted)
        bundle.check_size(wanted)
        if not wanted:
            return Planned((), None, unchanged)
        report = check_whole(said, project, bundle)
        folder = begin(project)
        try:
            # What is planned in a sandbox that ends with this command is digested, and nothing of it is kept.
            keep = Keep(open_vault(), folder, files=at.sandbox is None or at.sandbox.stays)
            pace = Pace(expected(wanted, read_seconds(project)), jobs or default_jobs())
            with said.watch(lambda: planning(pace, time.monotonic())) as tell:
                results = plan_stacks(
                    at.runner,
                    wanted,
                    keep=keep,
                    jobs=pace.jobs,
                    seconds=pace.seconds,
                    on_progress=_paced(pace, tell),
                )
            planned = {result.stack for result in results if result.plan}
            keep_seconds(project, {name: took for name, took in pace.took.items() if name in planned})
            if not any(result.plan for result in results):
                return Planned(results, None, unchanged)
            plan_set = assess(
                results,
                bundle,
                report,
                requested_by=by,
                created=clock(),
                sandbox=at.world,
                previous=at.applied_text,
                users=read_users(project),
            )
            save(project, folder, plan_set)
        finally:
            discard(folder)
    return Planned(results, plan_set, unchanged)


def show_planned(console: Console, planned: Planned, seconds: float, *, details: bool) -> None:
    """What was planned for people: the plans, their risks, and what to do next."""
    from landform.plan.summary import risks

    if not planned.results:
        console.print(
            f"nothing to plan: {planned.unchanged} stacks are applied as they are (--all plans them)"
        )
        return
    show_plans(console, planned.results, seconds, details=details)
    if planned.unchanged:
        console.print(f"{planned.unchanged} stacks more are applied as they are", highlight=False)
    if planned.plan_set:
        plans = planned.plan_set.plans.values()
        refused = sum(bool(one.refused) for one in plans)
        previews = sum(one.plan_file_sha256 is None for one in plans)
        told = [risks(plans), f"{refused} refused" * bool(refused), f"{previews} previews" * bool(previews)]
        console.print(
            f"plan set [bold]{planned.plan_set.id}[/]: {', '.join(filter(None, told))}; see `landform review`",
            highlight=False,
            soft_wrap=True,
        )


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
                [
                    result.stack,
                    *map(str, (counts.imports, counts.add, counts.change, counts.replace, counts.destroy)),
                ]
            )
        else:
            rows.append([result.stack, "failed", "", "", "", ""])
    console.print(table(["stack", "import", "add", "change", "replace", "destroy"], rows))
    for result in results if details else ():
        for change in result.plan.changes if result.plan else ():
            if change.action in _SIGNS or change.imported is not None:
                imported = f" (imports {change.imported})" if change.imported is not None else ""
                console.print(
                    f"  {_SIGNS.get(change.action, ''):>3} {result.stack}  {change.address}{imported}",
                    highlight=False,
                    markup=False,
                )
    notices = tuple(dict.fromkeys(notice for result in results for notice in result.notices))
    for notice in notices if details else _told(notices):
        console.print(f"note: {notice}", style="dim", highlight=False, markup=False, soft_wrap=True)
    taken = f"{total.imports} to import, " if total.imports else ""
    failed = [result for result in results if result.error]
    for result in failed:
        for error in result.error.each() if result.error else ():
            console.print(f"[bold red]error\\[{error.code.slug}][/]: {result.stack}", highlight=False)
            console.print(f"  {escape(str(error))}", highlight=False, soft_wrap=True)
    console.print(
        f"[bold]{len(results) - len(failed)} of {len(results)} stacks planned[/]: {taken}{total.add} to add, "
        f"{total.change} to change, {total.replace} to replace, {total.destroy} to destroy; {seconds:.1f} s",
        highlight=False,
        soft_wrap=True,
    )


def _paced(pace: Pace, tell: Callable[[], None]) -> Callable[[Progress], None]:
    def on_progress(progress: Progress) -> None:
        if progress.phase == "begun":
            pace.begin(progress.stack, time.monotonic())
        elif progress.phase in ("done", "failed"):
            pace.end(progress.stack, time.monotonic())
        tell()

    return on_progress


def planning(pace: Pace, now: float) -> str:
    """How far planning is, in a line: how many are done, how long it takes still, and what runs the longest."""
    from landform.rollout.policy import duration

    running = sorted(dict(pace.running).items(), key=lambda one: one[1])
    names = ", ".join(f"{name} {now - since:.0f} s" for name, since in running[:_RUNNING])
    more = f" and {len(running) - _RUNNING} more" if len(running) > _RUNNING else ""
    left = pace.left(now)
    until = "" if left is None else f", about {duration(round(left))} left"
    what = f"; running: {names}{more}" if running else ""
    return f"planning: {len(pace.took)} of {len(pace.seconds)} stacks{until}{what}"


def _told(notices: Iterable[str]) -> Iterator[str]:
    """The notices that are told: one for each kind of which there are several."""
    for pattern, many in _NOTICES.items():
        found = [notice for notice in notices if re.search(pattern, notice)]
        if len(found) > 1:
            yield f"{many.format(len(found))}: --details names them"
            notices = [notice for notice in notices if notice not in found]
    yield from notices

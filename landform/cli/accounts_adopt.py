"""``landform accounts adopt``: an account that exists already, taken over."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.entering import Role, Way, entering, known_account
from landform.cli.project import project_folder
from landform.cli.rollback import sandbox_id
from landform.cli.working import Choices, OwnCredentials, Sandboxed, clock, working
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from landform.org.imported import Answers
    from landform.org.living import LivingOrganization
    from landform.org.models import Organization
    from landform.org.spec import OrgSpec
    from landform.plan.planner import PlanResult
    from landform.vending.adopt.adopt import Adoption
    from landform.vending.adopt.losses import Loss

EXAMPLES = """
Examples:

  landform accounts adopt payments-dev                 an account of the spec in which something stands

  landform accounts adopt legacy --account-id 123456789012 --owner platform --tier prod    one of AWS Organizations'

  landform accounts adopt payments-dev --finish        its imports go, once they were applied
"""


def register(accounts: typer.Typer) -> None:
    """Add the command."""
    add_command(accounts, adopt, epilog=EXAMPLES)


def adopt(
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's name in the spec.")],
    account_id: Annotated[
        str, typer.Option("--account-id", help="Its id, where the spec does not have it.", show_default=False)
    ] = "",
    stack: Annotated[
        list[str], typer.Option("--stack", "-s", help="A stack's id; all unless given. Repeatable.")
    ] = [],  # noqa: B006 - typer copies defaults
    finish: Annotated[bool, typer.Option("--finish", help="Take out the imports that were applied.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    with_plan: Annotated[
        bool, typer.Option("--plan/--no-plan", help="Plan it first, and refuse what would destroy something.")
    ] = True,
    owner: Annotated[
        str | None, typer.Option(help="The team of an account that the spec lacks and no tag names one of.")
    ] = None,
    tier: Annotated[str, typer.Option(help="The tier of an account that the spec lacks.")] = "prod",
    data_class: Annotated[
        Literal["public", "internal", "confidential", "restricted"],
        typer.Option(help="Of an account that the spec lacks and no tag (data-class) says it of."),
    ] = "restricted",
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    sandbox: Sandboxed = False,
    own_credentials: OwnCredentials = False,
    role: Role = None,
    jobs: options.Jobs = None,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Take over an account that exists: find what its stacks would make, and write org/imports.yaml.

    What stands is looked for type by type, and only read. The stacks are then planned with their import blocks. Where
    the plan would destroy or replace anything, or something stands in the way, that is named, nothing is written, and
    the status is 1. An account that the spec lacks gets a file, from what AWS Organizations says of it (--role-arn,
    --profile).

    In the sandbox, the one that stays up is looked into.
    """
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    if finish:
        return _finish(said, project, name, sandbox, dry_run)
    from landform.org.living import open_session
    from landform.org.load import load
    from landform.record.ledger import LEDGER
    from landform.record.moments import run_id
    from landform.rollout.history import read_history
    from landform.terraform.sandbox_support import unapplied
    from landform.vending.adopt.adopt import Wanted
    from landform.vending.adopt.adopt import adopt as take_over
    from landform.vending.adopt.losses import losses

    world = sandbox_id(project, said) if sandbox else None
    standing = read_history(project, world).standing() if (project / LEDGER).exists() else {}
    applied = tuple(stack for stack, sha in standing.items() if sha)
    way = Way(sandbox, own_credentials, role)
    spec = load(project)
    given = {"owner": owner, "tier": tier, "data_class": data_class}
    with ExitStack() as held:
        out = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="landform-adopt-")))
        enter, _ = held.enter_context(entering(said, project, spec, way, run_id(clock(), "adopt")))

        def living() -> tuple[LivingOrganization, Answers]:
            session = (
                enter.looking(_management_id(spec))
                if world
                else open_session(role_arn=role_arn, profile=profile)
            )
            return _living(spec.organization, given, session)

        with said.progress("looking") as advance:
            adoption = take_over(
                project,
                Wanted(name, account_id, tuple(stack), applied),
                out=out / "cdktf.out",
                enter=lambda _, account: enter.account(account, "plan", said.notice),
                living=living,
                skip=unapplied_types(unapplied()) if sandbox else {},
                on_progress=advance,
            )
        choices = Choices(sandbox, own_credentials, terraform, plugin_dir)
        results = _planned(said, project, adoption, choices, world, jobs) if with_plan else []
    lost = losses(results)
    failed = [result for result in results if result.error]
    ok = not (lost or failed or adoption.search.obstacles)
    changed = adoption.change.write(project) if ok and not dry_run else ()
    document = _document(adoption, results, lost, changed, ok)
    said.result(document, lambda console: _show(console, adoption, results, lost, changed))
    return int(Exit.DONE if ok else Exit.SAID_NO)


def unapplied_types(unapplied: Mapping[str, str]) -> dict[str, str]:
    """The types that the sandbox cannot apply, and why; without attributes that it forgets."""
    return {kind: f"{why}." for kind, why in unapplied.items() if "." not in kind}


def _management_id(spec: OrgSpec) -> str:
    name = spec.organization.management_account
    return next((account.account_id for account in spec.accounts if account.name == name), "")


def _living(
    organization: Organization, given: Mapping[str, Any], session: Any
) -> tuple[LivingOrganization, Answers]:
    """What AWS Organizations says, and what the options say that it does not know."""
    from landform.org.imported import Answers
    from landform.org.living import read_organization

    answers = Answers(name=organization.name, regions=organization.regions, **given)
    return read_organization(session), answers


def _planned(
    said: Out,
    project: Path,
    adoption: Adoption,
    choices: Choices,
    world: str | None,
    jobs: int | None,
) -> list[PlanResult]:
    """Plan the stacks with their import blocks, and keep nothing of it."""
    from landform.plan.planner import Progress, plan_stacks
    from landform.terraform.sandbox_imports import remember

    if world:
        remember(project, world, adoption.search.addresses)
    records = tuple(adoption.bundle.stacks.values())
    with (
        working(said, project, adoption.bundle, choices) as at,
        said.progress("planning") as advance,
    ):
        done = 0

        def on_progress(progress: Progress) -> None:
            nonlocal done
            if progress.phase in ("done", "failed"):
                done += 1
                advance(done, len(records))

        return plan_stacks(at.runner, records, jobs=jobs, on_progress=on_progress)


def _document(
    adoption: Adoption,
    results: list[PlanResult],
    lost: tuple[Loss, ...],
    changed: tuple[str, ...],
    ok: bool,
) -> dict[str, Any]:
    from landform.plan.summary import summarise

    found = adoption.search
    return {
        "ok": ok,
        "account": adoption.account.name,
        "account_id": adoption.account.account_id,
        "found": [
            {"stack": each.entry.stack, "address": each.address, "to": each.entry.to, "id": each.entry.id}
            for each in found.found
        ],
        "absent": list(found.absent),
        "obstacles": [
            {"what": what, "id": each.id, "why": each.why} for what, each in found.obstacles.items()
        ],
        "unsought": [
            {"type": kind, "resources": count, "why": why} for kind, (count, why) in found.unsought.items()
        ],
        "plan": summarise(results) if results else None,
        "losses": [each.as_json() for each in lost],
        "written": list(changed),
    }


def _show(
    console: Console,
    adoption: Adoption,
    results: list[PlanResult],
    lost: tuple[Loss, ...],
    changed: tuple[str, ...],
) -> None:
    from landform.plan.model import Counts
    from landform.plan.review.words import counts

    found = adoption.search
    rows = [[each.entry.stack, each.entry.to, each.type, each.entry.id] for each in found.found]
    if rows:
        console.print(table(["stack", "resource", "type", "imported as"], rows))
    for kind, (count, why) in found.unsought.items():
        _say(console, f"not looked for: {count} of {kind}. {why}", "dim")
    for what, each in found.obstacles.items():
        _say(console, f"{what}: {each.id} stands in the way. {each.why}", "bold red")
    for result in results:
        for error in result.error.each() if result.error else ():
            _say(console, f"{result.stack} cannot be planned: {error}", "bold red")
    for loss in lost:
        _say(console, str(loss), "bold red")
    total = sum((result.plan.counts for result in results if result.plan), Counts())
    _say(console, f"{len(found.found)} found, {len(found.absent)} not there; plan: {counts(total)}")
    for file in changed:
        _say(console, f"written: {file}")
    if not changed:
        _say(console, "nothing was written")


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _finish(said: Out, project: Path, name: str, sandbox: bool, dry_run: bool) -> int:
    """Take out of the spec what was applied."""
    import json

    from landform.org.load import load
    from landform.record.objects import Objects
    from landform.rollout.history import read_history
    from landform.vending.adopt.adopt import applied_imports, finish

    known_account(load(project), name)
    standing = read_history(project, sandbox_id(project, said) if sandbox else None).standing()

    def taken_over(stack: str) -> Collection[tuple[str, str]]:
        sha = standing.get(stack)
        document = json.loads(Objects.of(project).get(sha)) if sha else {}
        return applied_imports(stack, document)

    change, left = finish(project, name, taken_over)
    changed = () if dry_run else change.write(project)
    document = {"ok": not left, "account": name, "written": list(changed), "left": list(left)}

    def human(console: Console) -> None:
        for entry in left:
            _say(console, f"not applied yet: {entry}")
        _say(console, change.body)

    said.result(document, human)
    return int(Exit.SAID_NO if left else Exit.DONE)

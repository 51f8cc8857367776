"""``landform accounts provision, activate, suspend, resume, close``: the steps of an account's life."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.accounts_change import (
    Asked,
    Aws,
    Closing,
    Commit,
    DryRun,
    InSandbox,
    Living,
    Name,
    Reason,
    Ticket,
    finish,
    said_by,
)
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.drift import look
from landform.cli.entering import Way, entering, known_account
from landform.cli.project import project_folder
from landform.cli.working import By, Choices, clock
from landform.errors import Code, Exit, LandformError, Place

if TYPE_CHECKING:
    from landform.org.models import Account
    from landform.vending.life import Verb
    from landform.vending.life_change import Said, Step
    from landform.vending.life_facts import Known

PROVISION_EXAMPLES = """
Examples:

  landform accounts provision payments-dev payments-prod      they are to be made

  landform accounts provision payments-dev --aws              AWS has made it: its id is written
"""
ACTIVATE_EXAMPLES = """
Examples:

  landform accounts activate payments-dev --verify            its baseline stands, and did not drift

  landform accounts activate payments-dev --commit activate-payments-dev
"""
SUSPEND_EXAMPLES = """
Examples:

  landform accounts suspend payments-dev --reason "credentials leaked" --ticket SEC-12
"""
RESUME_EXAMPLES = """
Examples:

  landform accounts resume payments-dev --reason "credentials changed" --dry-run
"""
CLOSE_EXAMPLES = """
Examples:

  landform accounts close payments-dev --reason "moved to payments-eu" --dry-run

  landform accounts close payments-dev --reason "moved" --lose payments-dev.state --aws --yes payments-dev
"""
INTERRUPTED = "what AWS was told stands; the same command goes on with the rest"


def register(accounts: typer.Typer) -> None:
    """Add the commands."""
    add_command(accounts, provision, epilog=PROVISION_EXAMPLES)
    add_command(accounts, activate, epilog=ACTIVATE_EXAMPLES)
    add_command(accounts, suspend, epilog=SUSPEND_EXAMPLES)
    add_command(accounts, resume, epilog=RESUME_EXAMPLES)
    add_command(accounts, close, epilog=CLOSE_EXAMPLES, interrupted=INTERRUPTED)


def provision(
    names: Annotated[list[str], typer.Argument(metavar="ACCOUNT...", help="Accounts, by name.")],
    reason: Reason = "The request is granted.",
    ticket: Ticket = None,
    by: By = None,
    dry_run: DryRun = False,
    commit: Commit = None,
    aws: Aws = False,
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    sandbox: InSandbox = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Have requested accounts made, and once AWS has made them (--aws), write their ids: they are quarantined.

    All or none of the accounts named. Exits with 1 where something that it needs is not so.
    """
    from landform.org.reach import Reach
    from landform.vending.life import judge
    from landform.vending.life_change import next_step, take

    said = Out(as_json=json, quiet=quiet)
    asked = Asked(said, project_folder(directory), aws, sandbox, role_arn, profile, dry_run, commit)
    known, _ = asked.known()
    why = said_by(by, reason, ticket)
    steps: list[Step] = []
    waiting: list[str] = []
    for name in dict.fromkeys(names):
        account = known_account(known.spec, name)
        first = account.status
        while (step := next_step(account, "provision")) is not None:
            if step.before == "provisioning" and not aws:
                break
            # What was only just asked for need not be there yet.
            if step.before != first and judge(step, known.facts(account)):
                waiting.append(name)
                break
            taken = take(known.spec, step, known.facts(account), why)
            steps.append(taken)
            known = replace(known, spec=taken.spec, reach=Reach(taken.spec))
            account = known_account(known.spec, name)
    _tell(said, steps, names, "provision")
    for name in waiting:
        said.notice(f"{name}: AWS has not made it yet, or does not let one work in it.")
    finish(asked, steps, {"accounts": list(dict.fromkeys(names)), "waiting": waiting}, lambda _: None)
    return int(Exit.DONE)


def activate(
    name: Name,
    verify: Annotated[
        bool, typer.Option("--verify", help="Plan the baseline as it was applied: nothing may have drifted.")
    ] = False,
    reason: Reason = "The baseline is applied and verified.",
    ticket: Ticket = None,
    by: By = None,
    dry_run: DryRun = False,
    commit: Commit = None,
    out: options.Out = None,
    aws: Aws = False,
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    sandbox: InSandbox = False,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Let an account out of quarantine, once every stack of its baseline stands as the bundle has it.

    Exits with 1 where something that it needs is not so.
    """
    said = Out(as_json=json, quiet=quiet)
    asked = Asked(said, project_folder(directory), aws, sandbox, role_arn, profile, dry_run, commit, out)
    known, _ = asked.known()
    steps = _steps(known, name, "activate", said_by(by, reason, ticket))
    if verify and steps:
        _verify(asked, known, name, Choices(sandbox, terraform=terraform, plugin_dir=plugin_dir))
    _tell(said, steps, [name], "activate")
    finish(asked, steps, {"account": name, "verified": verify and bool(steps)}, lambda _: None)
    return int(Exit.DONE)


def suspend(
    name: Name,
    reason: Reason,
    ticket: Ticket = None,
    by: By = None,
    dry_run: DryRun = False,
    commit: Commit = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Suspend an account: it has no stacks, and all is denied in it. Nothing that stands in it is taken away.

    Exits with 1 where the organisation needs the account.
    """
    said = Out(as_json=json, quiet=quiet)
    asked = Asked(said, project_folder(directory), dry_run=dry_run, commit=commit)
    return _plain(asked, name, "suspend", said_by(by, reason, ticket))


def resume(
    name: Name,
    reason: Reason,
    ticket: Ticket = None,
    by: By = None,
    dry_run: DryRun = False,
    commit: Commit = None,
    aws: Aws = False,
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    sandbox: InSandbox = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Bring a suspended account back into quarantine, from where `activate` leads on.

    Exits with 1 where something that it needs is not so.
    """
    said = Out(as_json=json, quiet=quiet)
    asked = Asked(said, project_folder(directory), aws, sandbox, role_arn, profile, dry_run, commit)
    return _plain(asked, name, "resume", said_by(by, reason, ticket))


def close(
    name: Name,
    reason: Reason,
    lose: Annotated[
        list[str],
        typer.Option(
            "--lose", metavar="STACK", help="A stack, by its full name, whose data may be lost; repeatable."
        ),
    ] = [],  # noqa: B006 - typer copies defaults
    ticket: Ticket = None,
    by: By = None,
    dry_run: DryRun = False,
    commit: Commit = None,
    aws: Annotated[bool, typer.Option("--aws", help="Have AWS close it, too.")] = False,
    yes: Annotated[
        str | None,
        typer.Option("--yes", metavar="ACCOUNT", help="The account's name once more, for --aws."),
    ] = None,
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    sandbox: InSandbox = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Close a suspended account. Its file stays: nobody is given its name or its address again.

    Whatever stands in the account is deleted 90 days after AWS has closed it, so each stack that holds data must be
    named with --lose. Exits with 1 where something that it needs is not so.
    """
    from landform.vending.life import OPEN, step_of
    from landform.vending.life_change import check, next_step

    said = Out(as_json=json, quiet=quiet)
    asked = Asked(said, project_folder(directory), aws, sandbox, role_arn, profile, dry_run, commit)
    if aws and commit:
        raise LandformError(
            Code.USAGE,
            "AWS is told at once, and a commit is only proposed.",
            given="--aws and --commit",
            expected="one of the two",
            fix="Make the commit first; once it is merged, run `landform accounts close` with --aws.",
        )
    known, living = asked.known()
    account = known_account(known.spec, name)
    why = said_by(by, reason, ticket)
    next_step(account, "close")
    _check_lost(known, account, lose)
    steps = _steps(known, name, "close", why, lose)
    facts = known.facts(account, lose)
    closing = None
    if living is not None and facts.aws is not None and facts.aws.state == OPEN:
        step = step_of("close", "suspended")
        if step is not None:
            check(step, facts)
        if not dry_run:
            _confirm(name, yes)
        closing = Closing(account, why, _closer(living, facts.aws.id))
    _tell(said, steps, [name], "close")
    document = {"account": name, "told_aws": closing is not None and not dry_run}
    finish(asked, steps, document, lambda _: None, let_go=lose, closing=closing)
    return int(Exit.DONE)


def _plain(asked: Asked, name: str, verb: Verb, why: Said) -> int:
    known, _ = asked.known()
    steps = _steps(known, name, verb, why)
    _tell(asked.said, steps, [name], verb)
    finish(asked, steps, {"account": name}, lambda _: None)
    return int(Exit.DONE)


def _steps(known: Known, name: str, verb: Verb, why: Said, let_go: list[str] = []) -> list[Step]:  # noqa: B006
    """The step of one account; none where it is there already."""
    from landform.vending.life_change import next_step, take

    account = known_account(known.spec, name)
    step = next_step(account, verb)
    return [] if step is None else [take(known.spec, step, known.facts(account, let_go), why)]


def _tell(said: Out, steps: list[Step], names: list[str], verb: str) -> None:
    """Say of which accounts nothing is changed."""
    taken = {step.account for step in steps}
    for name in dict.fromkeys(names):
        if name not in taken:
            said.notice(f"{name}: `{verb}` has nothing to do.")


def _check_lost(known: Known, account: Account, lose: list[str]) -> None:
    """Refuse a stack that is to be let go and holds nothing: its name is of another, or was misspelt."""
    facts = known.facts(account)
    held = {*facts.holding, *(stack for stack, sha in facts.standing.items() if not sha)}
    for stack in lose:
        if stack not in held:
            raise LandformError(
                Code.NO_MATCH,
                "No such stack stands in the account and holds anything.",
                given=stack,
                expected=f"one of {', '.join(sorted(held))}" if held else "no --lose: nothing is held",
            )


def _confirm(name: str, yes: str | None) -> None:
    """Have the account's name typed once more.

    Raises:
        LandformError: ``usage``.
    """
    if yes is None and sys.stdin.isatty():
        yes = str(typer.prompt(f"Type the account's name to have AWS close {name}", err=True))
    if yes != name:
        raise LandformError(
            Code.USAGE,
            "AWS closes an account only where its name is said twice.",
            given=yes,
            expected=f"--yes {name}",
        )


def _closer(living: Living, account_id: str) -> Callable[[], None]:
    return lambda: living.close(account_id)


def _verify(asked: Asked, known: Known, name: str, choices: Choices) -> None:
    """Plan the stacks of an account's baseline as they were applied, and look what boto3 still has to do in it.

    Raises:
        LandformError: ``account-life`` where anything was changed outside or is due, or cannot be looked at.
    """
    from landform.org.spec import account_file
    from landform.record.moments import run_id
    from landform.vending.steps.prepare import prepare

    account = known_account(known.spec, name)
    run = run_id(clock(), "activate")
    way = Way(choices.sandbox, choices.own_credentials, None)
    with entering(asked.said, asked.project, known.spec, way, run) as (enter, world):
        at = enter.account(account, "plan", asked.said.notice)
        outcomes = prepare(at, lambda *_: None, dry_run=True, sandbox=world is not None)
    for outcome in outcomes:
        if outcome.standing in ("due", "refused", "failed"):
            told = [str(error) for error in outcome.errors]
            told += [f"{due.what} in {due.region}" for due in outcome.left]
            raise LandformError(
                Code.ACCOUNT_LIFE,
                f"The step {outcome.step.id} is not done in the account.",
                place=Place(account_file(name)),
                given="; ".join(told[:3]) + (f" and {len(told) - 3} more" if told[3:] else ""),
                expected=outcome.step.title,
                fix=f"Run `landform accounts prepare {name}`.",
            )
    facts = known.facts(account)
    if known.history is None or not facts.baseline:
        return
    selection = {"accounts": [name], "tiers": [], "stacks": list(facts.baseline), "regions": []}
    for one in look(asked.said, asked.project, known.history, choices, selection, None):
        if one.error or one.drifted:
            raise LandformError(
                Code.ACCOUNT_LIFE,
                f"The stack {one.stack} is not what was applied, or cannot be looked at.",
                place=Place(account_file(name)),
                given=str(one.error) if one.error else f"{len(one.resources)} resources changed outside",
                expected="a baseline that stands as it was applied",
                fix=f"Look with `landform drift --account {name}`, and apply it again.",
            )

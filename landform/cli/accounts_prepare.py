"""``landform accounts prepare``: what an account needs and Terraform cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.entering import Role, Way, entering, known_accounts
from landform.cli.project import project_folder
from landform.cli.working import By, OwnCredentials, Sandboxed, clock, who
from landform.errors import Code, Exit, LandformError, did_you_mean

if TYPE_CHECKING:
    from rich.console import Console

    from landform.org.models import Account
    from landform.record.ledger import Ledger
    from landform.vending.steps.prepare import Outcome, Record
    from landform.vending.steps.step import Due, Step

EXAMPLES = """
Examples:

  landform accounts prepare payments-dev --dry-run     what is due, and nothing is done

  landform accounts prepare payments-dev --role OrganizationAccountAccessRole    in an account that is new

  landform accounts prepare payments-dev --step default-vpcs
"""
INTERRUPTED = "what was done by then is in the ledger, and the same command goes on with the rest"


def register(accounts: typer.Typer) -> None:
    """Add the command."""
    add_command(accounts, prepare, epilog=EXAMPLES, interrupted=INTERRUPTED)


def prepare(
    names: Annotated[list[str], typer.Argument(metavar="ACCOUNT...", help="Accounts, by name.")],
    step: Annotated[
        list[str], typer.Option("--step", help="A step to take; all unless given. Repeatable.")
    ] = [],  # noqa: B006 - typer copies defaults
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is due, and do nothing.")] = False,
    sandbox: Sandboxed = False,
    own_credentials: OwnCredentials = False,
    role: Role = None,
    by: By = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Do in accounts what they need and Terraform cannot do: Regions, default VPCs, contacts, quotas.

    Each step looks first, does what is due and looks again, so it can be taken as often as one likes. What is done is
    in the ledger, one event a thing. Exits with 1 where something is refused or failed.
    """
    from landform.org.load import load
    from landform.record.moments import run_id
    from landform.vending.steps.prepare import prepare as prepare_account

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    spec = load(project)
    accounts = known_accounts(spec, names)
    steps = _steps(step)
    run = run_id(clock(), "prepare")
    found: dict[str, tuple[Outcome, ...] | LandformError] = {}
    with ExitStack() as held:
        way = Way(sandbox, own_credentials, role)
        enter, world = held.enter_context(entering(said, project, spec, way, run))
        record = _Recording(held, project, run, who(by), world.instance if world else None)
        for account in accounts:
            try:
                at = enter.account(account, "plan" if dry_run else "apply", said.notice)
            except LandformError as error:
                found[account.name] = error
                continue
            found[account.name] = prepare_account(
                at, record.of(account), steps=steps, dry_run=dry_run, sandbox=world is not None
            )
    document = {"ok": _ok(found), "dry_run": dry_run, "accounts": [_account(*each) for each in found.items()]}
    said.result(document, lambda console: _show(console, found, dry_run))
    return int(Exit.DONE if document["ok"] else Exit.SAID_NO)


def _steps(ids: list[str]) -> tuple[Step, ...]:
    """The steps of these ids, in their order; all where none is named."""
    from landform.vending.steps.table import STEPS

    for id in ids:
        if id not in STEPS:
            raise LandformError(
                Code.USAGE,
                "There is no such step.",
                given=id,
                expected=f"one of {', '.join(STEPS)}",
                fix=did_you_mean(id, STEPS),
            )
    return tuple(step for step in STEPS.values() if not ids or step.id in ids)


@dataclass(frozen=True, slots=True)
class _Recording:
    """Adds to the ledger, which is opened once there is something to add."""

    held: ExitStack
    project: Path
    run: str
    by: str
    sandbox: str | None
    ledgers: list[Ledger] = field(default_factory=list)

    def of(self, account: Account) -> Record:
        """What tells the ledger of one account."""

        def record(step: Step, due: Due, error: LandformError | None) -> None:
            from landform.record.events import EventKind
            from landform.record.ledger import LEDGER, Ledger, now

            if not self.ledgers:
                self.ledgers.append(self.held.enter_context(Ledger.open(self.project / LEDGER)))
            (ledger,) = self.ledgers
            body = {
                "account": account.name,
                "account_id": account.account_id,
                "step": step.id,
                "what": due.what,
                "region": due.region,
                "by": self.by,
                **({"error": error.as_json()} if error else {}),
                **({"sandbox": self.sandbox} if self.sandbox else {}),
            }
            ledger.append(EventKind.ACCOUNT_STEP, at=now(ledger, clock), run=self.run, body=body)

        return record


def _ok(found: Mapping[str, tuple[Outcome, ...] | LandformError]) -> bool:
    return all(
        not isinstance(outcomes, LandformError) and all(each.ok for each in outcomes)
        for outcomes in found.values()
    )


def _account(name: str, outcomes: tuple[Outcome, ...] | LandformError) -> dict[str, Any]:
    if isinstance(outcomes, LandformError):
        return {"account": name, "ok": False, "error": outcomes.as_json(), "steps": []}
    return {
        "account": name,
        "ok": all(each.ok for each in outcomes),
        "error": None,
        "steps": [each.as_json() for each in outcomes],
    }


def _show(console: Console, found: Mapping[str, tuple[Outcome, ...] | LandformError], dry_run: bool) -> None:
    rows = []
    for name, outcomes in found.items():
        if isinstance(outcomes, LandformError):
            rows.append([name, "", "failed", str(outcomes)])
            continue
        for outcome in outcomes:
            rows += [[name, outcome.step.id, *told] for told in _told(outcome)]
    console.print(table(["account", "step", "", "what"], rows))
    done = sum(
        len(each.done) for outcomes in found.values() if isinstance(outcomes, tuple) for each in outcomes
    )
    console.print("nothing was done (--dry-run)" if dry_run else f"{done} done", highlight=False)


def _told(outcome: Outcome) -> list[list[str]]:
    """The rows of a step: a word, and what it is about."""
    told = [["done", f"{due.what} in {due.region}"] for due in outcome.done]
    told += [[due.state, f"{due.what} in {due.region}. {due.why}".rstrip(". ")] for due in outcome.left]
    told += [["failed", str(error)] for error in outcome.errors]
    if outcome.left_out:
        told.append(["left out", outcome.left_out])
    return told or [["", "nothing to do"]]

"""``landform accounts list`` and ``show``: where accounts are in their lives, and what their next steps need."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.accounts_change import Asked, Aws, InSandbox, Name
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.entering import known_account
from landform.cli.project import project_folder
from landform.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from landform.org.models import Account
    from landform.vending.life_facts import Known

LIST_EXAMPLES = """
Examples:

  landform accounts list

  landform accounts list --status quarantined --json
"""
SHOW_EXAMPLES = """
Examples:

  landform accounts show payments-dev

  landform accounts show payments-dev --aws --role-arn arn:aws:iam::100000000001:role/landform-read
"""


def register(accounts: typer.Typer) -> None:
    """Add the commands."""
    add_command(accounts, list_, name="list", epilog=LIST_EXAMPLES)
    add_command(accounts, show, epilog=SHOW_EXAMPLES)


def list_(
    status: Annotated[list[str], typer.Option("--status", help="Accounts of this status; repeatable.")] = [],  # noqa: B006 - typer copies defaults
    out: options.Out = None,
    sandbox: InSandbox = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """List the accounts: status, unit, tier, baseline, the days since the last step, and what the next needs."""
    said = Out(as_json=json, quiet=quiet)
    known, _ = Asked(said, project_folder(directory), sandbox=sandbox, out=out).known()
    found = [
        _account(known, account) for account in known.spec.accounts if not status or account.status in status
    ]
    said.result({"accounts": found}, lambda console: _show_list(console, found))
    return int(Exit.DONE)


def show(
    name: Name,
    out: options.Out = None,
    aws: Aws = False,
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    sandbox: InSandbox = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Show where an account is in its life, how it came there, and what each next step needs and does."""
    said = Out(as_json=json, quiet=quiet)
    known, _ = Asked(said, project_folder(directory), aws, sandbox, role_arn, profile, out=out).known()
    found = _account(known, known_account(known.spec, name))
    said.result(found, lambda console: _show(console, found))
    return int(Exit.DONE)


def _account(known: Known, account: Account) -> dict[str, Any]:
    from landform.vending.life import judge, steps_from

    facts = known.facts(account)
    pin = account.baseline
    since = _since(account)
    return {
        "account": account.name,
        "account_id": account.account_id or None,
        "status": account.status,
        "ou": account.ou,
        "tier": account.tier,
        "baseline": f"{pin.name} {pin.version}" if pin else None,
        "since": since.isoformat() if since else None,
        "days": (known.today - since).days if since else None,
        "expires": account.expires.isoformat() if account.expires else None,
        "life": [step.model_dump(mode="json", exclude_none=True) for step in account.life],
        "next": [
            {
                "step": step.verb,
                "after": step.after,
                "does": step.does,
                "undoes": step.undoes,
                "back": step.back,
                "lacking": [
                    {"condition": each.condition, "given": each.given, "fix": each.fix}
                    for each in judge(step, facts)
                ],
            }
            for step in steps_from(account.status)
        ],
    }


def _since(account: Account) -> dt.date | None:
    """The day of the last step, or of the request."""
    if account.life:
        return account.life[-1].date
    return account.change.date if account.change else None


def _show_list(console: Console, found: Sequence[dict[str, Any]]) -> None:
    rows = [
        [
            each["account"],
            each["account_id"] or "-",
            each["status"],
            each["ou"],
            each["tier"],
            each["baseline"] or "-",
            "-" if each["days"] is None else f"{each['days']} days",
            "; ".join(map(_told, each["next"])),
        ]
        for each in found
    ]
    console.print(table(["account", "id", "status", "unit", "tier", "baseline", "since", "next"], rows))
    console.print(f"{len(found)} accounts", highlight=False)


def _told(step: dict[str, Any]) -> str:
    lacking = [each["condition"] for each in step["lacking"]]
    return f"{step['step']}: {', '.join(lacking)}" if lacking else str(step["step"])


def _show(console: Console, found: dict[str, Any]) -> None:
    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)

    say(f"{found['account']} ({found['account_id'] or 'no id yet'}): {found['status']}", "bold")
    say(f"  in {found['ou']}, tier {found['tier']}, baseline {found['baseline'] or 'none'}")
    for step in found["life"]:
        say(f"  {step['date']} {step.get('status') or step.get('ou')}: {step['reason']} ({step['by']})")
    for step in found["next"]:
        say(f"{step['step']} -> {step['after']}" + ("" if step["lacking"] else ": it can be taken"), "bold")
        say(f"  {step['does']}")
        if step["undoes"]:
            say(f"  {step['undoes']}")
        say(f"  Taken back by: {step['back']}")
        for each in step["lacking"]:
            say(f"  lacks {each['condition']}: {each['given']}. {each['fix']}")

"""What commands share that work in living accounts with boto3: which accounts, as whom, where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli.working import clock
from landform.errors import Code, LandformError, did_you_mean

if TYPE_CHECKING:
    from landform.cli.console import Out
    from landform.org.models import Account
    from landform.org.spec import OrgSpec
    from landform.terraform.sandbox import Sandbox
    from landform.vending.entering import Entering

Role = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="NAME",
        help="The role to assume in each account; landform-plan to look and landform-apply to act unless given. "
        "A new account has OrganizationAccountAccessRole.",
        show_default=False,
    ),
]
# The sandbox takes any.
_SANDBOX_KEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Way:
    """How a command gets into accounts: what its options say."""

    sandbox: bool
    own_credentials: bool
    role: str | None


@contextmanager
def entering(
    said: Out, project: Path, spec: OrgSpec, way: Way, run: str
) -> Iterator[tuple[Entering, Sandbox | None]]:
    """The way into accounts, and the sandbox that they are in, where they are in one.

    Raises:
        LandformError: ``sandbox-failed``, ``aws-refused``, ``credentials-expired``.
    """
    import boto3

    from landform.org.living import open_session
    from landform.terraform.credentials import ROLES, AccountCredentials
    from landform.terraform.standing_sandbox import use_sandbox
    from landform.vending.entering import Entering

    partition = spec.organization.partition
    with use_sandbox(project, said.notice) if way.sandbox else nullcontext() as sandbox:
        session: Any = boto3.Session(_SANDBOX_KEY, _SANDBOX_KEY) if sandbox else open_session()
        url = sandbox.url if sandbox else None
        credentials = AccountCredentials(
            session,
            run,
            now=clock,
            partition=partition,
            roles=dict.fromkeys(ROLES, way.role) if way.role else ROLES,
            endpoint_url=url,
        )
        yield Entering(credentials, way.own_credentials and not sandbox, partition, url), sandbox


def known_account(spec: OrgSpec, name: str) -> Account:
    """An account of the spec by its name.

    Raises:
        LandformError: ``no-match``.
    """
    return known_accounts(spec, [name])[0]


def known_accounts(spec: OrgSpec, names: Sequence[str]) -> tuple[Account, ...]:
    """Accounts of the spec by their names, each once.

    Raises:
        LandformError: ``no-match``.
    """
    accounts = {account.name: account for account in spec.accounts}
    for name in names:
        if name not in accounts:
            raise LandformError(
                Code.NO_MATCH,
                "The spec has no such account.",
                given=name,
                expected="the name of a file below org/accounts",
                fix=did_you_mean(name, accounts),
            )
    return tuple(accounts[name] for name in dict.fromkeys(names))

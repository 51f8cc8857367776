"""``landform accounts``: what is done to accounts, each command in a module of its own."""

from __future__ import annotations

import typer

from landform.cli import (
    accounts_adopt,
    accounts_baseline,
    accounts_life,
    accounts_list,
    accounts_move,
    accounts_prepare,
)


def register(app: typer.Typer) -> None:
    """Add the group and its commands."""
    accounts = typer.Typer(no_args_is_help=True, help="Accounts: prepared, adopted, through their life.")
    for module in (
        accounts_list,
        accounts_baseline,
        accounts_life,
        accounts_move,
        accounts_prepare,
        accounts_adopt,
    ):
        module.register(accounts)
    app.add_typer(accounts, name="accounts")

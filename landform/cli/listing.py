"""``landform ls`` and ``landform version``."""

from __future__ import annotations

from typing import Any

import typer

from landform import __version__
from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import project_folder, read_fleet, selected
from landform.errors import Exit


def register(app: typer.Typer) -> None:
    """Add the commands."""
    add_command(app, ls, name="ls")
    add_command(app, version)


def ls(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """List the stack instances of the organisation, and what each waits for.

    Needs neither credentials nor Terraform: everything comes from the spec.
    """
    said = Out(as_json=json, quiet=quiet)
    instances = selected(read_fleet(project_folder(directory), account), account, tier, stack, region)
    document = [
        {
            "name": instance.key,
            "stack": instance.stack,
            "account": instance.account.name,
            "account_id": instance.account.account_id,
            "tier": instance.tier.name,
            "region": instance.region,
            "construct": instance.construct,
            "needs": list(instance.needs),
        }
        for instance in instances
    ]
    columns = ("name", "account_id", "tier", "region", "construct", "needs")

    def cell(value: Any) -> str:
        return " ".join(value) if isinstance(value, list) else str(value)

    rows = [[cell(row[column]) for column in columns] for row in document]
    said.result(document, lambda console: console.print(table([c.replace("_", " ") for c in columns], rows)))
    return int(Exit.DONE)


def version(json: options.Json = False) -> int:
    """Print landform's version, and that of the provider schemas it carries."""
    from landform.schema.pack import shipped_pack

    pack = shipped_pack("aws")
    document = {"landform": __version__, "schema_packs": {pack.source: pack.version}}
    Out(as_json=json, quiet=True).result(
        document,
        lambda console: console.print(
            f"landform {__version__} ({pack.source} {pack.version})", highlight=False
        ),
    )
    return int(Exit.DONE)

"""``landform accounts baseline``: which account has which version of its baseline, and what of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.forms import one_form_of, write_form
from landform.cli.project import bundle_folder, project_folder
from landform.cli.rollback import sandbox_id
from landform.cli.working import Sandboxed, clock, standing
from landform.errors import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from landform.org.models import Account
    from landform.synth.bundle import Bundle
    from landform.vending.baseline_matrix import AccountRow, BaselineMatrix

Format = Literal["human", "csv", "html", "json"]

_ENDINGS: dict[str, Format] = {"": "human", ".csv": "csv", ".html": "html", ".json": "json"}

EXAMPLES = """
Examples:

  landform accounts baseline                           a line an account

  landform accounts baseline -a payments-prod          every item of one account, and why it lacks what it lacks

  landform accounts baseline --output baseline.html    one page for all, also .csv and .json

  landform accounts baseline --outdated                only accounts that are not on the newest version
"""


def register(accounts: typer.Typer) -> None:
    """Add the command."""
    add_command(accounts, baseline, epilog=EXAMPLES)


def baseline(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Only accounts that are not on the newest version.")
    ] = False,
    sandbox: Sandboxed = False,
    out: options.Out = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="From --output's ending, else human.", show_default=False),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write it here, not on stdout.")] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Say which account has which version of its baseline, what it has of it, what is left out and why, what is waived.

    The spec is enough. With a bundle it is also said what was applied as synthesised, from the ledger, and what is
    waived in code. Neither credentials nor Terraform are needed.
    """
    from landform.org.load import load
    from landform.org.resolve import resolve
    from landform.vending.baseline_matrix import BaselineMatrix, baseline_matrix
    from landform.vending.steps.told import steps_told

    form = one_form_of(format, output, _ENDINGS, as_json=json)
    said = Out(as_json=form == "json" and output is None, quiet=quiet)
    project = project_folder(directory)
    spec = load(project)
    names = _selected(spec.accounts, account, tier)
    bundle = _bundle(said, bundle_folder(project, out))
    place = sandbox_id(project, said) if sandbox else None
    matrix = baseline_matrix(
        spec,
        resolve(spec),
        names,
        today=clock().date(),
        bundle=bundle,
        applied=standing(project, place),
        told=steps_told(project, place),
    )
    if outdated:
        matrix = BaselineMatrix(tuple(row for row in matrix.rows if not row.current))
    _write(said, matrix, form, output, whole=bool(account))
    return int(Exit.DONE)


def _selected(accounts: Sequence[Account], names: Sequence[str], tiers: Sequence[str]) -> set[str]:
    from landform.org.select import matches, no_match

    found = {each.name for each in accounts if matches(names, each.name) and matches(tiers, each.tier)}
    if not found:
        raise no_match(account=names, tier=tiers)
    return found


def _bundle(said: Out, folder: Path) -> Bundle | None:
    from landform.synth.bundle import INDEX, Bundle

    if (folder / INDEX).is_file():
        return Bundle.load(folder)
    said.notice("there is no bundle: what was applied is not compared (landform synth makes one)")
    return None


def _write(said: Out, matrix: BaselineMatrix, form: Format, output: Path | None, *, whole: bool) -> None:
    from landform.vending.baseline_csv import baseline_csv
    from landform.vending.baseline_html import baseline_html

    others = {"csv": lambda: baseline_csv(matrix), "html": lambda: baseline_html(matrix)}
    write_form(
        said, form, output, matrix.as_json, lambda console: _show(console, matrix, whole=whole), others
    )


# A column of these is there where one of its cells is.
_SELDOM = ("status", "until", "part")
_COLUMNS: tuple[tuple[str, Callable[[AccountRow], str]], ...] = (
    ("account", lambda row: row.account.name),
    ("tier", lambda row: row.account.tier),
    ("status", lambda row: "" if row.account.status == "active" else row.account.status),
    (
        "baseline",
        lambda row: f"{row.baseline} {row.version}{'' if row.current else f' of {row.newest}'}".strip(),
    ),
    ("until", lambda row: min(filter(None, (row.pin_until, row.sunset)), default="")),
    ("has", lambda row: str(row.counts["has"])),
    ("part", lambda row: str(row.counts["partly"] or "")),
    ("step", lambda row: str(row.counts["step"])),
    ("out", lambda row: str(row.counts["left-out"])),
    ("miss", lambda row: str(row.counts["missing"])),
    ("waived", lambda row: str(row.waivers)),
    ("stands", lambda row: row.standing),
)


def _show(console: Console, matrix: BaselineMatrix, *, whole: bool) -> None:
    columns = [column for column in _COLUMNS if column[0] not in _SELDOM or any(map(column[1], matrix.rows))]
    rows = [[value(row) for _, value in columns] for row in matrix.rows]
    console.print(table([head for head, _ in columns], rows))
    if whole:
        for row in matrix.rows:
            console.print(f"\n{row.account.name}", style="bold", highlight=False, markup=False)
            console.print(table(["no", "item", "state", "stands", "why or waived"], _items(row)))


def _items(row: AccountRow) -> list[list[str]]:
    return [
        [
            str(cell.item.number),
            cell.item.title,
            cell.state.replace("-", " "),
            cell.standing,
            "; ".join(
                [
                    *([f"not in {', '.join(cell.missing)}"] if cell.missing else []),
                    *([cell.why] if cell.why else []),
                    *([f"step {cell.item.step}"] if cell.item.step and not cell.stacks else []),
                    *(
                        f"{each.id} waives {', '.join(each.checks)} until {each.until} ({', '.join(each.by)})"
                        for each in cell.waived
                    ),
                ]
            ),
        ]
        for cell in row.cells
    ]

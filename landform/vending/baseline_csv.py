"""The accounts and their baselines as CSV (RFC 4180): a line for each account and item, for auditors."""

from __future__ import annotations

import csv
import io

from landform.vending.baseline_matrix import AccountRow, BaselineMatrix, Cell

COLUMNS = (
    "account", "account_id", "tier", "ou", "status", "baseline", "version", "newest", "pin_until", "sunset", "number",
    "item", "title", "scope", "controls", "state", "why", "stacks", "missing_regions", "step", "standing", "waivers",
    "waived_checks", "waived_by", "waived_until",
)  # fmt: skip


def baseline_csv(matrix: BaselineMatrix) -> str:
    """The matrix as CSV; lists are separated by spaces."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in matrix.rows:
        writer.writerows([_safe(each) for each in _line(row, cell)] for cell in row.cells)
    return text.getvalue()


def _line(row: AccountRow, cell: Cell) -> tuple[str, ...]:
    account, item = row.account, cell.item
    return (
        account.name,
        account.account_id,
        account.tier,
        account.ou,
        account.status,
        row.baseline,
        row.version,
        row.newest,
        row.pin_until,
        row.sunset,
        str(item.number),
        item.id,
        item.title,
        item.scope,
        "; ".join(item.controls),
        cell.state,
        cell.why,
        " ".join(cell.stacks),
        " ".join(cell.missing),
        item.step,
        cell.standing,
        " ".join(waived.id for waived in cell.waived),
        " ".join(check for waived in cell.waived for check in waived.checks),
        "; ".join(name for waived in cell.waived for name in waived.by),
        min((waived.until for waived in cell.waived), default=""),
    )


def _safe(text: str) -> str:
    # A spreadsheet would run it as a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

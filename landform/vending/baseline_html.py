"""The accounts and their baselines as one HTML file that needs nothing else: no script, no font, no connection.

Every cell says in a letter what its colour says; each reason is told once, with the accounts that it holds for.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from landform.page import page
from landform.stacks.baseline import ITEMS
from landform.vending.baseline_matrix import STANDINGS, STATES, AccountRow, BaselineMatrix, Cell

_LETTERS = {"has": "H", "partly": "P", "step": "S", "left-out": "L", "missing": "M"}
# Beside each colour of all pages, the ground that it stands on; a matrix of a fleet is wide.
_STYLE = """
:root { --part-ground: #fdf1d8; --step-ground: #e3f2f9; --left-ground: #eceef1; }
@media (prefers-color-scheme: dark) { :root { --part-ground: #33270f; --step-ground: #122c38;
  --left-ground: #262b31; } }
@media screen { body { max-width: 96rem; } }
.scroll { border: 1px solid var(--line); border-radius: .5rem; }
table { font-size: .875rem; }
thead th { background: var(--raised); white-space: nowrap; }
tbody th { font-weight: 600; min-width: 11rem; max-width: 26rem; } .matrix tbody th { white-space: nowrap; }
.matrix td, .matrix thead th { padding: .2rem .3rem; text-align: center; font: .8rem/1.5 ui-monospace, monospace; }
.matrix tbody th, .matrix thead th:first-child { position: sticky; left: 0; background: var(--raised); text-align: left;
  padding: .2rem .6rem; }
.has { color: var(--good); background: var(--new); }
.partly { color: var(--medium); background: var(--part-ground); }
.missing { color: var(--high); background: var(--gone); }
.step { color: var(--low); background: var(--step-ground); }
.left-out { color: var(--soft); background: var(--left-ground); }
.waived { text-decoration: underline; font-weight: 700; }
.key span { display: inline-block; min-width: 1.4rem; text-align: center; border-radius: .2rem;
  font: .8rem/1.5 ui-monospace, monospace; }
"""


def baseline_html(matrix: BaselineMatrix) -> str:
    """The matrix as one HTML page."""
    return page(
        "Accounts and their baselines",
        [
            "<h1>Accounts and their baselines</h1>",
            f"<p>{escape(_summary(matrix))}</p>",
            *_accounts(matrix),
            *_matrix(matrix),
            *_waivers(matrix),
            *_reasons(matrix),
            *_items(),
        ],
        style=_STYLE,
    )


def _summary(matrix: BaselineMatrix) -> str:
    behind = sum(not row.current for row in matrix.rows)
    missing = sum(row.counts["missing"] for row in matrix.rows)
    return (
        f"{len(matrix.rows)} accounts, {behind} of them not on the newest version of their baseline; "
        f"{missing} times an item is missing in an account, and each says why."
    )


def _accounts(matrix: BaselineMatrix) -> Iterator[str]:
    heads = ["account", "tier", "status", "baseline", "newest", "pinned until", "sunset", *STATES, "waivers"]
    yield from _begin("Accounts", [*heads, "stands"])
    for row in matrix.rows:
        cells = [
            row.account.tier,
            row.account.status,
            f"{row.baseline} {row.version}".strip() or "none",
            row.newest if row.current else f"{row.newest} (newer)",
            row.pin_until,
            row.sunset,
            *(str(row.counts[state]) for state in STATES),
            str(row.waivers),
            STANDINGS[row.standing],
        ]
        yield _row(row.account.name, cells)
    yield "</tbody></table></div>"


def _matrix(matrix: BaselineMatrix) -> Iterator[str]:
    yield "<h2>Items by account</h2>"
    yield '<p class="key soft">'
    for state, meaning in STATES.items():
        yield f'<span class="{state}">{_LETTERS[state]}</span> {escape(meaning)}; '
    yield '<span class="has waived">H</span> something of it is waived; empty: not for this account.</p>'
    yield '<div class="scroll" tabindex="0"><table class="matrix"><thead><tr><th scope="col">account</th>'
    for item in ITEMS:
        yield f'<th scope="col" title="{escape(item.title)}">{item.number}</th>'
    yield "</tr></thead><tbody>"
    for row in matrix.rows:
        yield f'<tr><th scope="row">{escape(row.account.name)}</th>{"".join(_marks(row))}</tr>'
    yield "</tbody></table></div>"


def _marks(row: AccountRow) -> Iterator[str]:
    cells = {cell.item.id: cell for cell in row.cells}
    for item in ITEMS:
        cell = cells.get(item.id)
        yield _mark(cell) if cell else "<td></td>"


def _mark(cell: Cell) -> str:
    waived = " waived" if cell.waived else ""
    parts = [f"{cell.item.title}: {cell.state}", cell.why, *(each.id for each in cell.waived)]
    title = escape(". ".join(part for part in parts if part))
    return f'<td class="{cell.state}{waived}" title="{title}">{_LETTERS[cell.state]}</td>'


def _waivers(matrix: BaselineMatrix) -> Iterator[str]:
    found: dict[tuple[str, str, str, str, str, str], set[str]] = {}
    for row in matrix.rows:
        for cell in row.cells:
            for each in cell.waived:
                key = (
                    each.id,
                    ", ".join(each.checks),
                    cell.item.title,
                    ", ".join(each.by),
                    each.until,
                    each.reason,
                )
                found.setdefault(key, set()).add(row.account.name)
    if found:
        yield from _begin(
            "What is waived", ["waiver", "checks", "item", "approved by", "until", "reason", "accounts"]
        )
        for key, accounts in sorted(found.items()):
            yield _row(key[0], [*key[1:], ", ".join(sorted(accounts))])
        yield "</tbody></table></div>"


def _reasons(matrix: BaselineMatrix) -> Iterator[str]:
    reasons = matrix.reasons()
    if reasons:
        yield from _begin("Why something is not there", ["why", "state", "items", "accounts"])
        for reason in reasons:
            every = len(reason.accounts) == len(matrix.rows)
            accounts = "every account" if every else ", ".join(reason.accounts)
            items = ", ".join(f"{item.number} {item.title}" for item in reason.items)
            yield _row(reason.why, [reason.state, items, accounts])
        yield "</tbody></table></div>"


def _items() -> Iterator[str]:
    yield from _begin("Items", ["item", "scope", "made by", "controls"])
    for item in ITEMS:
        made = item.stack or (f"step {item.step}" if item.step else "nothing")
        yield _row(f"{item.number} {item.title}", [item.scope, made, ", ".join(item.controls)])
    yield "</tbody></table></div>"


def _begin(title: str, heads: list[str]) -> Iterator[str]:
    yield f'<h2>{escape(title)}</h2><div class="scroll" tabindex="0"><table><thead><tr>'
    yield "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    yield "</tr></thead><tbody>"


def _row(name: str, cells: list[str]) -> str:
    return (
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
    )

"""The accounts and their baselines as one HTML file that needs nothing else: no script, no font, no connection.

Every cell says in a letter what its colour says; each reason is told once, with the accounts that it holds for. The
page's policy lets a browser load nothing; its colours follow the reader's, light or dark, at 4.5 to 1 (WCAG 2.2, AA).
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from landform.stacks.baseline import ITEMS
from landform.vending.baseline_matrix import STANDINGS, STATES, AccountRow, BaselineMatrix, Cell

_LETTERS = {"has": "H", "partly": "P", "step": "S", "left-out": "L", "missing": "M"}
_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2024; --soft: #5a626b; --line: #d5d9de; --raised: #f5f6f8;
  --has: #17652f; --has-ground: #e6f4ea; --part: #7a4d00; --part-ground: #fdf1d8; --gone: #b3261e;
  --gone-ground: #fbe9e7; --step: #0b5c7a; --step-ground: #e3f2f9; --left-ground: #eceef1; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e6e8ea; --soft: #a2abb4; --line: #363c43;
  --raised: #1d2125; --has: #7ed396; --has-ground: #16301d; --part: #efbb66; --part-ground: #33270f; --gone: #ff9d93;
  --gone-ground: #3a1f1d; --step: #7cc7e8; --step-ground: #122c38; --left-ground: #262b31; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 96rem; padding: 2rem 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); } code { font: .875em ui-monospace, monospace; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
.scroll:focus-visible { outline: 3px solid var(--step); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; background: var(--raised); white-space: nowrap; }
tbody th { font-weight: 600; min-width: 11rem; max-width: 26rem; } .matrix tbody th { white-space: nowrap; }
.matrix td, .matrix thead th { padding: .2rem .3rem; text-align: center; font: .8rem/1.5 ui-monospace, monospace; }
.matrix tbody th, .matrix thead th:first-child { position: sticky; left: 0; background: var(--raised); text-align: left;
  padding: .2rem .6rem; }
.has { color: var(--has); background: var(--has-ground); }
.partly { color: var(--part); background: var(--part-ground); }
.missing { color: var(--gone); background: var(--gone-ground); }
.step { color: var(--step); background: var(--step-ground); }
.left-out { color: var(--soft); background: var(--left-ground); }
.waived { text-decoration: underline; font-weight: 700; }
.key span { display: inline-block; min-width: 1.4rem; text-align: center; border-radius: .2rem;
  font: .8rem/1.5 ui-monospace, monospace; }
"""


def baseline_html(matrix: BaselineMatrix) -> str:
    """The matrix as one HTML page."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            "<title>Accounts and their baselines</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            "<h1>Accounts and their baselines</h1>",
            f"<p>{escape(_summary(matrix))}</p>",
            *_accounts(matrix),
            *_matrix(matrix),
            *_waivers(matrix),
            *_reasons(matrix),
            *_items(),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
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
    cells = {cell.item.number: cell for cell in row.cells}
    for item in ITEMS:
        cell = cells.get(item.number)
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

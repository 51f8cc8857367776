"""What every page that is one HTML file shares: it needs nothing else, no script, no font, no connection.

Its colours follow the reader's, light or dark, each with a contrast of at least 4.5 to 1 (WCAG 2.2, AA). The page's
policy lets a browser load nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2024; --soft: #5a626b; --line: #d5d9de; --raised: #f5f6f8;
  --gone: #fbe9e7; --new: #e6f4ea; --critical: #8b0a1a; --high: #b3261e; --medium: #7a4d00; --low: #0b5c7a;
  --good: #17652f; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e6e8ea; --soft: #a2abb4; --line: #363c43;
  --raised: #1d2125; --gone: #3a1f1d; --new: #16301d; --critical: #ff8f8a; --high: #ff9d93; --medium: #efbb66;
  --low: #7cc7e8; --good: #7ed396; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); } ul { margin: 0; padding-left: 1.1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .25rem 0 .75rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; background: var(--raised); }
summary { cursor: pointer; padding: .6rem .9rem; } details > div { padding: 0 .9rem .75rem; }
details details { background: var(--ground); }
summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--low); }
@media print { details > div { display: block; } body { max-width: none; } }
"""


def page(title: str, body: Iterable[str], *, style: str = "") -> str:
    """A whole page.

    Args:
        title: what the browser calls it, a text.
        body: the lines of its main part, HTML.
        style: rules beside those of all pages.
    """
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}{style}</style>",
            "</head>",
            "<body>",
            "<main>",
            *body,
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0, kind: str = ""
) -> str:
    """A table of cells that are HTML already; the last ``numbers`` columns are numbers, ``kind`` is its class."""
    kinds = [""] * (len(columns) - numbers) + [' class="n"'] * numbers
    head = "".join(f'<th scope="col"{kind}>{name}</th>' for kind, name in zip(kinds, columns, strict=True))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    # What scrolls must be reachable by keyboard.
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="{kind}"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )

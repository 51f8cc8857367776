"""The matrix as one HTML file, to hand to an auditor: no script from elsewhere, no style, no font.

What is told of a row lies folded beneath it; a field narrows the rows to those that hold a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from landform.access import words
from landform.access.labels import accounts_label, by_principal, target_label
from landform.access.matrix import Row
from landform.access.picture import svg
from landform.access.rights import LEVELS, Right

_STYLE = """\
body { font: 14px/1.45 Helvetica, Arial, 'DejaVu Sans', sans-serif; color: #1f2933; margin: 2em auto;
  max-width: 1280px; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.1em; margin: 1.6em 0 .4em }
.quiet, small { color: #52606d; font-weight: normal }
.picture { overflow-x: auto; border: 1px solid #cbd2d9 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th { text-align: left; font-weight: normal; color: #52606d; border-bottom: 1px solid #cbd2d9 }
th, td { padding: 3px 6px; vertical-align: top; overflow-wrap: anywhere }
td { border-bottom: 1px solid #e4e7eb }
.level { width: 5.6em; text-align: center }
.allowed { background: #d7e8dd } .allowed-if { background: #fdf0c8 } .stopped { color: #7b8794 }
details > div { margin: .3em 0 .6em 1em } summary { cursor: pointer }
input { font: inherit; width: 24em; padding: 3px 6px }"""
_SCRIPT = """\
document.getElementById("find").addEventListener("input", event => {
  const text = event.target.value.toLowerCase();
  for (const row of document.querySelectorAll("tbody tr"))
    row.hidden = !(row.closest("section").dataset.name + row.textContent).toLowerCase().includes(text);
  for (const part of document.querySelectorAll("section"))
    part.hidden = !part.querySelector("tbody tr:not([hidden])");
});"""
_WORDS = {"allowed": "yes", "allowed if": "if", "stopped": "no"}


def html(rows: Sequence[Row], document: Mapping[str, Any]) -> str:
    """The page of a matrix.

    Args:
        rows: the matrix.
        document: the same as data, of which the page says what it rests on.
    """
    return "\n".join(_page(rows, document)) + "\n"


def _page(rows: Sequence[Row], document: Mapping[str, Any]) -> Iterator[str]:
    shown = tuple(row for row in rows if row.reaches)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f"<title>Who can do what</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>"
    yield "<h1>Who can do what</h1>"
    yield f'<p class="quiet">From the policies of bundle {escape(str(document["bundle"]))} alone.</p>'
    yield "<ul>"
    for text in (*document["taken_for_granted"], *document["notes"]):
        yield f"<li>{escape(text)}</li>"
    yield "</ul>"
    yield f'<div class="picture">\n{svg(rows, "Principals and resources")}</div>'
    yield '<p><label>Find <input id="find" type="search" placeholder="a principal, a resource, an action"></label></p>'
    for (kind, name), found in by_principal(shown).items():
        yield from _principal(kind, name, found)
    yield f"<script>\n{_SCRIPT}\n</script>\n</body>\n</html>"


def _principal(kind: str, name: str, rows: Sequence[Row]) -> Iterator[str]:
    unread = rows[0].who.unread
    told = f"; not in the bundle: {', '.join(unread)}" if unread else ""
    yield f'<section data-name="{escape(name)}">\n<h2>{escape(name)} <small>{escape(kind + told)}</small></h2>'
    heads = "".join(f'<th class="level">{level}</th>' for level in LEVELS.values())
    yield f"<table>\n<thead><tr><th>resource, and why</th>{heads}</tr></thead>\n<tbody>"
    for row in rows:
        cells = "".join(
            f'<td class="level {(state or "").replace(" ", "-")}">{_WORDS[state] if state else ""}</td>'
            for state in map(row.state, LEVELS.values())
        )
        yield f"<tr><td>{''.join(_resource(row))}</td>{cells}</tr>"
    yield "</tbody>\n</table>\n</section>"


def _resource(row: Row) -> Iterator[str]:
    kind = row.target.origin.type.removeprefix("aws_")
    yield f"<details><summary>{escape(kind)} <b>{escape(target_label(row.target))}</b> "
    yield f"<small>in {escape(accounts_label(row.accounts))}</small></summary><div>"
    yield f'<div class="quiet">{escape(row.target.arn)} {escape(row.target.origin.source)}</div>'
    for right in row.rights:
        yield from _right(right, row.target.arn)
    yield "</div></details>"


def _right(right: Right, arn: str) -> Iterator[str]:
    below = words.parts(right, arn)
    part = f" on {', '.join(below)}" if below else ""
    yield f"<p><b>{right.level} {_WORDS[right.state]}</b> {escape(', '.join(right.actions))}{escape(part)}"
    decision = right.decision
    if right.state == "stopped":
        yield f'<br><span class="quiet">stopped: {escape(", ".join(words.stopped_by(decision)))}</span>'
    for line in words.allowed_by(decision):
        yield f"<br>{escape(line)}"
    for line in words.denied_unless(decision):
        yield f'<br><span class="quiet">denied by {escape(line)}</span>'
    yield "</p>"

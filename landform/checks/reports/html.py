"""One HTML file that needs nothing else: no script, no font, no picture, no connection.

Its colours follow the reader's, light or dark, each with a contrast of at least 4.5 to 1 (WCAG 2.2, AA), and no
colour says what a word does not. The page's policy lets a browser load nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from landform.checks.report import Group, Occurrence, groups
from landform.checks.run import Report

_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2024; --soft: #5a626b; --line: #d5d9de; --raised: #f5f6f8;
  --critical: #8b0a1a; --high: #b3261e; --medium: #7a4d00; --low: #0b5c7a; --info: #5a626b; --pass: #17652f; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e6e8ea; --soft: #a2abb4; --line: #363c43;
  --raised: #1d2125; --critical: #ff8f8a; --high: #ff9d93; --medium: #efbb66; --low: #7cc7e8; --info: #a2abb4;
  --pass: #7ed396; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; background: var(--raised); }
summary { cursor: pointer; padding: .6rem .9rem; }
summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--low); }
details > div { padding: 0 .9rem .75rem; }
.tag { display: inline-block; min-width: 4.6rem; font-weight: 700; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .info { color: var(--info); } .pass { color: var(--pass); } .fail { color: var(--high); }
@media print { details > div { display: block; } body { max-width: none; } }
"""

_HEADINGS = {
    "failing": ("Failing", "At or above what their tier fails on."),
    "below": ("Below the floor", "Reported, and failing nothing."),
    "known": ("Known", "In the baseline, and failing nothing."),
    "waived": ("Waived", "Covered by a waiver, which ends."),
}
_MANY = 6


def html(report: Report) -> str:
    """The report as one HTML page."""
    found = groups(report)
    word = "passed" if report.ok else "failed"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>landform check: {word}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            f'<h1>landform check: <span class="{"pass" if report.ok else "fail"}">{word}</span></h1>',
            *_summary(report),
            *(line for state in _HEADINGS for line in _state(state, [g for g in found if g.state == state])),
            *_unchecked(report),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _summary(report: Report) -> Iterator[str]:
    yield (
        f'<p class="soft">{report.stacks} stacks, {report.resources} resources, {report.passed} checks passed, '
        f"{report.failed} findings, {report.waived} waived, {len(report.rules)} rules. "
        f"Waivers as of {report.as_of.isoformat()}. Bundle <code>{escape(report.bundle)}</code>.</p>"
    )
    rows = [
        [
            escape(tier.label),
            '<span class="pass">pass</span>' if tier.ok else '<strong class="fail">FAIL</strong>',
            tier.fail_on,
            *map(str, (tier.stacks, tier.failing, tier.below, tier.known, tier.waived)),
        ]
        for tier in report.tiers
    ]
    columns = ("tier", "verdict", "fails on", "stacks", "failing", "below", "known", "waived")
    yield _table("The verdict of each tier", columns, rows, numbers=5)


def _state(state: str, found: Sequence[Group]) -> Iterator[str]:
    if not found:
        return
    heading, meaning = _HEADINGS[state]
    count = sum(group.count for group in found)
    yield f"<section><h2>{heading} ({count})</h2>"
    yield f'<p class="soft">{meaning}</p>'
    for group in found:
        yield from _group(group)
    yield "</section>"


def _group(group: Group) -> Iterator[str]:
    yield "<details>"
    yield (
        f'<summary><span class="tag {group.severity}">{group.severity}</span> <code>{escape(group.rule)}</code> '
        f'{escape(group.title)} <span class="soft">{group.count} x in {_names(group.accounts)}</span></summary>'
    )
    yield f"<div><p><strong>What to do:</strong> {escape(group.remediation)}</p>"
    if group.controls:
        yield f'<p class="soft">Controls: {escape(", ".join(group.controls))}</p>'
    rows = [
        [_place(place), escape(place.message) + _waivers(place), str(place.count)]
        for place in group.occurrences
    ]
    yield _table(f"Where {group.rule} is broken", ("where", "what", "findings"), rows, numbers=1)
    yield "</div></details>"


def _place(place: Occurrence) -> str:
    parts = [
        f"<code>{escape(part)}</code>" for part in (place.source, place.construct_path, place.address) if part
    ]
    return "<br>".join([*parts, f'<span class="soft">{_names(place.accounts)}</span>'])


def _waivers(place: Occurrence) -> str:
    return "".join(
        f'<br><span class="soft">{escape(waiver.id)}, approved by {escape(", ".join(waiver.approved_by))}, until '
        f"{escape(waiver.expires)}: {escape(waiver.reason)}</span>"
        for waiver in place.waivers
    )


def _unchecked(report: Report) -> Iterator[str]:
    if report.unchecked_types:
        rows = [
            [f"<code>{escape(name)}</code>", str(count)] for name, count in report.unchecked_types.items()
        ]
        yield "<section><h2>Types that no rule knows</h2>"
        yield '<p class="soft">Nobody has judged resources of these types.</p>'
        yield _table("Resources that no rule knows", ("type", "resources"), rows, numbers=1)
        yield "</section>"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(map(escape, names[:_MANY]))
    return shown if len(names) <= _MANY else f"{shown} and {len(names) - _MANY} more accounts"


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int) -> str:
    """A table of cells that are HTML already; the last ``numbers`` columns are numbers."""
    kinds = [""] * (len(columns) - numbers) + [' class="n"'] * numbers
    head = "".join(f'<th scope="col"{kind}>{name}</th>' for kind, name in zip(kinds, columns, strict=True))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    # What scrolls must be reachable by keyboard.
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )

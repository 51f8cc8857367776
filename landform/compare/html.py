"""The difference as one HTML file that needs nothing else: no script, no font, no picture, no connection.

Its colours follow the reader's, light or dark, each with a contrast of at least 4.5 to 1 (WCAG 2.2, AA), and no
colour says what a word does not. The page's policy lets a browser load nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from landform.compare import words
from landform.compare.model import Ambiguity, Change, Difference, Gained, Line
from landform.compare.values import shown

_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2024; --soft: #5a626b; --line: #d5d9de; --raised: #f5f6f8;
  --removed: #b3261e; --changed: #7a4d00; --added: #17652f; --moved: #0b5c7a; --gone: #fbe9e7; --new: #e6f4ea; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e6e8ea; --soft: #a2abb4; --line: #363c43;
  --raised: #1d2125; --removed: #ff9d93; --changed: #efbb66; --added: #7ed396; --moved: #7cc7e8; --gone: #3a1f1d;
  --new: #16301d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid var(--line); }
th:first-child { width: 28%; font-weight: 400; }
td:nth-child(2):not(:empty) { background: var(--gone); } td:nth-child(3):not(:empty) { background: var(--new); }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; background: var(--raised); }
summary { cursor: pointer; padding: .6rem .9rem; } details > div { padding: 0 .9rem .75rem; }
summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--moved); }
.added { color: var(--added); } .removed { color: var(--removed); } .changed { color: var(--changed); }
.moved { color: var(--moved); }
"""


def html(difference: Difference) -> str:
    """The difference as one HTML page."""
    heading = f"landform diff: {difference.before.name} -> {difference.after.name}"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(heading)}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{escape(heading)}</h1>",
            f"<p>{escape(words.summary(difference))}.</p>",
            *_about(difference),
            *_access(difference),
            *_ambiguous(difference),
            *(line for group in words.groups(difference.changes) for line in _group(group)),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _about(difference: Difference) -> Iterator[str]:
    for side in (difference.before, difference.after):
        yield (
            f'<p class="soft">{escape(side.name)}: bundle <code>{escape(side.digest)}</code> by '
            f"{escape(side.generator)}</p>"
        )
    for name, (before, after) in difference.inputs.items():
        pair = " to ".join(f"<code>{escape(each or 'none')}</code>" for each in (before, after))
        yield f"<p>{escape(name)}: {pair}</p>"


def _access(difference: Difference) -> Iterator[str]:
    if difference.gained:
        yield f"<section><h2>New access ({len(difference.gained)})</h2><ul>"
        for entry in difference.gained:
            if isinstance(entry.difference, Gained):
                yield (
                    f"<li><strong>{escape(entry.stack)}</strong> <code>{escape(str(entry.difference))}</code>"
                    f' <span class="soft">{escape(words.where(entry.members))}</span></li>'
                )
        yield "</ul></section>"


def _ambiguous(difference: Difference) -> Iterator[str]:
    if difference.ambiguous:
        yield "<section><h2>Not decided</h2><ul>"
        for entry in difference.ambiguous:
            if isinstance(entry.difference, Ambiguity):
                yield (
                    f"<li><strong>{escape(entry.stack)}</strong> {escape(words.ambiguity(entry.difference))}"
                    f' <span class="soft">{escape(words.where(entry.members))}</span></li>'
                )
        yield "</ul></section>"


def _group(group: words.Group) -> Iterator[str]:
    yield (
        f"<details><summary><strong>{escape(group.stack)}</strong> ({len(group.entries)}) "
        f'<span class="soft">{escape(words.where(group.members))}</span></summary><div>'
    )
    if len(group.members) > words.NAMED:
        yield f'<p class="soft">{escape(", ".join(group.members))}</p>'
    for entry in group.entries:
        if isinstance(entry.difference, Change):
            yield from _change(entry.difference)
    yield "</div></details>"


def _change(change: Change) -> Iterator[str]:
    yield f'<h3><span class="{change.kind}">{change.kind}</span> <code>{escape(words.title(change))}</code></h3>'
    said = [*words.remarks(change), *([change.source] if change.source else [])]
    if said:
        yield f'<p class="soft">{escape(". ".join(said))}</p>'
    if change.lines:
        label = escape(words.title(change))
        yield f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>'
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("argument", "before", "after"))
        yield f"<thead><tr>{heads}</tr></thead><tbody>"
        yield from map(_row, change.lines)
        yield "</tbody></table></div>"


def _row(line: Line) -> str:
    how = {"items": " (items)", "order": " (order)"}.get(line.how, "")
    cells = (
        f"<code>{escape(text)}</code>" if text else "" for text in (shown(line.before), shown(line.after))
    )
    return (
        f'<tr><th scope="row"><code>{escape(line.path)}</code>{how}</th>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )

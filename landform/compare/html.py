"""The difference as one HTML file. No colour says what a word does not."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from landform.compare import words
from landform.compare.model import Ambiguity, Change, Difference, Gained, Line
from landform.compare.values import shown
from landform.page import page

_STYLE = """
table { table-layout: fixed; } th:first-child { width: 28%; font-weight: 400; }
td:nth-child(2):not(:empty) { background: var(--gone); } td:nth-child(3):not(:empty) { background: var(--new); }
.added { color: var(--good); } .removed { color: var(--high); } .changed { color: var(--medium); }
.moved { color: var(--low); }
"""


def html(difference: Difference) -> str:
    """The difference as one HTML page."""
    heading = f"landform diff: {difference.before.name} -> {difference.after.name}"
    body = [
        f"<h1>{escape(heading)}</h1>",
        f"<p>{escape(words.summary(difference))}.</p>",
        *_about(difference),
        *_access(difference),
        *_ambiguous(difference),
        *(line for group in words.groups(difference.changes) for line in _group(group)),
    ]
    return page(heading, body, style=_STYLE)


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

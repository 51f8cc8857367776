"""The review as one HTML file that needs nothing else: no script, no font, no picture, no connection.

Its colours follow the reader's, light or dark, each with a contrast of at least 4.5 to 1 (WCAG 2.2, AA), and no
colour says what a word does not. The page's policy lets a browser load nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from landform.plan.review import words
from landform.plan.review.groups import Block, Entry, entries, rule_groups, shortened, unknowns
from landform.plan.review.model import ChangeView, ClassView, Issue, Origin, Review
from landform.plan.review.sides import Side

_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2024; --soft: #5a626b; --line: #d5d9de; --raised: #f5f6f8;
  --r4: #8b0a1a; --r3: #b3261e; --r2: #7a4d00; --r1: #0b5c7a; --r0: #5a626b; --gone: #fbe9e7; --new: #e6f4ea; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --ink: #e6e8ea; --soft: #a2abb4; --line: #363c43;
  --raised: #1d2125; --r4: #ff8f8a; --r3: #ff9d93; --r2: #efbb66; --r1: #7cc7e8; --r0: #a2abb4; --gone: #3a1f1d;
  --new: #16301d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; font-weight: 600; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .25rem 0 .75rem; }
dt { color: var(--soft); } dd { margin: 0; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.sides { table-layout: fixed; } .sides th:first-child { width: 28%; }
.sides caption { display: none; } .grants td:nth-child(1) { width: 30%; } .grants td:nth-child(3) { width: 22%; }
ul { margin: 0; padding-left: 1.1rem; }
.sides td:nth-child(2):not(:empty) { background: var(--gone); }
.sides td:nth-child(3):not(:empty) { background: var(--new); }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; background: var(--raised); }
summary { cursor: pointer; padding: .6rem .9rem; }
summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--r1); }
details > div { padding: 0 .9rem .75rem; } details details { background: var(--ground); }
.risk { display: inline-block; min-width: 1.8rem; font-weight: 700; }
.r4 { color: var(--r4); } .r3 { color: var(--r3); } .r2 { color: var(--r2); } .r1 { color: var(--r1); }
.r0 { color: var(--r0); }
@media print { details > div { display: block; } body { max-width: none; } }
"""
_MANY = 8


def html(review: Review) -> str:
    """The review as one HTML page."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>landform review: {review.verdict}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            *_head(review),
            *_rules("What decides", [one for one in review.decisive if not one.of_new], review),
            *_access(review),
            *_undecided(review),
            *_outliers(review),
            *_classes(review),
            *_rules("Also", [one for one in review.issues if one not in review.decisive], review),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _head(review: Review) -> Iterator[str]:
    kind = "r4" if review.verdict == "refused" else "r0" if review.verdict == "nothing to do" else "r1"
    yield (
        f'<h1>landform review: <span class="{kind}">{review.verdict}</span>, '
        f'<span class="{_kind(review.risk)}">{review.risk.name}</span> '
        f'<span class="soft">({words.RISKS[review.risk]})</span></h1>'
    )
    yield "<dl>"
    for name, what in words.bound(review):
        yield f"<dt>{name}</dt><dd><code>{escape(what)}</code></dd>"
    yield f"</dl><p>{escape(words.headline(review))}. {escape(words.SHORTENED)}</p>"


def _rules(heading: str, issues: Sequence[Issue], review: Review) -> Iterator[str]:
    """What rules say, by resource; why and what to do once a rule."""
    groups = rule_groups(issues)
    told: set[str] = set()
    if groups:
        yield f"<section><h2>{heading}</h2>"
        for group in groups:
            first, state = group.first, words.state(group.first)
            yield (
                f"<h3>{_risk(first.risk)} {f'<strong>{escape(state)}</strong> ' if state else ''}"
                f'{escape(first.title)} <span class="soft">{escape(first.rule)}, '
                f"{words.many(len(group.blocks), 'resource')}</span></h3>"
            )
            if first.why and first.rule not in told:
                yield f"<p>{escape(first.why)} <strong>What to do:</strong> {escape(first.fix)}</p>"
            told.add(first.rule)
            for block in group.blocks:
                yield from _block(block, review)
        yield "</section>"


def _block(block: Block, review: Review) -> Iterator[str]:
    first, short = block.issues[0], shortened(review.homes, block.stacks)
    yield "<details open>" if first.refused else "<details>"
    messages = [escape(short(issue.message)) for issue in block.issues]
    more = f' <span class="soft">and {len(messages) - 1} more</span>' if len(messages) > 1 else ""
    yield (
        f"<summary>{_risk(first.risk)} <code>{escape(block.origin.address)}</code> {messages[0]}{more} "
        f'<span class="soft">{len(block.stacks)} x</span></summary><div>'
    )
    yield _place(block.origin)
    for message, issue in zip(messages, block.issues, strict=True):
        if len(messages) > 1:
            yield f"<p>{message}</p>"
        if issue.witness:
            yield f"<p><strong>Proof:</strong> <code>{escape(short(issue.witness))}</code></p>"
    if block.sides:
        yield _sides("What decides", block.sides, short)
    yield f'<p class="soft">In {_names(block.stacks)}</p></div></details>'


def _access(review: Review) -> Iterator[str]:
    """Who may do what: a row where the proof stands above, else a list of statements."""
    found = entries(review.issues)
    if found:
        rows = [
            [
                f"{'new ' if entry.new else ''}{_code(entry.who)}",
                _requests(entry, shortened(review.homes, entry.stacks)),
                f"{escape(words.names(entry.stacks, 2))}<br>{_code(entry.origin.source)}",
            ]
            for entry in found
        ]
        yield "<section><h2>New access granted</h2>"
        yield _table(
            "What is allowed afterwards and was not before", ("who", "may", "where"), rows, kind="grants"
        )
        yield "</section>"


def _requests(entry: Entry, short: Callable[[str], str]) -> str:
    return "<ul>" + "".join(f"<li>{_code(short(request))}</li>" for request in entry.requests) + "</ul>"


def _undecided(review: Review) -> Iterator[str]:
    if review.undecided:
        rows = [
            ["".join(map(_place, one.origins)), escape(one.what), _names(one.stacks)]
            for one in unknowns(review.undecided)
        ]
        yield f"<section><h2>Not decided</h2>{_table(words.NOT_DECIDED, ('where', 'what', 'stacks'), rows)}</section>"


def _outliers(review: Review) -> Iterator[str]:
    if review.outliers:
        yield f"<section><h2>Outliers ({len(review.outliers)})</h2>"
        for view in review.outliers:
            folded = view.folded
            yield (
                f"<details open><summary>{_risk(folded.risk)} {_names(folded.members)}: not as most of "
                f"<code>{escape(folded.stack)}</code> in {escape(folded.tier)}</summary><div>"
            )
            rows = [[_code(text) for text in words.difference(one)] for one in folded.differences]
            usual = words.short(folded.norm or "")
            yield f'<p class="soft">Class {words.short(folded.digest)}; most are of class {usual}.</p>'
            yield (
                _table("What makes it an outlier", ("where", "most", "here"), rows, kind="sides")
                if rows
                else f"<p>{words.no_difference(folded)}</p>"
            )
            yield "</div></details>"
        yield "</section>"


def _classes(review: Review) -> Iterator[str]:
    yield f'<section><h2>Classes ({len(review.classes)})</h2><p class="soft">{escape(words.COMMON)}</p>'
    for view in review.classes:
        yield from _class(view)
    yield "</section>"


def _class(view: ClassView) -> Iterator[str]:
    folded = view.folded
    loud, quiet = words.split(view.changes)
    yield (
        f"<details><summary>{_risk(folded.risk)} <code>{words.short(folded.digest)}</code> "
        f"<strong>{escape(folded.stack)}</strong> in {escape(folded.tier)}: {words.size(folded)}"
        f"{', <strong>refused</strong>' if folded.refused else ''}</summary><div>"
    )
    yield (
        f"<details><summary>{words.many(len(folded.members), 'stack')}</summary>"
        f"<div>{escape(', '.join(folded.members))}</div></details>"
    )
    for change in loud:
        yield from _change(change)
    if quiet:
        yield f'<p class="soft">{quiet} more change nothing but tags.</p>'
    yield "</div></details>"


def _change(change: ChangeView) -> Iterator[str]:
    reason = f' <span class="soft">{escape(change.reason)}</span>' if change.reason else ""
    yield f"<h3>{change.action} <code>{escape(change.origin.address)}</code>{reason}</h3>"
    yield _place(Origin("", change.origin.construct_path, change.origin.source))
    if change.sides:
        yield _sides(change.origin.address, change.sides)


def _sides(caption: str, sides: Sequence[Side], short: Callable[[str], str] = str) -> str:
    rows = [[_code(short(text)) for text in (side.path, side.before, side.after)] for side in sides]
    return _table(caption, ("argument", "before", "after"), rows, kind="sides")


def _place(origin: Origin) -> str:
    parts = [_code(part) for part in (origin.address, origin.construct_path, origin.source) if part]
    return f"<p>{'<br>'.join(parts)}</p>" if parts else ""


def _risk(risk: int) -> str:
    return f'<span class="risk {_kind(risk)}">R{int(risk)}</span>'


def _kind(risk: int) -> str:
    return f"r{int(risk)}"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>" if text else ""


def _names(names: Sequence[str]) -> str:
    return escape(words.names(names, _MANY))


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "") -> str:
    """A table of cells that are HTML already."""
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    # What scrolls must be reachable by keyboard.
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="{kind}"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )

"""The review as one HTML file. No colour says what a word does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from landform.page import page, table
from landform.plan.review import words
from landform.plan.review.groups import Block, Entry, entries, rule_groups, shortened, unknowns
from landform.plan.review.model import ChangeView, ClassView, Issue, Origin, Review
from landform.plan.review.sides import Side

_STYLE = """
.sides { table-layout: fixed; } .sides th:first-child { width: 28%; }
.sides caption { display: none; } .grants td:nth-child(1) { width: 30%; } .grants td:nth-child(3) { width: 22%; }
.sides td:nth-child(2):not(:empty) { background: var(--gone); }
.sides td:nth-child(3):not(:empty) { background: var(--new); }
.risk { display: inline-block; min-width: 1.8rem; font-weight: 700; }
.r4 { color: var(--critical); } .r3 { color: var(--high); } .r2 { color: var(--medium); } .r1 { color: var(--low); }
.r0 { color: var(--soft); }
"""
_MANY = 8


def html(review: Review) -> str:
    """The review as one HTML page."""
    body = [
        *_head(review),
        *_rules("What decides", [one for one in review.decisive if not one.of_new], review),
        *_access(review),
        *_undecided(review),
        *_outliers(review),
        *_classes(review),
        *_rules("Also", [one for one in review.issues if one not in review.decisive], review),
    ]
    return page(f"landform review: {review.verdict}", body, style=_STYLE)


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
        yield table(
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
        yield f"<section><h2>Not decided</h2>{table(words.NOT_DECIDED, ('where', 'what', 'stacks'), rows)}</section>"


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
                table("What makes it an outlier", ("where", "most", "here"), rows, kind="sides")
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
    return table(caption, ("argument", "before", "after"), rows, kind="sides")


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

"""The review as Markdown for a pull request: what decides in sight, the rest folded.

GitHub takes 65,536 characters in a comment. What does not fit is left out part by part from the end, where the
mildest is, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from landform import markdown as md
from landform.markdown import LIMIT
from landform.plan.review import words
from landform.plan.review.groups import Block, Entry, RuleGroup, entries, rule_groups, shortened, unknowns
from landform.plan.review.model import ChangeView, ClassView, Review
from landform.plan.review.sides import Side

_TAIL = 300
_ROWS = 40
"""The rows of one table: who needs more reads the JSON."""
_WIDEST = 400
"""Of a value in a cell."""


def markdown(review: Review) -> str:
    """The review as GitHub's Markdown, at most ``LIMIT`` characters."""
    text = "\n".join(_head(review))
    left = 0
    for part in _parts(review):
        if left or len(text) + len(part) + _TAIL > LIMIT:
            left += 1
        else:
            text += "\n" + part
    if left:
        text += f"\n\n**{left} parts are not shown here, the mildest.** `landform review` has all of them.\n"
    return text.rstrip() + "\n"


def _head(review: Review) -> Iterator[str]:
    yield f"## landform review: **{review.verdict}**, {review.risk.name} ({words.RISKS[review.risk]})\n"
    yield from (f"- {name}: {code(what)}" for name, what in words.bound(review))
    yield f"\n{escaped(words.headline(review))}. {escaped(words.SHORTENED)}\n"


def _parts(review: Review) -> Iterator[str]:
    """What can be left out, in the order of weight. A heading goes with the first part below it."""
    decisive = rule_groups(issue for issue in review.decisive if not issue.of_new)
    yield from _rules("### What decides", decisive, review)
    found = entries(review.issues)
    yield from _section("### New access granted\n", (_entry(entry, review) for entry in found))
    if review.undecided:
        yield f"\n### Not decided\n\n{words.NOT_DECIDED}\n\n" + table(
            ("where", "what", "stacks"),
            [
                (code(words.resources(one, 10)), escaped(one.what), escaped(words.names(one.stacks)))
                for one in unknowns(review.undecided)
            ],
        )
    yield from _section("### Outliers\n", map(_outlier, review.outliers))
    yield from _section(f"### Classes\n\n{escaped(words.COMMON)}\n", map(_class, review.classes))
    milder = rule_groups(issue for issue in review.issues if issue not in review.decisive)
    yield from _rules("### Also", milder, review)


def _section(heading: str, parts: Iterable[str]) -> Iterator[str]:
    for index, part in enumerate(parts):
        yield f"{heading}\n{part}" if index == 0 else part


def _rules(heading: str, groups: Sequence[RuleGroup], review: Review) -> Iterator[str]:
    """What rules say, by resource; why and what to do once a rule."""
    told: set[str] = set()
    for index, group in enumerate(groups):
        first, state = group.first, words.state(group.first)
        lines = [
            *([f"{heading}\n"] if index == 0 else ()),
            f"**{first.risk.name}{f' {escaped(state)}' if state else ''}** {escaped(first.title)} {code(first.rule)}, "
            f"{words.many(len(group.blocks), 'resource')}\n",
            *(
                [f"{escaped(first.why)} *What to do:* {escaped(first.fix)}\n"]
                if first.why and first.rule not in told
                else ()
            ),
        ]
        told.add(first.rule)
        for block in group.blocks:
            yield "\n".join([*lines, _block(block, review)])
            lines = []


def _block(block: Block, review: Review) -> str:
    first, short = block.issues[0], shortened(review.homes, block.stacks)
    messages = [_html(short(issue.message)) for issue in block.issues]
    proofs = [f"- proof: {code(short(issue.witness))}" for issue in block.issues if issue.witness]
    lines = [
        "<details open>" if first.refused else "<details>",
        f"<summary><b>{first.risk.name}</b> <code>{_html(block.origin.address)}</code> "
        f"{'; '.join(messages)} ({len(block.stacks)} x)</summary>\n",
        *(f"- {code(part)}" for part in (block.origin.construct_path, block.origin.source) if part),
        *proofs,
        f"- in {escaped(words.names(block.stacks, 10))}",
        "",
        *([sides_table(block.sides, short)] if block.sides else ()),
        "</details>\n",
    ]
    return "\n".join(lines)


def _entry(entry: Entry, review: Review) -> str:
    """Who may do what: one line where the proof stands above, else a line for each statement."""
    short = shortened(review.homes, entry.stacks)
    requests = [code(short(request)) for request in entry.requests]
    among = escaped(words.names(entry.stacks))
    if not entry.new:
        return f"- {code(entry.who)} may {', '.join(requests)} ({among})"
    head = f"- new {code(entry.who)} may ({code(entry.origin.source)} {among})"
    return "\n".join([head, *(f"  - {request}" for request in requests)])


def _outlier(view: ClassView) -> str:
    folded = view.folded
    usual = words.short(folded.norm or "")
    rows = [tuple(map(code, words.difference(one))) for one in folded.differences]
    return "\n".join(
        [
            "<details>",
            f"<summary><b>{folded.risk.name}</b> {_html(words.names(folded.members, 10))}: not as most of "
            f"<code>{_html(folded.stack)}</code> in {_html(folded.tier)} (<code>{usual}</code>)</summary>\n",
            table(("where", "most", "here"), rows) if rows else words.no_difference(folded),
            "\n</details>\n",
        ]
    )


def _class(view: ClassView) -> str:
    folded = view.folded
    loud, quiet = words.split(view.changes)
    lines = [
        "<details>",
        f"<summary><b>{folded.risk.name}</b> <code>{words.short(folded.digest)}</code> {_html(folded.stack)} in "
        f"{_html(folded.tier)}: {words.size(folded)}"
        f"{', refused' if folded.refused else ''}</summary>\n",
        f"{escaped(words.names(folded.members, 50))}\n",
        *map(_change, loud),
        *([f"{quiet} more change nothing but tags.\n"] if quiet else ()),
        "</details>\n",
    ]
    return "\n".join(lines)


def _change(change: ChangeView) -> str:
    reason = f" ({escaped(change.reason)})" if change.reason else ""
    source = f" {code(change.origin.source)}" if change.origin.source else ""
    head = f"**{change.action}** {code(change.origin.address)}{source}{reason}\n"
    return f"{head}\n{sides_table(change.sides)}" if change.sides else head


def sides_table(sides: Sequence[Side], short: Callable[[str], str] = str) -> str:
    """What is changed, a row an argument; ``short`` makes texts shorter."""
    return table(
        ("argument", "before", "after"),
        [tuple(code(short(text)) for text in (side.path, side.before, side.after)) for side in sides],
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; of many rows the first."""
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows[:_ROWS]]
    more = len(rows) - _ROWS
    return "\n".join(lines) + "\n" + (f"\nand {more} more\n" if more > 0 else "")


def code(said: str) -> str:
    """A value as code; nothing for nothing."""
    return md.code(said, _WIDEST)


def escaped(said: str) -> str:
    """A text that Markdown takes as it is."""
    return md.text(said, _WIDEST)


def _html(said: str) -> str:
    return md.html(said, _WIDEST)

"""A review for a terminal: 300 accounts on one screen, and one class or one rule in full where asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from landform.cli.console import table

if TYPE_CHECKING:
    from rich.console import Console

    from landform.plan.review.model import ClassView, Issue, Review
    from landform.plan.review.sides import Side
    from landform.policies.plan_rule import PlanRule, Risk

_COLOURS = ("dim", "cyan", "yellow", "red", "bold red")
_VERDICTS = {"refused": "bold red", "to approve": "bold cyan", "nothing to do": "bold green"}
_MARGIN = "   "
_SIDES = 6
"""Values of one issue that are shown; the other forms have all."""
_ROWS = 12
"""Rows of one table."""


def show_review(console: Console, review: Review, issues: Sequence[Issue]) -> None:
    """The whole on a screen: some of its issues, then what there is."""
    from landform.plan.review import words

    _lines(console, _head(review))
    for issue in issues:
        _lines(console, _issue(issue))
    if review.grants:
        _lines(console, ["", "[bold]New access granted[/]"])
        rows = [
            [
                grant.principal or grant.origin.address,
                grant.action,
                grant.resource,
                grant.guard,
                words.names(grant.stacks, 1),
            ]
            for grant in review.grants
        ]
        _table(console, ["principal", "action", "resource", "guard", "stacks"], rows)
    if review.undecided:
        _lines(console, ["", f"[bold]Not decided[/] [dim]{words.NOT_DECIDED}[/]"])
        undecided = [[one.origin.address, one.what, words.names(one.stacks, 1)] for one in review.undecided]
        _table(console, ["where", "what", "stacks"], undecided)
    for view in review.outliers:
        _lines(console, ["", *_outlier(view)])
    _lines(console, ["", "[bold]Classes[/]"])
    classes = [
        [
            view.folded.risk.name,
            words.short(view.folded.digest),
            view.folded.stack,
            view.folded.tier,
            str(len(view.folded.members)),
            words.counts(view.folded.counts) + (", refused" if view.folded.refused else ""),
        ]
        for view in review.classes
    ]
    _table(console, ["risk", "class", "stack", "tier", "stacks", "each"], classes)
    _lines(console, _foot(review, len(review.issues) - len(issues)))


def show_class(console: Console, view: ClassView) -> None:
    """One class in full: its members, and each change side by side."""
    from rich.markup import escape

    from landform.plan.review import words

    folded = view.folded
    loud, quiet = words.split(view.changes)
    lines = [
        f"{_risk(folded.risk)} [bold]{escape(folded.stack)}[/] in {escape(folded.tier)}: "
        f"{words.counts(folded.counts)} each",
        f"[dim]{folded.digest}[/]",
        f"{words.many(len(folded.members), 'stack')}: {escape(', '.join(folded.members))}",
        f"[dim]{escape(words.COMMON)}[/]",
    ]
    for change in loud:
        reason = f" [dim]{escape(change.reason)}[/]" if change.reason else ""
        source = f"  [dim]{escape(change.origin.source)}[/]" if change.origin.source else ""
        lines += ["", f"[bold]{change.action}[/] {escape(change.origin.address)}{source}{reason}"]
        lines += _sides(change.sides)
    if quiet:
        lines += ["", f"[dim]{quiet} more change nothing but tags[/]"]
    if folded.norm:
        lines += ["", *_outlier(view, whole=True)]
    _lines(console, lines)


def show_rule(console: Console, rule: PlanRule | None, name: str, issues: Sequence[Issue]) -> None:
    """What a rule looks for, why, what to do, and what it says of this plan set."""
    from rich.markup import escape

    lines = [f"[bold]{escape(name)}[/] {escape(rule.title if rule else '')}"]
    if rule:
        lines += [f"{_MARGIN}[bold]why:[/] {escape(rule.rationale)}"]
        lines += [f"{_MARGIN}[bold]fix:[/] {escape(rule.remediation)}"]
    for issue in issues:
        lines += ["", *_issue(issue, whole=True)]
    _lines(console, lines if issues else [*lines, "", "It says nothing of this plan set."])


def _head(review: Review) -> Iterator[str]:
    from rich.markup import escape

    from landform.plan.review import words

    yield f"[{_VERDICTS[review.verdict]}]{review.verdict.upper()}[/]  {_risk(review.risk)} {words.RISKS[review.risk]}"
    for name, what in words.bound(review):
        yield f"[dim]{name:9}[/] {escape(what)}"
    yield f"[bold]{escape(words.headline(review))}[/]"


def _issue(issue: Issue, *, whole: bool = False) -> Iterator[str]:
    from rich.markup import escape

    from landform.plan.review import words

    state = words.state(issue)
    yield ""
    yield (
        f"{_risk(issue.risk)} {f'[bold]{escape(state)}[/] ' if state else ''}"
        f"[bold]{escape(issue.origin.address)}[/] {escape(issue.message)}"
    )
    place = " -> ".join(filter(None, (issue.origin.construct_path, issue.origin.source)))
    if place:
        yield f"{_MARGIN}[blue]-->[/] {escape(place)}"
    yield from _sides(issue.sides if whole else issue.sides[:_SIDES])
    if not whole and len(issue.sides) > _SIDES:
        yield f"{_MARGIN}[dim]and {len(issue.sides) - _SIDES} more values[/]"
    if issue.witness:
        yield f"{_MARGIN}[bold]proof:[/] {escape(issue.witness)}"
    if issue.why and not whole:
        yield f"{_MARGIN}[bold]why:[/] {escape(issue.why)} [dim]{escape(issue.rule)}[/]"
        yield f"{_MARGIN}[bold]fix:[/] {escape(issue.fix)}"
    most = len(issue.stacks) if whole else 3
    yield f"{_MARGIN}[dim]{len(issue.stacks)} x: {escape(words.names(issue.stacks, most))}[/]"


def _sides(sides: Sequence[Side]) -> Iterator[str]:
    from rich.markup import escape

    for side in sides:
        before = f"[red]{escape(side.before)}[/] " if side.before else ""
        after = f"[green]{escape(side.after)}[/]" if side.after else "[dim](none)[/]"
        yield (
            f"{_MARGIN}{escape(side.path)}: {before}[dim]->[/] {after}"
            if before
            else (f"{_MARGIN}{escape(side.path)}: [green]{escape(side.after)}[/]")
        )


def _outlier(view: ClassView, *, whole: bool = False) -> Iterator[str]:
    from rich.markup import escape

    from landform.plan.review import words

    folded = view.folded
    yield (
        f"[bold]Outlier[/] {_risk(folded.risk)} {escape(words.names(folded.members))}: not as most of "
        f"{escape(folded.stack)} in {escape(folded.tier)} [dim](class {words.short(folded.digest)}, most are "
        f"{words.short(folded.norm or '')})[/]"
    )
    shown = folded.differences if whole else folded.differences[:_SIDES]
    for where, norm, here in map(words.difference, shown):
        yield f"{_MARGIN}{escape(where)}: most {escape(norm)}, here [yellow]{escape(here)}[/]"
    if len(folded.differences) > len(shown):
        yield f"{_MARGIN}[dim]and {len(folded.differences) - len(shown)} more differences[/]"
    if not folded.differences:
        yield f"{_MARGIN}{words.no_difference(folded)}"


def _foot(review: Review, milder: int) -> Iterator[str]:
    if milder:
        yield f"[dim]{milder} milder concerns; --risk R0 shows them[/]"
    if review.quiet:
        yield f"[dim]{review.quiet} changes touch nothing but tags[/]"
    yield "[dim]--class DIGEST shows a class in full, --format html the whole[/]"


def _risk(risk: Risk) -> str:
    return f"[{_COLOURS[risk]}]{risk.name}[/]"


def _table(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    console.print(table(columns, rows[:_ROWS]))
    if len(rows) > _ROWS:
        _lines(console, [f"[dim]and {len(rows) - _ROWS} more[/]"])


def _lines(console: Console, lines: Iterator[str] | Sequence[str]) -> None:
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)

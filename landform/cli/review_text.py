"""A review for a terminal: 300 accounts on one screen, and one class or one rule in full where asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from landform.cli.console import table

if TYPE_CHECKING:
    from rich.console import Console

    from landform.plan.normalise import Identity
    from landform.plan.review.groups import Block, Entry, RuleGroup
    from landform.plan.review.model import ClassView, Issue, Review
    from landform.plan.review.sides import Side
    from landform.policies.plan_rule import PlanRule, Risk

_COLOURS = ("dim", "cyan", "yellow", "red", "bold red")
_VERDICTS = {"refused": "bold red", "to approve": "bold cyan", "nothing to do": "bold green"}
_MARGIN = "   "
_SIDES = 6
"""Values of one resource that are shown unless all are asked for; likewise below."""
_ROWS = 12
_BLOCKS = 5
_REQUESTS = 8


def show_review(
    console: Console, review: Review, issues: Sequence[Issue], *, everything: bool = False
) -> None:
    """The whole on a screen: some of its issues by rule and resource, then what there is.

    ``everything`` cuts nothing short and tells each issue by itself.
    """
    from landform.plan.review import words
    from landform.plan.review.groups import entries, rule_groups, rules_of, unknowns

    most = None if everything else _ROWS
    _lines(console, _head(review))
    groups = rule_groups(issue for issue in issues if everything or not issue.of_new)
    for group in groups:
        _lines(console, ["", *_group(group, review.homes, everything=everything)])
    if review.grants:
        _lines(console, ["", "[bold]New access granted[/]"])
        found = [_entry(entry, review.homes, everything=everything) for entry in entries(review.issues)]
        _lines(console, [line for entry in found[:most] for line in entry])
        _lines(console, _rest(len(found), most))
    if review.undecided:
        _lines(console, ["", f"[bold]Not decided[/] [dim]{words.NOT_DECIDED}[/]"])
        unknown = [
            f"{_MARGIN}{_plain(words.resources(one))}: {_plain(one.what)} [dim]{_plain(words.names(one.stacks, 1))}[/]"
            for one in unknowns(review.undecided)
        ]
        _lines(console, [*unknown[:most], *_rest(len(unknown), most)])
    for view in review.outliers:
        _lines(console, ["", *_outlier(view, whole=everything)])
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
    console.print(table(["risk", "class", "stack", "tier", "stacks", "each"], classes[:most]))
    _lines(console, _rest(len(classes), most))
    _lines(console, _rules(rules_of(groups)))
    _lines(console, ["", *_foot(review, len(review.issues) - len(issues), everything=everything)])


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

    from landform.plan.review.groups import rule_groups

    lines = [f"[bold]{escape(name)}[/] {escape(rule.title if rule else '')}"]
    if rule:
        lines += [f"{_MARGIN}[bold]why:[/] {escape(rule.rationale)}"]
        lines += [f"{_MARGIN}[bold]fix:[/] {escape(rule.remediation)}"]
    for group in rule_groups(issues):
        lines += ["", *_group(group, {}, everything=True)]
    _lines(console, lines if issues else [*lines, "", "It says nothing of this plan set."])


def _head(review: Review) -> Iterator[str]:
    from rich.markup import escape

    from landform.plan.review import words

    yield f"[{_VERDICTS[review.verdict]}]{review.verdict.upper()}[/]  {_risk(review.risk)} {words.RISKS[review.risk]}"
    for name, what in words.bound(review):
        yield f"[dim]{name:9}[/] {escape(what)}"
    yield f"[bold]{escape(words.headline(review))}[/]"


def _group(group: RuleGroup, homes: Mapping[str, Identity], *, everything: bool) -> Iterator[str]:
    """What a rule says: a line for the rule, then its resources; a few may stand for all."""
    from landform.plan.review import words
    from landform.plan.review.groups import is_limited

    first = group.first
    state = words.state(first)
    yield (
        f"{_risk(first.risk)} {f'[bold]{_plain(state)}[/] ' if state else ''}{_plain(first.title)} "
        f"[dim]{_plain(first.rule)}, {words.many(len(group.blocks), 'resource')}[/]"
    )
    most = None if everything or not is_limited(group) else _BLOCKS
    for block in group.blocks[:most]:
        yield from _block(block, homes, everything=everything)
    yield from _rest(len(group.blocks), most)


def _block(block: Block, homes: Mapping[str, Identity], *, everything: bool) -> Iterator[str]:
    from landform.plan.review import words
    from landform.plan.review.groups import shortened

    short = shortened(homes, block.stacks)
    messages = [_plain(short(issue.message)) for issue in block.issues]
    only = len(block.issues) == 1
    yield f"{_MARGIN}[bold]{_plain(block.origin.address)}[/]" + (f" {messages[0]}" if only else "")
    place = " -> ".join(filter(None, (block.origin.construct_path, block.origin.source)))
    among = f"{len(block.stacks)} x: {words.names(block.stacks, len(block.stacks) if everything else 3)}"
    yield f"{_MARGIN}{_MARGIN}[blue]-->[/] {_plain(place)}  [dim]{_plain(among)}[/]"
    sides = block.sides if everything else block.deciding[:_SIDES]
    yield from (f"{_MARGIN}{line}" for line in _sides(sides, short))
    if len(block.sides) > len(sides):
        yield f"{_MARGIN}{_MARGIN}[dim]and {words.many(len(block.sides) - len(sides), 'more value')}[/]"
    for message, issue in zip(messages, block.issues, strict=True):
        if not only:
            yield f"{_MARGIN}{_MARGIN}{message}"
        if issue.witness:
            yield f"{_MARGIN}{_MARGIN}[bold]proof:[/] {_plain(short(issue.witness))}"


def _entry(entry: Entry, homes: Mapping[str, Identity], *, everything: bool) -> list[str]:
    """Who may do what: one line where the proof stands above, else a line for each request."""
    from landform.plan.review import words
    from landform.plan.review.groups import shortened

    short = shortened(homes, entry.stacks)
    among = words.names(entry.stacks, len(entry.stacks) if everything else 1)
    most = len(entry.requests) if everything else _REQUESTS
    requests = [_plain(short(request)) for request in entry.requests[:most]]
    rest = [f"{_MARGIN}{_MARGIN}{line.strip()}" for line in _rest(len(entry.requests), most)]
    if not entry.new:
        return [
            f"{_MARGIN}[bold]{_plain(entry.who)}[/] may {', '.join(requests)} [dim]{_plain(among)}[/]",
            *rest,
        ]
    source = f"{entry.origin.source}, " if entry.origin.source else ""
    head = f"{_MARGIN}new [bold]{_plain(entry.who)}[/] may [dim]({_plain(source + among)})[/]"
    return [head, *(f"{_MARGIN}{_MARGIN}{request}" for request in requests), *rest]


def _rules(rules: Sequence[Issue]) -> Iterator[str]:
    """Why and what to do, once a rule."""
    if any(rule.why for rule in rules):
        yield ""
        yield "[bold]Why, and what to do[/]"
    for rule in rules:
        if rule.why:
            yield f"{_MARGIN}[dim]{_plain(rule.rule)}[/] {_plain(rule.why)} [bold]fix:[/] {_plain(rule.fix)}"


def _sides(sides: Sequence[Side], short: Callable[[str], str] = str) -> Iterator[str]:
    for side in sides:
        before = f"[red]{_plain(short(side.before))}[/] [dim]->[/] " if side.before else ""
        after = f"[green]{_plain(short(side.after))}[/]" if side.after else "[dim](none)[/]"
        yield f"{_MARGIN}{_plain(side.path)}: {before}{after}"


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


def _foot(review: Review, milder: int, *, everything: bool) -> Iterator[str]:
    from landform.plan.review import words

    if milder:
        yield f"[dim]{words.many(milder, 'milder concern')}; --risk R0 shows them[/]"
    if review.quiet:
        yield f"[dim]{words.many(review.quiet, 'change')} of nothing but tags[/]"
    yield f"[dim]{words.SHORTENED}[/]"
    whole = "" if everything else "--all cuts nothing short, "
    yield f"[dim]{whole}--class DIGEST shows a class in full, --format html the whole[/]"


def _rest(count: int, most: int | None) -> list[str]:
    """How many are not shown, where some are not."""
    return (
        []
        if most is None or count <= most
        else [f"{_MARGIN}[dim]and {count - most} more; --all shows them[/]"]
    )


def _risk(risk: Risk) -> str:
    return f"[{_COLOURS[risk]}]{risk.name}[/]"


def _plain(text: str) -> str:
    """A text that is no markup."""
    from rich.markup import escape

    return escape(text)


def _lines(console: Console, lines: Iterator[str] | Sequence[str]) -> None:
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)

"""The answers of ``landform access`` for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from landform.access import words
from landform.access.labels import (
    ACCOUNT,
    accounts_label,
    action_patterns,
    by_principal,
    target_label,
    who_label,
    without_account,
)
from landform.access.paths import conditions_of
from landform.access.rights import LEVELS, Right
from landform.iam.escalation import KINDS

if TYPE_CHECKING:
    from rich.console import Console

    from landform.access.edges import Edge
    from landform.access.matrix import Row
    from landform.access.model import Holdings
    from landform.access.paths import Escalation
    from landform.access.questions import WhatCan, WhoCan
    from landform.iam.access import Permission
    from landform.iam.policy import PolicyStatement

_CELLS = {
    None: ("-", "dim"),
    "allowed": ("yes", "bold"),
    "allowed if": ("if", "yellow"),
    "stopped": ("no", "dim"),
}
_WIDTHS = {"list": 5, "read": 5, "write": 6, "tag": 5, "permissions": 11}


def matrix(console: Console, holdings: Holdings, rows: Sequence[Row]) -> None:
    """The matrix: a block for each principal, a line for the resources on which it can do the same."""
    shown = tuple(row for row in rows if row.reaches)
    heads = "".join(level.ljust(_WIDTHS[level]) for level in LEVELS.values())
    for (kind, name), found in by_principal(shown).items():
        _line(console, f"[bold]{escape(name)}[/]  [dim]{kind}{_of(found[0])}[/]")
        _line(console, f"  [dim]{heads}  resource[/]")
        for rows_alike in _alike(found):
            row = rows_alike[0]
            cells = "".join(_cell(row, level) for level in LEVELS.values())
            names = _some([target_label(one.target) for one in rows_alike], 6)
            _line(
                console,
                f"  {cells}  {row.target.origin.type.removeprefix('aws_')} {escape(names)}"
                f"  [dim]in {escape(accounts_label(row.accounts, 3))}[/]",
            )
            _line(console, f"{' ' * (len(heads) + 4)}[dim]{escape(_because(row))}[/]")
    stopped = len(rows) - len(shown)
    pairs = sum(len(row.accounts) for row in shown)
    _line(
        console,
        f"[dim]{pairs} pairs of principal and resource in {len(holdings.accounts)} accounts, {len(shown)} different; "
        f"{stopped} more, where what the principal's policies allow is stopped.\n"
        "yes: allowed; if: under conditions; no: allowed by the principal's own policies, and stopped. "
        "--what-can NAME and --who-can ACTION --on RESOURCE tell why.[/]",
    )


def _alike(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of one principal together that differ in the resource alone."""
    found: dict[object, list[Row]] = {}
    for row in rows:
        states = tuple(row.state(level) for level in LEVELS.values())
        key = (row.target.origin.type, states, _because(row), row.accounts)
        found.setdefault(key, []).append(row)
    return list(found.values())


def _resource(row: Row) -> str:
    return f"{row.target.origin.type.removeprefix('aws_')} {target_label(row.target)}"


def _of(row: Row) -> str:
    unread = f"; not in the bundle: {', '.join(row.who.unread)}" if row.who.unread else ""
    return escape(unread)


def _cell(row: Row, level: str) -> str:
    text, style = _CELLS[row.state(level)]  # type: ignore[arg-type]  # the keys of LEVELS are these
    return f"[{style}]{text}[/]" + " " * (_WIDTHS[level] - len(text))


def _because(row: Row) -> str:
    """The statements that allow something, and the conditions of what is allowed under some."""
    statements: dict[PolicyStatement | None, None] = {}
    guards: dict[str, None] = {}
    below: dict[str, None] = {}
    for right in row.rights:
        if right.state == "stopped" or not right.decision.ways:
            continue
        granting = words.granting(right.decision)
        assert granting is not None, "what is allowed is given by something"
        below |= dict.fromkeys(words.parts(right, row.target.arn) or [""])
        statements |= dict.fromkeys(one.statement for one in granting.statements)
        if right.state == "allowed if":
            guards |= dict.fromkeys(words.asked(right.decision))
    conditions = f"; if {' and '.join(guards)}" if guards else ""
    # The rights on the resource itself, or on all that is in it, have no part.
    part = f"; on {', '.join(text for text in below if text)}" if any(below) else ""
    return _folded(row, f"by {_some(words.statement_names(statements), 4)}{part}{conditions}")


def _folded(row: Row, text: str) -> str:
    """A text about the first of some accounts, told for all."""
    return without_account(text, row.target.origin) if len(row.accounts) > 1 else text


def who_can(console: Console, answer: WhoCan) -> None:
    """Who can do one action: those that can for sure first, each with why."""
    can = [row for row in answer.rows if row.reaches]
    _line(console, f"[bold]{answer.action}[/] on {escape(answer.on)}")
    if not answer.known:
        _line(console, "[dim]The bundle does not make it: its own policy is not known, and only those are told whose "
                       "policies allow it.[/]")  # fmt: skip
    if not can:
        _line(console, "nobody")
    for row in sorted(can, key=lambda row: row.rights[0].state):
        right = row.rights[0]
        name = who_label(row.who, row.accounts, row.target)
        mark = "[bold]yes[/]" if right.state == "allowed" else "[yellow]if [/] "
        where = f"{len(row.accounts)} x {accounts_label(row.accounts)}"
        _line(console, f"{mark}  {escape(name)}  [dim]{row.who.kind}; {escape(where)}[/]")
        _why(console, row, right)
    for row in answer.rows:
        if not row.reaches:
            reasons = ", ".join(words.stopped_by(row.rights[0].decision))
            _line(
                console,
                f"[dim]no   {escape(row.who.name)}  its policies allow it, and it is stopped: {escape(reasons)}[/]",
            )


def _why(console: Console, row: Row, right: Right, indent: str = "       ") -> None:
    if below := words.parts(right, row.target.arn):
        _line(console, f"{indent}[dim]on {escape(', '.join(below))}[/]")
    for line in words.allowed_by(right.decision):
        _line(console, f"{indent}{escape(_folded(row, line))}")
    for line in words.denied_unless(right.decision):
        _line(console, f"{indent}[dim]denied by {escape(_folded(row, line))}[/]")


def what_can(console: Console, answer: WhatCan) -> None:
    """What a principal can do: on each resource of the bundle, then its policies, statement by statement."""
    principal = answer.principal
    _line(console, f"[bold]{escape(principal.name)}[/]  {principal.kind} of {escape(answer.account.name)}")
    _line(console, f"[dim]{escape(principal.arn)}  {escape(principal.origin.source)}[/]")
    if principal.boundary:
        _line(console, f"[dim]permissions boundary: {escape(principal.boundary.name)}[/]")
    for name in principal.unread:
        _line(console, f"[yellow]not in the bundle:[/] {escape(name)}")
    for row in answer.rows:
        if not row.reaches:
            continue
        _line(console, f"\n[bold]{escape(_resource(row))}[/]  [dim]{escape(row.target.arn)}[/]")
        for right in row.rights:
            _right(console, row, right)
    _line(console, "\n[bold]its policies[/]")
    for line in _by_statement(answer.permissions):
        _line(console, f"  {line}")


def _right(console: Console, row: Row, right: Right) -> None:
    colour = {"allowed": "bold", "allowed if": "yellow", "stopped": "dim"}[right.state]
    word = {"allowed": "", "allowed if": " if", "stopped": " stopped"}[right.state]
    _line(console, f"  [{colour}]{right.level}{word}[/]  {escape(_some(right.actions))}")
    if right.state == "stopped":
        _line(console, f"       [dim]{escape(', '.join(words.stopped_by(right.decision)))}[/]")
    else:
        _why(console, row, right)


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _by_statement(permissions: Sequence[Permission]) -> list[str]:
    found: dict[str, list[Permission]] = {}
    for one in permissions:
        found.setdefault(words.statement_name(one.statement), []).append(one)
    lines = []
    for name, several in found.items():
        first = several[0]
        actions = [text for one in several for text in action_patterns(one)]
        but = "all but " if first.actions.excluded else ""
        others = "all but " if first.resources.excluded else ""
        guards = f", if {words.conditions(first.guards)}" if first.guards else ""
        lines.append(
            f"[bold]{escape(name)}[/]: {but}{escape(_some(actions))} on {others}"
            f"{escape(_some(first.resources.patterns, 4))}{escape(guards)}"
        )
        unless = dict.fromkeys(words.statement_name(s) for one in several for s in one.unless)
        if unless:
            lines.append(f"    [dim]denied in part by {escape(', '.join(unless))}[/]")
    return lines


def edges(console: Console, found: Sequence[Edge]) -> None:
    """Access from account to account."""
    for edge in found:
        style = "bold" if edge.halves == "complete" else "yellow"
        target = edge.target if edge.row is None else target_label(edge.row.target)
        _line(
            console,
            f"{escape(edge.source)} [dim]({escape(edge.source_account or 'any account')})[/] -> "
            f"{escape(target)} [dim]({len(edge.target_accounts)} x {escape(accounts_label(edge.target_accounts))})[/]",
        )
        _line(console, f"    [{style}]{edge.halves}[/]")
        for right in edge.rights:
            _line(console, f"    {right.level}: {escape(_some(right.actions))}")
            if edge.row is not None:
                _why(console, edge.row, right, "        ")
        if edge.patterns:
            _line(console, f"    [dim]{escape(_some(edge.patterns, 6))}[/]")
    counts = Counter(edge.halves for edge in found)
    summary = "; ".join(f"{count} x {halves}" for halves, count in sorted(counts.items()))
    _line(console, f"[dim]{len(found)} edges between accounts{': ' if summary else ''}{summary}[/]")


def escalations(console: Console, found: Sequence[Escalation]) -> None:
    """The paths that are open, by principal and kind."""
    for one in found:
        _line(
            console,
            f"[bold]{escape(_principal(one))}[/]  [dim]{one.who.kind}; "
            f"{len(one.accounts)} x {escape(accounts_label(one.accounts))}[/]",
        )
        if one.administrator:
            _line(console, "  [bold red]may do everything already[/]")
        kinds: dict[str, list[str]] = {}
        for path in one.paths:
            guards = conditions_of(path)
            text = f"{path.path.id} ({', '.join(step.action for step in path.steps)})"
            if path.path.needs:
                text += f", where there is {path.path.needs}"
            if guards:
                text += f", if {_of_all(one, words.conditions(guards))}"
            kinds.setdefault(path.path.kind, []).append(text)
        for kind, texts in kinds.items():
            _line(console, f"  [yellow]{KINDS[kind]}[/]: {len(texts)}")  # type: ignore[index]  # it is a Kind
            for text in texts[:5]:
                _line(console, f"      {escape(text)}")
            if len(texts) > 5:
                _line(console, f"      [dim]and {len(texts) - 5} more; --json tells all[/]")
    paths = sum(len(one.paths) for one in found)
    certain = sum(len(one.certain) for one in found)
    _line(
        console,
        f"[dim]{len(found)} principals with {paths} open paths, {certain} of them without conditions[/]",
    )


def _principal(one: Escalation) -> str:
    return _of_all(one, one.who.name)


def _of_all(one: Escalation, text: str) -> str:
    """A text about the first of some accounts, told for all."""
    account, id = one.who.account or "", one.who.identity.account or ""
    return text.replace(id, ACCOUNT).replace(account, ACCOUNT) if len(one.accounts) > 1 else text


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)

"""The gate's report for people: what fails first, each place with the user's own lines, then the tiers' verdicts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landform.cli.console import table

if TYPE_CHECKING:
    from rich.console import Console

    from landform.checks.report import Group, Occurrence
    from landform.checks.run import Report
    from landform.checks.suggest import Suggestion
    from landform.checks.timings import Timing

COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
"""The colour of each severity."""

_MARGIN = " " * 9
_SLOWEST = 20

Excerpts = Callable[["Occurrence"], Sequence[tuple[int, str]]]
"""The lines of code of a place, with their numbers."""


def show_report(
    console: Console,
    report: Report,
    groups: Sequence[Group],
    *,
    project: Path,
    show_waived: bool,
    suggested: Sequence[Suggestion] | None,
) -> None:
    """Print the report. ``project`` is the folder that sources are relative to."""
    excerpts = _excerpts(project)
    said: set[str] = set()
    for group in groups:
        if group.state == "known" or (group.state == "waived" and not show_waived):
            continue
        for line in _group(group, excerpts, with_fix=group.rule not in said):
            console.print(line, highlight=False, soft_wrap=True)
        said.add(group.rule)
    for line in (*_suggestions(suggested or ()), *_verdicts(report)):
        console.print(line, highlight=False, soft_wrap=True)


def show_timings(console: Console, timings: Sequence[Timing]) -> None:
    """Print the slowest rules, and what all took together."""
    rows = [
        [f"{each.seconds:.3f}", each.rule, each.engine, str(each.judged), str(each.failed)]
        for each in timings[:_SLOWEST]
    ]
    if rows:
        console.print(table(("seconds", "rule", "engine", "judged", "failed"), rows))
    seconds = sum(each.seconds for each in timings)
    left_out = f"; the {_SLOWEST} slowest are shown, --json has all" if len(timings) > _SLOWEST else ""
    console.print(f"[dim]{len(timings)} rules took {seconds:.3f} s{left_out}[/]", highlight=False)


def _group(group: Group, excerpts: Excerpts, *, with_fix: bool) -> Iterator[str]:
    from rich.markup import escape

    state = "" if group.state == "failing" else f" ({group.state})"
    colour = COLOURS[group.severity]
    yield f"[{colour}]{group.severity:8}[/] [bold]{group.rule}[/] {escape(group.title)}{state}"
    if with_fix:
        yield f"{_MARGIN}[bold]fix:[/] {escape(group.remediation)}"
    for place in group.occurrences:
        yield f"{_MARGIN}{escape(place.address)}  [dim]{escape(place.source)}[/]"
        for number, code in excerpts(place):
            yield f"{_MARGIN}[blue]{number:>4} |[/] {escape(code)}"
        yield f"{_MARGIN}  {escape(place.message)}"
        where = ", ".join(place.accounts[:4]) + (", ..." if len(place.accounts) > 4 else "")
        names = ", ".join(waiver.id for waiver in place.waivers)
        waived = f"; waived by {names}" if names else ""
        yield f"{_MARGIN}  [dim]{place.count} x in {escape(where)}{waived}[/]"


def _suggestions(suggested: Sequence[Suggestion]) -> Iterator[str]:
    from rich.markup import escape

    for each in suggested:
        goes = f"{', '.join(each.gone)} would go" if each.gone else "none of its findings would go"
        yield f"[bold]{escape(each.address)}[/]  [dim]{escape(each.source)}[/]"
        yield f"{_MARGIN}{each.construct} would replace it: {goes}" + (
            f"; left: {', '.join(each.left)}" if each.left and each.gone else ""
        )


def _verdicts(report: Report) -> Iterator[str]:
    for tier in report.tiers:
        word = "[green]pass[/]" if tier.ok else "[bold red]FAIL[/]"
        yield (
            f"{word}  {tier.label:10} {tier.stacks} stacks, fails on {tier.fail_on}: "
            f"{tier.failing} failing, {tier.below} below, {tier.waived} waived"
            + (f", {tier.known} known" if report.gone is not None else "")
        )
    if report.gone is not None:
        yield f"[dim]{report.gone} findings of the baseline are gone[/]"
    unchecked = sum(report.unchecked_types.values())
    yield (
        f"[dim]{report.resources} resources, {report.passed} checks passed, {report.waived} waived, "
        f"{len(report.rules)} rules; "
        f"{unchecked} resources of {len(report.unchecked_types)} types that no rule knows[/]"
    )


def _excerpts(project: Path) -> Excerpts:
    from landform.checks.excerpt import excerpt

    @functools.cache
    def text(file: str) -> str:
        path = (project / file).resolve()
        # A source that is not the project's own is not the user's line.
        if not path.is_relative_to(project.resolve()):
            return ""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            # The code may have gone since the bundle was made; the place is named all the same.
            return ""

    def lines(place: Occurrence) -> Sequence[tuple[int, str]]:
        file, _, number = place.source.rpartition(":")
        if not file:
            return ()
        names = frozenset((*place.construct_path.split("/"), *place.address.split(".")))
        return tuple(enumerate(excerpt(text(file), int(number), names), start=int(number)))

    return lines

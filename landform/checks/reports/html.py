"""The report as one HTML file. No colour says what a word does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from landform.checks.report import Group, Occurrence, groups
from landform.checks.run import Report
from landform.page import page, table

_STYLE = """
.tag { display: inline-block; min-width: 4.6rem; font-weight: 700; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .info { color: var(--soft); } .pass { color: var(--good); } .fail { color: var(--high); }
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
    body = [
        f'<h1>landform check: <span class="{"pass" if report.ok else "fail"}">{word}</span></h1>',
        *_summary(report),
        *(line for state in _HEADINGS for line in _state(state, [g for g in found if g.state == state])),
        *_unchecked(report),
    ]
    return page(f"landform check: {word}", body, style=_STYLE)


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
    yield table("The verdict of each tier", columns, rows, numbers=5)


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
    yield table(f"Where {group.rule} is broken", ("where", "what", "findings"), rows, numbers=1)
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
        yield table("Resources that no rule knows", ("type", "resources"), rows, numbers=1)
        yield "</section>"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(map(escape, names[:_MANY]))
    return shown if len(names) <= _MANY else f"{shown} and {len(names) - _MANY} more accounts"

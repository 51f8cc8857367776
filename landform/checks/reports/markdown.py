"""Markdown for a pull request: the verdict in sight, the findings folded.

GitHub takes 65,536 characters in a comment. What does not fit is left out from the end, where the mildest findings
are, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landform.checks.report import Group, Occurrence, groups
from landform.checks.run import Report
from landform.markdown import LIMIT, code, html, text

_PLACES = 25
"""The places of one rule that are shown: more of the same say less than another rule does."""

_WORDS = 600
"""The most characters of one message or reason: a place that no rule could judge may name hundreds of rules."""

_TAIL = 300
"""Characters kept for the sentence on what was left out."""


def markdown(report: Report) -> str:
    """The report as GitHub's Markdown, at most ``LIMIT`` characters."""
    found = groups(report)
    page = "\n".join(_head(report))
    shown = 0
    for group in found:
        part = "\n".join(_group(group))
        if len(page) + len(part) + _TAIL > LIMIT:
            break
        page += "\n" + part
        shown += 1
    left = found[shown:]
    if left:
        count = sum(group.count for group in left)
        page += f"\n\n**{count} findings of {len(left)} rules are not shown here.** The JSON report has all of them.\n"
    return page.rstrip() + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"## landform check: {'passed' if report.ok else '**failed**'}\n"
    yield "| tier | verdict | fails on | stacks | failing | below | known | waived |"
    yield "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for tier in report.tiers:
        yield (
            f"| {_text(tier.label)} | {'pass' if tier.ok else '**FAIL**'} | {tier.fail_on} | {tier.stacks} | "
            f"{tier.failing} | {tier.below} | {tier.known} | {tier.waived} |"
        )
    unchecked = sum(report.unchecked_types.values())
    yield (
        f"\n{report.resources} resources, {report.passed} checks passed, {len(report.rules)} rules; "
        f"{unchecked} resources of {len(report.unchecked_types)} types that no rule knows. "
        f"Waivers as of {report.as_of.isoformat()}.\n"
    )


def _group(group: Group) -> Iterator[str]:
    state = "" if group.state == "failing" else f", {group.state}"
    yield "<details>"
    yield (
        f"<summary><b>{group.severity}{state}</b> <code>{html(group.rule)}</code> {html(group.title)} "
        f"({group.count} x, {html(_accounts(group.accounts))})</summary>\n"
    )
    yield f"What to do: {_text(group.remediation)}\n"
    yield from (_place(place) for place in group.occurrences[:_PLACES])
    if len(group.occurrences) > _PLACES:
        yield f"- and {len(group.occurrences) - _PLACES} more places"
    yield "\n</details>"


def _place(place: Occurrence) -> str:
    where = " ".join(code(part) for part in (place.source, place.construct_path, place.address) if part)
    waivers = "".join(
        f" Waived by {_text(waiver.id)} until {waiver.expires}: {_text(waiver.reason)}"
        for waiver in place.waivers
    )
    return (
        f"- {where}: {_text(place.message)} {place.count} x in {_text(_accounts(place.accounts))}.{waivers}"
    )


def _accounts(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{len(names)} accounts"


def _text(said: str) -> str:
    return text(said, _WORDS)

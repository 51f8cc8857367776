"""CSV by control (RFC 4180), for auditors: a row for each control and each place that goes against it."""

from __future__ import annotations

import csv as writer
import io
from collections.abc import Iterator

from landform.checks.report import groups
from landform.checks.reports.standards import standard_of
from landform.checks.run import Report

COLUMNS = (
    "standard",
    "control",
    "rule",
    "severity",
    "state",
    "title",
    "address",
    "construct_path",
    "source",
    "findings",
    "accounts",
    "stacks",
    "waivers",
    "waived_until",
    "message",
)


def csv(report: Report) -> str:
    """The report as CSV, sorted by standard and control; what no control asks for comes last, with both empty."""
    text = io.StringIO()
    rows = writer.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows([_cell(cell) for cell in row] for row in sorted(_rows(report), key=_order))
    return text.getvalue()


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    for group in groups(report):
        for place in group.occurrences:
            controls = [(standard_of(control).name, control) for control in place.controls]
            for standard, control in controls or [("", "")]:
                yield (
                    standard,
                    control,
                    group.rule,
                    group.severity,
                    group.state,
                    group.title,
                    place.address,
                    place.construct_path,
                    place.source,
                    str(place.count),
                    " ".join(place.accounts),
                    " ".join(place.stacks),
                    " ".join(waiver.id for waiver in place.waivers),
                    min((waiver.expires for waiver in place.waivers), default=""),
                    place.message,
                )


def _order(row: tuple[str, ...]) -> tuple[bool, tuple[str, ...]]:
    return not row[1], row


def _cell(text: str) -> str:
    # A spreadsheet would run it as a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

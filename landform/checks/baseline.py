"""The baseline: a former report, so that what was there already does not fail while it is put right.

A baseline is no waiver: it has no reason and no end, and it covers nothing that a waiver covered when it was made, so
that a waiver's end is felt.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landform.checks.finding import Finding
from landform.errors import Code, LandformError, Place

FORMAT = "landform/check/v1"
"""The format of a report as JSON, which is what a baseline is."""

Known = tuple[str, str]
"""A fingerprint, and the full name of the stack it was found in."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many findings of a fingerprint a former report had that no waiver covered."""

    findings: Mapping[Known, int]

    def compare(
        self, findings: Iterable[Finding], *, is_looked_at: Callable[[str], bool]
    ) -> tuple[tuple[Finding, ...], int]:
        """Mark what is known, and count what is gone.

        Args:
            findings: those of now, with their waivers.
            is_looked_at: whether a stack, by its full name, was checked or is no more; what is not found in another
                stack says nothing.

        Returns:
            The findings in the same order, and how many of the baseline's are not found any longer.
        """
        left = Counter(self.findings)
        marked = []
        for finding in findings:
            key = (finding.fingerprint, finding.stack)
            known = left[key] > 0
            left[key] -= known
            marked.append(replace(finding, is_known=known and finding.waiver is None))
        gone = sum(count for (_, stack), count in left.items() if is_looked_at(stack))
        return tuple(marked), gone


def read_baseline(text: str, file: str) -> Baseline:
    """The baseline that a report's text holds.

    Args:
        text: what ``landform check --json`` printed.
        file: where it stands, for errors.

    Raises:
        LandformError: ``check-baseline`` where it is no such report.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _no_baseline(file, f"no JSON: {error}") from None
    form = document.get("format") if isinstance(document, dict) else None
    if form != FORMAT:
        raise _no_baseline(file, f"format {form!r}" if form else "JSON of no format")
    findings = document.get("findings")
    if not isinstance(findings, list) or not all(map(_is_finding, findings)):
        raise _no_baseline(file, "findings without fingerprint, stack and waiver")
    return Baseline(
        Counter((each["fingerprint"], each["stack"]) for each in findings if each["waiver"] is None)
    )


def _is_finding(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(key), str) for key in ("fingerprint", "stack"))
        and "waiver" in value
    )


def _no_baseline(file: str, given: str) -> LandformError:
    return LandformError(
        Code.CHECK_BASELINE,
        "The baseline is not a report of the gate.",
        place=Place(file=file),
        given=given,
        expected=f"what `landform check --json` prints, of format {FORMAT}",
        fix="Make one with `landform check --report json=FILE`.",
    )

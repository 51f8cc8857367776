"""The findings of a bundle beside its waivers: what is covered, and why the rest is not."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from landform.checks.binding import digests_of
from landform.checks.finding import Finding, WaiverNote
from landform.errors import Code, LandformError, Place
from landform.org.models import TierWaivers, Waiver
from landform.policies.waivers import Terms, judge
from landform.synth.bundle import INDEX, StackRecord

M = TypeVar("M", bound=BaseModel)


def with_waivers(
    findings: Iterable[Finding],
    records: Mapping[str, StackRecord],
    copies: Mapping[str, Mapping[str, Any]],
    as_of: dt.date,
) -> Iterator[Finding]:
    """The findings, each with the waiver that covers it, or with the reasons of those that do not.

    Args:
        findings: without waivers.
        records: the stacks by name.
        copies: their scan copies by name.
        as_of: the day.
    """
    waivers = {name: waivers_of(record) for name, record in records.items()}
    limits = {name: limits_of(record) for name, record in records.items()}
    digest_of = digests_of(copies, records)
    for finding in findings:
        # Only a waiver that is bound here asks for the stack, which has to be read for that.
        bound = functools.partial(digest_of, finding)
        verdict = judge(waivers[finding.stack], finding, Terms(as_of, limits[finding.stack], bound))
        notes = "".join(f" Not waived: {note}." for note in verdict.notes)
        yield replace(finding, message=finding.message + notes, waiver=_note(verdict.waiver))


def waivers_of(record: StackRecord) -> tuple[Waiver, ...]:
    """The waivers that the bundle says reach a stack.

    Raises:
        LandformError: ``check-incomplete`` where one is no waiver.
    """
    return tuple(_typed(Waiver, waiver, record) for waiver in record.waivers)


def limits_of(record: StackRecord) -> TierWaivers | None:
    """What the stack's tier says of waivers, where the bundle knows.

    Raises:
        LandformError: ``check-incomplete`` where it is no such thing.
    """
    return _typed(TierWaivers, record.waiver_limits, record) if record.waiver_limits is not None else None


def _typed(kind: type[M], value: Mapping[str, Any], record: StackRecord) -> M:
    try:
        model: M = _read(kind, json.dumps(value))
        return model
    except ValidationError as error:
        raise LandformError(
            Code.CHECK_INCOMPLETE,
            "What the bundle says of waivers cannot be read.",
            place=Place(file=INDEX),
            given=f"{record.name}: {', '.join('.'.join(map(str, each['loc'])) for each in error.errors())}",
            expected="waivers as synth writes them",
            fix="Run `landform synth` again.",
        ) from None


# One waiver reaches hundreds of stacks, and the limits of a tier hold for all of its stacks.
@functools.lru_cache(maxsize=1024)
def _read(kind: type[M], text: str) -> M:
    # The models are strict: dates and tuples are understood in JSON, not in Python's own lists and strings.
    return kind.model_validate_json(text)


def _note(waiver: Waiver | None) -> WaiverNote | None:
    if waiver is None:
        return None
    return WaiverNote(waiver.id, waiver.expires.isoformat(), waiver.approved_by, waiver.reason)

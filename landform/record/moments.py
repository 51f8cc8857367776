"""Moments as they are recorded, and runs by theirs: ISO 8601 in UTC with microseconds, texts that sort as they do."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """A moment as it is recorded, such as ``2026-11-21T19:30:00.000000Z``.

    Raises:
        ValueError: for a moment without a time zone, which names no moment.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The moment in a text of ISO 8601 that names its offset from UTC.

    Raises:
        ValueError: where it is none, or names no offset.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} names no offset from UTC")
    return found.astimezone(UTC)


def run_id(begun: datetime, what: str) -> str:
    """The id of a run, in the ledger and in CloudTrail: when it began, and what it is of.

    Such as ``20261121T193000.000000Z-drift``: ids sort as the runs began, and stand in a name of a file or of a role's
    session as they are.

    Raises:
        ValueError: as for ``stamp``.
    """
    return f"{stamp(begun).replace('-', '').replace(':', '')}-{what}"

"""Moments as they are recorded: ISO 8601 in UTC with microseconds, so that texts sort as the moments do."""

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

"""What the ledger says stands in the accounts, and in a sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from landform.record.events import Event, EventKind
from landform.record.ledger import Ledger


def last_applied(ledger: Ledger, sandbox: str | None) -> Mapping[str, Event]:
    """The last event by which each stack was applied whole, by stack.

    Args:
        ledger: the ledger.
        sandbox: the sandbox that is asked about; None is the real AWS.

    Raises:
        LandformError: ``ledger-broken``, ``ledger-unreadable``.
    """
    started = ledger.events(kind=EventKind.RUN_STARTED)
    there = {event.run for event in started if event.body.get("sandbox") == sandbox}
    applied = ledger.events(kind=EventKind.STACK_APPLIED)
    return {event.stack: event for event in applied if event.stack and event.run in there}


def stands(ledger: Ledger, sandbox: str | None) -> dict[str, str]:
    """The SHA-256 of the synthesised file that each stack was last applied from, by stack."""
    events = last_applied(ledger, sandbox)
    return {stack: event.body["stack_sha256"] for stack, event in events.items()}

"""What the ledger says of the steps that were taken in accounts: when last, and whether AWS refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger


@dataclass(frozen=True, slots=True)
class Told:
    """When a step was last taken in an account, as ``2026-11-21``, and whether AWS refused any of it in the end."""

    day: str
    refused: bool

    def __str__(self) -> str:
        return f"AWS refused some of it, last on {self.day}" if self.refused else f"last done on {self.day}"


def steps_told(project: Path, sandbox: str | None) -> dict[tuple[str, str], Told]:
    """What was told last of each step in each account: by account's name and step's id.

    Args:
        project: the project's folder.
        sandbox: the sandbox's id; None is the real AWS.

    Raises:
        LandformError: ``ledger-unreadable``, ``ledger-broken``.
    """
    # To open one that is not there would begin it.
    if not (project / LEDGER).exists():
        return {}
    last: dict[tuple[str, str], dict[tuple[object, object], Told]] = {}
    with Ledger.open(project / LEDGER) as ledger:
        for event in ledger.events(kind=EventKind.ACCOUNT_STEP):
            body = event.body
            if body.get("sandbox") == sandbox:
                things = last.setdefault((body["account"], body["step"]), {})
                things[body.get("what"), body.get("region")] = Told(event.at[:10], "error" in body)
    return {
        step: Told(max(each.day for each in things.values()), any(each.refused for each in things.values()))
        for step, things in last.items()
    }

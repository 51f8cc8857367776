"""A project's record made by hand: bundles that were kept, and runs that applied stacks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bundles import write_bundle

from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.record.moments import stamp
from landform.rollout.history import History, read_history
from landform.rollout.kept import keep_applied
from landform.synth.bundle import Bundle

ACCOUNTS = {"dev": ("111111111111", "dev"), "prod": ("222222222222", "prod")}
# Long ago, so that no machine's clock is behind what was recorded by hand.
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def document(value: Any) -> dict[str, Any]:
    """A stack that is told from others by one value."""
    return {"resource": {"aws_sqs_queue": {"q": {"name": "q", "visibility_timeout_seconds": value}}}}


class Project:
    """A project whose ledger is written by hand, an hour after the other."""

    def __init__(self, root: Path, sandbox: str | None = None) -> None:
        self.root = root
        self.sandbox = sandbox
        self.hours = 0

    def bundle(self, name: str, stacks: Mapping[str, Any]) -> Bundle:
        """A bundle whose stacks differ by a value each."""
        return write_bundle(
            self.root / name, {stack: document(value) for stack, value in stacks.items()}, ACCOUNTS
        )

    def run(
        self,
        id: str,
        bundle: Bundle,
        applied: Iterable[str] = (),
        *,
        failed: Mapping[str, bool] | None = None,
        killed: Iterable[str] = (),
        sandbox: str | None = None,
    ) -> None:
        """A run that applied stacks; ``failed`` says of some whether they changed, ``killed`` were started only."""
        applied, killed, failed = tuple(applied), tuple(killed), failed or {}
        keep_applied(self.root, bundle, (*applied, *killed, *failed))
        at = self.later()
        started = {"purpose": "apply", "bundle": bundle.digest, "by": "jane"}
        place = sandbox or self.sandbox
        with Ledger.open(self.root / LEDGER) as ledger:
            body = {**started, **({"sandbox": place} if place else {})}
            ledger.append(EventKind.RUN_STARTED, at=at, run=id, body=body)
            for stack in (*applied, *failed, *killed):
                text = {"stack_sha256": bundle.stacks[stack].sha256, "bundle": bundle.digest}
                ledger.append(EventKind.STACK_STARTED, at=at, run=id, stack=stack, body=text)
                if stack in applied:
                    ledger.append(EventKind.STACK_APPLIED, at=at, run=id, stack=stack, body=text)
                elif stack in failed:
                    said = {"changed": failed[stack]}
                    ledger.append(EventKind.STACK_FAILED, at=at, run=id, stack=stack, body=said)

    def later(self) -> str:
        """An hour later, and not before what a command recorded meanwhile by its own clock."""
        self.hours += 1
        with Ledger.open(self.root / LEDGER) as ledger:
            return max([stamp(NOON + timedelta(hours=self.hours)), *(event.at for event in ledger.events())])

    @property
    def history(self) -> History:
        """What was applied in the project's place."""
        return read_history(self.root, self.sandbox)

"""The real world of a roll-out: the ledger that records it, the threads that apply, the clock, the health command."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.record.events import KINDS, Event, EventKind
from landform.record.ledger import Ledger
from landform.rollout.apply import Applier
from landform.rollout.decide import Until
from landform.rollout.loop import Ending

# Seconds between two looks at the clock, while a step bakes.
LOOK = 1.0
HEALTH_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class HealthCommand:
    """A shell command that says after each step, by its exit status, whether all is well."""

    text: str
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    timeout: float = HEALTH_SECONDS

    def ask(self, run: str, step: int) -> bool:
        """Run it; no answer in time is no good one."""
        environ = {**self.environ, "LANDFORM_RUN": run, "LANDFORM_STEP": str(step)}
        try:
            done = subprocess.run(
                self.text, shell=True, env=environ, stdin=subprocess.DEVNULL, stdout=2, timeout=self.timeout
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def frozen(until: datetime, reason: str, fix: str) -> LandformError:
    """The error for a day on which nothing is rolled out."""
    return LandformError(
        Code.FROZEN,
        "Nothing is rolled out now.",
        given=reason,
        expected=f"a day from {until.date().isoformat()} on",
        fix=fix,
    )


class RealWorld:
    """What a roll-out acts on. Its methods are those of ``landform.rollout.loop.World``.

    Args:
        ledger: where everything is recorded.
        run: the id of the run.
        applier: applies and settles.
        about: what ``run-started`` says of the run.
        now: the clock.
        jobs: how many stacks are applied at once, at most.
        health: the health command, if there is one.
        taken_back: what ``rolled-back`` says of a stack that now has a text it had before; None where it is new.
        on_event: told what was recorded.
    """

    def __init__(
        self,
        ledger: Ledger,
        run: str,
        applier: Applier,
        about: Mapping[str, Any],
        *,
        now: Callable[[], datetime],
        jobs: int,
        health: HealthCommand | None = None,
        taken_back: Callable[[str, str], Mapping[str, Any] | None] = lambda _stack, _sha256: None,
        on_event: Callable[[Event], None] = lambda _: None,
    ) -> None:
        self._ledger, self._run, self._applier, self._about = ledger, run, applier, dict(about)
        self._now, self._health, self._taken_back, self._on_event = now, health, taken_back, on_event
        self._pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="apply")
        self._ended: SimpleQueue[Ending] = SimpleQueue()
        self._started: dict[str, float] = {}
        self._broken: dict[str, Ending] = {}

    def now(self) -> datetime:
        """The time."""
        return self._now()

    def record(self, kind: str, stack: str | None, body: Mapping[str, Any]) -> Event:
        """Append to the ledger, with what else is known."""
        event_kind = KINDS[kind]
        more: dict[str, Any] = {}
        if event_kind is EventKind.RUN_STARTED:
            more = self._about
        elif event_kind in (EventKind.STACK_STARTED, EventKind.STACK_APPLIED) and stack:
            judged = self._applier.saved[stack].judged
            more = {
                "bundle": self._applier.runner.bundle.digest,
                "digest": judged.digest,
                "stack_sha256": judged.stack_sha256,
            }
        event = self._append(event_kind, stack, {**more, **body})
        if event_kind is EventKind.STACK_APPLIED and stack:
            taken_back = self._taken_back(stack, event.body["stack_sha256"])
            if taken_back is not None:
                self._append(EventKind.ROLLED_BACK, stack, taken_back)
        return event

    def _append(self, kind: EventKind, stack: str | None, body: Mapping[str, Any]) -> Event:
        event = self._ledger.append(kind, at=self._now().isoformat(), run=self._run, stack=stack, body=body)
        self._on_event(event)
        return event

    def start(self, stack: str) -> None:
        """Start applying a stack."""
        self._started[stack] = monotonic()
        self._pool.submit(self._apply, stack)

    def wait(self) -> Iterable[Ending]:
        """Wait until something ends; everything that has ended."""
        yield self._seen(self._ended.get())
        yield from self._others()

    def settle(self, stack: str) -> Ending:
        """How an apply ended of which the record does not say it.

        Where landform itself failed at a stack, it is not tried again in the same run: it would fail again.
        """
        ending = self._applier.settle(stack)
        broken = self._broken.pop(stack, None)
        return broken if broken and ending.kind == "stack-failed" else ending

    def until(self, decision: Until) -> None:
        """Wait for the end of a bake. Of a freeze window nobody waits for the end.

        Raises:
            LandformError: ``frozen``.
        """
        if decision.what == "freeze":
            raise frozen(decision.time, decision.reason, "`landform rollout --resume` goes on then.")
        threading.Event().wait(min(LOOK, max(0.0, (decision.time - self._now()).total_seconds())))

    def health(self, step: int) -> bool:
        """Whether the health command says that all is well."""
        return self._health is None or self._health.ask(self._run, step)

    def stop(self) -> list[Ending]:
        """Stop every apply, as Ctrl-C does, and say how each ended."""
        self._applier.runner.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)
        return list(self._others())

    def close(self) -> None:
        """End the threads, when nothing runs any more."""
        self._pool.shutdown(wait=True)

    def _apply(self, stack: str) -> None:
        try:
            self._ended.put(self._applier.apply(stack))
        except BaseException as error:  # noqa: BLE001  # an ending that nobody hears of would be waited for for ever
            reason = f"landform itself failed: {type(error).__name__}: {error}"
            failed = LandformError(Code.TERRAFORM_FAILED, reason, place=Place(construct_path=stack))
            self._broken[stack] = Ending(stack, "stack-failed", {"error": failed.as_json()})
            self._ended.put(Ending(stack, "stack-in-doubt", {"reason": reason}))

    def _others(self) -> Iterable[Ending]:
        while True:
            try:
                yield self._seen(self._ended.get_nowait())
            except Empty:
                return

    def _seen(self, ending: Ending) -> Ending:
        seconds = round(monotonic() - self._started.pop(ending.stack, monotonic()), 1)
        if ending.kind == "stack-in-doubt":
            return ending
        return Ending(ending.stack, ending.kind, {**ending.body, "seconds": seconds})

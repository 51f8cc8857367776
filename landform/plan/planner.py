"""Plans the stacks of a bundle: real ``init``, ``plan`` and ``show`` for each, several at once.

A plan is a process that waits for another process, so threads are enough; twice the cores is fastest, and more
is slower. What takes longest begins first, and no more than a few run in one real account, whose APIs throttle.
What one stack's plan says never hides another's: each stack has a result, in the bundle's order.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from landform.digest import canonical_json
from landform.errors import LandformError
from landform.plan.digests import plan_digest
from landform.plan.model import Plan, read_plan
from landform.plan.queue import Node, run
from landform.plan.runner import AtWork, Prepared, Runner
from landform.plan.store import sealed_plan
from landform.plan.vault import Vault
from landform.synth.bundle import StackRecord
from landform.terraform.diagnostics import Diagnostic
from landform.terraform.workdir import locked_providers

PLAN_FILE = "plan.json"
RAW_PLAN_FILE = "raw.plan"

ACCOUNT_LIMIT = 4
"""How many stacks of one real account are planned at once. Each asks AWS for ten resources at a time."""

Phase = Literal["begun", "init", "plan", "show", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A stack has begun, or ended a phase, which took ``seconds``; for ``done`` and ``failed``, all of its phases."""

    stack: str
    phase: Phase
    seconds: float


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays of plans: their digests, under the key of ``vault``; and plan files that may be applied, encrypted
    into ``folder``, unless ``files`` says that they are not kept.
    """

    vault: Vault
    folder: Path
    files: bool = True


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What came of one stack: its plan or its error, never both.

    ``document`` is the file that holds the redacted plan document. ``digest`` is of all that the plan would do, and
    ``plan_file_sha256`` of the plan file, where it was kept. ``pending`` names what has to be applied before this
    stack can be. ``notices`` are Terraform's warnings and what the sandbox left out.
    """

    stack: str
    account: str
    tier: str
    plan: Plan | None
    error: LandformError | None
    document: Path | None
    notices: tuple[str, ...]
    digest: str = ""
    plan_file_sha256: str | None = None
    pending: tuple[str, ...] = ()


def default_jobs() -> int:
    """How many stacks are planned at once unless told otherwise: twice the cores."""
    return 2 * (os.cpu_count() or 1)


def plan_stacks(
    runner: Runner,
    records: Sequence[StackRecord],
    *,
    keep: Keep | None = None,
    jobs: int | None = None,
    seconds: Mapping[str, float] | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> list[PlanResult]:
    """Plan some stacks of a bundle, each in its working folder.

    Args:
        runner: Terraform over the bundle.
        records: which of its stacks, in the order of the results.
        keep: where plan files go that may be applied; unless given, each is gone when it has been read.
        jobs: how many stacks at once.
        seconds: how long stacks are expected to take, by name; the longest begin first.
        on_progress: told what is done; called from several threads.

    Raises:
        KeyboardInterrupt: on Ctrl-C, when every Terraform process has ended. What fails in one stack is that
            stack's result.
    """
    planner = _Planner(runner, keep, on_progress)
    by_name = {record.name: record for record in records}
    nodes = [
        Node(record.name, pools=(record.account_id,), seconds=(seconds or {}).get(record.name, 1.0))
        for record in records
    ]
    # The sandbox's accounts throttle nobody.
    limits = {} if runner.sandbox else {record.account_id: ACCOUNT_LIMIT for record in records}
    ended = run(
        nodes,
        lambda name: planner.plan(by_name[name]),
        jobs=jobs or default_jobs(),
        limits=limits,
        on_stop=runner.stop,
    )
    return [one.value for one in ended.values() if one.value is not None]


@dataclass(frozen=True, slots=True)
class _Planner:
    runner: Runner
    keep: Keep | None
    on_progress: Callable[[Progress], None]

    def plan(self, record: StackRecord) -> PlanResult:
        started = time.monotonic()
        seen = _Seen()
        self.on_progress(Progress(record.name, "begun", 0.0))
        try:
            result = self._plan(record, seen)
        except LandformError as error:
            self.on_progress(Progress(record.name, "failed", time.monotonic() - started))
            return PlanResult(
                record.name, record.account, record.tier, None, error, None, tuple(seen.notices)
            )
        self.on_progress(Progress(record.name, "done", time.monotonic() - started))
        return result

    def _plan(self, record: StackRecord, seen: _Seen) -> PlanResult:
        started = time.monotonic()
        stack = self.runner.prepare(record)
        seen.notices += stack.notices
        with self.runner.at_work(stack, "plan") as at:
            self.on_progress(Progress(record.name, "init", time.monotonic() - started))
            seen.notices += at.notices
            document_path, raw_path = at.folder / PLAN_FILE, at.folder / RAW_PLAN_FILE
            document_path.unlink(missing_ok=True)
            try:
                with self._phase(record, "plan"):
                    warnings = at.terraform.plan(
                        at.folder, raw_path, secrets=at.secrets, place_of=self.runner.place_of(record)
                    )
                with self._phase(record, "show"):
                    raw = at.terraform.show_json(at.folder, raw_path)
                # First: of a form that is not known, no digest says anything.
                plan, document = read_plan(raw, record, at.secrets)
                digest = self._digest(stack, at, raw)
                kept = self._kept(stack, raw_path)
            finally:
                # It holds secrets in clear.
                raw_path.unlink(missing_ok=True)
            _write(document_path, canonical_json(document))
        seen.notices += dict.fromkeys(_sentence(warning) for warning in warnings)
        return PlanResult(
            record.name,
            record.account,
            record.tier,
            plan,
            None,
            document_path,
            tuple(seen.notices),
            digest,
            kept,
            stack.pending,
        )

    def _digest(self, stack: Prepared, at: AtWork, raw: Mapping[str, Any]) -> str:
        if self.keep is None:
            return ""
        return digest_of(self.runner, stack, at, raw, self.keep.vault)

    def _kept(self, stack: Prepared, raw_path: Path) -> str | None:
        # A preview can never be applied, so there is nothing to keep.
        if self.keep is None or not self.keep.files or stack.pending:
            return None
        name = stack.record.name
        return self.keep.vault.seal(raw_path, sealed_plan(self.keep.folder, name), name)

    @contextmanager
    def _phase(self, record: StackRecord, phase: Phase) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.on_progress(Progress(record.name, phase, time.monotonic() - started))


def digest_of(runner: Runner, stack: Prepared, at: AtWork, raw: Mapping[str, Any], vault: Vault) -> str:
    """The digest of all that a plan would do, from what ``terraform show -json`` gave, secrets in clear."""
    return plan_digest(
        raw,
        known=at.secrets,
        key=vault.digest_key,
        stack_sha256=stack.record.sha256,
        state=runner.state_of(stack),
        providers=locked_providers(at.folder),
    )


@dataclass(slots=True)
class _Seen:
    """What was noticed of a stack until it failed, if it did."""

    notices: list[str] = field(default_factory=list)


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _sentence(warning: Diagnostic) -> str:
    where = f"{warning.address}: " if warning.address else ""
    return f"{where}{warning.summary}" + (f": {warning.detail}" if warning.detail else "")

"""Plans the stacks of a bundle: real ``init``, ``plan`` and ``show`` for each, several at once.

A plan is a process that waits for another process, so threads are enough; twice the cores is fastest, and more
is slower. What one stack's plan says never hides another's: each stack has a result, in the bundle's order.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from landform.digest import canonical_json
from landform.errors import Code, LandformError, Place
from landform.plan.model import Plan, read_plan
from landform.schema.pack import shipped_pack
from landform.synth.bundle import STACK_FILE, Bundle, StackRecord
from landform.terraform.binary import Binary
from landform.terraform.cliconfig import user_config, write_cli_config
from landform.terraform.credentials import AccountCredentials
from landform.terraform.diagnostics import Diagnostic, PlaceOf
from landform.terraform.override import sandbox_override
from landform.terraform.providers import Mirror
from landform.terraform.run import Terraform, environment
from landform.terraform.sandbox import Sandbox
from landform.terraform.sandbox_state import claim
from landform.terraform.sandbox_support import leave_out
from landform.terraform.secrets import Secrets, config_secrets
from landform.terraform.workdir import Workdir

FOLDER = Path(".landform/terraform")
PLAN_FILE = "plan.json"
RAW_PLAN_FILE = "raw.plan"

Phase = Literal["init", "plan", "show", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A stack has ended a phase, which took ``seconds``; for ``done`` and ``failed``, all of its phases."""

    stack: str
    phase: Phase
    seconds: float


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What came of one stack: its plan or its error, never both.

    ``document`` is the file that holds the redacted plan document. ``notices`` are Terraform's warnings and what
    the sandbox left out.
    """

    stack: str
    account: str
    tier: str
    plan: Plan | None
    error: LandformError | None
    document: Path | None
    notices: tuple[str, ...]


def default_jobs() -> int:
    """How many stacks are planned at once unless told otherwise: twice the cores."""
    return 2 * (os.cpu_count() or 1)


def plan_bundle(
    bundle: Bundle,
    records: Sequence[StackRecord],
    *,
    project: Path,
    binary: Binary,
    mirror: Mirror | None,
    sandbox: Sandbox | None = None,
    credentials: AccountCredentials | None = None,
    jobs: int | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_notice: Callable[[str], None] = lambda _: None,
    environ: Mapping[str, str] = os.environ,
) -> list[PlanResult]:
    """Plan some stacks of a bundle, each in its working folder under ``<project>/.landform/terraform``.

    Args:
        bundle: the bundle. Its files are only read.
        records: which of its stacks, in the order of the results.
        project: the project's folder.
        binary: the Terraform to run.
        mirror: where providers come from; None is the registry.
        sandbox: a running sandbox to plan against; None is the stack's own backend and the caller's credentials.
        credentials: gives each stack the role that plans in its account; None is the caller's own.
        jobs: how many stacks at once.
        on_progress: told what is done; called from several threads.
        on_notice: told what is said once for all stacks.
        environ: the user's environment.

    Raises:
        LandformError: ``not-writable``, or an unreadable CLI configuration of the user's. What fails in one
            stack is that stack's result.
        KeyboardInterrupt: on Ctrl-C, when every Terraform process has ended.
    """
    root = project / FOLDER
    cli = _cli_config(root, mirror, environ)
    for notice in cli.notices:
        on_notice(notice)
    overrides = sandbox.environment(environ) if sandbox else {}
    terraform = Terraform(binary, environment(cli.path, environ, overrides))
    workdir = Workdir(root.absolute(), terraform, str(mirror.path) if mirror else "registry")
    planner = _Planner(bundle, workdir, sandbox, credentials, on_progress, environ, {})
    with ThreadPoolExecutor(max_workers=jobs or default_jobs()) as pool:
        futures: list[Future[PlanResult]] = []
        try:
            # Templates first, one after the other: a plugin cache bears one `terraform init` at a time.
            prepared = [planner.prepare(record) for record in records]
            futures += [pool.submit(planner.plan, stack) for stack in prepared]
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            terraform.processes.stop()
            raise


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A stack that is ready for ``init``, or the error that keeps it from being so."""

    record: StackRecord
    text: str
    template: Path
    config: Mapping[str, Any]
    override: Mapping[str, Any] | None
    secrets: Secrets
    notices: tuple[str, ...]
    error: LandformError | None = None


@dataclass(frozen=True, slots=True)
class _Planner:
    bundle: Bundle
    workdir: Workdir
    sandbox: Sandbox | None
    credentials: AccountCredentials | None
    on_progress: Callable[[Progress], None]
    environ: Mapping[str, str]
    templates: dict[str, Path | LandformError]

    def prepare(self, record: StackRecord) -> _Prepared:
        try:
            text = self.bundle.text(record.name)
            config: Mapping[str, Any] = json.loads(text)
            notices: tuple[str, ...] = ()
            override: Mapping[str, Any] | None = None
            if self.sandbox:
                config, notices = leave_out(config, to_apply=self.sandbox.stays)
                text = canonical_json(config) if notices else text
                override = sandbox_override(config, record.account_id)
            secrets = config_secrets(config, shipped_pack("aws"), self.environ)
            template = self._template(config, override)
            return _Prepared(record, text, template, config, override, secrets, notices)
        except LandformError as error:
            return _Prepared(record, "", Path(), {}, None, Secrets(), (), error)

    def _template(self, config: Mapping[str, Any], override: Mapping[str, Any] | None) -> Path:
        """The stack's template; where ``init`` of it failed once, it is not tried again for every stack."""
        key = self.workdir.template_folder(config, override).name
        if key not in self.templates:
            try:
                self.templates[key] = self.workdir.template(config, override)
            except LandformError as error:
                self.templates[key] = error
        template = self.templates[key]
        if isinstance(template, LandformError):
            raise template
        return template

    def plan(self, stack: _Prepared) -> PlanResult:
        record, started = stack.record, time.monotonic()
        try:
            if stack.error:
                raise stack.error
            with self.workdir.alone(record.name):
                plan, document, notices = self._plan(stack)
        except LandformError as error:
            self.on_progress(Progress(record.name, "failed", time.monotonic() - started))
            return PlanResult(record.name, record.account, record.tier, None, error, None, stack.notices)
        self.on_progress(Progress(record.name, "done", time.monotonic() - started))
        notices = (*stack.notices, *notices)
        return PlanResult(record.name, record.account, record.tier, plan, None, document, notices)

    def _plan(self, stack: _Prepared) -> tuple[Plan, Path, tuple[str, ...]]:
        record = stack.record
        folder = self.workdir.prepare(record.name, stack.text, stack.override)
        forgotten = claim(folder, self.sandbox.instance) if self.sandbox else ()
        workdir, secrets = self._entered(record, stack.secrets)
        terraform = workdir.terraform
        place_of = place_in(self.bundle, record)
        document_path = folder / PLAN_FILE
        document_path.unlink(missing_ok=True)
        raw_path = folder / RAW_PLAN_FILE
        try:
            with self._phase(record, "init"):
                workdir.init(
                    folder,
                    stack.template,
                    stack.config,
                    stack.override,
                    secrets=secrets,
                    place_of=place_of,
                )
            with self._phase(record, "plan"):
                warnings = terraform.plan(folder, raw_path, secrets=secrets, place_of=place_of)
            with self._phase(record, "show"):
                raw = terraform.show_json(folder, raw_path)
        finally:
            # It holds secrets in clear.
            raw_path.unlink(missing_ok=True)
        plan, document = read_plan(raw, record, secrets)
        with open(
            os.open(document_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(canonical_json(document))
        return plan, document_path, (*forgotten, *dict.fromkeys(map(_sentence, warnings)))

    def _entered(self, record: StackRecord, secrets: Secrets) -> tuple[Workdir, Secrets]:
        """The working folders with the stack's own credentials, and all that must not be shown."""
        if self.credentials is None:
            return self.workdir, secrets
        given = self.credentials.for_stack(record.account_id, "plan")
        return self.workdir.with_environment(given.environment(self.environ)), secrets | given.secrets

    @contextmanager
    def _phase(self, record: StackRecord, phase: Phase) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.on_progress(Progress(record.name, phase, time.monotonic() - started))


def place_in(bundle: Bundle, record: StackRecord) -> PlaceOf:
    """Places as the user knows them: the construct and source line of a resource, or a line of the bundle's file."""
    synthesised = bundle.folder(record.name) / STACK_FILE

    def place(diagnostic: Diagnostic) -> Place:
        resource = record.resources.get(diagnostic.address or "")
        if resource:
            file, _, line = resource.source.rpartition(":")
            # A resource that another tool made has no source line.
            return Place(
                file=file or None, line=int(line) if line else None, construct_path=resource.construct_path
            )
        line_number = diagnostic.line if diagnostic.file == STACK_FILE else None
        return Place(file=str(synthesised), line=line_number, construct_path=diagnostic.address)

    return place


def _cli_config(root: Path, mirror: Mirror | None, environ: Mapping[str, str]) -> Any:
    user = user_config(environ)
    try:
        return write_cli_config(root, mirror=mirror, user=user, plugin_cache=root / "plugin-cache")
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "The folder for Terraform's working folders cannot be written.",
            place=Place(file=str(root)),
            given=str(error),
        ) from None


def _sentence(warning: Diagnostic) -> str:
    where = f"{warning.address}: " if warning.address else ""
    return f"{where}{warning.summary}" + (f": {warning.detail}" if warning.detail else "")

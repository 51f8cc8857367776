"""The stacks of a bundle in their working folders, ready for Terraform: what planning and applying share.

A stack's folder holds a copy of what was synthesised; the bundle is only read. In the sandbox, and where a stack
reads what another has not published yet, the copy is not what will be applied to the real account, and says so.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from landform.digest import canonical_json
from landform.errors import Code, LandformError, Place
from landform.plan.pending import Upstream, with_placeholders
from landform.schema.pack import shipped_pack
from landform.synth.bundle import STACK_FILE, Bundle, StackRecord
from landform.terraform.binary import Binary
from landform.terraform.cliconfig import CliConfig, user_config, write_cli_config
from landform.terraform.credentials import AccountCredentials, Purpose
from landform.terraform.diagnostics import Diagnostic, PlaceOf
from landform.terraform.override import sandbox_override
from landform.terraform.providers import Mirror
from landform.terraform.run import TIMEOUTS, Terraform, environment
from landform.terraform.sandbox import Sandbox
from landform.terraform.sandbox_imports import standing_imports
from landform.terraform.sandbox_state import claim
from landform.terraform.sandbox_support import leave_out
from landform.terraform.secrets import Secrets, config_secrets
from landform.terraform.workdir import Workdir, backend_of

FOLDER = Path(".landform/terraform")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stack that is ready to be laid into its working folder.

    Attributes:
        record: the stack.
        text: what is planned: the synthesised document, or what is left of it.
        config: the same, read.
        secrets: what must not be shown, as far as it is known before any plan.
        pending: stacks that have to be applied first; a plan that waits for one is never applied.
        notices: what was left out.
    """

    record: StackRecord
    text: str
    template: Path
    config: Mapping[str, Any]
    override: Mapping[str, Any] | None
    secrets: Secrets
    pending: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AtWork:
    """A stack's folder, initialised, and the Terraform that may enter its account.

    ``secrets`` are all that must not be shown, ``notices`` what was noticed on the way.
    """

    folder: Path
    terraform: Terraform
    secrets: Secrets
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runner:
    """Terraform over the stacks of one bundle.

    Attributes:
        bundle: the bundle; its files are only read.
        workdir: where the working folders are, with the Terraform to run.
        sandbox: what to run against; None is the stack's own backend and account.
        credentials: gives each stack the role of a purpose in its account; None is the caller's own.
        upstream: which stacks are applied, for those that read what others publish; None is as if all were.
        standing: addresses of what stacks may take over in the sandbox, by stack.
    """

    bundle: Bundle
    workdir: Workdir
    sandbox: Sandbox | None
    environ: Mapping[str, str]
    credentials: AccountCredentials | None = None
    upstream: Upstream | None = None
    standing: Mapping[str, Collection[str]] = field(default_factory=dict)
    _templates: dict[str, Path | LandformError] = field(default_factory=dict)
    _template_lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def begin(
        cls,
        bundle: Bundle,
        *,
        project: Path,
        binary: Binary,
        mirror: Mirror | None,
        sandbox: Sandbox | None = None,
        credentials: AccountCredentials | None = None,
        upstream: Upstream | None = None,
        timeouts: Mapping[str, float] | None = None,
        lock_timeout: int = 0,
        environ: Mapping[str, str] = os.environ,
        on_notice: Callable[[str], None] = lambda _: None,
    ) -> Runner:
        """A runner whose working folders are under ``<project>/.landform/terraform``.

        Args:
            bundle: the bundle.
            project: the project's folder.
            binary: the Terraform to run.
            mirror: where providers come from; None is the registry.
            sandbox, credentials, upstream: as the attributes.
            timeouts: seconds that Terraform's commands may take, where they are not ``terraform.run.TIMEOUTS``.
            lock_timeout: seconds to wait for a state that another run holds.
            environ: the user's environment.
            on_notice: told what is said once for all stacks.

        Raises:
            LandformError: ``not-writable``, or an unreadable CLI configuration of the user's.
        """
        root = project / FOLDER
        cli = _cli_config(root, mirror, environ)
        for notice in cli.notices:
            on_notice(notice)
        overrides = sandbox.environment(environ) if sandbox else {}
        terraform = Terraform(
            binary,
            environment(cli.path, environ, overrides),
            timeouts={**TIMEOUTS, **(timeouts or {})},
            lock_timeout=lock_timeout,
        )
        workdir = Workdir(root.absolute(), terraform, str(mirror.path) if mirror else "registry")
        standing = standing_imports(project, sandbox.instance) if sandbox else {}
        return cls(bundle, workdir, sandbox, environ, credentials, upstream, standing)

    def prepare(self, record: StackRecord) -> Prepared:
        """What is to be planned of a stack.

        Raises:
            LandformError: ``bundle-tampered``, ``not-writable``, and what ``init`` of its template raises.
        """
        text = self.bundle.text(record.name)
        config: Mapping[str, Any] = json.loads(text)
        notices: tuple[str, ...] = ()
        pending: tuple[str, ...] = ()
        override: Mapping[str, Any] | None = None
        if self.upstream:
            config, pending = with_placeholders(config, partial(self.upstream.wait, record))
        if self.sandbox:
            config, notices = leave_out(
                config, to_apply=self.sandbox.stays, standing=self.standing.get(record.name, ())
            )
            override = sandbox_override(config, record.account_id)
        if notices or pending:
            text = canonical_json(config)
        secrets = config_secrets(config, shipped_pack("aws"), self.environ)
        template = self._template(config, override)
        return Prepared(record, text, template, config, override, secrets, pending, notices)

    @contextmanager
    def at_work(self, stack: Prepared, purpose: Purpose) -> Iterator[AtWork]:
        """Lay a stack into its folder, alone there, enter its account and run ``init`` where that is needed.

        Raises:
            LandformError: ``not-writable``, also for what is written within the context; ``disk-full``,
                ``provider-missing``, ``terraform-failed``, and what entering the account raises.
        """
        record = stack.record
        with _writable(self.workdir.root / record.name), self.workdir.alone(record.name):
            folder = self.workdir.prepare(record.name, stack.text, stack.override)
            forgotten = claim(folder, self.sandbox.instance) if self.sandbox else ()
            workdir, secrets = self.workdir, stack.secrets
            if self.credentials and not self.sandbox:
                given = self.credentials.for_stack(record.account_id, purpose)
                workdir = workdir.with_environment(given.environment(self.environ))
                secrets |= given.secrets
            workdir.init(
                folder,
                stack.template,
                stack.config,
                stack.override,
                secrets=secrets,
                place_of=self.place_of(record),
            )
            yield AtWork(folder, workdir.terraform, secrets, forgotten)

    def state_of(self, stack: Prepared) -> str:
        """What tells the state that a stack's plan is for from any other: its backend, or its sandbox."""
        if self.sandbox:
            return f"sandbox {self.sandbox.instance} {stack.record.name}"
        return canonical_json(backend_of(stack.config, stack.override))

    def place_of(self, record: StackRecord) -> PlaceOf:
        """Places as the user knows them: a resource's construct and source line, or a line of the bundle's file."""
        synthesised = self.bundle.folder(record.name) / STACK_FILE

        def place(diagnostic: Diagnostic) -> Place:
            resource = record.resources.get(diagnostic.address or "")
            if resource:
                file, _, line = resource.source.rpartition(":")
                # A resource that another tool made has no source line.
                return Place(
                    file=file or None,
                    line=int(line) if line else None,
                    construct_path=resource.construct_path,
                )
            line_number = diagnostic.line if diagnostic.file == STACK_FILE else None
            return Place(file=str(synthesised), line=line_number, construct_path=diagnostic.address)

        return place

    def patient(self, seconds: int) -> Runner:
        """The same, which waits at least so long for a state's lock that another run holds."""
        terraform = self.workdir.terraform
        waiting = replace(terraform, lock_timeout=max(seconds, terraform.lock_timeout))
        return replace(self, workdir=replace(self.workdir, terraform=waiting))

    def stop(self) -> None:
        """Stop every Terraform that runs, and start no more."""
        self.workdir.terraform.processes.stop()

    def _template(self, config: Mapping[str, Any], override: Mapping[str, Any] | None) -> Path:
        """The stack's template; where ``init`` of it failed once, it is not tried again for every stack."""
        # One at a time: Terraform's plugin cache bears no two `terraform init` at once.
        with self._template_lock:
            key = self.workdir.template_folder(config, override).name
            if key not in self._templates:
                try:
                    with _writable(self.workdir.root):
                        self._templates[key] = self.workdir.template(config, override)
                except LandformError as error:
                    self._templates[key] = error
            template = self._templates[key]
        if isinstance(template, LandformError):
            raise template
        return template


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    """A folder that cannot be written is an error of its stack, and no end of the others."""
    try:
        yield
    except OSError as error:
        raise LandformError(
            Code.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else Code.NOT_WRITABLE,
            "A working folder for Terraform cannot be written.",
            place=Place(file=str(folder)),
            given=str(error),
            fix="Make room, or give write access to the folder.",
        ) from None


def _cli_config(root: Path, mirror: Mirror | None, environ: Mapping[str, str]) -> CliConfig:
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

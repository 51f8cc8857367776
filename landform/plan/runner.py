"""The stacks of a bundle in their working folders, ready for Terraform: what planning and applying share.

A stack's folder holds a copy of what was synthesised; the bundle is only read. In the sandbox, and where a stack
reads what another has not published yet, the copy is not what will be applied to the real account, and says so.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
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
from landform.terraform.diagnostics import Diagnostic, PlaceOf
from landform.terraform.override import sandbox_override
from landform.terraform.providers import Mirror
from landform.terraform.run import Terraform, environment
from landform.terraform.sandbox import Sandbox
from landform.terraform.sandbox_support import leave_out
from landform.terraform.secrets import Secrets, config_secrets
from landform.terraform.workdir import Workdir

FOLDER = Path(".landform/terraform")

Credentials = Callable[[str], Mapping[str, str]]
"""The environment variables that carry credentials into an account, by its id."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stack that is ready for ``init``.

    Attributes:
        record: the stack.
        folder: its working folder.
        config: what is planned: the synthesised document, or what is left of it.
        secrets: what must not be shown, as far as it is known before any plan.
        pending: stacks that have to be applied first; a plan that waits for one is never applied.
        notices: what was left out.
    """

    record: StackRecord
    folder: Path
    template: Path
    config: Mapping[str, Any]
    override: Mapping[str, Any] | None
    secrets: Secrets
    pending: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Runner:
    """Terraform over the stacks of one bundle.

    Attributes:
        bundle: the bundle; its files are only read.
        workdir: where the working folders are, with the Terraform to run.
        sandbox: what to run against; None is the stack's own backend and account.
        credentials: how to enter an account; None is as the caller's environment has it.
        upstream: which stacks are applied, for those that read what others publish; None is as if all were.
    """

    bundle: Bundle
    workdir: Workdir
    sandbox: Sandbox | None
    environ: Mapping[str, str]
    credentials: Credentials | None = None
    upstream: Upstream | None = None
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
        credentials: Credentials | None = None,
        upstream: Upstream | None = None,
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
        terraform = Terraform(binary, environment(cli.path, environ, overrides))
        workdir = Workdir(root.absolute(), terraform, str(mirror.path) if mirror else "registry")
        return cls(bundle, workdir, sandbox, environ, credentials, upstream)

    def prepare(self, record: StackRecord) -> Prepared:
        """Lay a stack into its working folder.

        Raises:
            LandformError: ``bundle-tampered``, ``not-writable``, and what ``init`` of its template raises.
        """
        text = self.bundle.text(record.name)
        config: Mapping[str, Any] = json.loads(text)
        left_out: tuple[str, ...] = ()
        if self.sandbox:
            config, left_out = leave_out(config)
        pending: tuple[str, ...] = ()
        if self.upstream:
            config, pending = with_placeholders(config, partial(self.upstream.wait, record))
        if left_out or pending:
            text = canonical_json(config)
        override = sandbox_override(config, record.account_id) if self.sandbox else None
        folder = self.workdir.prepare(record.name, text, override)
        secrets = config_secrets(config, shipped_pack("aws"), self.environ)
        template = self._template(config, override)
        return Prepared(record, folder, template, config, override, secrets, pending, left_out)

    def initialise(self, stack: Prepared) -> Terraform:
        """Make a stack's folder ready and return the Terraform that may enter its account.

        Raises:
            LandformError: ``provider-missing``, ``terraform-failed``, and what entering the account raises.
        """
        terraform = self.workdir.terraform
        if self.credentials and not self.sandbox:
            entered = self.credentials(stack.record.account_id)
            terraform = replace(terraform, environ={**terraform.environ, **entered})
        replace(self.workdir, terraform=terraform).init(
            stack.folder,
            stack.template,
            stack.config,
            stack.override,
            secrets=stack.secrets,
            place_of=self.place_of(stack.record),
        )
        return terraform

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
                    self._templates[key] = self.workdir.template(config, override)
                except LandformError as error:
                    self._templates[key] = error
            template = self._templates[key]
        if isinstance(template, LandformError):
            raise template
        return template


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

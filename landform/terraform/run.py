"""Runs Terraform in a working folder, with an environment in which only landform decides.

Terraform reads many ``TF_*`` variables that change what a command does without a trace in its arguments. Only
those that carry the user's values (``TF_VAR_``) and registry tokens (``TF_TOKEN_``) are passed on.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.terraform.binary import Binary
from landform.terraform.diagnostics import Diagnostic, PlaceOf, failure, in_folder, parse_diagnostics
from landform.terraform.processes import Processes
from landform.terraform.secrets import Secrets

PASSED_ON = ("TF_VAR_", "TF_TOKEN_")
OWN = {
    "CHECKPOINT_DISABLE": "1",
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
}
# The AWS provider's schema is large and read in every command: a lazier collector saves a fifth of the time.
COLLECTOR = {"GOGC": "400"}
NO_SECRETS = Secrets()


def environment(
    cli_config: Path | None,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, str | None] | None = None,
) -> dict[str, str]:
    """The environment for Terraform's processes.

    Args:
        cli_config: the CLI configuration to use.
        environ: what the user has.
        overrides: what to set beside landform's own; None takes a variable away.
    """
    kept = {
        key: value for key, value in environ.items() if not key.startswith("TF_") or key.startswith(PASSED_ON)
    }
    config = {"TF_CLI_CONFIG_FILE": str(cli_config)} if cli_config else {}
    merged: dict[str, str | None] = {**COLLECTOR, **kept, **OWN, **config, **(overrides or {})}
    return {key: value for key, value in merged.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform, ready to run.

    Args:
        binary: which one.
        environ: the whole environment of its processes, from ``environment``.
        processes: what starts and stops them.
        timeout: seconds that one command may take.
    """

    binary: Binary
    environ: Mapping[str, str]
    processes: Processes = field(default_factory=Processes)
    timeout: float = 1800.0

    def init(
        self, folder: Path, *, secrets: Secrets = NO_SECRETS, place_of: PlaceOf | None = None
    ) -> tuple[Diagnostic, ...]:
        """Initialise a folder and return the warnings.

        Raises:
            LandformError: ``provider-missing`` where a provider cannot be had, else ``terraform-failed``.
        """
        return self._run(folder, "init", ("-input=false",), secrets, place_of)

    def validate(
        self, folder: Path, *, secrets: Secrets = NO_SECRETS, place_of: PlaceOf | None = None
    ) -> tuple[Diagnostic, ...]:
        """Validate an initialised folder and return the warnings.

        Raises:
            LandformError: ``terraform-failed``.
        """
        return self._run(folder, "validate", (), secrets, place_of)

    def plan(
        self, folder: Path, out: Path, *, secrets: Secrets = NO_SECRETS, place_of: PlaceOf | None = None
    ) -> tuple[Diagnostic, ...]:
        """Plan an initialised folder into the file ``out`` (mode 0600) and return the warnings.

        Raises:
            LandformError: ``terraform-failed``.
        """
        return self._run(folder, "plan", ("-input=false", f"-out={out}"), secrets, place_of)

    def show_json(self, folder: Path, plan: Path) -> dict[str, Any]:
        """A plan file as Terraform's JSON document, secrets in clear.

        Raises:
            LandformError: ``terraform-failed``.
        """
        done = self._call(folder, ("show", "-json", str(plan)))
        if done.returncode != 0:
            # What show wrote may be part of the plan; only what it wrote as an error is told.
            raise failure("show", (), done.stderr, in_folder(folder))
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def _run(
        self, folder: Path, command: str, options: Sequence[str], secrets: Secrets, place_of: PlaceOf | None
    ) -> tuple[Diagnostic, ...]:
        done = self._call(folder, (command, "-json", "-no-color", *options))
        diagnostics = parse_diagnostics(done.stdout, secrets)
        if done.returncode != 0:
            text = secrets.scrub(done.stderr or done.stdout)
            raise failure(command, diagnostics, text, place_of or in_folder(folder))
        return tuple(d for d in diagnostics if d.severity == "warning")

    def _call(self, folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        try:
            return self.processes.run(
                (*self.binary.argv, *arguments), cwd=folder, env=self.environ, timeout=self.timeout
            )
        except subprocess.TimeoutExpired:
            raise LandformError(
                Code.TERRAFORM_FAILED,
                f"`terraform {arguments[0]}` did not end in time and was stopped.",
                place=Place(file=str(folder)),
                expected=f"an end within {self.timeout:.0f} seconds",
            ) from None
        except OSError as error:
            raise LandformError(
                Code.TERRAFORM_MISSING,
                "Terraform could not be started.",
                place=Place(file=self.binary.path),
                given=str(error),
            ) from None

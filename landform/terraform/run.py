"""Runs Terraform in a working folder, with an environment in which only landform decides.

Terraform reads many ``TF_*`` variables that change what a command does without a trace in its arguments. Only
those that carry the user's values (``TF_VAR_``) and registry tokens (``TF_TOKEN_``) are passed on.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.terraform.applied import Applied, Listener, ResourceEvent
from landform.terraform.backoff import Backoff
from landform.terraform.binary import Binary
from landform.terraform.diagnostics import Diagnostic, PlaceOf, failure, in_folder, parse_diagnostics
from landform.terraform.processes import GRACE, Processes
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
# Seconds. A database or a distribution takes AWS the better part of an hour to make.
TIMEOUTS: Mapping[str, float] = {
    "init": 900.0, "validate": 300.0, "plan": 1800.0, "show": 300.0, "apply": 7200.0,
}  # fmt: skip
# Seconds to end in order when stopped. An apply that is killed loses what it has just made from its state.
GRACES: Mapping[str, float] = {"apply": 900.0}


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
        timeouts: seconds that each command may take.
        backoff: the waits where AWS says that it is asked too much.
        lock_timeout: seconds to wait for the lock of a state that another run holds.
    """

    binary: Binary
    environ: Mapping[str, str]
    processes: Processes = field(default_factory=Processes)
    timeouts: Mapping[str, float] = field(default_factory=lambda: TIMEOUTS)
    backoff: Backoff = field(default_factory=Backoff)
    lock_timeout: int = 0

    def init(
        self, folder: Path, *, secrets: Secrets = NO_SECRETS, place_of: PlaceOf | None = None
    ) -> tuple[Diagnostic, ...]:
        """Initialise a folder and return the warnings. Tried again where AWS is asked too much.

        Raises:
            LandformError: ``provider-missing`` where a provider cannot be had; another code of ``failures``.
        """
        return self._patiently(folder, "init", ("-input=false",), secrets, place_of)

    def validate(
        self, folder: Path, *, secrets: Secrets = NO_SECRETS, place_of: PlaceOf | None = None
    ) -> tuple[Diagnostic, ...]:
        """Validate an initialised folder and return the warnings.

        Raises:
            LandformError: ``terraform-failed``, or another code of ``failures``.
        """
        return self._run(folder, "validate", (), secrets, place_of)

    def plan(
        self, folder: Path, out: Path, *, secrets: Secrets = NO_SECRETS, place_of: PlaceOf | None = None
    ) -> tuple[Diagnostic, ...]:
        """Plan an initialised folder into the file ``out`` (mode 0600) and return the warnings.

        Tried again where AWS is asked too much.

        Raises:
            LandformError: ``state-locked``, ``credentials-expired``, or another code of ``failures``.
        """
        options = ("-input=false", self._lock_timeout, f"-out={out}")
        return self._patiently(folder, "plan", options, secrets, place_of)

    def apply(
        self,
        folder: Path,
        plan_file: Path,
        *,
        on_event: Callable[[ResourceEvent], None] = lambda _: None,
        secrets: Secrets = NO_SECRETS,
        place_of: PlaceOf | None = None,
    ) -> Applied:
        """Apply a saved plan, and nothing but a saved plan. Never tried again: what is left needs a new plan.

        What fails half-way is told in the result. When it is stopped, by time or Ctrl-C, Terraform ends what it is
        at, saves its state and gives back the lock.

        Args:
            folder: the initialised folder that was planned.
            plan_file: what ``plan`` wrote.
            on_event: told each resource that has begun or ended, as it happens.
            secrets: taken out of what is said.
            place_of: where a diagnostic stands.

        Raises:
            LandformError: ``plan-unreadable`` where there is no such file, ``terraform-missing``.
            KeyboardInterrupt: on Ctrl-C; what was done until then was told to ``on_event``.
        """
        if not plan_file.is_file():
            raise LandformError(
                Code.PLAN_UNREADABLE,
                "There is no plan file to apply.",
                place=Place(file=str(plan_file)),
                expected="a plan file that `terraform plan -out` wrote",
            )
        listener = Listener(on_event)
        options = ("-input=false", self._lock_timeout, str(plan_file.absolute()))
        error: LandformError | None = None
        warnings: tuple[Diagnostic, ...] = ()
        try:
            warnings = self._run(folder, "apply", options, secrets, place_of, listener)
        except LandformError as caught:
            if caught.code is Code.TERRAFORM_MISSING:
                raise
            error = caught
        return Applied(tuple(listener.events), error, warnings)

    def show_json(self, folder: Path, plan: Path) -> dict[str, Any]:
        """A plan file as Terraform's JSON document, secrets in clear.

        Raises:
            LandformError: ``plan-unreadable``, ``plan-stale``, or another code of ``failures``.
        """
        done = self._call(folder, ("show", "-json", str(plan)))
        if done.returncode != 0:
            # What show wrote may be part of the plan; only what it wrote as an error is told.
            raise failure("show", (), done.stderr, in_folder(folder))
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    @property
    def _lock_timeout(self) -> str:
        return f"-lock-timeout={self.lock_timeout}s"

    def _patiently(
        self, folder: Path, command: str, options: Sequence[str], secrets: Secrets, place_of: PlaceOf | None
    ) -> tuple[Diagnostic, ...]:
        for seconds in self.backoff.waits():
            try:
                return self._run(folder, command, options, secrets, place_of)
            except LandformError as error:
                # Beside anything else, waiting would only put off what has to be said.
                if {single.code for single in error.each()} != {Code.THROTTLED}:
                    raise
            self.processes.pause(seconds)
        return self._run(folder, command, options, secrets, place_of)

    def _run(
        self,
        folder: Path,
        command: str,
        options: Sequence[str],
        secrets: Secrets,
        place_of: PlaceOf | None,
        on_line: Callable[[str], None] = lambda _: None,
    ) -> tuple[Diagnostic, ...]:
        done = self._call(folder, (command, "-json", "-no-color", *options), on_line)
        diagnostics = parse_diagnostics(done.stdout, secrets)
        if done.returncode != 0:
            text = secrets.scrub(done.stderr or done.stdout)
            raise failure(command, diagnostics, text, place_of or in_folder(folder))
        return tuple(d for d in diagnostics if d.severity == "warning")

    def _call(
        self, folder: Path, arguments: Sequence[str], on_line: Callable[[str], None] = lambda _: None
    ) -> subprocess.CompletedProcess[str]:
        command = arguments[0]
        try:
            return self.processes.run(
                (*self.binary.argv, *arguments),
                cwd=folder,
                env=self.environ,
                timeout=self.timeouts[command],
                grace=GRACES.get(command, GRACE),
                on_line=on_line,
            )
        except subprocess.TimeoutExpired:
            raise LandformError(
                Code.TIMED_OUT,
                f"`terraform {command}` did not end in time and was stopped.",
                place=Place(file=str(folder)),
                expected=f"an end within {self.timeouts[command]:.0f} seconds",
            ) from None
        except OSError as error:
            raise LandformError(
                Code.TERRAFORM_MISSING,
                "Terraform could not be started.",
                place=Place(file=self.binary.path),
                given=str(error),
            ) from None

"""What commands that run Terraform share: which Terraform, against what, as whom, and what is recorded of it."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli.project import checks_python
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from landform.checks.run import Report
    from landform.cli.console import Out
    from landform.plan.runner import Runner
    from landform.plan.vault import Vault
    from landform.synth.bundle import Bundle
    from landform.terraform.credentials import AccountCredentials
    from landform.terraform.sandbox import Sandbox

USER_VARIABLE = "LANDFORM_USER"

Sandboxed = Annotated[
    bool,
    typer.Option("--sandbox", help="Work against a local AWS: the one that runs, or one for this command."),
]
OwnCredentials = Annotated[
    bool,
    typer.Option("--own-credentials", help="Use your own credentials, and assume no role in the accounts."),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by", help=f"Who asks; {USER_VARIABLE} or your login name unless given.", show_default=False
    ),
]

Timeouts = Annotated[
    list[str],
    typer.Option(
        "--timeout",
        metavar="COMMAND=SECONDS",
        help="How long one of Terraform's commands may take, as plan=3600; repeatable.",
        show_default=False,
    ),
]
LockTimeout = Annotated[
    int,
    typer.Option(
        "--lock-timeout",
        min=0,
        metavar="SECONDS",
        help="How long to wait for a state that another run holds.",
    ),
]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the options of such a command say; times are in seconds."""

    sandbox: bool = False
    own_credentials: bool = False
    terraform: str | None = None
    plugin_dir: Path | None = None
    timeouts: Mapping[str, float] = field(default_factory=dict)
    lock_timeout: int = 0


def timeouts_of(given: Iterable[str]) -> dict[str, float]:
    """What ``--timeout`` says: seconds by Terraform's command.

    Raises:
        LandformError: ``usage``.
    """
    from landform.terraform.run import TIMEOUTS

    found = {}
    for text in given:
        command, _, seconds = text.partition("=")
        if command not in TIMEOUTS or not seconds.isdecimal() or not int(seconds):
            raise LandformError(
                Code.USAGE,
                "--timeout takes a command of Terraform's and seconds.",
                given=text,
                expected=f"one of {', '.join(TIMEOUTS)}, then = and a whole number from 1",
            )
        found[command] = float(seconds)
    return found


@dataclass(frozen=True, slots=True)
class Working:
    """A project and a bundle of it, ready for Terraform.

    ``applied`` is the SHA-256 of what each stack was last applied from, there where the runner works; empty where that
    did not end well.
    """

    project: Path
    runner: Runner
    applied: dict[str, str]

    @property
    def sandbox(self) -> Sandbox | None:
        """The sandbox that is worked in."""
        return self.runner.sandbox

    @property
    def terraform_version(self) -> str:
        """The version of the Terraform that runs."""
        return self.runner.workdir.terraform.binary.version

    @property
    def world(self) -> str | None:
        """The id of the sandbox that is worked in; None is the real AWS."""
        return self.runner.sandbox.instance if self.runner.sandbox else None

    def applied_text(self, stack: str) -> Mapping[str, Any] | None:
        """The document that a stack was last applied from; None where it never was.

        Raises:
            LandformError: ``object-broken`` where the record does not hold it any longer.
        """
        from landform.record.objects import Objects

        sha = self.applied.get(stack)
        return json.loads(Objects.of(self.project).get(sha)) if sha else None


@contextmanager
def working(said: Out, project: Path, bundle: Bundle, choices: Choices) -> Iterator[Working]:
    """Find Terraform and its providers, start the sandbox if asked, read what is applied.

    Raises:
        LandformError: ``terraform-missing``, ``sandbox-failed``, ``aws-refused``, ``ledger-unreadable`` and others.
    """
    from landform.plan.pending import Upstream
    from landform.plan.runner import Runner
    from landform.terraform.binary import find_terraform
    from landform.terraform.providers import find_mirror
    from landform.terraform.standing_sandbox import use_sandbox

    binary = find_terraform(choices.terraform)
    mirror = find_mirror(choices.plugin_dir, project=project)
    with use_sandbox(project, said.notice) if choices.sandbox else nullcontext() as sandbox:
        applied = standing(project, sandbox.instance if sandbox else None)
        runner = Runner.begin(
            bundle,
            project=project,
            binary=binary,
            mirror=mirror,
            sandbox=sandbox,
            credentials=None if choices.sandbox or choices.own_credentials else _account_credentials(),
            upstream=Upstream(bundle, applied),
            timeouts=choices.timeouts,
            lock_timeout=choices.lock_timeout,
            on_notice=said.notice,
        )
        yield Working(project, runner, applied)


def check_whole(said: Out, project: Path, bundle: Bundle) -> Report:
    """What the checks say of a whole bundle today; what they said of equal stacks before is not asked again."""
    from landform.checks.cache import cache_of
    from landform.checks.run import check

    with said.progress("checking") as advance:
        return check(
            bundle,
            tuple(bundle.stacks.values()),
            as_of=clock().date(),
            on_progress=advance,
            project=project,
            checks_python=checks_python(),
            cache=cache_of(project, checks_python()),
        )


def clock() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


def who(by: str | None) -> str:
    """Who asks, by the option, the variable, or the login."""
    return by or os.environ.get(USER_VARIABLE) or getpass.getuser()


def open_vault() -> Vault:
    """The vault of plan files: its key from ``LANDFORM_PLAN_KEY``, or from the user's state folder.

    Raises:
        LandformError: ``plan-key``.
    """
    from landform.plan.vault import KEY_FILE, KEY_VARIABLE, Vault

    if text := os.environ.get(KEY_VARIABLE):
        return Vault.from_text(text)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Vault.in_file(Path(state) / KEY_FILE)


def standing(project: Path, sandbox: str | None) -> dict[str, str]:
    """The SHA-256 that each stack was applied with in a place, as ``History.standing`` has it; empty without ledger."""
    from landform.record.ledger import LEDGER
    from landform.rollout.history import read_history

    # A project in which nothing was applied has no ledger, and to plan is no reason to begin one.
    return read_history(project, sandbox).standing() if (project / LEDGER).exists() else {}


def _account_credentials() -> AccountCredentials:
    """The roles of the accounts, assumed by the caller; the run is named by its time."""
    from landform.org.living import open_session
    from landform.record.moments import run_id
    from landform.terraform.credentials import AccountCredentials

    return AccountCredentials(open_session(), run_id(clock(), "session"), now=clock)

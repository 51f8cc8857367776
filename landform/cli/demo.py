"""``landform demo``: the whole walk over the example, each step by the command that a user would type.

The steps are processes of their own, so that what is shown is what happens. A stack of the demo's own is rolled out,
since most others take minutes to be applied: the provider asks AWS again and again whether a key has come to be.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import relative
from landform.cli.start import write_project
from landform.cli.working import USER_VARIABLE
from landform.errors import Code, Exit, LandformError, Place

if TYPE_CHECKING:
    from rich.console import Console

BY = "demo"
SIGNERS = ("jane", "sam")
STACK = "hello"
CANARY = "payments-dev"
PRODUCTION = "payments-prod"
ROLE = f"acme-{CANARY}-{STACK}"
REGION = "eu-west-1"

_TEMPLATE = Path(__file__).parents[1] / "scaffold/templates/hello.py.txt"
_RULE = f"""
  # The demo's own.
  - id: {STACK}
    construct: acme.hello:Hello
    select: {{ labels: {{ app: payments }} }}
"""
_CHANGE = f'stacks: {{ params: {{ {STACK}: {{ text: "Good evening." }} }} }}\n'
_KEY = re.compile(r"ssh-ed25519 \S+(?= (\w+)@)")
# Where a word begins in the name of one of AWS's arguments.
_WORD = re.compile("(?<!^)(?=[A-Z])")
# A demo waits for nobody, whatever the day.
_WAITS = re.compile(r"^( *)bake: .*$", re.MULTILINE)
_FREEZE = re.compile(r"^  freeze:\n(?:    .*\n)+", re.MULTILINE)


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, demo)


def demo(
    directory: Annotated[
        Path, typer.Argument(help="The folder to work in; kept, and used again next time.")
    ] = Path("landform-demo"),
    jobs: options.Jobs = None,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Take the example organisation through all of it, in the sandbox, command by command.

    Synthesised, checked, planned, reviewed, approved; rolled out in waves, with an account that fails, and resumed;
    changed; changed by hand, found, and rolled back. Real Terraform and the real AWS provider, against a local AWS. No
    cloud account is needed. It signs with keys of its own, which are gone at the end.
    """
    said = Out(as_json=json, quiet=quiet)
    if not (directory / "org").is_dir():
        write_project(directory)
    project = directory.resolve()
    with_terraform = [
        *(("--terraform", terraform) if terraform else ()),
        *(("--plugin-dir", str(plugin_dir.absolute())) if plugin_dir else ()),
    ]
    with tempfile.TemporaryDirectory(prefix="landform-demo-") as keys, _sandbox(project):
        walk = Walk(said, project, Path(keys), with_terraform)
        done = walk.all(jobs)
    said.result(walk.document(), lambda console: _show_end(console, walk, done))
    return int(Exit.DONE if done else Exit.SAID_NO)


@dataclass
class Step:
    """A command of the walk, how it ended, and what it said as JSON, where the demo itself was asked for JSON."""

    command: str
    status: int
    seconds: float
    said: Any = None


@dataclass
class Walk:
    """The steps, done one after the other.

    Attributes:
        said: where the demo speaks.
        project: where every command runs.
        keys: the folder of the keys that sign.
        with_terraform: the options of every command that runs Terraform.
        steps: what was done so far.
    """

    said: Out
    project: Path
    keys: Path
    with_terraform: Sequence[str]
    steps: dict[str, Step] = field(default_factory=dict)

    def all(self, jobs: int | None) -> bool:
        """Do them all; whether each ended as it should. After one that did not, nothing is done."""
        try:
            self._first(jobs)
            self._roll_out()
            self._change()
            self._back()
        except _OtherwiseError:
            return False
        return True

    def document(self) -> dict[str, Any]:
        """All that was said, by step, and the commands."""
        said = {name: step.said for name, step in self.steps.items() if step.said is not None}
        commands = [
            {"command": step.command, "status": step.status, "seconds": step.seconds}
            for step in self.steps.values()
        ]
        return {**said, "commands": commands}

    def _first(self, jobs: int | None) -> None:
        prepare(self.project, {name: _new_key(self.keys / name) for name in SIGNERS})
        self._title("1. The organisation, synthesised")
        self._run("synth", "synth")
        self._title("2. Checked")
        self._run("check", "check")
        self._title("3. Planned with Terraform, in a sandbox that stays up")
        self._run("sandbox", "sandbox", "start")
        with_jobs = ("--jobs", str(jobs)) if jobs else ()
        self._run("plan", "plan", "--sandbox", *with_jobs, *self.with_terraform)
        self._title("4. Reviewed: all of it in a file to hand on, and here one class of it in full")
        self._run("review file", "review", "--output", "review.html")
        self._run("review", "review", "--class", _class(self.project))

    def _roll_out(self) -> None:
        self._title("5. Approved: production asks for two people, and neither may be who asked for the plan")
        for name in SIGNERS:
            self._run(f"approve {name}", "approve", "--all", "--key", str(self.keys / name), "--yes")
        self._title(f"6. Rolled out in waves: {STACK}, in an organisation where somebody was there before")
        trust = '{"Version": "2012-10-17", "Statement": []}'
        self._aws("create_role", RoleName=ROLE, AssumeRolePolicyDocument=trust)
        rollout = ("rollout", "--sandbox", *self.with_terraform)
        self._run("rollout", *rollout, "--stack", STACK, status=Exit.STOPPED)
        self._title(
            "7. The canary failed, so no other account was touched. The cause is removed, and it goes on"
        )
        self._aws("delete_role", RoleName=ROLE)
        self._run("resume", *rollout, "--resume")

    def _change(self) -> None:
        self._title(f"8. Changed: another text for {CANARY} in org/accounts. Only what differs is planned")
        account = self.project / f"org/accounts/{CANARY}.yaml"
        account.write_text(account.read_text(encoding="utf-8") + _CHANGE, encoding="utf-8")
        only = ("--sandbox", "--stack", STACK, *self.with_terraform)
        self._run("synth again", "synth", "--quiet")
        self._run("plan again", "plan", *only, "--details")
        self._run("review again", "review")
        self._run("apply", "apply", "--sandbox", *self.with_terraform)

    def _back(self) -> None:
        self._title("9. Somebody changes it by hand, and is found")
        self._aws("update_role_description", RoleName=ROLE, Description="By hand.")
        self._run(
            "drift", "drift", "--sandbox", "--account", CANARY, *self.with_terraform, status=Exit.SAID_NO
        )
        self._title("10. Rolled back to the bundle before, through the same gate")
        self._run("rollback", "rollback", "--sandbox", *self.with_terraform)
        restored = ("--out", _restored(self.project))
        self._run(
            "approve rollback", "approve", "--all", "--key", str(self.keys / SIGNERS[0]), "--yes", *restored
        )
        self._run("apply rollback", "apply", "--sandbox", *restored, *self.with_terraform)
        self._title("11. The sandbox ends, and with it all that stands there")
        self._run("stop", "sandbox", "stop")

    def _run(self, name: str, *arguments: str, status: Exit = Exit.DONE) -> None:
        command = shlex.join(["landform", *arguments])
        if not self.said.as_json:
            self.said.result(None, lambda console: _show_command(console, command))
        # What is written into a file is what it is for people.
        as_json = self.said.as_json and "--output" not in arguments
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "landform.cli.main", *arguments, *(["--json"] if as_json else [])],
            cwd=self.project,
            env={**os.environ, USER_VARIABLE: BY},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if self.said.as_json else None,
        )
        seconds = round(time.monotonic() - started, 1)
        said = json.loads(done.stdout) if as_json else None
        self.steps[name] = Step(command, done.returncode, seconds, said)
        if done.returncode != status:
            raise _OtherwiseError

    def _aws(self, operation: str, **arguments: str) -> None:
        """Do in the sandbox's canary account what somebody with the AWS command line would."""
        words = [f"--{_WORD.sub('-', name).lower()} {shlex.quote(text)}" for name, text in arguments.items()]
        command = f"aws iam {operation.replace('_', '-')} {' '.join(words)}   # in {CANARY}"
        if not self.said.as_json:
            self.said.result(None, lambda console: _show_command(console, command))
        getattr(_iam(self.project), operation)(**arguments)
        self.steps[command] = Step(command, 0, 0.0)

    def _title(self, text: str) -> None:
        if not self.said.as_json:
            self.said.result(None, lambda console: _show_title(console, text))


class _OtherwiseError(Exception):
    """A step ended otherwise than it should; what it said says why."""


def prepare(project: Path, keys: dict[str, str]) -> None:
    """Make an example project the demo's: its own stack, keys that somebody has, and no waiting between steps.

    Whatever a demo before this one has changed is as at first again.

    Args:
        project: a project that ``landform init`` made.
        keys: OpenSSH public keys by the name of an approver.

    Raises:
        LandformError: ``not-writable`` where it lacks a file of the example, or one cannot be written.
    """
    org = project / "org"
    (project / "acme/hello.py").write_text(_TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    _edit(org / "stacks.yaml", lambda text: text if _RULE in text else text + _RULE)
    _edit(org / f"accounts/{CANARY}.yaml", lambda text: text.replace(_CHANGE, ""))
    _edit(org / "approvers.yaml", lambda text: _KEY.sub(lambda match: keys.get(match[1], match[0]), text))
    _edit(org / "waves.yaml", lambda text: _WAITS.sub(r"\1bake: 0s", text))
    for tier in sorted((org / "tiers").glob("*.yaml")):
        _edit(tier, lambda text: _FREEZE.sub("", _WAITS.sub(r"\1bake: 0s", text)))


def _edit(path: Path, change: Callable[[str], str]) -> None:
    try:
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "The demo's project lacks a file of the example, or it cannot be written.",
            place=Place(file=str(path)),
            given=error.strerror,
            fix="Name another folder: `landform demo NAME`.",
        ) from None


def _class(project: Path) -> str:
    """The class of the demo's own stack in production, as the review names it."""
    from landform.plan.store import find, load

    plans = load(find(project, None)).plans
    return plans[f"{PRODUCTION}.{STACK}"].class_digest.removeprefix("sha256:")[:12]


def _restored(project: Path) -> str:
    """The folder of the bundle that was restored last, as a user would name it."""
    folders = (project / ".landform/rollback").iterdir()
    latest = max(folders, key=lambda folder: folder.stat().st_mtime)
    return latest.relative_to(project).as_posix()


@contextmanager
def _sandbox(project: Path) -> Iterator[None]:
    """No sandbox of the project runs before, and none after."""
    from landform.terraform.standing_sandbox import stop

    stop(project)
    try:
        yield
    finally:
        stop(project)


def _iam(project: Path) -> Any:
    """IAM of the canary account, in the sandbox."""
    import boto3

    from landform.synth.bundle import Bundle
    from landform.terraform.standing_sandbox import find

    record = find(project)
    assert record is not None
    account_id = Bundle.load(project / "cdktf.out").stacks[f"{CANARY}.{STACK}"].account_id
    at: dict[str, str] = {"region_name": REGION, "endpoint_url": record.sandbox.url}
    nobody = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    role = f"arn:aws:iam::{account_id}:role/somebody"
    somebody = boto3.client("sts", **at, **nobody).assume_role(RoleArn=role, RoleSessionName="somebody")
    return boto3.client(
        "iam",
        aws_access_key_id=somebody["Credentials"]["AccessKeyId"],
        aws_secret_access_key=somebody["Credentials"]["SecretAccessKey"],
        aws_session_token=somebody["Credentials"]["SessionToken"],
        **at,
    )


def _new_key(path: Path) -> str:
    """Write a new private key, which is its owner's alone; its public half."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    key = Ed25519PrivateKey.generate()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _show_title(console: Console, text: str) -> None:
    console.print(f"\n{text}", style="bold", highlight=False, markup=False, soft_wrap=True)


def _show_command(console: Console, command: str) -> None:
    console.print(f"$ {command}", style="bold cyan", highlight=False, markup=False, soft_wrap=True)


def _show_end(console: Console, walk: Walk, done: bool) -> None:
    seconds = sum(step.seconds for step in walk.steps.values())
    if not done:
        step = list(walk.steps.values())[-1]
        console.print(f"\nThe demo stopped: `{step.command}` ended with {step.status}.", markup=False)
        return
    console.print(
        f"\n{len(walk.steps)} commands in {seconds:.0f} s. The project is {relative(walk.project)}: change something "
        "there and run this again.",
        highlight=False,
    )

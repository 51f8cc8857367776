"""A roll-out of twelve stacks in four accounts by the real code over a fake Terraform, in processes that are killed."""

import base64
import fcntl
import json
import os
import shutil
import signal
import sys
import time
import traceback
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from bundles import write_bundle, write_index

import landform.cli.apply as cli
from landform.checks.run import Report, TierVerdict
from landform.cli.console import Out
from landform.cli.working import Choices, Working, clock
from landform.errors import Code, LandformError
from landform.plan import Runner, plan_stacks
from landform.plan.assess import assess
from landform.plan.planner import Keep
from landform.plan.store import begin, save
from landform.plan.vault import KEY_VARIABLE, Vault
from landform.record.ledger import LEDGER, Ledger
from landform.rollout.run import past, steps_of
from landform.rollout.state import Rollout
from landform.synth.bundle import INDEX, Bundle
from landform.terraform.binary import Binary

from .fake_terraform import VERSION, Cloud, Countdown, FakeTerraform

KEY = b"k" * 32
ACCOUNTS = ("a", "b", "c", "d")
STACKS = ("app", "base", "net")
NEEDS = {"base": (), "net": ("base",), "app": ("net",)}
ROLLOUT = {
    "approvals": 0, "separation_of_duties": False, "failure_tolerance": 0, "max_concurrent": 10, "bake": "0m",
    "waves": ["50%"], "freeze": [], "auto_apply": "always",
}  # fmt: skip


def make_bundle(root, rollout=None, stacks=None):
    """Twelve stacks; account a goes first, then half of the others, then the rest."""
    documents = stacks or {
        f"{account}.{stack}": {
            "resource": {"terraform_data": {name: {"input": f"{account}-{stack}-{name}"} for name in "xyz"}}
        }
        for account in ACCOUNTS
        for stack in STACKS
    }
    places = {account: (f"10000000000{number}", "prod") for number, account in enumerate(ACCOUNTS)}
    write_bundle(root, documents, places)
    index = json.loads((root / INDEX).read_text())
    index["tiers"] = {"prod": {"rank": 1, "rollout": ROLLOUT | (rollout or {})}}
    index["waves"] = {
        account: {
            "number": 1 if account == "a" else 2,
            "name": "canary" if account == "a" else "rest",
            "bake": None,
        }
        for account in ACCOUNTS
    }
    for name, record in index["stacks"].items():
        account, stack = name.split(".")
        record["dependencies"] = [f"{account}.{need}" for need in NEEDS.get(stack, ())]
    write_index(root, index)
    return Bundle.load(root)


def no_findings(bundle):
    """What the checks say of it."""
    return Report(
        bundle.digest, date(2026, 11, 21), len(bundle.stacks), 0, (), 0, 0, 0, 0,
        (TierVerdict("prod", "high", len(bundle.stacks), 0, 0, 0),), (), {},
    )  # fmt: skip


def make_runner(bundle, project, terraform):
    """The real runner over the fake."""
    runner = Runner.begin(
        bundle,
        project=project,
        binary=Binary(("terraform",), VERSION, "terraform", "a fake"),
        mirror=None,
        environ={"PATH": os.environ["PATH"], "HOME": str(project)},
    )
    faked = replace(runner.workdir.terraform, processes=terraform)
    return replace(runner, workdir=replace(runner.workdir, terraform=faked))


def plan_all(project, bundle, runner, names=None):
    """Plan stacks and keep the plan set as the latest."""
    folder = begin(project)
    records = [bundle.stacks[name] for name in names or bundle.stacks]
    results = plan_stacks(runner, records, keep=Keep(Vault(KEY), folder), jobs=1)
    errors = [result.error for result in results if result.error]
    if errors:
        raise errors[0]
    plan_set = assess(results, bundle, no_findings(bundle), requested_by="kim", created=clock())
    return save(project, folder, plan_set)


class Project:
    """A project whose stacks are planned, and the cloud that they are for."""

    def __init__(self, root, bundle):
        self.root, self.bundle = root, bundle
        self.cloud = Cloud(root / "cloud")

    @classmethod
    def planned(cls, root, rollout=None):
        """A new one, in which every base stands already and is to be changed."""
        project = cls(root, make_bundle(root / "cdktf.out", rollout))
        project.cloud.folder.mkdir()
        for name in project.bundle.stacks:
            if name.endswith(".base"):
                project.cloud.save(name, {"serial": 3, "resources": {"x": "old"}})
        plan_all(root, project.bundle, make_runner(project.bundle, root, FakeTerraform(project.cloud)))
        return project

    def copy(self, root):
        """The same in another folder; the bundle, which is only read, is shared."""
        root.mkdir()
        shutil.copytree(self.root / ".landform/plans", root / ".landform/plans")
        shutil.copytree(self.root / "cloud", root / "cloud")
        return type(self)(root, self.bundle)

    def ledger(self):
        """The ledger, opened."""
        return Ledger.open(self.root / LEDGER)

    def wait_for_lock(self):
        """Wait until the last process's forks have let go of the lock that they inherited."""
        path = (self.root / LEDGER).with_name("ledger.sqlite.lock")
        if path.exists():
            with path.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX)

    def values(self):
        """What stands, by stack."""
        return {name: self.cloud.state(name)["resources"] for name in self.bundle.stacks}

    def rollout(self):
        """Where the ledger says that the last run stands; None where there is none that has not ended."""
        with self.ledger() as ledger:
            try:
                before = past(ledger, None, None)
            except LandformError:
                return None
            return Rollout.of(steps_of(self.bundle, before.stacks, ledger, waves=True), before.events)

    def ended(self):
        """Whether a run has ended."""
        if not (self.root / LEDGER).exists():
            return False
        with self.ledger() as ledger:
            return any(event.kind == "run-ended" for event in ledger.events())

    def replan(self, terraform):
        """Plan what is left anew; the id of the plan set."""
        runner = make_runner(self.bundle, self.root, terraform).patient(60)
        return plan_all(self.root, self.bundle, runner, self.rollout().left).name

    def go(self, kill=None, *, again=False, jobs=4):
        """Begin, or go on, as the command line does, killed at a step; with ``again``, what is left is planned anew.

        Meant for a process of its own: it changes how the command line finds Terraform.
        """
        step = Countdown(kill)
        terraform = FakeTerraform(self.cloud, step)
        append = Ledger.append

        def stepping(*arguments, **named):
            step()
            event = append(*arguments, **named)
            step()
            return event

        @contextmanager
        def working(said, project, bundle, choices):
            yield Working(project, make_runner(bundle, project, terraform), {})

        opened = Ledger.open

        def quickly(path):
            ledger = opened(path)
            # What a process has written outlives it; waiting for the disk is for a loss of power.
            ledger._file.connection.execute("PRAGMA synchronous = OFF")
            return ledger

        Ledger.append, Ledger.open = stepping, quickly
        cli.working = working
        cli.check_whole = lambda said, project, bundle: no_findings(bundle)
        os.environ[KEY_VARIABLE] = base64.b64encode(KEY).decode()
        said = Out(as_json=True, quiet=True)
        everything: dict[str, tuple[str, ...]] = {"accounts": (), "tiers": (), "stacks": (), "regions": ()}
        request = cli.Request("rollout", Choices(), "kim", jobs, everything)
        newer = self.replan(terraform) if again else None
        try:
            return cli.resume_run(said, self.root, self.bundle.root, None, newer, request)
        except LandformError as error:
            if error.code is not Code.NO_RUN or self.ended():
                raise
        return cli.run_plan_set(said, self.root, self.bundle.root, None, request)


KILLED = -signal.SIGKILL


def in_process(work, log, seconds=None):
    """Do something in a process of its own, killed after so many seconds; its exit status.

    A LandformError is its code's status, as on the command line.
    """
    pid = os.fork()
    if pid == 0:
        status = 99
        try:
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            sys.stdout = sys.stderr = open(output, "w", closefd=False)  # noqa: SIM115 - until the process ends
            status = int(work())
        except LandformError as error:
            sys.stderr.write(f"{error}\n")
            status = int(error.code.status)
        except BaseException:  # noqa: BLE001  # a forked pytest must not go on, whatever happens
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

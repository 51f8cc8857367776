"""A project written by hand whose stacks the real Terraform applies without any provider, and people who approve."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from approvals import APPROVERS, KEYS
from bundles import write_bundle, write_index

from landform.cli.working import clock
from landform.errors import Exit
from landform.plan.approval import draft, file_approval
from landform.plan.store import find, load
from landform.record.ledger import LEDGER, Ledger
from landform.synth.bundle import INDEX

ROOT = Path(__file__).parents[2]
SECRET = "hunter2-hunter2-hunter2"
ROLLOUT = {
    "approvals": 1, "separation_of_duties": True, "failure_tolerance": 0, "max_concurrent": 10, "bake": "0m",
    "waves": [], "freeze": [], "auto_apply": "always",
}  # fmt: skip
TIERS = {"dev": ROLLOUT, "prod": ROLLOUT | {"auto_apply": "never", "approvers": ["jane"]}}
ACCOUNTS = {"pay-dev": ("100000000001", "dev"), "pay-prod": ("100000000002", "prod")}


def resource(name: str, command: str = "true", needs: str | None = None) -> dict[str, object]:
    """Something that writes down that it was made, after a command; its input is a secret."""
    said = f"{command} && echo {name} >> $EFFECTS"
    made = {"input": "${var.secret}", "provisioner": {"local-exec": {"command": said}}}
    return made | ({"depends_on": [f"terraform_data.{needs}"]} if needs else {})


def stack(name: str, command: str = "true") -> dict[str, object]:
    """Two resources, of which the second needs the first."""
    return {
        "variable": {"secret": {"type": "string", "sensitive": True, "default": SECRET}},
        "resource": {
            "terraform_data": {"a": resource(f"{name}.a"), "b": resource(f"{name}.b", command, needs="a")}
        },
    }


class Applying:
    """A project, and ``landform`` in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = {
            **os.environ,
            "COLUMNS": "200",
            "EFFECTS": str(root / "effects"),
            "XDG_STATE_HOME": str(root.parent / "state"),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        }

    @classmethod
    def made(cls, root: Path, stacks: dict[str, dict[str, object]], **rollout: object) -> Applying:
        """A new one."""
        bundle = root / "cdktf.out"
        write_bundle(bundle, stacks, ACCOUNTS)
        index = json.loads((bundle / INDEX).read_text())
        index["tiers"] = {
            name: {"rank": rank, "rollout": tier | rollout, "guard": {"fail_on": "critical"}}
            for rank, (name, tier) in enumerate(TIERS.items())
        }
        index["waves"] = {account: {"number": 1, "name": "all", "bake": None} for account in ACCOUNTS}
        index["approvers"] = APPROVERS
        write_index(bundle, index)
        return cls(root)

    def copy(self, root: Path) -> Applying:
        """The same in another folder."""
        shutil.copytree(self.root, root, symlinks=True)
        copied = type(self)(root)
        copied.environ["XDG_STATE_HOME"] = self.environ["XDG_STATE_HOME"]
        return copied

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start ``landform ARGUMENTS`` with the caller's own credentials."""
        return subprocess.Popen(
            [sys.executable, "-m", "landform.cli.main", arguments[0], "--own-credentials", *arguments[1:]],
            cwd=self.root,
            env=self.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environ: str) -> tuple[int, str]:
        """Run it to its end: its status, and all that it said."""
        with self.start(*arguments, **environ) as process:
            out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        assert SECRET not in out + err
        return process.returncode, out + err

    def approve(self, by: str = "jane") -> Path:
        """File an approval of the latest plan set, which needs one, since its resources run commands."""
        plan_set = load(find(self.root))
        (self.root / "record").mkdir(exist_ok=True)
        with Ledger.open(self.root / LEDGER) as ledger:
            head = ledger.head()
        made = draft(plan_set, plan_set.plans, approver=by, now=clock(), ledger=head).signed(KEYS[by])
        return file_approval(self.root, made)

    def go_on(self, **environ: str) -> None:
        """Resume the last run until it is done; what cannot be applied any longer is planned and approved anew."""
        status, said = self.run("rollout", "--resume", **environ)
        for _ in range(3):
            if status == Exit.DONE:
                return
            assert status == Exit.STOPPED, said
            assert "landform rollout PLAN_SET --resume" in said
            assert self.run("plan")[0] == Exit.DONE
            self.approve()
            status, said = self.run("rollout", find(self.root).name, "--resume", **environ)
        assert status == Exit.DONE, said

    def sealed(self, stack: str) -> Path:
        """The plan file of a stack."""
        return find(self.root) / f"{stack}.plan"

    def effects(self) -> list[str]:
        """What was made, in order."""
        path = self.root / "effects"
        return path.read_text().split() if path.exists() else []

    def events(self) -> list[str]:
        """The kinds of the ledger's events, which is whole."""
        if not (self.root / LEDGER).exists():
            return []
        with Ledger.open(self.root / LEDGER) as ledger:
            assert ledger.verify() is None
            return [event.kind.value for event in ledger.events()]

    def check_nothing_leaks(self) -> None:
        """No plan file lies about in clear, and the secret stands in the bundle, which is kept, and in states alone."""
        assert not list(self.root.rglob("raw.plan"))
        for folder in ("record", ".landform/plans"):
            for path in (self.root / folder).rglob("*"):
                kept = not path.is_file() or "objects" in path.relative_to(self.root).parts
                assert kept or SECRET.encode() not in path.read_bytes(), path

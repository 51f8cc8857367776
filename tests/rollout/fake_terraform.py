"""A Terraform in this process, at the seam where the real one is started: states with serials and locks, and a cloud
that writes down whatever is done to it, so that something that is done twice shows.

``apply`` works in a process of its own, as the real one does: it outlives a landform that is killed, sees that, and
ends what it is at.
"""

import fcntl
import json
import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

VERSION = "1.11.4"
EFFECTS = "effects"
FAILS = "fails"
STUBBORN = "stubborn"


class Countdown:
    """Kills the process at a step of its own, as ``kill -9`` would."""

    def __init__(self, kill=None):
        self._left = kill
        self._lock = threading.Lock()

    def __call__(self):
        with self._lock:
            if self._left is not None:
                self._left -= 1
                if self._left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)


class Cloud:
    """The states and what was done, in a folder that all processes share."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def state(self, stack):
        path = self.folder / f"{stack}.tfstate"
        return json.loads(path.read_text()) if path.exists() else {"serial": 0, "resources": {}}

    def save(self, stack, state):
        part = self.folder / f"{stack}.part"
        part.write_text(json.dumps(state))
        os.replace(part, self.folder / f"{stack}.tfstate")

    def effects(self):
        """What was done, a line each: the stack, the resource, the action, the value."""
        path = self.folder / EFFECTS
        return [tuple(line.split()) for line in path.read_text().splitlines()] if path.exists() else []

    def do(self, *words):
        with open(self.folder / EFFECTS, "a") as file:
            file.write(" ".join(words) + "\n")

    def fail_once(self, stack):
        """Let the next apply of a stack fail after its first resource."""
        (self.folder / f"{stack}.{FAILS}").touch()

    def fails(self, stack):
        path = self.folder / f"{stack}.{FAILS}"
        if path.exists():
            path.unlink()
            return True
        return False

    def settled(self):
        """Wait until no Terraform is at work any more."""
        for path in self.folder.glob("*.lock"):
            with self.lock(path.stem, 60):
                pass

    @contextmanager
    def lock(self, stack, seconds):
        """Hold the lock of a state; raises BlockingIOError where another holds it for too long."""
        until = time.monotonic() + seconds
        with open(self.folder / f"{stack}.lock", "w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        raise
                    time.sleep(0.005)
            yield


def diagnostic(summary, detail="", address=None):
    """An error as Terraform tells it."""
    said = {"severity": "error", "summary": summary, "detail": detail}
    return json.dumps({"type": "diagnostic", "diagnostic": said | ({"address": address} if address else {})})


LOCKED = diagnostic(
    "Error acquiring the state lock",
    "Lock Info:\n  ID:        1\n  Path:      p\n  Operation: OperationTypeApply\n  Who:       a@b\n"
    "  Version:   1.11.4\n  Created:   2026-11-21 12:00:00 UTC\n  Info:      \n",
)
STALE = diagnostic(
    "Saved plan is stale", "The given plan file can no longer be applied because the state was changed."
)
EXPIRED = diagnostic("creating", "operation error: api error ExpiredToken: The security token is expired")


class FakeTerraform:
    """Stands in for ``landform.terraform.processes.Processes``.

    Args:
        cloud: what it acts on.
        step: called at each step that landform can be killed at.
    """

    def __init__(self, cloud, step=lambda: None):
        self.cloud, self.step = cloud, step
        self.commands = []

    def run(self, argv, *, cwd, env, timeout, grace=0, on_line=lambda _: None):
        command, options = argv[1], argv[2:]
        self.step()
        self.commands.append((command, Path(cwd).name))
        status, out = getattr(self, f"_{command}")(Path(cwd), options, on_line)
        self.step()
        return subprocess.CompletedProcess(argv, status, out, "")

    def pause(self, seconds):
        time.sleep(seconds)

    def stop(self):
        pass

    def _init(self, folder, options, on_line):
        return 0, ""

    def _plan(self, folder, options, on_line):
        out = next(each for each in options if each.startswith("-out=")).removeprefix("-out=")
        try:
            with self.cloud.lock(folder.name, _seconds(options)):
                state = self.cloud.state(folder.name)
        except BlockingIOError:
            return 1, LOCKED
        wanted = json.loads((folder / "cdk.tf.json").read_text())["resource"]["terraform_data"]
        values = {name: block["input"] for name, block in wanted.items()}
        Path(out).write_text(
            json.dumps({"serial": state["serial"], "had": state["resources"], "wanted": values})
        )
        return 0, ""

    def _show(self, folder, options, on_line):
        plan = json.loads(Path(options[-1]).read_text())
        return 0, json.dumps(document(plan))

    def _apply(self, folder, options, on_line):
        read, write = os.pipe()
        parent = os.getpid()
        if os.fork() == 0:
            try:
                # A process that is started holds none of landform's locks; one that is forked would.
                os.closerange(3, write)
                os.closerange(write + 1, 1024)
                os._exit(_Applying(self.cloud, folder.name, parent, write).apply(options))
            finally:
                os._exit(70)
        os.close(write)
        lines = []
        with os.fdopen(read) as said:
            for line in said:
                self.step()
                lines.append(line)
                on_line(line.rstrip("\n"))
        failed = any('"diagnostic"' in line for line in lines)
        return int(failed), "".join(lines)


class _Applying:
    """The process that applies."""

    def __init__(self, cloud, stack, parent, said):
        self.cloud, self.stack, self.parent, self.said = cloud, stack, parent, said

    def apply(self, options):
        plan = json.loads(Path(options[-1]).read_text())
        try:
            with self.cloud.lock(self.stack, _seconds(options)):
                return self._locked(plan)
        except BlockingIOError:
            return self._say(LOCKED)

    def _locked(self, plan):
        state = self.cloud.state(self.stack)
        if state["serial"] != plan["serial"]:
            return self._say(STALE)
        fails = self.cloud.fails(self.stack)
        stubborn = (self.cloud.folder / STUBBORN).exists()
        done = 0
        try:
            for name, (action, value) in sorted(changes(plan).items()):
                if os.getppid() != self.parent and not stubborn:
                    return 1
                if fails and done == 1:
                    return self._say(EXPIRED)
                self._say(event("apply_start", name, action))
                self.cloud.do(self.stack, name, action, value)
                state["resources"][name] = value
                done += 1
                time.sleep(0.001)
                self._say(event("apply_complete", name, action))
        finally:
            if done:
                self.cloud.save(self.stack, {**state, "serial": state["serial"] + 1})
        return 0

    def _say(self, line):
        # Of a landform that is gone nobody listens any more.
        with suppress(BrokenPipeError):
            os.write(self.said, f"{line}\n".encode())
        return 1


def _seconds(options):
    given = next(each for each in options if each.startswith("-lock-timeout="))
    return float(given.removeprefix("-lock-timeout=").removesuffix("s"))


def changes(plan):
    """What a plan does: the action and the value by resource."""
    return {
        name: ("update" if name in plan["had"] else "create", value)
        for name, value in plan["wanted"].items()
        if plan["had"].get(name) != value
    }


def event(kind, name, action):
    """Something that Terraform tells of a resource."""
    hook = {"resource": {"addr": f"terraform_data.{name}"}, "action": action, "elapsed_seconds": 0}
    return json.dumps({"type": kind, "hook": hook})


def document(plan):
    """A plan as ``terraform show -json`` gives it."""
    changed = changes(plan)
    return {
        "format_version": "1.2",
        "terraform_version": VERSION,
        "resource_changes": [
            {
                "address": f"terraform_data.{name}",
                "mode": "managed",
                "type": "terraform_data",
                "name": name,
                "provider_name": "terraform.io/builtin/terraform",
                "change": {
                    "actions": [changed[name][0]] if name in changed else ["no-op"],
                    "before": {"input": plan["had"][name]} if name in plan["had"] else None,
                    "after": {"input": value},
                    "after_unknown": {},
                    "before_sensitive": {},
                    "after_sensitive": {},
                },
            }
            for name, value in sorted(plan["wanted"].items())
        ],
    }

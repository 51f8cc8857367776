"""Saved plans applied by the real Terraform, and all that keeps one from being applied."""

from __future__ import annotations

import json
import os
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landform.errors import Code, LandformError
from landform.terraform import Binary
from landform.terraform.applied import Applied, ResourceEvent
from landform.terraform.backoff import Backoff
from landform.terraform.run import Terraform, environment
from landform.terraform.secrets import Secrets

PASSWORD = "hunter2hunter2"
NO_WAIT = Backoff(tries=3, jitter=lambda: 0.0)
THROTTLED = {
    "type": "diagnostic",
    "diagnostic": {"severity": "error", "summary": "api error Throttling: Rate exceeded", "detail": ""},
}


def resource(command: str = "true", **more: Any) -> dict[str, Any]:
    """Something that runs a command when it is made."""
    return {"input": "v", "provisioner": {"local-exec": {"command": command}}, **more}


@pytest.fixture
def terraform(terraform_binary: Binary) -> Terraform:
    """The real one."""
    return Terraform(terraform_binary, environment(None))


@pytest.fixture
def saved(terraform: Terraform, tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """A folder with some resources and a saved plan of it."""

    def make(**resources: Any) -> tuple[Path, Path]:
        (tmp_path / "cdk.tf.json").write_text(json.dumps({"resource": {"terraform_data": resources}}))
        terraform.init(tmp_path)
        terraform.plan(tmp_path, tmp_path / "raw.plan")
        return tmp_path, tmp_path / "raw.plan"

    return make


Saved = Callable[..., tuple[Path, Path]]


@pytest.mark.terraform
class TestApply:
    """``Terraform.apply``."""

    def test_a_plan_is_applied(self, terraform: Terraform, saved: Saved) -> None:
        """What was planned is made, each resource is told, and the state is its owner's alone."""
        folder, plan = saved(a={"input": 1}, b={"input": 2})
        told: list[ResourceEvent] = []
        applied = terraform.apply(folder, plan, on_event=told.append)
        assert applied.whole
        assert {event.address for event in applied.done} == {"terraform_data.a", "terraform_data.b"}
        assert (applied.count("create"), applied.count("delete"), applied.unknown) == (2, 0, ())
        assert tuple(told) == applied.events
        assert (folder / "terraform.tfstate").stat().st_mode & 0o777 == 0o600

    def test_a_failure_half_way(self, terraform: Terraform, saved: Saved) -> None:
        """What was done, what failed and why are told; what depends on it was not begun."""
        folder, plan = saved(
            a={"input": 1},
            b=resource(f"echo {PASSWORD}; exit 3", depends_on=["terraform_data.a"]),
            c={"input": 2, "depends_on": ["terraform_data.b"]},
        )
        applied = terraform.apply(folder, plan, secrets=Secrets([PASSWORD]))
        assert [event.address for event in applied.done] == ["terraform_data.a"]
        assert (applied.failed, applied.unknown) == (("terraform_data.b",), ())
        assert applied.error is not None
        assert applied.error.place is not None
        assert applied.error.place.construct_path == "terraform_data.b"
        assert "exit status 3" in str(applied.error)
        assert PASSWORD not in repr(applied) + str(applied.error)

    def test_events_come_while_it_runs(self, terraform: Terraform, saved: Saved) -> None:
        """A resource that waits for a file is made once the one before is told."""
        folder, plan = saved(
            a={"input": 1},
            b=resource("for i in $(seq 500); do [ -e told ] && exit 0; sleep 0.1; done; exit 1",
                       depends_on=["terraform_data.a"]),
        )  # fmt: skip
        applied = terraform.apply(folder, plan, on_event=lambda event: (folder / "told").touch())
        assert applied.whole

    def test_a_stale_plan(self, terraform: Terraform, saved: Saved) -> None:
        """A plan is applied once; then the state is another."""
        folder, plan = saved(a={"input": 1})
        terraform.apply(folder, plan)
        again = terraform.apply(folder, plan)
        assert again.error is not None
        assert (again.error.code, again.events) == (Code.PLAN_STALE, ())

    def test_a_plan_of_another_version(self, terraform: Terraform, saved: Saved) -> None:
        """Both versions are named."""
        folder, plan = saved(a={"input": 1})
        other = folder / "other.plan"
        version = terraform.binary.version.encode()
        with zipfile.ZipFile(plan) as old, zipfile.ZipFile(other, "w") as new:
            for name in old.namelist():
                text = old.read(name)
                new.writestr(name, text.replace(version, b"9" * len(version)) if name == "tfplan" else text)
        applied = terraform.apply(folder, other)
        assert applied.error is not None
        assert applied.error.code is Code.PLAN_STALE
        assert terraform.binary.version in str(applied.error)

    @pytest.mark.parametrize("part", [0.0, 0.5])
    def test_a_truncated_plan(self, terraform: Terraform, saved: Saved, part: float) -> None:
        """Neither applied nor shown."""
        folder, plan = saved(a={"input": 1})
        whole = plan.read_bytes()
        plan.write_bytes(whole[: int(len(whole) * part)])
        applied = terraform.apply(folder, plan)
        assert applied.error is not None
        assert applied.error.code is Code.PLAN_UNREADABLE
        with pytest.raises(LandformError) as caught:
            terraform.show_json(folder, plan)
        assert caught.value.code is Code.PLAN_UNREADABLE

    def test_no_plan(self, terraform: Terraform, tmp_path: Path) -> None:
        """Without a saved plan nothing is started: Terraform would plan by itself."""
        with pytest.raises(LandformError) as caught:
            terraform.apply(tmp_path, tmp_path)
        assert caught.value.code is Code.PLAN_UNREADABLE

    def test_a_lock_that_is_held(self, terraform: Terraform, saved: Saved) -> None:
        """While one apply holds the lock, a plan says who holds it, and what frees it."""
        folder, plan = saved(
            a=resource("touch begun; for i in $(seq 600); do [ -e told ] && exit 0; sleep 0.1; done")
        )
        results: list[Applied] = []
        thread = threading.Thread(target=lambda: results.append(terraform.apply(folder, plan)))
        thread.start()
        until(lambda: (folder / "begun").exists())
        try:
            with pytest.raises(LandformError) as caught:
                terraform.plan(folder, folder / "second.plan")
        finally:
            (folder / "told").touch()
            thread.join(60)
        assert caught.value.code is Code.STATE_LOCKED
        held = str(caught.value.given)
        assert "OperationTypeApply" in held
        assert f"@{os.uname().nodename}" in held
        lock_id = held.rpartition(" ")[2]
        assert f"terraform force-unlock {lock_id}" in str(caught.value.fix)
        assert results[0].whole

    def test_a_timeout_lets_it_save_its_state(self, terraform_binary: Binary, saved: Saved) -> None:
        """An apply that is stopped ends what it is at: what was made is in the state, and the lock is free."""
        folder, plan = saved(
            a={"input": 1}, b=resource("sleep 4", depends_on=["terraform_data.a"]),
            c={"input": 1, "depends_on": ["terraform_data.b"]},
        )  # fmt: skip
        hasty = Terraform(terraform_binary, environment(None), timeouts={"apply": 2.0, "plan": 60.0})
        applied = hasty.apply(folder, plan)
        assert applied.error is not None
        assert applied.error.code is Code.TIMED_OUT
        state = json.loads((folder / "terraform.tfstate").read_text())
        assert "a" in {resource["name"] for resource in state["resources"]}
        assert "terraform_data.c" not in {event.address for event in applied.events}
        hasty.plan(folder, folder / "after.plan")


def said(*documents: Any, status: int = 1) -> str:
    """A script that counts its runs and says some documents."""
    lines = "\n".join(f"echo '{json.dumps(document)}'" for document in documents)
    return f"echo run >> runs\n{lines}\nexit {status}"


class TestAskedTooMuch:
    """``Terraform`` where AWS says that it is asked too much."""

    @pytest.mark.parametrize("command", ["init", "plan"])
    def test_it_is_tried_again(self, script: Callable[..., Path], tmp_path: Path, command: str) -> None:
        """As often as the back-off allows; then the error says what it was."""
        terraform = Terraform(binary(script, said(THROTTLED)), os.environ, backoff=NO_WAIT)
        calls: dict[str, Callable[[], Any]] = {
            "init": lambda: terraform.init(tmp_path),
            "plan": lambda: terraform.plan(tmp_path, tmp_path / "p"),
        }  # fmt: skip
        with pytest.raises(LandformError) as caught:
            calls[command]()
        assert caught.value.code is Code.THROTTLED
        assert (tmp_path / "runs").read_text().count("run") == NO_WAIT.tries

    def test_it_passes(self, script: Callable[..., Path], tmp_path: Path) -> None:
        """Where the second try is answered, nothing is told."""
        body = f"[ -e runs ] && exit 0\n{said(THROTTLED)}"
        assert Terraform(binary(script, body), os.environ, backoff=NO_WAIT).init(tmp_path) == ()

    def test_something_else_is_not_tried_again(self, script: Callable[..., Path], tmp_path: Path) -> None:
        """Nor where it stands beside."""
        other = {"type": "diagnostic", "diagnostic": {"severity": "error", "summary": "Unsupported argument"}}
        terraform = Terraform(binary(script, said(THROTTLED, other)), os.environ, backoff=NO_WAIT)
        with pytest.raises(LandformError):
            terraform.init(tmp_path)
        assert (tmp_path / "runs").read_text().count("run") == 1

    def test_an_apply_is_not_tried_again(self, script: Callable[..., Path], tmp_path: Path) -> None:
        """Half of it may be done."""
        (tmp_path / "raw.plan").touch()
        terraform = Terraform(binary(script, said(THROTTLED)), os.environ, backoff=NO_WAIT)
        applied = terraform.apply(tmp_path, tmp_path / "raw.plan")
        assert applied.error is not None
        assert applied.error.code is Code.THROTTLED
        assert (tmp_path / "runs").read_text().count("run") == 1

    def test_a_line_that_was_cut(self, script: Callable[..., Path], tmp_path: Path) -> None:
        """Half a JSON object, as a killed Terraform leaves, is no traceback; what was begun is of unknown end."""
        (tmp_path / "raw.plan").touch()
        started = {"type": "apply_start", "hook": {"resource": {"addr": "aws_x.y"}, "action": "create"}}
        body = f"echo '{json.dumps(started)}'; printf '{{\"@level\": \"err'; kill -9 $$"
        applied = Terraform(binary(script, body), os.environ).apply(tmp_path, tmp_path / "raw.plan")
        assert not applied.whole
        assert (applied.done, applied.unknown) == ((), ("aws_x.y",))


def binary(script: Callable[..., Path], body: str) -> Binary:
    """A stand-in for Terraform."""
    return Binary((str(script("terraform", body)),), "1.11.4", "terraform", "--terraform")


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; fail where it does not within a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)

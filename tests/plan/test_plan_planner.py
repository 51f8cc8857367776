"""Stacks of a bundle planned by real Terraform in the sandbox, several at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from bundles import plan_bundle, write_bundle

from landform.errors import Code, LandformError
from landform.plan import PlanResult, Progress
from landform.plan.model import Counts
from landform.plan.pending import Upstream
from landform.plan.planner import ACCOUNT_LIMIT, Keep
from landform.plan.vault import Vault
from landform.synth.bundle import Bundle
from landform.terraform import Binary, Mirror
from landform.terraform.credentials import Credentials

MakeBundle = Callable[[Mapping[str, Mapping[str, Any]]], Bundle]
SECRETS = ("hunter2hunter2", "another-secret")
PARENT = (
    "import sys; from pathlib import Path\n"
    "from landform.plan import Runner, plan_stacks; from landform.synth.bundle import Bundle\n"
    "from landform.terraform import Binary\n"
    "bundle = Bundle.load(Path(sys.argv[1]))\n"
    "binary = Binary((sys.argv[2],), '1.11.4', 'terraform', '--terraform')\n"
    "runner = Runner.begin(bundle, project=Path(sys.argv[3]), binary=binary, mirror=None)\n"
    "try: plan_stacks(runner, tuple(bundle.stacks.values()))\n"
    "except KeyboardInterrupt: sys.exit(130)\n"
)


def plan(bundle: Bundle, project: Path, **given: Any) -> list[PlanResult]:
    """Every stack of a bundle, planned with what is given."""
    return plan_bundle(bundle, tuple(bundle.stacks.values()), project=project, **given)


@pytest.mark.terraform
class TestInTheSandbox:
    """``plan_stacks`` with a sandbox."""

    def test_results_are_in_the_order_of_the_records(self, planned: Any) -> None:
        """Whatever ends first, the results stand as they were asked for."""
        assert [result.stack for result in planned.results] == list(planned.bundle.stacks)

    def test_a_plan(self, planned: Any) -> None:
        """A stack's plan knows its account and tier, and what would be made."""
        plan = planned["payments-dev.queue"].plan
        assert (plan.account, plan.tier, plan.counts) == ("payments-dev", "dev", Counts(add=2))
        assert [change.address for change in plan.changes] == ["aws_sqs_queue.q", "aws_sqs_queue.r"]

    def test_a_stack_is_planned_in_its_account(self, planned: Any) -> None:
        """The provider assumed a role in the account of the stack."""
        queue = next(c for c in planned["payments-prod.data"].plan.changes if c.address == "aws_sqs_queue.q")
        assert queue.after["name"] == "q-222222222222"

    def test_a_failure_is_its_stacks_alone(self, planned: Any) -> None:
        """A stack that Terraform refuses has an error that names the user's construct and source line."""
        error = planned["payments-dev.typo"].error
        assert error is not None
        assert error.code is Code.TERRAFORM_FAILED
        assert "nmae" in str(error)
        assert planned["payments-prod.data"].error is None

    def test_no_secret_is_in_what_is_kept(self, planned: Any) -> None:
        """No file under the working folders but the copy of the stack itself holds a secret."""
        files = [
            path
            for path in (planned.root / ".landform").rglob("*")
            if path.is_file() and not path.is_symlink()
        ]
        texts = {path: path.read_bytes() for path in files if path.name != "cdk.tf.json"}
        assert [path for path, text in texts.items() for secret in SECRETS if secret.encode() in text] == []

    def test_no_secret_is_in_a_plan(self, planned: Any) -> None:
        """Neither a sensitive argument nor the same value laundered into another resource is in the plan."""
        shown = repr(planned.results)
        assert [secret for secret in SECRETS if secret in shown] == []
        assert "postgres://admin:(sensitive value)@db" in shown

    def test_no_raw_plan_is_left(self, planned: Any) -> None:
        """Terraform's own plan file, with its secrets, is gone."""
        assert list((planned.root / ".landform").rglob("raw.plan")) == []

    def test_the_document_is_the_owners_alone(self, planned: Any) -> None:
        """The redacted document is kept beside the stack, readable by its owner."""
        path = planned["payments-dev.queue"].document
        assert path.stat().st_mode & 0o777 == 0o600
        assert json.loads(path.read_text())["format_version"].startswith("1.")

    def test_the_bundle_is_unchanged(self, planned: Any) -> None:
        """No byte of the bundle and no file in it is other than before."""
        files = [path for path in planned.bundle.root.rglob("*") if path.is_file()]
        assert {path.name for path in files} == {"cdk.tf.json", "bundle.json", "manifest.json"}
        assert all(planned.bundle.text(name) for name in planned.bundle.stacks)

    def test_what_the_sandbox_lacks_is_named(self, planned: Any) -> None:
        """A data source that moto does not answer is left out with a notice."""
        assert any(
            "data.aws_vpc_ipams.all is left out" in text for text in planned["payments-prod.data"].notices
        )

    def test_a_missing_cli_configuration_is_told_once(self, planned: Any) -> None:
        """Not by every Terraform call, and not in a stack's own notices."""
        assert [notice for notice in planned.notices if "/nowhere/rc" in notice] == planned.notices
        assert len(planned.notices) == 1
        assert not any("/nowhere/rc" in notice for result in planned.results for notice in result.notices)

    def test_progress(self, planned: Any) -> None:
        """The beginning, each phase of a stack once, in its order, and the end of each stack."""
        phases = {
            stack: [p.phase for p in planned.progress if p.stack == stack] for stack in planned.bundle.stacks
        }
        assert phases == {
            "payments-dev.queue": ["begun", "init", "plan", "show", "done"],
            "payments-dev.typo": ["begun", "init", "failed"],
            "payments-prod.data": ["begun", "init", "plan", "show", "done"],
        }

    def test_the_same_again(
        self, planned: Any, terraform_binary: Binary, provider_mirror: Mirror, sandbox: Any
    ) -> None:
        """A second plan of the same stack is equal."""
        (again,) = plan_bundle(
            planned.bundle,
            [planned.bundle.stacks["payments-dev.queue"]],
            project=planned.root,
            binary=terraform_binary,
            mirror=provider_mirror,
            sandbox=sandbox,
        )
        assert again.plan == planned["payments-dev.queue"].plan


@pytest.fixture(scope="module")
def preview(
    tmp_path_factory: pytest.TempPathFactory,
    terraform_binary: Binary,
    provider_mirror: Mirror,
    sandbox: Any,
    bundle_in: Any,
) -> tuple[PlanResult, Path]:
    """A queue that is named after a VPC that is not there, and the folder for plan files."""
    root = tmp_path_factory.mktemp("preview")
    reader = {
        "data": {"aws_ssm_parameter": {"vpc": {"name": "/landform/payments-dev/network/vpc_id"}}},
        "resource": {"aws_sqs_queue": {"q": {"name": "q-${data.aws_ssm_parameter.vpc.insecure_value}"}}},
    }
    bundle = bundle_in(root / "cdktf.out", {"payments-dev.reader": reader, "payments-dev.network": {}})
    (result,) = plan_bundle(
        bundle,
        [bundle.stacks["payments-dev.reader"]],
        project=root,
        binary=terraform_binary,
        mirror=provider_mirror,
        sandbox=sandbox,
        keep=Keep(Vault(bytes(32)), root),
        upstream=Upstream(bundle, {}),
    )
    return result, root


@pytest.mark.terraform
class TestPreview:
    """``plan_stacks`` where another stack has not published yet what a stack reads."""

    def test_what_nobody_knows_is_unknown(self, preview: tuple[PlanResult, Path]) -> None:
        """The value is known after apply, and no made-up text stands for it."""
        assert preview[0].plan is not None
        queue = next(c for c in preview[0].plan.changes if c.address == "aws_sqs_queue.q")
        assert queue.unknown["name"] is True
        assert "name" not in queue.after

    def test_it_says_what_it_waits_for(self, preview: tuple[PlanResult, Path]) -> None:
        """A preview names the stacks that come first, and has no plan file that could be applied."""
        assert preview[0].pending == ("payments-dev.network",)
        assert preview[0].plan_file_sha256 is None
        assert not list(preview[1].glob("*.plan"))


@pytest.mark.terraform
class TestKept:
    """``plan_stacks`` with a place for plan files."""

    def test_a_plan_file_is_kept_encrypted(
        self, make_bundle: MakeBundle, tmp_path: Path, terraform_binary: Binary
    ) -> None:
        """It opens to what Terraform wrote, and its secret is in no file."""
        local = {"terraform": {"backend": {"local": {"path": "own.tfstate"}}}, "provider": None}
        secret = {"terraform_data": {"t": {"input": '${sensitive("hunter2hunter2")}'}}}
        bundle = make_bundle({"payments-dev.own": {**local, "resource": secret}})
        vault = Vault(bytes(32))
        (result,) = plan(bundle, tmp_path, binary=terraform_binary, mirror=None, keep=Keep(vault, tmp_path))
        sealed = tmp_path / "payments-dev.own.plan"
        assert vault.open(sealed, tmp_path / "raw", "payments-dev.own") == result.plan_file_sha256
        (tmp_path / "raw").unlink()
        assert b"hunter2" not in sealed.read_bytes()


@pytest.mark.terraform
class TestWithoutSandbox:
    """``plan_stacks`` with the stack's own backend and the caller's credentials."""

    @pytest.fixture
    def offline(self, tmp_path: Path) -> Mirror:
        """A mirror without a provider."""
        return Mirror(tmp_path / "empty", "--plugin-dir", {"registry.terraform.io/hashicorp/aws": ()})

    def test_its_own_backend(self, make_bundle: MakeBundle, terraform_binary: Binary, tmp_path: Path) -> None:
        """A stack is planned as it was synthesised; nothing is laid beside it."""
        local = {"terraform": {"backend": {"local": {"path": "own.tfstate"}}}, "provider": None}
        bundle = make_bundle(
            {"payments-dev.own": {**local, "resource": {"terraform_data": {"t": {"input": 1}}}}}
        )
        (result,) = plan(bundle, tmp_path, binary=terraform_binary, mirror=None)
        assert result.plan is not None
        assert result.plan.counts == Counts(add=1)
        folder = tmp_path / ".landform" / "terraform" / "payments-dev.own"
        assert not list(folder.glob("*_override.tf.json"))

    def test_a_provider_that_is_missing(
        self, make_bundle: MakeBundle, terraform_binary: Binary, tmp_path: Path, offline: Mirror
    ) -> None:
        """Every stack that needs it says so."""
        queue = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}
        bundle = make_bundle({"payments-dev.a": queue, "payments-dev.b": queue})
        results = plan(bundle, tmp_path, binary=terraform_binary, mirror=offline)
        assert [result.error and result.error.code for result in results] == [Code.PROVIDER_MISSING] * 2

    def test_each_stack_has_its_accounts_credentials(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """Terraform has those of the stack's account, and they are in no error and no file."""
        local = {"terraform": {"backend": {"local": {"path": "x"}}}, "provider": None}
        bundle = make_bundle({"payments-dev.a": local, "payments-prod.b": local})
        terraform = tmp_path / "terraform"
        terraform.write_text(
            '#!/bin/sh\n[ "$1" = init ] && exit 0\necho "me: $AWS_ACCESS_KEY_ID" >&2; exit 1\n'
        )
        terraform.chmod(0o755)
        asked: list[tuple[str, str]] = []

        class Accounts:
            """Gives credentials that name the account."""

            def for_stack(self, account_id: str, purpose: str) -> Credentials:
                asked.append((account_id, purpose))
                return Credentials(account_id, "arn", None, f"key-of-{account_id}", "secret", None)

        binary = Binary((str(terraform),), "1.11.4", "terraform", "x")
        results = plan(bundle, tmp_path, binary=binary, mirror=None, credentials=Accounts(), jobs=1)
        assert asked == [("111111111111", "plan"), ("222222222222", "plan")]
        assert [result.error and result.error.given for result in results] == ["me: (sensitive value)"] * 2
        files = [path for path in (tmp_path / ".landform").rglob("*") if path.is_file()]
        assert not [path for path in files if b"key-of-" in path.read_bytes()]

    def test_a_second_plan_runs_no_init(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """Where backend, providers and Terraform are the same; another backend is another matter."""

        def planned_with(key: str) -> list[str]:
            stack = {"terraform": {"backend": {"local": {"path": key}}}}
            root = tmp_path / key
            bundle = write_bundle(root, {"payments-dev.a": stack}, {"payments-dev": ("111111111111", "dev")})
            plan(bundle, tmp_path, binary=noting(tmp_path), mirror=None)
            said = (tmp_path / "called").read_text().split()
            (tmp_path / "called").unlink()
            return said

        assert planned_with("x") == ["init", "init", "plan"]
        shutil.rmtree(tmp_path / "x")
        assert planned_with("x") == ["plan"]
        assert planned_with("y") == ["init", "plan"]

    def test_times_reach_terraform(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """How long a command may take, and how long it waits for a state."""
        terraform = tmp_path / "terraform"
        terraform.write_text(
            f'#!/bin/sh\n[ "$1" = init ] && exit 0\necho "$@" > {tmp_path}/called; exec sleep 60\n'
        )
        terraform.chmod(0o755)
        local = {"terraform": {"backend": {"local": {"path": "x"}}}, "provider": None}
        (result,) = plan(
            make_bundle({"payments-dev.a": local}),
            tmp_path,
            binary=Binary((str(terraform),), "1.11.4", "terraform", "x"),
            mirror=None,
            timeouts={"plan": 0.5},
            lock_timeout=7,
        )
        assert result.error is not None
        assert result.error.code is Code.TIMED_OUT
        assert "-lock-timeout=7s" in (tmp_path / "called").read_text()

    def test_the_longest_begins_first(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """By what is expected; the results stand in the order asked for."""
        local = {"terraform": {"backend": {"local": {"path": "x"}}}, "provider": None}
        bundle = make_bundle({f"payments-dev.{name}": local for name in "abc"})
        begun: list[str] = []
        results = plan(
            bundle,
            tmp_path,
            binary=noting(tmp_path),
            mirror=None,
            jobs=1,
            seconds={"payments-dev.b": 9.0, "payments-dev.c": 5.0},
            on_progress=lambda one: begun.append(one.stack[-1]) if one.phase == "begun" else None,
        )
        assert begun == ["b", "c", "a"]
        assert [result.stack[-1] for result in results] == ["a", "b", "c"]

    def test_few_at_once_in_an_account(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """However many may run: the account's APIs throttle."""
        local = {"terraform": {"backend": {"local": {"path": "x"}}}, "provider": None}
        bundle = make_bundle({f"payments-dev.s{n}": local for n in range(2 * ACCOUNT_LIMIT)})
        running: set[str] = set()
        most: list[int] = []

        def told(one: Progress) -> None:
            (running.discard if one.phase in ("done", "failed") else running.add)(one.stack)
            most.append(len(running))

        plan(bundle, tmp_path, binary=noting(tmp_path), mirror=None, jobs=20, on_progress=told)
        assert max(most) == ACCOUNT_LIMIT

    def test_a_tampered_stack(
        self, make_bundle: MakeBundle, terraform_binary: Binary, tmp_path: Path
    ) -> None:
        """A file that is not what the index says is not planned."""
        bundle = make_bundle({"payments-dev.a": {"resource": {}}})
        (bundle.folder("payments-dev.a") / "cdk.tf.json").write_text("{}")
        (result,) = plan(bundle, tmp_path, binary=terraform_binary, mirror=None)
        assert result.error is not None
        assert result.error.code is Code.BUNDLE_TAMPERED


class TestTrouble:
    """``plan_stacks`` where the machine or the user interferes."""

    def test_a_project_that_cannot_be_written(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """The error names the folder."""
        (tmp_path / ".landform").write_text("a file")
        with pytest.raises(LandformError) as caught:
            plan(
                make_bundle({}), tmp_path, binary=Binary(("false",), "1.11.4", "terraform", "x"), mirror=None
            )
        assert caught.value.code is Code.NOT_WRITABLE

    @pytest.mark.skipif(
        not Path("/proc/self/stat").exists(), reason="/proc is missing, which tells what still runs"
    )
    def test_ctrl_c(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """Ctrl-C while stacks are planned ends every Terraform and leaves no raw plan."""
        terraform = tmp_path / "terraform"
        terraform.write_text(
            "#!/bin/sh\n"
            'case "$1" in plan) for a; do case "$a" in -out=*) echo raw > "${a#-out=}";; esac; done\n'
            f"echo $$ >> {tmp_path}/ids; exec sleep 600;; esac\n"
        )
        terraform.chmod(0o755)
        local = {"terraform": {"backend": {"local": {"path": "x"}}}, "provider": None}
        bundle = make_bundle({f"payments-dev.s{n}": local for n in range(3)})
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(bundle.root), str(terraform), str(tmp_path)]
        )
        wait(lambda: len(running(tmp_path / "ids")) >= 2)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(60) == 130
        wait(lambda: not any(map(alive, running(tmp_path / "ids"))))
        assert list(tmp_path.rglob("raw.plan")) == []


def noting(folder: Path) -> Binary:
    """A stand-in for Terraform that notes how it is called, plans nothing and fails to."""
    script = folder / "terraform"
    script.write_text(f'#!/bin/sh\necho "$1" >> {folder}/called; [ "$1" = init ]\n')
    script.chmod(0o755)
    return Binary((str(script),), "1.11.4", "terraform", "x")


def running(path: Path) -> list[int]:
    """The ids that the stand-ins for Terraform wrote."""
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def alive(pid: int) -> bool:
    """Whether a process is still there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def wait(condition: Callable[[], bool]) -> None:
    """Wait for what must come; fail where it does not within a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)

"""Working folders: copies of stacks, initialised once for each set of providers."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landform.errors import Code, LandformError
from landform.terraform import Binary
from landform.terraform.override import sandbox_override
from landform.terraform.run import Terraform
from landform.terraform.workdir import Workdir, required_providers

Stack = Callable[..., dict[str, Any]]
ACCOUNT = "111111111111"
# A process of its own that makes a template.
TEMPLATE = (
    "import sys; from pathlib import Path; from landform.terraform import Binary\n"
    "from landform.terraform.run import Terraform; from landform.terraform.workdir import Workdir\n"
    "binary = Binary((sys.argv[2],), '1.11.4', 'terraform', 'x')\n"
    "Workdir(Path(sys.argv[1]), Terraform(binary, {'PATH': '/usr/bin:/bin'})).template({}, None)\n"
)


def lay(workdir: Workdir, name: str, config: dict[str, Any]) -> tuple[Path, Path, dict[str, Any]]:
    """A stack's prepared folder, its template and its override."""
    override = sandbox_override(config, ACCOUNT)
    return workdir.prepare(name, json.dumps(config), override), workdir.template(config, override), override


@pytest.fixture
def unused(tmp_path: Path) -> Workdir:
    """Working folders for tests that run no Terraform."""
    return Workdir(tmp_path / "work", Terraform(Binary(("false",), "1.11.4", "terraform", "x"), {}))


class TestPrepare:
    """``Workdir.prepare``."""

    def test_the_copy_is_the_text(self, unused: Workdir) -> None:
        """The bytes of the stack are copied as they are."""
        text = '{"a":  "é"}\n'
        assert (unused.prepare("a.b", text, None) / "cdk.tf.json").read_bytes() == text.encode()

    def test_an_old_override_goes(self, unused: Workdir) -> None:
        """A stack that was planned in the sandbox is not planned there again without being told to."""
        unused.prepare("a.b", "{}", {"terraform": {}})
        folder = unused.prepare("a.b", "{}", None)
        assert sorted(path.name for path in folder.iterdir()) == ["cdk.tf.json"]

    def test_a_folder_that_cannot_be_made(self, unused: Workdir) -> None:
        """The error names the folder."""
        unused.root.write_text("a file")
        with pytest.raises(LandformError) as caught:
            unused.prepare("a.b", "{}", None)
        assert caught.value.code is Code.NOT_WRITABLE
        assert caught.value.place is not None
        assert caught.value.place.file == str(unused.root / "a.b")


class TestTemplateFolder:
    """``Workdir.template_folder``."""

    def test_stacks_of_the_same_providers_share_one(self, unused: Workdir, stack: Stack) -> None:
        """What a stack's resources and its remote state are does not matter in the sandbox."""
        one, other = stack(resource={"aws_sqs_queue": {"q": {}}}), stack()
        other["terraform"]["backend"]["s3"]["key"] = "other"
        override = sandbox_override(one, ACCOUNT)
        assert unused.template_folder(one, override) == unused.template_folder(other, override)

    @pytest.mark.parametrize(
        "change",
        [
            lambda w: replace(w, providers="/other"),
            lambda w: replace(w, terraform=Terraform(Binary(("false",), "1.12.0", "terraform", "x"), {})),
        ],
    )
    def test_another_terraform_or_mirror_has_another(
        self, unused: Workdir, stack: Stack, change: Callable[[Workdir], Workdir]
    ) -> None:
        """A template of another Terraform or another mirror is not taken."""
        assert unused.template_folder(stack(), None) != change(unused).template_folder(stack(), None)


class TestRequiredProviders:
    """``required_providers``."""

    def test_what_blocks_imply(self) -> None:
        """A provider that nothing declares comes from its blocks, as Terraform takes it; one built in needs none."""
        config = {
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}},
            "resource": {"random_id": {"x": {}}, "aws_sqs_queue": {"q": {}}, "terraform_data": {"d": {}}},
        }
        assert required_providers(config) == {
            "aws": {"source": "hashicorp/aws", "version": "5.100.0"},
            "random": {"source": "hashicorp/random"},
        }


class TestAlone:
    """``Workdir.alone``."""

    def test_one_after_the_other(self, unused: Workdir) -> None:
        """Who comes second waits until the first has gone."""
        order: list[str] = []

        def second() -> None:
            with unused.alone("a.stack"):
                order.append("second")

        thread = threading.Thread(target=second)
        with unused.alone("a.stack"):
            thread.start()
            thread.join(0.5)
            order.append("first")
        thread.join(60)
        assert order == ["first", "second"]

    def test_other_folders_do_not_wait(self, unused: Workdir) -> None:
        """Each stack has a lock of its own."""
        with unused.alone("a.stack"), unused.alone("another.stack"):
            pass

    def test_who_waits_can_be_stopped(self, unused: Workdir) -> None:
        """Ctrl-C does not wait for the other landform."""
        unused.terraform.processes.stop()
        with unused.alone("a.stack"), pytest.raises(KeyboardInterrupt), unused.alone("a.stack"):
            pass


class TestTwoAtOnce:
    """``Workdir.template`` in two processes on one project."""

    def test_the_template_is_made_once(self, tmp_path: Path) -> None:
        """The second waits for the first's ``init`` and takes it; a kill -9 of the first leaves no lock."""
        terraform = tmp_path / "terraform"
        terraform.write_text(f"#!/bin/sh\necho run >> {tmp_path}/runs; sleep 1; mkdir -p .terraform\n")
        terraform.chmod(0o755)
        commands = [[sys.executable, "-c", TEMPLATE, str(tmp_path / "root"), str(terraform)]] * 2
        running = [subprocess.Popen(command) for command in commands]
        assert [process.wait(60) for process in running] == [0, 0]
        assert (tmp_path / "runs").read_text() == "run\n"

    def test_a_killed_one_leaves_no_lock(self, tmp_path: Path) -> None:
        """The lock goes with its process."""
        terraform = tmp_path / "terraform"
        terraform.write_text(
            f"#!/bin/sh\ntouch {tmp_path}/begun; [ -e {tmp_path}/killed ] || sleep 600; mkdir -p .terraform\n"
        )
        terraform.chmod(0o755)
        command = [sys.executable, "-c", TEMPLATE, str(tmp_path / "root"), str(terraform)]
        with subprocess.Popen(command) as first:
            while not (tmp_path / "begun").exists():
                time.sleep(0.02)
            first.kill()
        (tmp_path / "killed").touch()
        assert subprocess.run(command, timeout=60, check=False).returncode == 0


@pytest.mark.terraform
class TestInit:
    """``Workdir.template`` and ``Workdir.init``, with the real Terraform and the real provider."""

    def test_terraform_accepts_the_clone(self, workdir: Workdir, stack: Stack) -> None:
        """A folder that took the template's init is planned as if it had its own."""
        config = stack(resource={"aws_sqs_queue": {"q": {"name": "q"}}})
        folder, template, override = lay(workdir, "a.clone", config)
        assert workdir.init(folder, template, config, override)
        workdir.terraform.plan(folder, folder / "raw.plan")
        assert (folder / "raw.plan").exists()

    def test_a_stamp_spares_the_second(self, workdir: Workdir, stack: Stack) -> None:
        """Nothing is done again where nothing changed, not even where the stack's resources did."""
        config = stack()
        folder, template, override = lay(workdir, "a.twice", config)
        again = {**config, "resource": {"aws_sqs_queue": {"q": {}}}}
        done = [workdir.init(folder, template, document, override) for document in (config, config, again)]
        assert done == [True, False, False]

    def test_another_backend_is_initialised_again(self, workdir: Workdir, stack: Stack) -> None:
        """A folder that changes from the sandbox to its own backend has a real init of its own."""
        config = stack()
        config["terraform"]["backend"] = {"local": {"path": "own.tfstate"}}
        folder, template, override = lay(workdir, "a.backend", config)
        workdir.init(folder, template, config, override)
        workdir.prepare("a.backend", json.dumps(config), None)
        assert workdir.init(folder, workdir.template(config, None), config, None)
        record = json.loads((folder / ".terraform" / "terraform.tfstate").read_text())
        assert record["backend"]["config"]["path"] == "own.tfstate"

    def test_a_real_init_keeps_the_hashes(self, workdir: Workdir, stack: Stack) -> None:
        """Outside of the sandbox Terraform verifies the provider by its hash in every command."""
        config = stack()
        config["terraform"]["backend"] = {"local": {"path": "own.tfstate"}}
        folder = workdir.prepare("a.hashes", json.dumps(config), None)
        workdir.init(folder, workdir.template(config, None), config, None)
        assert "h1:" in (folder / ".terraform.lock.hcl").read_text()

    def test_a_version_that_is_nowhere(self, workdir: Workdir, stack: Stack) -> None:
        """A provider version that the mirror lacks is told as such."""
        config = stack()
        config["terraform"]["required_providers"]["aws"]["version"] = "5.99.0"
        with pytest.raises(LandformError) as caught:
            lay(workdir, "a.version", config)
        assert caught.value.code is Code.PROVIDER_MISSING

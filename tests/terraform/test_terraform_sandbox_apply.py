"""The stacks of the example's account, applied to the sandbox by the real Terraform and planned again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from landform.digest import canonical_json
from landform.schema.pack import shipped_pack
from landform.synth.bundle import Bundle
from landform.terraform import Binary, Mirror
from landform.terraform.applied import Applied
from landform.terraform.cliconfig import UserConfig, write_cli_config
from landform.terraform.override import sandbox_override
from landform.terraform.run import Terraform, environment
from landform.terraform.sandbox_state import STATE, claim
from landform.terraform.sandbox_support import leave_out, unapplied, unset
from landform.terraform.standing_sandbox import start, stop
from landform.terraform.workdir import Workdir

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"
ACCOUNT = "payments-dev"
STACKS = ("state-backend", "baseline", "payments-ledger", "eu-west-1.network")


@dataclass(frozen=True)
class Done:
    """A stack that was planned, applied, and planned again."""

    folder: Path
    applied: Applied
    again: dict[str, Any]
    notices: tuple[str, ...]


@pytest.fixture(scope="module")
def done(
    terraform_binary: Binary, provider_mirror: Mirror, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Done]]:
    """Each of ``STACKS``, in one sandbox that stays up meanwhile."""
    project = tmp_path_factory.mktemp("applied")
    command = [
        "-m",
        "landform.cli.main",
        "synth",
        "-C",
        str(EXAMPLE),
        "-o",
        str(project / "out"),
        "-a",
        ACCOUNT,
        "-q",
    ]
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    bundle = Bundle.load(project / "out")
    sandbox = start(project).sandbox
    root = project / ".landform" / "terraform"
    config = write_cli_config(root, mirror=provider_mirror, user=UserConfig("", (), ()))
    terraform = Terraform(terraform_binary, environment(config.path, overrides=sandbox.environment()))
    workdir = Workdir(root, terraform, str(provider_mirror.path))

    def work(name: str) -> Done:
        record = bundle.stacks[f"{ACCOUNT}.{name}"]
        document, notices = leave_out(json.loads(bundle.text(record.name)), to_apply=True)
        override = sandbox_override(document, record.account_id)
        folder = workdir.prepare(record.name, canonical_json(document), override)
        claim(folder, sandbox.instance)
        workdir.init(folder, workdir.template(document, override), document, override)
        plan = folder / "raw.plan"
        terraform.plan(folder, plan)
        applied = terraform.apply(folder, plan)
        terraform.plan(folder, plan)
        return Done(folder, applied, terraform.show_json(folder, plan), notices)

    try:
        # What takes long is AWS's own waiting, which Terraform keeps to here as well.
        with ThreadPoolExecutor(len(STACKS)) as pool:
            yield dict(zip(STACKS, pool.map(work, STACKS), strict=True))
    finally:
        stop(project)


@pytest.mark.terraform
@pytest.mark.parametrize("stack", STACKS)
class TestApplied:
    """The stacks of one account in moto."""

    def test_it_is_applied(self, done: dict[str, Done], stack: str) -> None:
        """Everything that is not left out is made."""
        applied = done[stack].applied
        assert applied.error is None
        assert applied.count("create") > 5

    def test_nothing_is_left_to_do(self, done: dict[str, Done], stack: str) -> None:
        """The plan after the apply changes nothing."""
        changes = {
            change["address"]: change["change"]["actions"]
            for change in done[stack].again["resource_changes"]
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }
        assert changes == {}

    def test_the_state_is_the_owners_alone(self, done: dict[str, Done], stack: str) -> None:
        """It holds secrets."""
        assert (done[stack].folder / STATE).stat().st_mode & 0o777 == 0o600


class TestUnapplied:
    """``unapplied`` and ``unset``, and what ``leave_out`` makes of them."""

    @pytest.mark.parametrize("table", [unapplied, unset])
    def test_each_is_in_the_schema(self, table: Callable[[], dict[str, str]]) -> None:
        """The provider has every type and attribute of the list, which is sorted."""
        pack = shipped_pack("aws")
        for key in table():
            terraform_type, _, attribute = key.partition(".")
            schema = pack.resource(terraform_type)
            assert not attribute or attribute in schema.attributes
        assert list(table()) == sorted(table())

    def test_a_plan_that_is_not_applied_is_whole(self) -> None:
        """Terraform can plan what moto cannot make."""
        config = {"resource": {"aws_accessanalyzer_analyzer": {"a": {"analyzer_name": "a"}}}}
        assert leave_out(config) == (config, ())

    def test_what_cannot_be_applied_goes_with_what_refers_to_it(self) -> None:
        """Each is named, with the reason."""
        config = {
            "resource": {"aws_accessanalyzer_analyzer": {"a": {"analyzer_name": "a"}}},
            "output": {"o": {"value": "${aws_accessanalyzer_analyzer.a.arn}"}},
        }
        kept, notices = leave_out(config, to_apply=True)
        assert kept == {}
        address = "aws_accessanalyzer_analyzer.a"
        assert notices == (
            f"{address} is left out of the sandbox's plan: moto has no IAM Access Analyzer.",
            f"output.o is left out of the sandbox's plan: it refers to {address}, which is left out.",
        )

    @pytest.mark.parametrize("lifecycle", [{}, {"lifecycle": {"ignore_changes": ["tags"]}}])
    def test_what_moto_forgets_is_ignored(self, lifecycle: dict[str, Any]) -> None:
        """Beside what the stack itself ignores; one notice for the type."""
        config = {"resource": {"aws_kms_key": {"a": lifecycle, "b": {}}}}
        kept, notices = leave_out(config, to_apply=True)
        own = lifecycle.get("lifecycle", {}).get("ignore_changes", [])
        ignored = kept["resource"]["aws_kms_key"]["a"]["lifecycle"]["ignore_changes"]
        assert ignored == [*own, "rotation_period_in_days"]
        assert len(notices) == 1

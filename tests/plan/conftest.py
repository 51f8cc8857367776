"""Bundles written by hand, and one real plan of one for the whole session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from bundles import plan_bundle, write_bundle

from landform.plan import PlanResult, Progress
from landform.synth.bundle import Bundle
from landform.terraform import Binary, Mirror, Sandbox

ACCOUNTS = {"payments-dev": ("111111111111", "dev"), "payments-prod": ("222222222222", "prod")}
PASSWORD = "hunter2hunter2"


def written(root: Path, stacks: Mapping[str, Mapping[str, Any]]) -> Bundle:
    """Write a bundle of the accounts of these tests: the blocks of each stack by name."""
    return write_bundle(root, {name: document(blocks) for name, blocks in stacks.items()}, ACCOUNTS)


def document(blocks: Mapping[str, Any]) -> dict[str, Any]:
    """A stack's document: the AWS provider, a remote backend, and what is given; None takes away."""
    base: dict[str, Any] = {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
            "backend": {"s3": {"bucket": "state", "key": "k", "region": "eu-west-1"}},
        },
        "provider": {"aws": [{"region": "eu-west-1"}]},
    }
    return {key: value for key, value in (base | dict(blocks)).items() if value is not None}


STACKS: Mapping[str, Mapping[str, Any]] = {
    "payments-dev.queue": {"resource": {"aws_sqs_queue": {"q": {"name": "q"}, "r": {"name": "r"}}}},
    "payments-dev.typo": {"resource": {"aws_sqs_queue": {"q": {"nmae": "q"}}}},
    "payments-prod.data": {
        "variable": {"p": {"type": "string", "sensitive": True, "default": PASSWORD}},
        "data": {"aws_caller_identity": {"me": {}}, "aws_vpc_ipams": {"all": {}}},
        "resource": {
            "aws_db_instance": {
                "db": {
                    "instance_class": "db.t3.micro",
                    "engine": "postgres",
                    "allocated_storage": 20,
                    "username": "admin",
                    "password": "${var.p}",
                    "skip_final_snapshot": True,
                }
            },
            "aws_ssm_parameter": {"s": {"name": "s", "type": "SecureString", "value": "another-secret"}},
            "aws_sqs_queue": {"q": {"name": "q-${data.aws_caller_identity.me.account_id}"}},
            "terraform_data": {"t": {"input": {"url": "postgres://admin:${nonsensitive(var.p)}@db"}}},
        },
    },
}


class Planned:
    """A bundle that was planned in the sandbox, with all that was told meanwhile."""

    def __init__(self, root: Path, binary: Binary, mirror: Mirror, sandbox: Sandbox) -> None:
        self.root = root
        self.bundle = written(root / "cdktf.out", STACKS)
        self.progress: list[Progress] = []
        self.notices: list[str] = []
        self.results: list[PlanResult] = plan_bundle(
            self.bundle,
            tuple(self.bundle.stacks.values()),
            project=root,
            binary=binary,
            mirror=mirror,
            sandbox=sandbox,
            on_progress=self.progress.append,
            on_notice=self.notices.append,
            environ={"PATH": "/usr/bin:/bin", "HOME": str(root), "TF_CLI_CONFIG_FILE": "/nowhere/rc"},
        )

    def __getitem__(self, stack: str) -> PlanResult:
        return next(result for result in self.results if result.stack == stack)


@pytest.fixture(scope="session")
def planned(
    terraform_binary: Binary,
    provider_mirror: Mirror,
    sandbox: Sandbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Planned:
    """``STACKS``, planned once by real Terraform in the sandbox."""
    return Planned(tmp_path_factory.mktemp("planned"), terraform_binary, provider_mirror, sandbox)


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[[Mapping[str, Mapping[str, Any]]], Bundle]:
    """Write a bundle into the test's own folder."""
    return lambda stacks: written(tmp_path / "cdktf.out", stacks)


@pytest.fixture(scope="session")
def bundle_in() -> Callable[[Path, Mapping[str, Mapping[str, Any]]], Bundle]:
    """Write a bundle into any folder, for what is planned once for several tests."""
    return written

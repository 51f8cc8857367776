"""A Terraform that runs against the session's sandbox, and stand-ins for binaries that this machine lacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landform.terraform import Binary, Mirror, Sandbox
from landform.terraform.cliconfig import UserConfig, write_cli_config
from landform.terraform.run import Terraform, environment
from landform.terraform.workdir import Workdir


@pytest.fixture(scope="session")
def workdir(
    terraform_binary: Binary,
    provider_mirror: Mirror,
    sandbox: Sandbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Workdir:
    """Working folders whose Terraform talks to the sandbox; its template is initialised once."""
    root = tmp_path_factory.mktemp("project") / ".landform" / "terraform"
    config = write_cli_config(root, mirror=provider_mirror, user=UserConfig("", (), ()))
    terraform = Terraform(terraform_binary, environment(config.path, overrides=sandbox.environment()))
    return Workdir(root, terraform, str(provider_mirror.path))


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Write an executable shell script: ``script("terraform", "echo Terraform v1.9.0")``."""

    def write(name: str, body: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def stack() -> Callable[..., dict[str, Any]]:
    """A stack's document with the AWS provider, an S3 backend and what is given."""

    def make(provider: dict[str, Any] | None = None, **blocks: Any) -> dict[str, Any]:
        return {
            "terraform": {
                "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
                "backend": {"s3": {"bucket": "state", "key": "stack.tfstate", "region": "eu-west-1"}},
            },
            "provider": {"aws": [{"region": "eu-west-1", **(provider or {})}]},
            **blocks,
        }

    return make

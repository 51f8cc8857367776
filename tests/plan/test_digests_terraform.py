"""Digests of plans as Terraform writes them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from landform.plan.digests import plan_digest
from landform.terraform.binary import Binary
from landform.terraform.secrets import Secrets


def planned(folder: Path, binary: Binary, password: str, name: str) -> dict[str, Any]:
    """What ``terraform show -json`` says of a new stack with a secret, in a folder of its own."""
    folder.mkdir()
    config = {
        "variable": {"password": {"type": "string", "sensitive": True}},
        "resource": {"terraform_data": {"b": {"input": name}, "a": {"input": "${var.password}"}}},
        "output": {"id": {"value": "${terraform_data.b.id}"}},
    }
    (folder / "main.tf.json").write_text(json.dumps(config))
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "TF_VAR_password": password}

    def terraform(*arguments: str) -> str:
        run = [str(binary.path), f"-chdir={folder}", *arguments]
        return subprocess.run(run, env=environ, check=True, capture_output=True, text=True).stdout

    terraform("init", "-input=false")
    terraform("plan", "-input=false", "-out=plan")
    document: dict[str, Any] = json.loads(terraform("show", "-json", "plan"))
    return document


@pytest.mark.terraform
class TestPlanDigest:
    """``plan_digest``, of real plans."""

    def test_the_same_twice_and_every_change_another(self, tmp_path: Path, terraform_binary: Binary) -> None:
        """Planned twice it is the same; with another value, or with another secret, it is not."""

        def digest(folder: str, password: str, name: str) -> str:
            raw = planned(tmp_path / folder, terraform_binary, password, name)
            return plan_digest(raw, known=Secrets(), key=b"k", stack_sha256="0", state="s", providers={})

        first = digest("a", "hunter2hunter2", "n")
        assert digest("b", "hunter2hunter2", "n") == first
        assert digest("c", "hunter2hunter3", "n") != first
        assert digest("d", "hunter2hunter2", "m") != first

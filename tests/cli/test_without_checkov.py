"""The command line where checkov is not installed: with another environment that has it, and without one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = "LANDFORM_CHECKS_PYTHON"
# To a process that runs this, checkov is not installed.
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "checkov":
            raise ModuleNotFoundError("No module named 'checkov'", name="checkov")

sys.meta_path.insert(0, Blocked())
from landform.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """The Python of another environment, which has checkov."""
    path = tmp_path_factory.mktemp("environment") / "python"
    path.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return path


def without(*arguments, cwd, **environment):
    """Run ``landform`` where there is no checkov."""
    path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


class TestWithout:
    """No checkov, and no other environment."""

    @pytest.mark.parametrize(
        "arguments",
        [
            ("check", "--no-cache", "-s", "payments-ledger"),
            ("check", "--no-cache", "--jobs", "2"),
            ("check", "stacks"),
            ("check", "--explain", "CKV_AWS_27"),
            ("plan", "--own-credentials", "-s", "payments-ledger"),
        ],
    )
    def test_checks_say_what_is_missing(self, synthesised, tmp_path, arguments):
        """Whatever needs checkov ends with 3 and both ways out."""
        (tmp_path / "stacks").mkdir()
        (tmp_path / "stacks" / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n')
        said = without(*arguments, "-C", str(synthesised), "--json", "--quiet", cwd=tmp_path)
        error = json.loads(said.stderr or said.stdout)
        assert said.returncode == 3
        assert error["errors"][0]["code"] == "extra-missing"
        assert "landform[checks]" in error["errors"][0]["fix"]
        assert NAMED in error["errors"][0]["fix"]

    @pytest.mark.parametrize(
        "arguments",
        [
            ("ls",),
            ("graph",),
            ("org", "validate"),
            ("synth", "--out", "other"),
            ("access", "--principal", "*plan*"),
            ("diff", "cdktf.out"),
            ("policy", "list"),
            ("policy", "test"),
            ("check", "--rules"),
            ("check", "--explain", "LF_COVERAGE"),
            ("version",),
        ],
    )
    def test_everything_else_works(self, project, synthesised, arguments):
        """Nothing else imports checkov."""
        folder = project if arguments[0] == "synth" else synthesised
        said = without(*arguments, cwd=folder)
        assert said.returncode == 0, said.stderr


class TestNamed:
    """No checkov, and another environment that has it."""

    def test_the_gate_says_the_same(self, synthesised, landform, named):
        """The whole document of a check is what it is where checkov is installed."""
        stack = ("-s", "payments-ledger", "--as-of", "2026-12-21")
        arguments = ("check", "--no-cache", "--json", "--standard", "cis-7.0", *stack)
        there = without(*arguments, cwd=synthesised, **{NAMED: str(named)})
        here = landform(*arguments, cwd=synthesised)
        assert here.document["rules"]
        assert (there.returncode, there.stdout) == (here.status, here.out)

    def test_its_cache_is_its_own(self, synthesised, named):
        """What one environment said is not said again for another one, and is for the same one."""
        arguments = ("check", "--json", "-s", "payments-ledger")
        before, again = (
            json.loads(without(*arguments, cwd=synthesised, **{NAMED: str(named)}).stdout)["cache"]
            for _ in range(2)
        )
        assert before["hits"] == 0
        assert again == {"hits": before["misses"], "misses": 0}

    @pytest.mark.parametrize(
        "arguments",
        [
            ("check",),
            ("plan", "--own-credentials", "-s", "payments-ledger"),
            ("waivers",),
            ("check", "--explain", "CKV_AWS_27"),
        ],
    )
    def test_every_command_asks_it(self, synthesised, arguments):
        """An environment that cannot be used stops whatever runs checks, and is named."""
        said = without(*arguments, "--quiet", "--json", cwd=synthesised, **{NAMED: "/nowhere/python"})
        error = json.loads(said.stderr or said.stdout)["errors"][0]
        assert (said.returncode, error["code"]) == (3, "checks-environment")
        assert error["file"] == "/nowhere/python"

    def test_doctor_names_it(self, named, tmp_path):
        """``doctor`` says which environment checks run in, and who named it."""
        said = without("doctor", "--json", cwd=tmp_path, **{NAMED: str(named)})
        line = next(line for line in json.loads(said.stdout) if line["what"] == "checkov")
        assert line["state"] == "ok"
        assert str(named) in line["detail"]
        assert NAMED in line["detail"]

    def test_doctor_says_where_it_cannot_be_used(self, tmp_path):
        """An environment that is not there is missing."""
        said = without("doctor", "--json", cwd=tmp_path, **{NAMED: "nowhere/python"})
        line = next(line for line in json.loads(said.stdout) if line["what"] == "checkov")
        assert (said.returncode, line["state"]) == (3, "missing")
        assert str(tmp_path / "nowhere" / "python") in line["detail"]

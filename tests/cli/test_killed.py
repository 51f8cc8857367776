"""``landform`` that is killed while it works in several processes, as a CI runner does."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLOW = """import time
from landform.policies.rule import Rule

def judge(block):
    print("at work", flush=True)
    time.sleep(600)

RULES = (Rule(id="ACME_SLOW", title="Slow", severity="low", types=("*",), rationale="A.", remediation="B.",
              judge=judge),)
"""
FIRST = "        super().__init__(scope, instance)\n"
SLOW_STACK = '        print("at work", flush=True)\n        __import__("time").sleep(600)\n'
CHECK = "import landform.checks.workers as workers; workers.BATCH = 1"
MAIN = "from landform.cli.main import main; main()"


@pytest.fixture
def slow(synthesised, tmp_path):
    """The example, with a rule that does not end."""
    project = tmp_path / "acme"
    shutil.copytree(synthesised, project)
    (project / "policies" / "slow.py").write_text(SLOW)
    return project


def killed(arguments, number, project):
    """Kill ``landform`` once another process is at work; the exit status, when nobody writes any more."""
    with subprocess.Popen(
        [sys.executable, "-c", f"{CHECK}; {MAIN}", *arguments],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    ) as process:
        assert process.stdout.readline() == "at work\n"
        process.send_signal(number)
        process.communicate(timeout=30)
    return process.returncode


def files(project):
    """Every file of a project, with its bytes."""
    return {
        path.relative_to(project): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


class TestCheck:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_no_process_is_left_and_nothing_is_written(self, slow, number):
        """Reports are whole or not at all, and there is none."""
        before = files(slow)
        status = killed(["check", "--jobs", "2", "--report", "json=report.json"], number, slow)

        assert status == -number
        assert files(slow) == before


class TestSynth:
    def test_no_process_is_left_and_the_bundle_stays(self, slow):
        """The one that stood there before."""
        path = slow / "acme" / "payments.py"
        text = path.read_text()
        assert FIRST in text
        path.write_text(text.replace(FIRST, FIRST + SLOW_STACK))
        before = files(slow / "cdktf.out")
        status = killed(["synth", "--jobs", "2"], signal.SIGTERM, slow)

        assert status == -signal.SIGTERM
        assert files(slow / "cdktf.out") == before

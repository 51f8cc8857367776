"""How a command ends that is interrupted."""

import subprocess
import sys

import pytest

APP = """import os, signal, time
import typer
from landform.cli.command import add_command

def wait():
    {}
    return 0

app = typer.Typer()
add_command(app, wait)
app()
"""
INTERRUPTED = "os.kill(os.getpid(), signal.SIGINT); time.sleep(30)"


@pytest.mark.parametrize(
    "line", [INTERRUPTED, f"exec({INTERRUPTED!r})"], ids=["in a function", "in a text that is run"]
)
def test_the_status_says_so(tmp_path, line):
    """Wherever Ctrl-C meets it: 130, and one line."""
    (tmp_path / "waiting.py").write_text(APP.format(line))
    done = subprocess.run(
        [sys.executable, "-m", "waiting"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (
        130,
        "interrupted; nothing that was there before has changed\n",
    )

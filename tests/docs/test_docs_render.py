"""The rendered pages of the docs say what the code does."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_page_is_up_to_date():
    """``make docs`` would change nothing."""
    run = subprocess.run(
        [sys.executable, str(ROOT / "docs/render.py"), "--check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert run.returncode == 0, run.stderr

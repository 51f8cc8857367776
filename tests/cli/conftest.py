"""The command line as a process, and the example as a project."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self):
        """The one JSON document on stdout."""
        return json.loads(self.out)


def run(*arguments, cwd, **environment):
    """Run ``landform`` as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "landform.cli.main", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "160", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def landform():
    """``landform ARGUMENTS`` in a folder."""
    return run


@pytest.fixture
def project(tmp_path):
    """A copy of the example project, not synthesised."""
    shutil.copytree(
        EXAMPLE, tmp_path / "acme", ignore=shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__")
    )
    return tmp_path / "acme"


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory):
    """A copy of the example project, synthesised; not to be changed."""
    folder = tmp_path_factory.mktemp("synthesised") / "acme"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__"))
    assert run("synth", "--quiet", cwd=folder).status == 0
    return folder


@pytest.fixture(autouse=True)
def kept_as_synthesised(request):
    """What a command leaves in the shared project (a cache, plans) is taken away: the next test would do less."""
    yield
    if "synthesised" in request.fixturenames:
        shutil.rmtree(request.getfixturevalue("synthesised") / ".landform", ignore_errors=True)

"""Bundles of a few resources, and the example's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bundles import write_bundle
from policy_stacks import ACCOUNTS

from landform.access.gather import gather
from landform.synth.bundle import Bundle

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@pytest.fixture
def holdings(tmp_path):
    """What stacks say of access: ``holdings({"ledger.data": stack(...)})``."""

    def made(stacks):
        used = {name: ACCOUNTS[name] for name in {key.split(".")[0] for key in stacks}}
        return gather(write_bundle(tmp_path / "bundle", stacks, used))

    return made


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """What the example's bundle says of access."""
    folder = tmp_path_factory.mktemp("access") / "acme"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "landform.cli.main", "synth", "--quiet"],
        cwd=folder,
        env=dict(os.environ),
        check=True,
        capture_output=True,
    )
    return gather(Bundle.load(folder / "cdktf.out"))

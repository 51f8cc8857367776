"""A copy of the example's spec, which requests go into."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example's spec and code, in a folder of its own."""
    return Path(
        shutil.copytree(
            EXAMPLE,
            tmp_path / "acme",
            ignore=shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__", "tests", "requests"),
        )
    )

"""A small project whose organisation is the example's."""

import shutil
from pathlib import Path

import pytest

from landform.org.load import load
from landform.org.resolve import resolve

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@pytest.fixture
def project(tmp_path):
    """A copy of the example project."""
    shutil.copytree(
        EXAMPLE, tmp_path / "acme", ignore=shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__")
    )
    return tmp_path / "acme"


@pytest.fixture(scope="session")
def fleet():
    """The example's organisation, resolved."""
    return resolve(load(EXAMPLE))


@pytest.fixture
def ledgers(fleet):
    """The instances of the example's own stack."""
    return tuple(instance for instance in fleet.instances if instance.stack == "payments-ledger")

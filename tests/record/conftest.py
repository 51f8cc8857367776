"""A ledger in a folder of its own, and moments of a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from landform.record.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path) as opened:
        yield opened

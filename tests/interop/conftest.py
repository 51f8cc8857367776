"""Node.js for the tests of this room, and the real cdktf behind one fixture: one process for all of them."""

from __future__ import annotations

import os
from functools import cache
from types import ModuleType

import pytest

from landform.errors import LandformError
from landform.interop.node import bridge, find_node

REQUIRED = "LANDFORM_REQUIRE_TERRAFORM"


@cache
def missing() -> str | None:
    """What a test marked ``node`` lacks on this machine, or None."""
    try:
        find_node()
    except LandformError as error:
        return str(error)
    return None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked ``node`` where there is no Node.js; fail it where that must not be."""
    if item.get_closest_marker("node") is not None and missing():
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{REQUIRED}=1 and: {missing()}", pytrace=False)
        pytest.skip(str(missing()))


@pytest.fixture(scope="session")
def real() -> ModuleType:
    """The module that rebuilds landform trees with the real cdktf."""
    with bridge():
        from interop import rebuild
    return rebuild

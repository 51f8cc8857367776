"""The garbage collector paused."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from landform.errors import LandformError
from landform.org.load import load
from landform.org.memory import collector_paused
from landform.org.resolve import resolve

from .conftest import Project


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Whatever a test does to the collector ends with it."""
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


class TestCollectorPaused:
    def test_it_is_off_inside_and_on_afterwards(self) -> None:
        """Inside nothing is collected; afterwards it is as before."""
        gc.enable()
        with collector_paused():
            assert not gc.isenabled()
        assert gc.isenabled()

    def test_inside_of_itself(self) -> None:
        """The inner one does not end the outer one."""
        gc.enable()
        with collector_paused():
            with collector_paused():
                pass
            assert not gc.isenabled()
        assert gc.isenabled()

    def test_an_error_on_the_way(self) -> None:
        """What is raised inside leaves it as it was."""
        gc.enable()
        with pytest.raises(ZeroDivisionError), collector_paused():
            _ = 1 / 0
        assert gc.isenabled()

    def test_who_had_it_off_keeps_it_off(self) -> None:
        """It is not turned on for somebody who had turned it off."""
        gc.disable()
        with collector_paused():
            pass
        assert not gc.isenabled()

    def test_a_broken_spec(self, project: Project) -> None:
        """Loading and resolving leave it on, also where they fail."""
        gc.enable()
        resolve(load(project.root))
        assert gc.isenabled()
        project.edit("org/org.yaml", "home_region: eu-west-1", "home_region: eu-north-1")
        with pytest.raises(LandformError):
            resolve(load(project.root))
        project.write("org/org.yaml", "a: [")
        with pytest.raises(LandformError):
            load(project.root)
        assert gc.isenabled()

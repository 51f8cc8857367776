"""Selection of instances by globs."""

from __future__ import annotations

import pytest

from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.resolve import resolve
from landform.org.select import select

from .conftest import Project


class TestSelect:
    @pytest.mark.parametrize(
        ("selection", "keys"),
        [
            ({"accounts": ["management"]}, ["management.base"]),
            ({"accounts": ["payments-*"], "stacks": ["base"]}, ["payments-dev.base", "payments-prod.base"]),
            ({"stacks": ["payments-dev.base"]}, ["payments-dev.base"]),
            (
                {"regions": ["eu-central-1"]},
                ["payments-dev.eu-central-1.network", "payments-prod.eu-central-1.network"],
            ),
            ({"tiers": ["dev"], "stacks": ["a*", "b*"]}, ["payments-dev.app", "payments-dev.base"]),
        ],
    )
    def test_globs(self, project: Project, selection: dict[str, list[str]], keys: list[str]) -> None:
        """Any of one kind, all kinds together."""
        fleet = resolve(load(project.root))
        assert [each.key for each in select(fleet, **selection)] == keys

    def test_no_selection_is_everything(self, project: Project) -> None:
        """Without globs every instance is taken."""
        fleet = resolve(load(project.root))
        assert select(fleet) == fleet.instances

    def test_nothing_selected(self, project: Project) -> None:
        """A selection that matches nothing is an error that shows it."""
        with pytest.raises(LandformError) as caught:
            select(resolve(load(project.root)), accounts=["x"], tiers=["dev", "prod"])
        assert (caught.value.code, caught.value.given) == (Code.NO_MATCH, "accounts x, tiers dev prod")

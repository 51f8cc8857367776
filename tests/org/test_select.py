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


class TestLimit:
    @pytest.mark.parametrize(("most", "fits"), [(3, True), (2, False)])
    def test_more_stacks_than_a_tier_lets_be_planned(self, project: Project, most: int, fits: bool) -> None:
        """A selection is refused by the first tier of which it holds too many."""
        project.add("org/tiers/prod.yaml", f"rollout: {{ max_stacks: {most} }}\n")
        fleet = resolve(load(project.root))
        selection = {"accounts": ["payments-prod"]}
        assert len(select(fleet, **selection)) == 3
        if fits:
            assert select(fleet, **selection, limit=True)
        else:
            with pytest.raises(LandformError) as caught:
                select(fleet, **selection, limit=True)
            assert caught.value.code is Code.TOO_MANY_STACKS
            assert caught.value.given == "3 stacks"

    def test_the_strictest_account_counts(self, project: Project) -> None:
        """Where one account of a tier allows fewer, fewer of that tier are planned with it."""
        project.add("org/accounts/payments-prod.yaml", "rollout: { max_stacks: 1 }\n")
        fleet = resolve(load(project.root))
        assert select(fleet, accounts=["management"], limit=True)
        with pytest.raises(LandformError, match="'prod'"):
            select(fleet, tiers=["prod"], limit=True)

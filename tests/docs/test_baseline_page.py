"""The page of the baseline, held to the table."""

from pathlib import Path

import pytest

from landform.stacks.baseline import ITEMS
from landform.vending.baseline_matrix import STANDINGS, STATES

PAGE = (Path(__file__).parents[2] / "docs" / "baseline.md").read_text(encoding="utf-8")


class TestBaselinePage:
    @pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
    def test_every_item_is_in_the_table(self, item):
        """With what makes it, and why it may be left out."""
        (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {item.number} | {item.title} |")]
        made = [item.stack, *item.or_stacks, item.step]

        assert all(f"`{each}`" in line for each in made if each)
        assert all(why in line for why in item.left_out.values())

    @pytest.mark.parametrize("state", [state.replace("-", " ") for state in STATES])
    def test_every_state_is_told(self, state):
        """What a cell may say."""
        assert f"\n| {state} | " in PAGE

    @pytest.mark.parametrize("standing", [standing for standing in STANDINGS if standing])
    def test_every_standing_is_told(self, standing):
        """What may be said of the stacks of an item."""
        assert f"`{standing}`" in PAGE

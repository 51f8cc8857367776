"""The table of the baseline: every row is once there, and what it says of a stack is so."""

import re

import pytest
from baselines import PARAMETERS, instance_of, made_of

from landform.policies.controls import standards
from landform.schema.pack import shipped_pack
from landform.stacks.baseline import ITEMS
from landform.stacks.baseline.account import ACCOUNT
from landform.stacks.baseline.item import FACTS, said
from landform.stacks.baseline.region import REGION
from landform.testing import TIERS, stack_instance

MADE = [item for item in (*ACCOUNT, *REGION) if item.stack]


@pytest.fixture(scope="module")
def types():
    """The resource types in the stack of a class, a tier and an account: made once."""
    kept = {}

    def of(stack_class, tier, *, everything):
        key = stack_class, tier, everything
        if key not in kept:
            _, _, document = made_of(instance_of(stack_class, tier, everything=everything), stack_class)
            kept[key] = set(document["resource"])
        return kept[key]

    return of


class TestItems:
    def test_every_row_is_there(self):
        """The baseline has 46 rows, in their order; one is two items, of which one may be left out."""
        numbers = [item.number for item in ITEMS]

        assert sorted(set(numbers)) == list(range(1, 47))
        assert numbers == sorted(numbers)
        assert [number for number in set(numbers) if numbers.count(number) > 1] == [41]

    def test_every_id_is_there_once(self):
        """Outputs name items by it."""
        ids = [item.id for item in ITEMS]

        assert len(set(ids)) == len(ids)
        assert not [id for id in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)]

    @pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
    def test_something_makes_it_or_it_says_why_not(self, item):
        """A stack, a step of vending, or a reason that holds everywhere."""
        assert bool(item.stack or item.step) != ("" in item.left_out)
        assert bool(item.stack) == bool(item.types)

    @pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
    def test_its_types_exist(self, item):
        """In the provider's schema."""
        pack = shipped_pack("aws")

        for each in (*item.types, *(each for more in item.also.values() for each in more)):
            assert pack.resource(each)

    @pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
    def test_its_published_controls_exist(self, item):
        """Those of Security Hub and of the CIS benchmark, spelled as they are."""
        maps = standards()
        known = {*maps["fsbp"].controls, *maps["security-hub"].controls, *maps["cis-7.0"].controls}
        published = [check for check in item.controls if not check.startswith(("CKV", "LF_"))]

        assert not [check for check in published if check.replace("CIS ", "CIS v7.0.0/") not in known]


class TestWhyLeftOut:
    @pytest.mark.parametrize("tier", TIERS)
    @pytest.mark.parametrize("item", MADE, ids=lambda item: item.id)
    @pytest.mark.parametrize("everything", [True, False])
    def test_the_stack_makes_it_or_the_table_says_why_not(self, types, item, tier, everything):
        """In every tier, in an account that asks for all and in one that asks for little."""
        why = item.why_left_out(instance_of(item.stack, tier, everything=everything))

        assert (set(item.types) <= types(item.stack, tier, everything=everything)) == (why is None)

    @pytest.mark.parametrize("item", MADE, ids=lambda item: item.id)
    def test_nothing_is_left_out_that_is_asked_for(self, item):
        """A reason that always holds would be none."""
        assert item.why_left_out(instance_of(item.stack, "prod", everything=True)) is None

    @pytest.mark.parametrize("item", [item for item in MADE if item.also], ids=lambda item: item.id)
    def test_what_other_stacks_make_of_it_is_made(self, types, item):
        """Where all is asked for."""
        for stack_class, more in item.also.items():
            assert set(more) <= types(stack_class, "prod", everything=True)


class TestSaid:
    def test_every_fact_is_used(self):
        """By a row of the table."""
        assert (
            FACTS.keys()
            == {path for item in ITEMS for path in item.left_out if path and "." not in path} & FACTS.keys()
        )

    def test_a_parameter(self):
        """By its name."""
        assert said(stack_instance(params={"auditors": ["x"]}), "params.auditors") == ["x"]

    def test_a_setting(self):
        """By its path."""
        assert said(stack_instance(tier="prod"), "settings.sizing.deletion_protection") is True

    def test_the_table_of_stacks_is_whole(self):
        """Each class that a row names is one whose parameters these tests know."""
        assert {item.stack for item in MADE} <= PARAMETERS.keys()

"""Every default, broken: the gate must see it, or the table must say that it does not."""

import pytest
from every_construct import MUTANTS, UNSEEN


def new(scanned, mutant):
    """The rules that fail in a mutant and not in its base."""
    return {rule for rule, _ in scanned.failed(mutant.stack) - scanned.failed(mutant.sound)}


class TestMutants:
    @pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
    def test_the_scan_finds_it(self, scanned, mutant):
        """By the rule that the table names."""
        assert mutant.check in new(scanned, mutant)

    @pytest.mark.parametrize("mutant", UNSEEN, ids=lambda mutant: mutant.name)
    def test_the_scan_does_not_see_it(self, scanned, mutant):
        """No rule looks at it: one of landform's own would move it to the other table."""
        assert not new(scanned, mutant)

    def test_score(self, scanned, record_property):
        """Of all broken defaults the gate finds 95 in 100."""
        every = (*MUTANTS, *UNSEEN)
        found = sum(bool(new(scanned, mutant)) for mutant in every)
        record_property("said", f"{found} of {len(every)} broken defaults are found by the scan")

        assert found >= 0.95 * len(every)

    @pytest.mark.parametrize("mutant", [*MUTANTS, *UNSEEN], ids=lambda mutant: mutant.name)
    def test_it_breaks_something(self, scanned, mutant):
        """An override that changes nothing would prove nothing."""
        assert scanned.copies[mutant.stack] != scanned.copies[mutant.sound]

    def test_each_has_a_stack_of_its_own(self):
        """Otherwise one would hide another."""
        stacks = [mutant.stack for mutant in (*MUTANTS, *UNSEEN)]

        assert len(stacks) == len(set(stacks))

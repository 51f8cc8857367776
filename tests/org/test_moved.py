"""``org/moved.yaml``: what was moved in the code of stacks."""

import shutil
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.resolve import resolve

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@pytest.fixture
def fleet(tmp_path):
    """The example's fleet with some moves: ``fleet("- {stack: x, from: A, to: B}")``."""
    shutil.copytree(EXAMPLE / "org", tmp_path / "org")

    def make(*entries):
        text = "".join(f"  {entry}\n" for entry in entries)
        (tmp_path / "org" / "moved.yaml").write_text(f"schema: landform/moved/v1\nmoved:\n{text}")
        return resolve(load(tmp_path))

    return make


LEDGER = "- { stack: payments-ledger, from: Ledger, to: Books/Ledger }"


class TestMoves:
    """What instances get of it."""

    def test_those_of_the_stack(self, fleet):
        """By the path now; others have none."""
        found = {instance.key: dict(instance.moves) for instance in fleet(LEDGER).instances}
        assert found["payments-dev.payments-ledger"] == {"Books/Ledger": "Ledger"}
        assert found["payments-dev.baseline"] == {}

    def test_only_they_are_made_anew(self, fleet):
        """The digest of what a stack is made from differs for those alone that have a move."""
        before = {instance.key: instance.digest for instance in resolve(load(EXAMPLE)).instances}
        after = {instance.key: instance.digest for instance in fleet(LEDGER).instances}
        assert {key.partition(".")[2] for key in after if before[key] != after[key]} == {"payments-ledger"}


class TestMovedErrors:
    """What is refused, at the line."""

    @pytest.mark.parametrize(
        ("entries", "code", "line"),
        [
            (["- { stack: payments-leger, from: A, to: B }"], Code.SPEC_REFERENCE, 3),
            (["- { stack: baseline, from: A, to: A }"], Code.SPEC_CYCLE, 3),
            (
                ["- { stack: baseline, from: A, to: B }", "- { stack: baseline, from: A, to: C }"],
                Code.SPEC_DUPLICATE,
                4,
            ),
            (
                ["- { stack: baseline, from: A, to: C }", "- { stack: baseline, from: B, to: C }"],
                Code.SPEC_DUPLICATE,
                4,
            ),
            (
                ["- { stack: baseline, from: A, to: B }", "- { stack: baseline, from: B, to: A }"],
                Code.SPEC_CYCLE,
                3,
            ),
            (["- { stack: baseline, from: /A, to: B }"], Code.SPEC_VALUE, 3),
            (["- { stack: baseline, from: A }"], Code.SPEC_MISSING_KEY, 3),
        ],
    )
    def test_is_refused(self, fleet, entries, code, line):
        """With its code and its place."""
        with pytest.raises(LandformError) as caught:
            fleet(*entries)
        first = caught.value.each()[0]
        assert (first.code, first.place.file, first.place.line) == (code, "org/moved.yaml", line)

    def test_a_chain_is_not(self, fleet):
        """One move may follow another."""
        fleet("- { stack: baseline, from: A, to: B }", "- { stack: baseline, from: B, to: C }")

    def test_two_stacks_may_have_the_same(self, fleet):
        """A path is one of its stack."""
        fleet("- { stack: baseline, from: A, to: B }", "- { stack: data-lake, from: A, to: B }")

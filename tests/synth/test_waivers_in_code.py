"""Waivers in the code of a bundle's stacks."""

from dataclasses import replace

import pytest

from landform.errors import Code
from landform.synth.bundle import ResourceRecord, StackRecord
from landform.synth.waivers import shared_ids

RECORD = StackRecord(
    name="a.x",
    stack="x",
    account="a",
    account_id="012345678901",
    tier="prod",
    region="eu-west-1",
    construct="acme:X",
    sha256="",
    inputs="",
    dependencies=(),
    waivers=(),
    resources={},
    tags={"owner": "team"},
)


def with_waiver(name, line=7, **changes):
    """A stack with a waiver in its code."""
    value = {
        "id": "W-2026-021",
        "ticket": "SEC-1",
        "scope": {"stacks": [name], "resources": ["t.n"]},
        **changes,
    }
    place = ResourceRecord(f"{name}/Data", f"acme/x.py:{line}")
    return replace(RECORD, name=name, waivers=(value,), waivers_in_code={value["id"]: (place,)})


def told(fleet, *records):
    """The errors, as place and what was given."""
    errors = list(shared_ids(fleet, {record.name: record for record in records}))
    assert all(error.code is Code.SPEC_DUPLICATE for error in errors)
    return [(str(error.place), error.given) for error in errors]


class TestSharedIds:
    """``shared_ids``."""

    def test_one_waiver_of_many_stacks(self, fleet):
        """The same line in many accounts is one waiver, though each stack is a scope of its own."""
        assert told(fleet, with_waiver("a.x"), with_waiver("b.x"), RECORD) == []

    def test_two_waivers(self, fleet):
        """What differs in more than its scope is another waiver, told once for all stacks."""
        others = [with_waiver(f"{name}.y", line=9, ticket="SEC-2") for name in "bc"]
        assert told(fleet, with_waiver("a.x"), *others) == [
            ("acme/x.py:9 (b.y/Data)", "W-2026-021, also at acme/x.py:7")
        ]

    def test_a_waiver_of_the_spec(self, fleet):
        """The id of a file is that file's, wherever its scope is."""
        assert told(fleet, with_waiver("a.x", id="W-2026-001")) == [
            ("acme/x.py:7 (a.x/Data)", "W-2026-001, also at org/waivers/W-2026-001.yaml")
        ]


class TestStackRecord:
    """``StackRecord``."""

    @pytest.mark.parametrize("record", [RECORD, with_waiver("a.x")])
    def test_is_read_back(self, record):
        """The index says all that the record says."""
        assert StackRecord.from_json(record.name, record.as_json()) == record

    def test_an_older_index(self):
        """One without tags and waivers in code has none."""
        old = {k: v for k, v in RECORD.as_json().items() if k not in ("tags", "waivers_in_code")}
        assert StackRecord.from_json("a.x", old) == replace(RECORD, tags={})

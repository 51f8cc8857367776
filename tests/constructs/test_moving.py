"""Scopes that were renamed: the addresses of before, and the names that AWS knows."""

import json
from dataclasses import replace

import pytest

from landform.constructs.moving import former_paths
from landform.constructs.sqs import Queue
from landform.core import Construct
from landform.core.element import Resource
from landform.errors import Code, LandformError
from landform.testing import stack_instance, synthesise


def built(build, **moves):
    """The document of a stack; ``moves`` has the scope before by that now, with ``__`` for a slash."""
    found = {now.replace("__", "/"): was for now, was in moves.items()}
    return synthesise(build, replace(stack_instance(), moves=found))


def queue_in(*scopes):
    """Build a queue below some scopes."""

    def build(stack):
        scope = stack
        for id in scopes:
            scope = Construct(scope, id)
        Queue(scope, "Orders")

    return build


def document(synthesis):
    return json.loads(synthesis.text)


def queues(made):
    return {address: body["name"] for address, body in made["resource"]["aws_sqs_queue"].items()}


class TestFormerPaths:
    """Where a construct stood before."""

    @pytest.mark.parametrize(
        ("moves", "expected"),
        [
            ({}, ()),
            ({"New": "Old"}, (("Old", "A"),)),
            ({"New/A": "B"}, (("B",),)),
            ({"New": "Old", "New/A": "B"}, (("B",),)),
            ({"New": "Mid", "Mid": "Old"}, (("Mid", "A"), ("Old", "A"))),
            ({"Ne": "Old"}, ()),
            ({"New": "Mid", "Mid": "New"}, (("Mid", "A"), ("New", "A"))),
        ],
    )
    def test_paths(self, moves, expected):
        """The deepest scope counts, one move may follow another, and a circle ends."""
        assert former_paths(("New", "A"), moves) == expected


class TestMoving:
    """What the synthesis makes of it."""

    def test_blocks_for_all_that_is_below(self):
        """From each address of before to the one of now."""
        before = document(built(queue_in("Old")))
        after = document(built(queue_in("New"), New="Old"))
        assert {block["from"] for block in after["moved"]} == {
            f"{type}.{name}" for type, named in before["resource"].items() for name in named
        }
        assert {block["to"] for block in after["moved"]} == {
            f"{type}.{name}" for type, named in after["resource"].items() for name in named
        }

    def test_names_in_aws_stay(self):
        """What has moved is called as it was when it was made."""
        before, after = document(built(queue_in("Old"))), document(built(queue_in("New"), New="Old"))
        assert sorted(queues(before).values()) == sorted(queues(after).values())

    def test_in_the_metadata(self):
        """As where code says it."""
        after = document(built(queue_in("New"), New="Old"))
        assert set(after["//"]["metadata"]["moved"]) >= {"aws_sqs_queue"}

    def test_a_second_move(self):
        """A state that was not applied between the two is led on."""
        after = document(built(queue_in("C"), C="B", B="A"))
        blocks = [block for block in after["moved"] if "_A_" in block["from"] or ".A_" in block["from"]]
        ends = {block["to"] for block in after["moved"]}
        assert blocks
        assert all(block["to"] in {each["from"] for each in after["moved"]} for block in blocks)
        assert len(ends) == len(after["moved"])

    def test_without_an_entry_nothing_is_said(self):
        """No moved block, no metadata."""
        assert "moved" not in document(built(queue_in("New")))

    def test_an_entry_that_leads_nowhere_is_remarked(self):
        """A tier may lack what it is about; nothing fails."""
        synthesis = built(queue_in("New"), Nowhere="Old")
        assert [each.message for each in synthesis.annotations if "moved" in each.message] == [
            "org/moved.yaml: Old -> Nowhere leads to nothing here."
        ]

    def test_what_is_still_there_cannot_have_moved(self):
        """Terraform would refuse it, late; landform does, with the place."""

        def build(stack):
            for scope in ("Old", "New"):
                Resource(Construct(stack, scope), "Handle", "terraform_data", {"input": 1})

        with pytest.raises(LandformError) as caught:
            built(build, New="Old")
        assert caught.value.code is Code.DUPLICATE_ID
        assert caught.value.place.construct_path.endswith("New/Handle")

    def test_code_goes_before_the_file(self):
        """A resource that says where it came from is left alone."""

        def build(stack):
            Resource(Construct(stack, "New"), "Handle", "terraform_data", {"input": 1}).move_from(
                "terraform_data.x"
            )

        assert [each["from"] for each in document(built(build, New="Old"))["moved"]] == ["terraform_data.x"]

    def test_a_name_of_its_own_stays(self):
        """An address that does not come from the path has not changed with it."""

        def build(stack):
            Resource(Construct(stack, "New"), "Handle", "terraform_data", {"input": 1}).override_logical_id(
                "mine"
            )

        assert "moved" not in document(built(build, New="Old"))

"""Packing: policies within what AWS takes, and nothing of them lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.org.packing import KINDS, Arranged, Kind, arrange, minified, pack, room, size

CAPACITY = KINDS["scp"].characters


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def deny(sid: str, length: int) -> dict[str, Any]:
    """A statement of about so many characters; without an id where that is empty."""
    return {**({"Sid": sid} if sid else {}), "Effect": "Deny", "Action": "s3:*", "Resource": "x" * length}


def statements_of(policies: list[Any]) -> list[str]:
    """What statements say, whatever they are called, sorted."""
    return sorted(
        minified({key: value for key, value in each.items() if key != "Sid"})
        for content in policies
        for each in content["Statement"]
    )


SIDS = ["", "A", "B", "DenyIt"]
STATEMENTS = st.lists(
    st.tuples(st.sampled_from(SIDS), st.integers(1, 4_000)),
    min_size=1,
    max_size=4,
    unique_by=lambda pair: pair[0],
)
SPEC = st.dictionaries(
    st.sampled_from(["base", "cheap", "guard", "regions", "tags", "zones"]),
    STATEMENTS.map(lambda pairs: document(*(deny(sid, length) for sid, length in pairs))),
    min_size=1,
)


class TestPack:
    """Statements of many documents, in as few policies as hold them."""

    @given(SPEC)
    def test_nothing_is_lost_and_nothing_is_there_twice(self, documents: dict[str, Any]) -> None:
        """Every statement stands in one policy."""
        packed = [content for content, _ in pack("scp", documents, documents, most=4)]

        assert statements_of(packed) == statements_of(list(documents.values()))

    @given(SPEC)
    def test_each_is_one_that_aws_takes(self, documents: dict[str, Any]) -> None:
        """No longer than its limit, and no id twice."""
        for content, _ in pack("scp", documents, documents, most=4):
            sids = [each["Sid"] for each in content["Statement"] if "Sid" in each]
            assert size(content) <= CAPACITY
            assert len(sids) == len(set(sids))

    @given(SPEC, st.randoms())
    def test_the_order_does_not_matter(self, documents: dict[str, Any], random: Any) -> None:
        """Of documents, nor of the statements in them."""
        names = list(documents)
        random.shuffle(names)
        shuffled = {
            name: document(*random.sample(documents[name]["Statement"], len(documents[name]["Statement"])))
            for name in names
        }

        assert pack("scp", shuffled, names, most=4) == pack("scp", documents, documents, most=4)

    @given(SPEC)
    def test_no_two_of_them_fit_in_one(self, documents: dict[str, Any]) -> None:
        """The first policy with room takes a statement, so any two together are too long."""
        packed = [content["Statement"] for content, _ in pack("scp", documents, documents, most=4)]

        assert not [
            (one, other)
            for number, one in enumerate(packed)
            for other in packed[number + 1 :]
            if size(document(*one, *other)) <= CAPACITY
        ]

    def test_one_more_moves_few_others(self) -> None:
        """What comes last in the order moves nothing; what fits nowhere else stands by itself."""
        documents = {name: document(deny(name, 1_500)) for name in "abcdef"}
        before = [content for content, _ in pack("scp", documents, documents, most=4)]
        after = [
            content
            for content, _ in pack("scp", {**documents, "g": document(deny("g", 4_000))}, "abcdefg", most=4)
        ]

        assert after[: len(before)] == before
        assert len(after) == len(before) + 1

    def test_the_longest_go_first_where_the_order_needs_too_many(self) -> None:
        """In the order of their names the two short ones take a policy of their own."""
        documents = {
            "a": document(deny("A", 1_900)),
            "b": document(deny("B", 1_900)),
            "c": document(deny("C", 2_900)),
            "d": document(deny("D", 2_900)),
        }

        assert len(pack("scp", documents, documents, most=3)) == 3
        assert len(pack("scp", documents, documents, most=2)) == 2

    def test_ids_that_two_documents_have_get_their_names(self) -> None:
        """An id stands once in a policy."""
        documents = {"no-gpus": document(deny("DenyIt", 1)), "no-hosts": document(deny("DenyIt", 2))}
        ((content, of),) = pack("scp", documents, documents, most=1)

        assert [each["Sid"] for each in content["Statement"]] == ["NoGpusDenyIt", "NoHostsDenyIt"]
        assert of == ("no-gpus", "no-hosts")

    @pytest.mark.parametrize(
        "rigid",
        [
            {**document(deny("A", 1)), "Id": "x"},
            {"Version": "2008-10-17", "Statement": [deny("A", 1)]},
            {"Version": "2012-10-17", "Statement": ["no statement"]},
            {"tags": "none"},
        ],
    )
    def test_what_is_no_usual_document_stays_as_it_is(self, rigid: dict[str, Any]) -> None:
        """Nothing of it is lost."""
        assert pack("scp", {"odd": rigid}, ["odd"], most=1) == [(rigid, ("odd",))]

    def test_documents_without_statements_are_packed_by_their_entries(self) -> None:
        """Two that speak of one entry stay two."""
        documents = {
            "a": {"tags": {"owner": {"tag_key": {"@@assign": "owner"}}}},
            "b": {"tags": {"tier": {"tag_key": {"@@assign": "tier"}}}},
            "c": {"tags": {"tier": {"tag_key": {"@@assign": "Tier"}}}},
        }

        assert pack("tag", documents, documents, most=10) == [
            (
                {"tags": {"owner": documents["a"]["tags"]["owner"], "tier": documents["b"]["tags"]["tier"]}},
                ("a", "b"),
            ),
            (documents["c"], ("c",)),
        ]


class TestArrange:
    """Which policies there are, and where they stand."""

    @pytest.fixture
    def documents(self) -> dict[str, Any]:
        """Six short documents."""
        return {name: document(deny(name.upper(), 100)) for name in "abcdef"}

    def test_a_document_is_a_policy_of_its_name(self, documents: dict[str, Any]) -> None:
        """At every place that names it."""
        assert arrange("scp", documents, {"Dev": ["a", "b"], "Prod": ["a"]}) == (
            Arranged("a", documents["a"], ("Dev", "Prod"), ("a",)),
            Arranged("b", documents["b"], ("Dev",), ("b",)),
        )

    def test_where_there_is_no_room_they_are_packed(self, documents: dict[str, Any]) -> None:
        """There alone; elsewhere they stay themselves."""
        packed = arrange("scp", documents, {"Dev": list("abcdef"), "Prod": ["a"]})

        assert [(policy.name, policy.places, policy.documents) for policy in packed] == [
            ("a", ("Prod",), ("a",)),
            ("Dev-1", ("Dev",), tuple("abcdef")),
        ]

    @pytest.mark.parametrize(
        ("kind", "place", "accounts", "most"),
        [
            ("scp", "Dev", [], 4),
            ("scp", "Root", [], 2),
            ("scp", "one", ["one"], 3),
            ("rcp", "Root", [], 3),
            ("rcp", "one", ["one"], 4),
            ("tag", "Root", [], 9),
            ("backup", "Root", [], 10),
            ("ai", "Dev", [], 5),
        ],
    )
    def test_places_are_left_for_what_landform_puts_there(
        self, kind: Kind, place: str, accounts: list[str], most: int
    ) -> None:
        """Guardrails at the root, the status of an account."""
        documents = {f"d{number}": document(deny("A", number)) for number in range(most + 1)}
        names = list(documents)

        assert room(kind, place, account=bool(accounts)) == most
        assert not any(policy.packed for policy in arrange(kind, documents, {place: names[:-1]}, accounts))
        assert all(policy.packed for policy in arrange(kind, documents, {place: names}, accounts))

    def test_a_document_that_is_too_long_is_split(self) -> None:
        """Between its statements."""
        documents = {"long": document(*(deny(f"S{number}", 2_000) for number in range(3)))}
        arranged = arrange("scp", documents, {"Dev": ["long"]})

        assert [policy.name for policy in arranged] == ["Dev-1", "Dev-2"]
        assert statements_of([policy.content for policy in arranged]) == statements_of([documents["long"]])

    def test_it_is_minified(self) -> None:
        """Spaces count."""
        assert minified({"a": [1, 2], "ü": "ü"}) == '{"a":[1,2],"ü":"ü"}'
        assert size(json.loads('{"a": [1, 2]}')) == 11

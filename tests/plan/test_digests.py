"""Digests of plans: equal for the same, different for any change of effect, silent about secrets."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_documents import KEY, entry, identity, plan_document

from landform.plan.digests import effects, keyed, plan_digest
from landform.terraform.secrets import Secrets

RAW = plan_document(identity())
BOUND = {
    "stack_sha256": "0",
    "state": "state/app",
    "providers": {"registry.terraform.io/hashicorp/aws": "5.100.0"},
}


def digest_of(raw: dict[str, Any], **bound: Any) -> str:
    """The digest of a plan of the stack, with the key of these tests."""
    return plan_digest(raw, **{"known": Secrets(), "key": KEY, **BOUND, **bound})


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all that is no object and no list."""
    if isinstance(node, dict):
        return [found for key, item in node.items() for found in places(item, (*path, key))]
    if isinstance(node, list):
        return [found for key, item in enumerate(node) for found in places(item, (*path, key))]
    return [path]


def at(node: Any, path: tuple[Any, ...]) -> Any:
    """What is at a path."""
    for key in path:
        node = node[key]
    return node


CHANGED = {entry["address"] for entry in RAW["resource_changes"] if entry["change"]["actions"] != ["no-op"]}
EFFECTIVE = [
    path
    for name in ("resource_changes", "resource_drift")
    for index, entry in enumerate(RAW[name])
    if entry["address"] in CHANGED
    for path in places(entry, (name, index))
    if not {"before_sensitive", "after_sensitive"}.intersection(path)
] + places(RAW["output_changes"]["bucket"], ("output_changes", "bucket"))


class TestPlanDigest:
    """``plan_digest``."""

    @settings(max_examples=60, deadline=None)
    @given(st.integers(), st.text(max_size=20))
    def test_the_same_in_another_order_and_at_another_time(self, seed: int, time: str) -> None:
        """Neither the order of changes, nor of keys, nor what only tells how the plan came about counts."""
        raw = copy.deepcopy(RAW)
        rng = random.Random(seed)
        rng.shuffle(raw["resource_changes"])
        rng.shuffle(raw["resource_drift"])
        raw["timestamp"] = time
        raw["relevant_attributes"] = []
        raw = dict(rng.sample(list(raw.items()), len(raw)))
        assert digest_of(raw) == digest_of(RAW)

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(EFFECTIVE), st.one_of(st.text(), st.integers(), st.booleans(), st.just([1])))
    def test_any_value_counts(self, path: tuple[Any, ...], value: Any) -> None:
        """A change of any value of what would happen is another digest."""
        raw = copy.deepcopy(RAW)
        before = at(raw, path)
        if path[-1] == "address":
            value = f"aws_x.{value}"
        if type(before) is type(value) and before == value:
            return
        at(raw, path[:-1])[path[-1]] = value
        assert digest_of(raw) != digest_of(RAW)

    @pytest.mark.parametrize("path", EFFECTIVE, ids=str)
    def test_every_value_counts_when_it_goes(self, path: tuple[Any, ...]) -> None:
        """So is one that is not there any more, wherever it was."""
        raw = copy.deepcopy(RAW)
        parent = at(raw, path[:-1])
        if path[-1] in ("address", "actions"):
            parent[path[-1]] = "else"
        else:
            del parent[path[-1]]
        assert digest_of(raw) != digest_of(RAW)

    @given(st.integers(0, len(RAW["resource_changes"]) - 1))
    def test_a_change_that_goes(self, index: int) -> None:
        """A resource that is not changed any more counts, and one that never was does not."""
        raw = copy.deepcopy(RAW)
        gone = raw["resource_changes"].pop(index)
        same = gone["change"]["actions"] == ["no-op"]
        assert (digest_of(raw) == digest_of(RAW)) is same

    @pytest.mark.parametrize("change", [{"previous_address": "aws_vpc.old"}, {"importing": {"id": "vpc-1"}}])
    def test_what_only_moves_counts(self, change: dict[str, Any]) -> None:
        """A resource that stays as it is may be moved or taken over."""
        raw = copy.deepcopy(RAW)
        raw["resource_changes"].append(entry("aws_vpc.other", ["no-op"], {}, {}, **change))
        assert digest_of(raw) != digest_of(RAW)

    @pytest.mark.parametrize(
        "bound",
        [{"stack_sha256": "1"}, {"state": "other"}, {"providers": {}}],
        ids=lambda bound: next(iter(bound)),
    )
    def test_what_it_is_a_plan_of(self, bound: dict[str, Any]) -> None:
        """Another stack, another state or another provider is another plan."""
        assert digest_of(RAW, **bound) != digest_of(RAW)

    def test_another_terraform(self) -> None:
        """So is a plan of another Terraform."""
        assert digest_of({**RAW, "terraform_version": "1.12.0"}) != digest_of(RAW)

    def test_a_secret_that_changed(self) -> None:
        """A secret counts, though no redacted plan shows it."""
        raw = copy.deepcopy(RAW)
        raw["resource_changes"][-1]["change"]["after"]["password"] = "another-secret"
        assert digest_of(raw) != digest_of(RAW)

    def test_drift_elsewhere_does_not_count(self) -> None:
        """What changed outside and is not touched is not undone."""
        raw = copy.deepcopy(RAW)
        raw["resource_drift"].pop()
        assert digest_of(raw) == digest_of(RAW)


class TestKeyed:
    """``keyed``."""

    def test_a_digest_tells_nothing_without_the_key(self) -> None:
        """Who guesses the secret cannot check the guess."""
        assert digest_of(RAW, key=b"other") != digest_of(RAW)

    @given(st.text(), st.text())
    def test_equal_for_equal_secrets(self, one: str, other: str) -> None:
        """Of any text, also of what is no Unicode."""
        assert (keyed(KEY)(one) == keyed(KEY)(other)) is (one == other)

    def test_no_key_is_needed_where_there_is_no_secret(self) -> None:
        """Such a plan has one digest for everybody."""
        raw = copy.deepcopy(RAW)
        raw["resource_changes"].pop()
        assert digest_of(raw, key=b"other") == digest_of(raw)


class TestEffects:
    """``effects``."""

    def test_what_is_left(self) -> None:
        """No time, no configuration, no state: what would happen."""
        assert set(effects(RAW)) == {
            "resource_changes",
            "deferred_changes",
            "action_invocations",
            "output_changes",
            "resource_drift",
        }

    def test_a_plan_that_does_nothing(self) -> None:
        """Has no effects."""
        assert not any(effects({"format_version": "1.2"}).values())

"""Where the resources of a stack came from, packed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from bundles import write_bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.synth.bundle import INDEX, Bundle, Origins, ResourceRecord

TEXT = st.text(max_size=12)
PATHS = st.one_of(
    TEXT,
    TEXT.map(lambda text: f"a.x/{text}"),
    st.sampled_from(["", "/", "=", "a.x", "a.x/", "a.xy/b", "/a", "=a", "=/a"]),
)
MADE = st.dictionaries(TEXT, st.builds(ResourceRecord, PATHS, TEXT))
QUEUE = {"aws_sqs_queue.q": ResourceRecord("a.x/queue", "acme/stacks.py:12")}


class TestOrigins:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(made=MADE)
    def test_are_what_they_were_made_of(self, made: dict[str, ResourceRecord]) -> None:
        """Every address, in the same order, whatever the construct path begins with."""
        origins = Origins.of("a.x", made.items())
        assert (list(origins.items()), len(origins)) == (list(made.items()), len(made))
        assert origins == made

    def test_an_address_that_is_none(self) -> None:
        """It is as in every mapping."""
        origins = Origins.of("a.x", QUEUE.items())
        assert (origins.get("aws_sqs_queue.p"), "aws_sqs_queue.p" in origins) == (None, False)

    def test_those_of_stacks_that_are_alike_are_held_once(self) -> None:
        """What differs is the stack's name at the start of each path."""
        other = {"aws_sqs_queue.q": ResourceRecord("b.x/queue", "acme/stacks.py:12")}
        one, two = Origins.of("a.x", QUEUE.items()), Origins.of("b.x", other.items())
        assert one._packed is two._packed
        assert (dict(one), dict(two)) == (QUEUE, other)

    def test_another_process_gets_the_same(self) -> None:
        """They are handed over packed, and held once there too."""
        origins = Origins.of("a.x", QUEUE.items())
        there = pickle.loads(pickle.dumps(origins))
        assert there == origins
        assert there._packed is origins._packed

    @pytest.mark.parametrize(
        "made", [{"construct_path": 1, "source": "x"}, {"construct_path": "x", "source": None}, {}, None]
    )
    def test_an_index_that_says_something_else(self, tmp_path: Path, made: Any) -> None:
        """It is no index, and nobody meets it later."""
        bundle = write_bundle(tmp_path, {"a.x": {}}, {"a": ("100000000000", "prod")})
        index = json.loads((bundle.root / INDEX).read_text())
        index["stacks"]["a.x"]["resources"]["aws_sqs_queue.q"] = made
        (bundle.root / INDEX).write_text(json.dumps(index))
        with pytest.raises(LandformError) as refused:
            Bundle.load(bundle.root)
        assert refused.value.code is Code.NO_BUNDLE

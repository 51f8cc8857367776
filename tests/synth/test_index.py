"""The index of a bundle, a stack at a time."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landform.digest import canonical_json, digest
from landform.synth.bundle import INDEX, Bundle
from landform.synth.index import FORMAT, IndexDigest, index_digest, index_text, read_index

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
STACKS = st.dictionaries(st.text(), st.dictionaries(st.text(), VALUES))
MEMBERS = st.dictionaries(st.text(), VALUES).map(
    lambda members: {key: value for key, value in members.items() if key not in ("stacks", "digest")}
)
INDEXED = {
    "format": FORMAT,
    "generator": {"name": "landform", "version": "1"},
    "number": -12.5e3,
    "stacks": {"a.one": {"count": 123, "tags": {}}, "a.two": {"count": 4, "name": "\u00fc \\ud83d\\ude00"}},
    "tiers": {},
}


class Drip(io.StringIO):
    """A file that gives a few characters at a time, whatever it is asked for."""

    def __init__(self, text: str, step: int) -> None:
        super().__init__(text)
        self._step = step

    def read(self, size: int | None = -1, /) -> str:
        return super().read(self._step)


def as_it_is(name: str, value: Any) -> Any:
    return value


def record(name: str, resources: int) -> dict[str, Any]:
    """What an index says of a stack."""
    account, stack = name.split(".")
    return {
        "account": account,
        "account_id": "100000000000",
        "construct": "acme.stacks:Stack",
        "dependencies": [],
        "inputs": "sha256:0",
        "region": "eu-west-1",
        "resource_count": resources,
        "resources": {
            f"aws_sqs_queue.Queue{number}_6C2E2031": {
                "construct_path": f"{name}/Queue{number}/Resource",
                "source": f"acme/stacks.py:{number}",
            }
            for number in range(resources)
        },
        "sha256": "0" * 64,
        "stack": stack,
        "tags": {"account": account, "owner": "team"},
        "tier": "prod",
        "waivers": [],
    }


class TestIndexText:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(members=MEMBERS, stacks=STACKS)
    def test_is_the_text_of_the_whole(self, members: dict[str, Any], stacks: dict[str, Any]) -> None:
        """Who reads it sees canonical JSON, to the byte."""
        assert "".join(index_text(members, sorted(stacks.items()))) == canonical_json(
            {**members, "stacks": stacks}
        )


class TestIndexDigest:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(members=MEMBERS, stacks=STACKS)
    def test_is_the_digest_of_the_whole(self, members: dict[str, Any], stacks: dict[str, Any]) -> None:
        """An auditor takes it of all that the index says but itself."""
        assert index_digest(members, sorted(stacks.items())) == digest({**members, "stacks": stacks})

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(members=MEMBERS, stacks=STACKS)
    def test_is_taken_while_an_index_is_read(self, members: dict[str, Any], stacks: dict[str, Any]) -> None:
        """What was written is found to be what was sealed, and the digest in it is no part of it."""
        index = {**members, "format": FORMAT}
        text = "".join(index_text({**index, "digest": "sha256:0"}, sorted(stacks.items())))
        found = IndexDigest()
        read_index(io.StringIO(text), as_it_is, found)
        assert found.text() == digest({**index, "stacks": stacks})

    def test_a_stack_that_was_changed(self) -> None:
        """It is another digest."""
        changed = {**INDEXED, "stacks": {"a.one": {"count": 124}}}
        found = IndexDigest()
        read_index(io.StringIO(canonical_json(changed)), as_it_is, found)
        assert found.text() not in (digest(INDEXED), digest({**INDEXED, "stacks": {}}))


class TestReadIndex:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        members=MEMBERS,
        stacks=STACKS,
        step=st.integers(1, 40),
        indent=st.sampled_from([None, 2]),
        is_sorted=st.booleans(),
    )
    def test_is_what_the_whole_text_says(
        self, members: dict[str, Any], stacks: dict[str, Any], step: int, indent: int | None, is_sorted: bool
    ) -> None:
        """However it is cut into parts, and wherever its stacks stand."""
        index = {"stacks": stacks, **members, "format": FORMAT}
        text = json.dumps(index, indent=indent, sort_keys=is_sorted)
        assert repr(read_index(Drip(text, step), as_it_is)) == repr(json.loads(text))

    def test_stacks_become_what_is_made_of_them(self) -> None:
        """Only that is kept of each."""
        index = read_index(io.StringIO(canonical_json(INDEXED)), lambda name, value: (name, value["count"]))
        assert index["stacks"] == {"a.one": ("a.one", 123), "a.two": ("a.two", 4)}

    @pytest.mark.parametrize(
        "index",
        [
            {**INDEXED, "format": "landform/bundle/v2"},
            {"stacks": INDEXED["stacks"], "zone": 1, "format": FORMAT},
        ],
    )
    def test_a_format_that_is_another_or_comes_late(self, index: dict[str, Any]) -> None:
        """What stacks are in another format is not known, so nothing is made of them."""
        assert read_index(io.StringIO(json.dumps(index)), lambda name, value: None) == index

    @pytest.mark.parametrize("step", [1, 7, 1000])
    def test_an_index_that_was_cut_off(self, step: int) -> None:
        """Wherever that is, it is no index."""
        text = json.dumps(INDEXED)
        for end in range(len(text)):
            with pytest.raises(ValueError, match="char"):
                read_index(Drip(text[:end], step), as_it_is)

    @pytest.mark.parametrize(
        "text",
        [
            "[]",
            "1",
            "{1: 2}",
            '{"a": 1,}',
            '{"a" 1}',
            '{"a": 1} x',
            '{"a": 1}{}',
            '{"a": 1 "b": 2}',
            '{"a": 01}',
            '{"format": "landform/bundle/v1", "stacks": []}',
            '{"format": "landform/bundle/v1", "stacks": {"a": {},}}',
            "\ufeff{}",
        ],
    )
    def test_what_is_no_index(self, text: str) -> None:
        """It is refused as it is by who reads it whole, and says where."""
        with pytest.raises(ValueError, match="char"):
            read_index(io.StringIO(text), as_it_is)

    def test_where_a_mistake_is(self) -> None:
        """Its place is counted from the start of the file, not of the part that was read."""
        text = '{"a": "' + 500 * "x" + '", "b": !}'
        with pytest.raises(ValueError, match=f"char {text.index('!')}"):
            read_index(Drip(text, 16), as_it_is)


class TestMemory:
    def test_an_index_takes_less_than_its_file(self, tmp_path: Path) -> None:
        """At no time is it held whole, and what is kept of stacks that are alike is little."""
        names = [f"account-{number:04}.stack" for number in range(400)]
        index = {
            "digest": "sha256:0",
            "format": FORMAT,
            "generator": {"name": "landform", "version": "1"},
            "stacks": {name: record(name, 40) for name in names},
            "tiers": {},
        }
        path = tmp_path / INDEX
        path.parent.mkdir(parents=True)
        path.write_text(canonical_json(index))
        Bundle.load(tmp_path)
        tracemalloc.start()
        try:
            bundle = Bundle.load(tmp_path)
            kept, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert len(bundle.stacks) == 400
        size = path.stat().st_size
        assert (kept < size / 4, peak < size) == (True, True)

"""The lock file: written by landform alone, and a part of the spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.org.addresses import Demand, allot, allotted
from landform.org.load import load
from landform.org.lock import LOCK, Lock, lock_text, parse_lock, read_lock, write_lock
from landform.org.resolve import resolve
from landform.org.settle import settle

from .conftest import Project
from .networked import add_account, relock
from .test_addresses import NONE, POOLS, accounts, cidrs, demand


class TestText:
    """The file's form."""

    def test_a_block_a_line(self) -> None:
        """Blocks are lines, sorted by account, under their pool and region."""
        text = lock_text(allot(NONE, POOLS, [demand("b"), demand("a")]))
        assert [line.strip() for line in text.splitlines() if "account" in line] == [
            '{"account": "a", "cidr": "10.0.0.0/24", "sequence": 1},',
            '{"account": "b", "cidr": "10.0.1.0/24", "sequence": 2}',
        ]
        assert json.loads(text)["pools"][0]["region"] == "eu-west-1"

    @given(accounts)
    def test_what_was_written_is_read(self, wanted: list[Demand]) -> None:
        """Reading gives back the lock."""
        lock = allot(NONE, POOLS, wanted)
        assert parse_lock(lock_text(lock)).blocks == lock.blocks

    def test_no_file(self, tmp_path: Path) -> None:
        """Without a file nothing is allotted."""
        assert read_lock(tmp_path) == Lock({})

    def test_line_ends_of_another_system(self, tmp_path: Path) -> None:
        """git may have checked the file out with CRLF."""
        lock = allot(NONE, POOLS, [demand("a")])
        (tmp_path / "org").mkdir()
        (tmp_path / LOCK).write_bytes(lock_text(lock).replace("\n", "\r\n").encode())
        assert read_lock(tmp_path).blocks == lock.blocks

    def test_writing_again(self, tmp_path: Path) -> None:
        """What has not changed is not written."""
        (tmp_path / "org").mkdir()
        lock = allot(NONE, POOLS, [demand("a")])
        assert [write_lock(tmp_path, lock), write_lock(tmp_path, lock)] == [True, False]
        assert [path.name for path in (tmp_path / "org").iterdir()] == ["network.lock.json"]


class TestChangedByHand:
    """A file that is not what landform wrote is refused."""

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            ('"cidr": "10.0.1.0/24"', '"cidr": "10.0.9.0/24"', 11),
            ('"account": "b"', '"account": "c"', 11),
            ('"sequence": 2', '"sequence": 3', 11),
            ('{"account": "b", "cidr": "10.0.1.0/24", "sequence": 2}', "", 10),
            ('"region": "eu-west-1"', '"region": "eu-west-2"', 11),
            ('"schema": "landform/network-lock/v1"', '"schema": "landform/network-lock/v2"', None),
            ('"sequence": 1', '"sequence":  1', 8),
            ('"cidr": "10.0.1.0/24"', '"cidr": "10.0.1.1/24"', None),
            ('"pools": [', '"pools": [[', 14),
            ('"sequence": 2', '"sequence": 2, "note": "mine"', None),
            ("}\n", "", 9),
        ],
    )
    def test_refused(self, old: str, new: str, line: int | None) -> None:
        """A value, an entry, the form: whatever was touched, the error says how to take it back."""
        text = lock_text(allot(NONE, POOLS, [demand("a"), demand("b")]))
        assert old in text
        with pytest.raises(LandformError) as caught:
            parse_lock(text.replace(old, new, 1))
        error = caught.value
        assert error.code is Code.SPEC_LOCK
        assert error.place
        assert error.place.file == LOCK
        assert error.place.line == line
        assert error.fix
        assert "git checkout -- org/network.lock.json" in error.fix

    def test_the_last_block_removed(self) -> None:
        """An entry that is gone is noticed although what is left is in good form."""
        text = lock_text(allot(NONE, POOLS, [demand("a"), demand("b")]))
        entry = ',\n        {"account": "b", "cidr": "10.0.1.0/24", "sequence": 2}'
        assert entry in text
        with pytest.raises(LandformError) as caught:
            parse_lock(text.replace(entry, ""))
        assert "by hand" in caught.value.message

    @pytest.mark.parametrize("data", [b"\xff", b"[" * 100_000, b"null", b"\0"])
    def test_no_lock_file_at_all(self, tmp_path: Path, data: bytes) -> None:
        """Whatever lies there is an error of the spec."""
        (tmp_path / "org").mkdir()
        (tmp_path / LOCK).write_bytes(data)
        with pytest.raises(LandformError) as caught:
            read_lock(tmp_path)
        assert caught.value.code is Code.SPEC_LOCK

    def test_a_huge_file(self, tmp_path: Path) -> None:
        """A file beyond every organisation's size is not read."""
        (tmp_path / "org").mkdir()
        (tmp_path / LOCK).write_bytes(b" " * (16 * 1024 * 1024 + 1))
        with pytest.raises(LandformError, match="too large"):
            read_lock(tmp_path)


class TestAnyText:
    """Whatever becomes of the file."""

    TEXT = lock_text(allot(NONE, POOLS, [demand("a"), demand("b"), demand("a", "eu-central-1")]))

    @given(
        st.integers(0, len(TEXT)),
        st.integers(0, 60),
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(
                ["<<<<<<< x\n", "\n=======\n", "\n>>>>>>> y\n", "null", "[[[", "-1", "1e999", "/0", "\ud800"]
            ),
        ),
    )
    def test_never_a_traceback(self, start: int, length: int, put: str) -> None:
        """A part cut out, something put in: a lock, or an error of the spec, from reading and from settling."""
        text = self.TEXT[:start] + put + self.TEXT[start + length :]
        codes = set()
        for use in (parse_lock, lambda text: settle(text, POOLS, [demand("a"), demand("c")])):
            try:
                use(text)
            except LandformError as error:
                codes.add(error.code)
        assert codes <= {Code.SPEC_LOCK, Code.SPEC_LOCK_CONFLICT, Code.SPEC_ADDRESSES}


class TestSpec:
    """The lock as a part of the spec."""

    def test_parameters(self, locked: Project) -> None:
        """A stack with `addresses` gets its account's blocks, by region."""
        fleet = resolve(load(locked.root))
        params = {each.key: each.params for each in fleet.instances if each.stack == "network"}
        assert params["payments-dev.eu-west-1.network"] == {
            "cidrs": {"eu-central-1": "10.21.0.0/20", "eu-west-1": "10.20.0.0/20"}
        }
        assert params["payments-prod.eu-west-1.network"]["cidrs"] == {
            "eu-central-1": "10.25.0.0/22",
            "eu-west-1": "10.24.0.0/22",
        }

    def test_nothing_allotted(self, networked: Project) -> None:
        """An account without its block is an error that says what to run."""
        first, second = networked.errors()
        assert [first.code, second.code] == [Code.SPEC_ADDRESSES] * 2
        assert first.given == "none in eu-west-1, eu-central-1"
        assert first.place
        assert first.place.line == 15
        assert first.fix
        assert "landform org lock" in first.fix

    def test_a_closed_account_keeps_its_block(self, locked: Project) -> None:
        """Closing an account moves no other, and a new one does not get its block."""
        before = cidrs(read_lock(locked.root))
        locked.add("org/accounts/payments-dev.yaml", "status: closed\n")
        locked.edit("org/stacks.yaml", "app: payments-dev", "app: payments-prod")
        add_account(locked, "orders-dev", "400000000004")
        after = cidrs(relock(locked))
        assert after.items() > before.items()
        assert after["orders-dev", "eu-west-1"] == "10.20.16.0/20"

    def test_a_removed_account_keeps_its_block(self, locked: Project) -> None:
        """Even where the file is gone."""
        (locked.root / "org/accounts/payments-dev.yaml").unlink()
        assert allotted(relock(locked), "payments-dev")["eu-west-1"] == "10.20.0.0/20"

    @pytest.mark.parametrize(
        ("file", "old", "new", "code", "message"),
        [
            (
                "network.yaml",
                "10.24.0.0/16",
                "10.20.128.0/17",
                Code.SPEC_ADDRESSES,
                "Two blocks of the pools overlap.",
            ),
            (
                "network.yaml",
                "10.24.0.0/16",
                "10.24.4.0/22",
                Code.SPEC_ADDRESSES,
                "lies outside of the pool 'prod'",
            ),
            ("network.yaml", "10.24.0.0/16", "10.24.0.1/16", Code.SPEC_VALUE, "cidrs"),
            (
                "network.yaml",
                "tiers: [dev]",
                "tiers: [prod]",
                Code.SPEC_REFERENCE,
                "not for accounts of the tier 'dev'",
            ),
            ("network.yaml", "tiers: [dev]", "tiers: [qa]", Code.SPEC_REFERENCE, "There is no tier 'qa'"),
            (
                "network.yaml",
                "tiers: [dev]",
                "netmask: 25",
                Code.SPEC_VALUE,
                "a size that it does not allow itself",
            ),
            ("network.yaml", "- name: prod", "- name: dev", Code.SPEC_DUPLICATE, "given twice"),
            (
                "network.yaml",
                "- name: dev",
                "- name: development",
                Code.SPEC_REFERENCE,
                "There is no pool 'dev'",
            ),
            (
                "network.yaml",
                ", eu-central-1: [10.21.0.0/16]",
                "",
                Code.SPEC_ADDRESSES,
                "no addresses in eu-central-1",
            ),
            (
                "network.yaml",
                "{ eu-west-1: 10.24",
                "{ us-east-1: 10.26.0.0/16, eu-west-1: 10.24",
                Code.SPEC_REFERENCE,
                "us-east-1",
            ),
            (
                "accounts/payments-prod.yaml",
                "netmask: 22",
                "netmask: 21",
                Code.SPEC_ADDRESSES,
                "has another block",
            ),
            (
                "accounts/payments-prod.yaml",
                "netmask: 22",
                "netmask: 25",
                Code.SPEC_ADDRESSES,
                "no blocks of this size",
            ),
            ("accounts/payments-prod.yaml", "netmask: 22", "netmask: 30", Code.SPEC_VALUE, "network.netmask"),
            (
                "accounts/payments-prod.yaml",
                "pool: prod",
                "pool: prd",
                Code.SPEC_REFERENCE,
                "There is no pool 'prd'",
            ),
            (
                "stacks.yaml",
                "addresses: true",
                "addresses: true\n    params: { cidrs: {} }",
                Code.SPEC_VALUE,
                "from the accounts' pools",
            ),
            (
                "accounts/payments-prod.yaml",
                "network:",
                "stacks: { params: { network: { cidrs: {} } } }\nnetwork:",
                Code.SPEC_VALUE,
                "from the pool 'prod'",
            ),
        ],
    )
    def test_a_broken_rule(
        self, locked: Project, file: str, old: str, new: str, code: Code, message: str
    ) -> None:
        """Each has its code, its place and, where there is a way, a fix."""
        locked.edit(f"org/{file}", old, new)
        found = [error for error in locked.errors() if message in str(error)]
        assert found
        assert found[0].code is code
        assert found[0].place
        assert found[0].place.file
        assert found[0].place.line or found[0].place.file == LOCK

    def test_blocks_that_overlap(self, locked: Project) -> None:
        """Two accounts with one block, in a file that somebody signed: both are named, and the fix."""
        lock = read_lock(locked.root)
        group = ("dev", "eu-west-1")
        twice = lock.blocks[group][0].model_copy(update={"account": "other", "sequence": 2})
        write_lock(locked.root, lock.adding({group: [twice]}))
        error = locked.error()
        assert error.code is Code.SPEC_LOCK_CONFLICT
        assert "'payments-dev' and 'other'" in error.message
        assert error.place
        assert error.place.line == 16
        assert error.fix
        assert "org lock --resolve" in error.fix

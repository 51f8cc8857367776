"""Address blocks: first-fit, never two that overlap, never one that moves."""

from __future__ import annotations

import datetime as dt
from ipaddress import IPv4Network
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.errors import Code, LandformError, Place
from landform.org.addresses import Demand, allot, allotted, headroom, missing, release
from landform.org.lock import Lock
from landform.org.models.network import NetworkPool

REGIONS = ("eu-west-1", "eu-central-1")
# Two regions, one of which has grown by a second block: 8,192 and 4,096 + 2,048 addresses.
POOL = NetworkPool(
    name="prod",
    cidrs={"eu-west-1": "10.0.0.0/19", "eu-central-1": ("10.0.64.0/20", "10.1.0.0/21")},
    netmask=24,
)
POOLS = {"prod": POOL}
NONE = Lock({})


def demand(account: str, region: str = "eu-west-1", netmask: int = 24, pool: str = "prod") -> Demand:
    return Demand(account, pool, region, netmask, Place(f"org/accounts/{account}.yaml", 7, 10))


def cidrs(lock: Lock) -> dict[tuple[str, str], str]:
    """The live blocks by account and region."""
    return {
        (block.account, region): block.cidr
        for (_, region), blocks in lock.blocks.items()
        for block in blocks
        if block.reserved_until is None
    }


# Few enough and small enough that every pool can meet them all in whatever order: at most 4 of 1,024 addresses.
accounts = st.lists(
    st.tuples(st.integers(0, 99).map("a{:02d}".format), st.sampled_from(REGIONS), st.integers(23, 28)),
    max_size=8,
    unique_by=lambda each: each[:2],
).map(lambda found: [demand(*each) for each in found])


class TestAllot:
    """Blocks for accounts that have none."""

    def test_the_first_that_fits(self) -> None:
        """Blocks follow each other from the pool's first address."""
        lock = allot(NONE, POOLS, [demand("b"), demand("a"), demand("c", netmask=23)])
        assert cidrs(lock) == {
            ("c", "eu-west-1"): "10.0.0.0/23",
            ("a", "eu-west-1"): "10.0.2.0/24",
            ("b", "eu-west-1"): "10.0.3.0/24",
        }

    def test_a_gap_is_filled(self) -> None:
        """A small block goes into the gap that a large one's alignment left."""
        lock = allot(NONE, POOLS, [demand("small", netmask=26)])
        lock = allot(lock, POOLS, [demand("large", netmask=22)])
        lock = allot(lock, POOLS, [demand("late", netmask=26)])
        assert allotted(lock, "large") == {"eu-west-1": "10.0.4.0/22"}
        assert allotted(lock, "late") == {"eu-west-1": "10.0.0.64/26"}

    def test_a_further_block_of_a_pool(self) -> None:
        """A pool that has grown is filled in the order of its list."""
        lock = allot(NONE, POOLS, [demand(f"a{n:02d}", "eu-central-1") for n in range(17)])
        assert allotted(lock, "a15") == {"eu-central-1": "10.0.79.0/24"}
        assert allotted(lock, "a16") == {"eu-central-1": "10.1.0.0/24"}

    def test_an_exhausted_pool(self) -> None:
        """Each size that is not there is an error, with who wants it and the largest size that is left."""
        lock = allot(NONE, POOLS, [demand("a", netmask=20)])
        larger = [demand(f"d{n}", netmask=18) for n in range(5)]
        with pytest.raises(LandformError) as caught:
            allot(lock, POOLS, [demand("b", netmask=20), demand("c", netmask=19), *larger])
        first, second = caught.value.each()
        assert [first.code, second.code] == [Code.SPEC_ADDRESSES] * 2
        assert first.place == Place("org/accounts/d0.yaml", 7, 10)
        assert first.given == "/18 for d0, d1, d2 and 2 more"
        assert second.expected == "at most /20"

    @given(accounts, accounts)
    def test_what_is_there_never_changes(self, first: list[Demand], second: list[Demand]) -> None:
        """More accounts, or none of those there were: every block stays, to the letter."""
        before = allot(NONE, POOLS, first)
        after = allot(before, POOLS, second)
        for group, blocks in before.blocks.items():
            assert set(blocks) <= set(after.blocks[group])

    @given(accounts, accounts)
    def test_no_two_overlap_and_all_lie_in_the_pool(self, first: list[Demand], second: list[Demand]) -> None:
        """However they came, blocks are apart from each other, of their size, and in the pool's region."""
        lock = allot(allot(NONE, POOLS, first), POOLS, second)
        networks = [IPv4Network(cidr) for cidr in cidrs(lock).values()]
        assert not any(a.overlaps(b) for at, a in enumerate(networks) for b in networks[:at])
        for (_, region), cidr in cidrs(lock).items():
            assert any(IPv4Network(cidr).subnet_of(own) for own in POOL.networks(region))
        sizes = {(each.account, each.region): each.netmask for each in [*second, *first]}
        assert {key: IPv4Network(cidr).prefixlen for key, cidr in cidrs(lock).items()} == sizes

    @given(accounts, accounts, st.randoms(use_true_random=False))
    def test_the_order_of_the_accounts(
        self, first: list[Demand], second: list[Demand], random: Random
    ) -> None:
        """The order in which accounts are named changes nothing."""
        lock = allot(allot(NONE, POOLS, first), POOLS, second)
        random.shuffle(first)
        random.shuffle(second)
        assert allot(allot(NONE, POOLS, first), POOLS, second) == lock

    @given(st.integers(21, 27), st.integers(1, 5))
    def test_equal_sizes_fill_a_pool(self, netmask: int, runs: int) -> None:
        """Blocks of one size, in however many runs, leave no room for a further one unused."""
        room = sum(own.num_addresses for own in POOL.networks("eu-central-1")) >> (32 - netmask)
        lock = NONE
        for run in range(runs):
            wanted = [demand(f"a{n:04d}", "eu-central-1", netmask) for n in range(run, room, runs)]
            lock = allot(lock, POOLS, wanted)
        assert len(cidrs(lock)) == room
        (free,) = [each for each in headroom(lock, [POOL]) if each.region == "eu-central-1"]
        assert (free.share, free.largest) == (1, None)
        with pytest.raises(LandformError):
            allot(lock, POOLS, [demand("late", "eu-central-1", netmask)])

    def test_sequences_count_each_pool_and_region(self) -> None:
        """A block's number says how many were there before it."""
        lock = allot(NONE, POOLS, [demand("a"), demand("b"), demand("a", "eu-central-1")])
        lock = allot(lock, POOLS, [demand("aa")])
        numbers = {
            (b.account, region): b.sequence for (_, region), found in lock.blocks.items() for b in found
        }
        assert numbers == {
            ("a", "eu-west-1"): 1,
            ("b", "eu-west-1"): 2,
            ("aa", "eu-west-1"): 3,
            ("a", "eu-central-1"): 1,
        }


class TestWaiting:
    """Blocks beside those of changes that are not merged yet."""

    @given(accounts, accounts)
    def test_two_changes_never_share_an_address(self, first: list[Demand], second: list[Demand]) -> None:
        """Each is worked out from the same lock, the second with the first one's blocks in sight."""
        waits = allot(NONE, POOLS, first)
        names = {each.account for each in first}
        other = allot(NONE, POOLS, [each for each in second if each.account not in names], waiting=waits)
        networks = [IPv4Network(cidr) for lock in (waits, other) for cidr in cidrs(lock).values()]
        assert not any(a.overlaps(b) for at, a in enumerate(networks) for b in networks[:at])

    @given(accounts, accounts)
    def test_the_same_change_again(self, there: list[Demand], wanted: list[Demand]) -> None:
        """An account gets what it has in the change that waits: the whole lock is the same, to the letter."""
        before = allot(NONE, POOLS, there)
        once = allot(before, POOLS, wanted)
        assert allot(before, POOLS, wanted, waiting=once) == once

    def test_a_block_of_another_size(self) -> None:
        """Is not the account's any more, and nobody else's as long as it waits."""
        waits = allot(NONE, POOLS, [demand("a")])
        lock = allot(NONE, POOLS, [demand("a", netmask=23)], waiting=waits)
        assert cidrs(lock) == {("a", "eu-west-1"): "10.0.2.0/23"}

    def test_a_block_that_was_given_away_meanwhile(self) -> None:
        """What was merged counts, and not what waits."""
        waits = allot(NONE, POOLS, [demand("a")])
        merged = allot(NONE, POOLS, [demand("b")])
        lock = allot(merged, POOLS, [demand("a")], waiting=waits)
        assert cidrs(lock) == {("b", "eu-west-1"): "10.0.0.0/24", ("a", "eu-west-1"): "10.0.1.0/24"}

    def test_a_pool_that_what_waits_fills(self) -> None:
        """Says that it is full for that reason."""
        rooms = [demand(f"a{number}", "eu-central-1", 21) for number in range(3)]
        waits = allot(NONE, POOLS, rooms)
        with pytest.raises(LandformError) as caught:
            allot(NONE, POOLS, [demand("b", "eu-central-1", 21)], waiting=waits)
        assert caught.value.given == "/21 for b, beside what changes have that are not merged yet"


class TestMissing:
    """What is still to be allotted."""

    def test_a_new_region_of_an_old_account(self) -> None:
        """An account that has a block in one region lacks one in the other."""
        lock = allot(NONE, POOLS, [demand("a")])
        wanted = [demand("a"), demand("a", "eu-central-1")]
        assert missing(lock, wanted) == [wanted[1]]


class TestRelease:
    """Blocks that are given up."""

    DAY = dt.date(2027, 6, 30)

    def test_it_stays_and_nobody_gets_it(self) -> None:
        """A block that was given up is still in the file, and is not allotted again."""
        lock = release(allot(NONE, POOLS, [demand("old")]), [], "old", self.DAY)
        assert allotted(lock, "old") == {}
        assert allotted(allot(lock, POOLS, [demand("new")]), "new") == {"eu-west-1": "10.0.1.0/24"}

    @pytest.mark.parametrize(
        ("as_of", "cidr"), [(DAY, "10.0.1.0/24"), (DAY + dt.timedelta(days=1), "10.0.0.0/24")]
    )
    def test_it_is_free_after_its_date(self, as_of: dt.date, cidr: str) -> None:
        """From the day after, somebody else may have it; the old entry stays as it was."""
        lock = release(allot(NONE, POOLS, [demand("old")]), [], "old", self.DAY)
        after = allot(lock, POOLS, [demand("new")], as_of=as_of)
        assert allotted(after, "new") == {"eu-west-1": cidr}
        assert set(lock.blocks["prod", "eu-west-1"]) < set(after.blocks["prod", "eu-west-1"])

    def test_an_account_that_still_needs_it(self) -> None:
        """A block that its account asks for cannot be given up."""
        lock = allot(NONE, POOLS, [demand("a")])
        with pytest.raises(LandformError) as caught:
            release(lock, [demand("a")], "a", self.DAY)
        assert caught.value.code is Code.USAGE
        assert caught.value.given == "10.0.0.0/24 in eu-west-1"

    def test_an_account_that_asks_for_another(self) -> None:
        """The block of the old size is given up, and one of the new size allotted."""
        lock = allot(NONE, POOLS, [demand("a")])
        wanted = [demand("a", netmask=22)]
        lock = allot(release(lock, wanted, "a", self.DAY), POOLS, wanted)
        assert allotted(lock, "a") == {"eu-west-1": "10.0.4.0/22"}


class TestHeadroom:
    """How full the pools are."""

    @pytest.mark.parametrize(("accounts", "warned"), [(25, False), (26, True)])
    def test_more_than_four_fifths(self, accounts: int, warned: bool) -> None:
        """Of the 32 blocks of a pool 25 are no reason to warn, 26 are."""
        lock = allot(NONE, POOLS, [demand(f"a{n:02d}") for n in range(accounts)])
        (room,) = [each for each in headroom(lock, [POOL]) if each.region == "eu-west-1"]
        assert (room.taken, room.nearly_full) == (accounts * 256, warned)
        assert room.largest == 22

    def test_given_up_blocks_are_room(self) -> None:
        """A block that was given up counts as free."""
        lock = release(allot(NONE, POOLS, [demand("a")]), [], "a", dt.date(2027, 1, 1))
        assert {each.taken for each in headroom(lock, [POOL])} == {0}

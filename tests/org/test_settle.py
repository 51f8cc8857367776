"""Two branches that both allot: merged by git, settled by landform."""

from __future__ import annotations

import itertools
from ipaddress import IPv4Network

import pytest
from hypothesis import given

from landform.errors import Code, LandformError
from landform.org.addresses import Demand, allot
from landform.org.load import load
from landform.org.lock import LOCK, Lock, lock_text, read_lock, write_lock
from landform.org.models.network import NetworkPool
from landform.org.resolve import resolve
from landform.org.settle import Settled, base_of, lock_at, lost, settle, sides
from landform.org.validate_network import demands

from .conftest import ACCOUNT, Project
from .networked import add_account, commit, git, relock
from .test_addresses import NONE, POOLS, accounts, cidrs, demand


class TestMerge:
    """Two branches that both allot, merged by the real git."""

    @pytest.fixture
    def branches(self, locked: Project) -> Project:
        """A repository on ``main``, where ``orders-dev`` was allotted, beside ``other``, where ``basket-dev`` was."""
        root = locked.root
        git(root, "init", "-q", "-b", "main")
        commit(root)
        git(root, "checkout", "-q", "-b", "other")
        add_account(locked, "basket-dev", "400000000004")
        relock(locked)
        commit(root)
        git(root, "checkout", "-q", "main")
        add_account(locked, "orders-dev", "500000000005")
        relock(locked)
        commit(root)
        git(root, "merge", "-q", "other")
        return locked

    def test_the_conflict_is_named(self, branches: Project) -> None:
        """git's markers in the lock file are an error of their own, with the line and the fix."""
        error = branches.error()
        assert error.code is Code.SPEC_LOCK_CONFLICT
        assert error.place
        assert error.place.file == LOCK
        text = (branches.root / LOCK).read_text().splitlines()
        assert error.place.line
        assert text[error.place.line - 1].startswith("<<<<<<<")

    @pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
    def test_settled(self, branches: Project, style: str) -> None:
        """Older blocks stay; of two accounts with one block, one keeps it and one gets another."""
        git(branches.root, "checkout", f"--conflict={style}", LOCK)
        settled = self.settle(branches)
        assert settled.lock.held_by("payments-dev") == read_at(branches, "main~0").held_by("payments-dev")
        assert [(move.account, move.before, move.after) for move in settled.moved] == [
            ("orders-dev", "10.21.16.0/20", "10.21.32.0/20"),
            ("orders-dev", "10.20.16.0/20", "10.20.32.0/20"),
        ]
        write_lock(branches.root, settled.lock)
        assert resolve(load(branches.root))

    def test_the_base_stays(self, branches: Project) -> None:
        """What a named revision has does not move."""
        settled = self.settle(branches, base=read_at(branches, "main"))
        assert {move.account for move in settled.moved} == {"basket-dev"}
        assert not lost(read_at(branches, "main"), settled.lock)

    def test_which_side_is_ours_does_not_matter(self, branches: Project) -> None:
        """Whoever merges gets the same file."""
        here = self.settle(branches).lock
        git(branches.root, "merge", "--abort")
        git(branches.root, "checkout", "-q", "other")
        git(branches.root, "merge", "-q", "main")
        assert lock_text(self.settle(branches).lock) == lock_text(here)

    def test_different_pools_merge(self, locked: Project) -> None:
        """Branches that allot from different pools do not even meet."""
        root = locked.root
        git(root, "init", "-q", "-b", "main")
        commit(root)
        git(root, "checkout", "-q", "-b", "other")
        add_account(locked, "basket-dev", "400000000004")
        relock(locked)
        commit(root)
        git(root, "checkout", "-q", "main")
        text = ACCOUNT.format(name="orders-prod", id="500000000005", ou="Workloads", tier="prod")
        locked.write("org/accounts/orders-prod.yaml", text + "network: { pool: prod }\n")
        relock(locked)
        commit(root)
        git(root, "merge", "-q", "other")
        accounts = {account for account, _ in cidrs(load(root).lock)}
        assert accounts == {"basket-dev", "orders-prod", "payments-dev", "payments-prod"}

    def settle(self, project: Project, base: Lock | None = None) -> Settled:
        spec = load(project.root, with_lock=False)
        pools = {pool.name: pool for pool in spec.pools}
        return settle((project.root / LOCK).read_text(), pools, demands(spec), base=base)


def read_at(project: Project, revision: str) -> Lock:
    return lock_at(project.root, revision)


class TestSettle:
    """Two locks made one."""

    POOL = NetworkPool(
        name="prod", cidrs={"eu-west-1": "10.0.0.0/16", "eu-central-1": "10.1.0.0/16"}, netmask=24
    )

    @given(accounts, accounts, accounts)
    def test_whatever_two_branches_allot(
        self, common: list[Demand], ours: list[Demand], theirs: list[Demand]
    ) -> None:
        """Common blocks stay, nobody overlaps, everybody has a block, and both ways round give one result."""
        pools = {"prod": self.POOL}
        base = allot(NONE, pools, common)
        texts = [lock_text(allot(base, pools, branch)) for branch in (ours, theirs)]
        wanted = list({(each.account, each.region): each for each in (*theirs, *ours, *common)}.values())
        results = [settle(conflict(*sides), pools, wanted).lock for sides in (texts, texts[::-1])]
        assert lock_text(results[0]) == lock_text(results[1])
        assert not lost(base, results[0])
        live = cidrs(results[0])
        assert live.keys() == {(each.account, each.region) for each in wanted}
        networks = [IPv4Network(cidr) for cidr in live.values()]
        assert not any(a.overlaps(b) for a, b in itertools.combinations(networks, 2))
        for blocks in results[0].blocks.values():
            assert len({block.sequence for block in blocks}) == len(blocks)

    def test_a_change_by_hand_is_taken_back(self) -> None:
        """Where the base has a block, what the file says instead does not count."""
        lock = allot(NONE, POOLS, [demand("a"), demand("b")])
        text = lock_text(lock).replace("10.0.1.0/24", "10.0.9.0/24")
        settled = settle(text, POOLS, [demand("a"), demand("b")], base=lock)
        assert settled.lock.blocks == lock.blocks
        assert [block.account for _, block in settled.restored] == ["b"]

    def test_a_removed_block_is_brought_back(self) -> None:
        """What the base has and the file has lost is there again."""
        lock = allot(NONE, POOLS, [demand("a"), demand("gone")])
        text = lock_text(allot(NONE, POOLS, [demand("a")]))
        settled = settle(text, POOLS, [demand("a")], base=lock)
        assert settled.lock.blocks == lock.blocks

    def test_a_side_that_cannot_be_read(self) -> None:
        """A side that is no lock file is an error, not an empty lock."""
        with pytest.raises(LandformError) as caught:
            settle("<<<<<<< ours\n{\n=======\n}\n>>>>>>> theirs\n", POOLS, [])
        assert caught.value.code is Code.SPEC_LOCK


class TestSides:
    """git's markers taken apart."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a\nb\n", ("a\nb\n",)),
            ("a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\nd\n", ("a\nb\nd\n", "a\nc\nd\n")),
            ("<<<<<<< x\nb\n||||||| base\no\n=======\nc\n>>>>>>> y\n", ("b\n", "c\n")),
            ("<<<<<<<x\n>>>>>>>\n", ("<<<<<<<x\n",)),
        ],
    )
    def test_sides(self, text: str, expected: tuple[str, ...]) -> None:
        """Each side whole; the base of a three-way conflict belongs to neither."""
        assert sides(text) == expected


class TestRevisions:
    """The lock file of a git revision."""

    def test_no_repository(self, locked: Project) -> None:
        """Without git there is no base, and naming one is an error."""
        assert base_of(locked.root, conflict=False) is None
        with pytest.raises(LandformError) as caught:
            lock_at(locked.root, "HEAD")
        assert caught.value.code is Code.NO_REVISION

    def test_a_project_in_a_folder_of_the_repository(self, locked: Project) -> None:
        """The file is looked for below the project's folder."""
        inside = locked.root / "infra"
        inside.mkdir()
        (locked.root / "org").rename(inside / "org")
        git(locked.root, "init", "-q")
        commit(locked.root)
        assert base_of(inside, conflict=False) == read_lock(inside)
        assert base_of(inside, conflict=False) != Lock({})

    def test_a_revision_without_the_file(self, networked: Project) -> None:
        """Nothing was allotted then."""
        git(networked.root, "init", "-q")
        commit(networked.root)
        assert lock_at(networked.root, "HEAD") == Lock({})


def conflict(ours: str, theirs: str) -> str:
    """The worst that git can make of two files."""
    return ours if ours == theirs else f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n"

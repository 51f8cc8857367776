"""How layers' values become one: for every setting there is, nothing below weakens what stands above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.errors import Place
from landform.org.combine import Channel, Combined, Outcome, Said, combine, is_unclear
from landform.org.leaves import LEAVES, MAPS, Kind, Leaf, Path, dotted, leaf_at

FLAGS = st.booleans()
COUNTS = st.integers(0, 5)
PERCENTS = st.sampled_from(["1%", "10%", "50%", "100%"])


def lists(*items: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(items), unique=True, max_size=4)


def edits(*items: str) -> st.SearchStrategy[list[str]]:
    """A list that replaces, or one that adds and removes."""
    signs = st.dictionaries(st.sampled_from(items), st.sampled_from("+-"))
    return st.one_of(lists(*items), signs.map(lambda found: [sign + item for item, sign in found.items()]))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "guard.level": st.sampled_from(["relaxed", "standard", "strict"]),
    "guard.fail_on": st.sampled_from(["critical", "high", "medium", "low", "info"]),
    "guard.skip_requires_waiver": FLAGS,
    "guard.frameworks": lists("pci", "cis", "nist"),
    "guard.plan.max_destroy": COUNTS,
    "guard.plan.max_changes": COUNTS,
    "guard.plan.protected_types": lists("aws_kms_key", "aws_s3_bucket", "aws_db_instance"),
    "sizing.az_count": COUNTS,
    "sizing.nat": st.sampled_from(["none", "single", "per_az"]),
    "sizing.log_retention_days": st.sampled_from([1, 30, 365, 400]),
    "sizing.deletion_protection": FLAGS,
    "sizing.replication": FLAGS,
    "sizing.db.class": st.sampled_from(["s", "m"]),
    "sizing.db.multi_az": FLAGS,
    "sizing.db.backup_days": COUNTS,
    "rollout.approvals": COUNTS,
    "rollout.separation_of_duties": FLAGS,
    "rollout.failure_tolerance": st.one_of(COUNTS, PERCENTS, st.just("0%")),
    "rollout.max_concurrent": COUNTS,
    "rollout.bake": st.sampled_from(["0m", "90s", "5m", "1h", "1d"]),
    "rollout.waves": edits("1%", "10%", "100%"),
    "rollout.freeze": st.lists(
        st.sampled_from(
            [{"from": "2026-12-20", "to": "2027-01-03"}, {"from": "2027-01-01", "to": "2027-02-01"}]
        ),
        max_size=2,
        unique_by=repr,
    ),
    "rollout.approvers": lists("jane", "joe", "ann"),
    "rollout.auto_apply": st.sampled_from(["always", "additive", "never"]),
    "rollout.max_stacks": COUNTS,
    "waivers.max_days": COUNTS,
    "waivers.never": lists("CKV_AWS_1", "CKV_AWS_2", "CKV_AWS_3"),
    "waivers.approvers": lists("jane", "joe", "ann"),
    "backup.plan": st.sampled_from(["daily", "weekly"]),
    "backup.retention_days": COUNTS,
    "backup.vault_lock": FLAGS,
    "backup.copy_regions": edits("eu-west-1", "eu-central-1"),
    "budget.monthly_usd": COUNTS,
    "budget.alerts": edits("50%", "80%", "100%"),
    "budget.subscribers": edits("a@x.example", "b@x.example"),
    "budget.anomaly": FLAGS,
    "network.pool": st.sampled_from(["prod", "dev"]),
    "network.netmask": COUNTS,
    "network.egress": st.sampled_from(["direct", "inspected", "none"]),
    "network.vpc_template": st.sampled_from(["a", "b"]),
    "network.dns": st.sampled_from(["a.example", "b.example"]),
    "regions": lists("eu-west-1", "eu-central-1", "us-east-1"),
    "services": lists("s3", "ec2", "rds"),
    "denied_services": lists("s3", "ec2", "rds"),
    "max_data_class": st.sampled_from(["public", "internal", "confidential", "restricted"]),
    "max_account_days": COUNTS,
    "tags.app": st.sampled_from(["a", "b"]),
    "labels.app": st.sampled_from(["a", "b"]),
    "params.network.size": st.one_of(st.none(), FLAGS, COUNTS, lists(1, 2), st.just({"a": "b"})),
}
PATHS: dict[str, Path] = {name: tuple(name.split(".")) for name in VALUES}


def leaf_of(name: str) -> Leaf:
    leaf = leaf_at(PATHS[name])
    assert leaf is not None
    return leaf


@st.composite
def chains(draw: st.DrawFn) -> tuple[Leaf, list[Said]]:
    """A setting, and what some layers say about it: each at most once in each channel."""
    name = draw(st.sampled_from(sorted(VALUES)))
    leaf = leaf_of(name)
    channels = [channel for channel in Channel if leaf.merges or channel is not Channel.MERGE]
    slots = draw(
        st.lists(st.tuples(st.integers(0, 4), st.sampled_from(channels)), unique=True, min_size=1, max_size=6)
    )
    said = [
        Said(f"layer {depth}", depth, channel, draw(VALUES[name]), Place(f"{depth}.yaml", int(channel) + 1))
        for depth, channel in slots
    ]
    return leaf, said


def binding(statements: Sequence[Said]) -> list[Said]:
    return [said for said in statements if said.channel >= Channel.VALUES]


def said(*given: tuple[int, Channel, Any]) -> list[Said]:
    return [Said(f"layer {depth}", depth, channel, value, Place()) for depth, channel, value in given]


def outcomes(combined: Combined) -> list[str]:
    return [link.outcome.value for link in combined.chain]


class TestTable:
    def test_every_setting_is_in_the_properties_below(self) -> None:
        """A setting that is added to the table is held to the same promises."""
        assert {path for path in PATHS.values() if path[0] not in MAPS} == set(LEAVES)
        assert {path[0] for path in PATHS.values()} >= set(MAPS)

    def test_guards_are_not_a_matter_of_taste(self) -> None:
        """What makes a plan or a waiver stricter never goes to the nearest layer."""
        guarded = [path for path in LEAVES if path[0] in ("guard", "rollout", "waivers")]
        assert {LEAVES[path].kind for path in guarded} <= {Kind.STRICTER, Kind.ALLOW, Kind.DENY, Kind.LIST}
        assert [dotted(path) for path in guarded if LEAVES[path].kind is Kind.LIST] == ["rollout.waves"]


class TestProperties:
    @settings(max_examples=1500, deadline=None)
    @given(chain=chains())
    def test_no_child_weakens_a_parent(self, chain: tuple[Leaf, list[Said]]) -> None:
        """The value is at least as strict as the values and the enforced values of every layer."""
        leaf, statements = chain
        value = combine(leaf, statements).value
        for each in binding(statements):
            if leaf.kind is Kind.STRICTER:
                assert leaf.rank(value) >= leaf.rank(each.value)
            elif leaf.kind is Kind.ALLOW:
                assert set(value) <= set(each.value)
            elif leaf.kind is Kind.DENY:
                assert all(item in value for item in each.value)

    @settings(max_examples=1500, deadline=None)
    @given(chain=chains())
    def test_what_is_enforced_holds(self, chain: tuple[Leaf, list[Said]]) -> None:
        """Whatever nearer layers say, the farthest enforced value is in force."""
        leaf, statements = chain
        enforced = sorted(
            (each for each in statements if each.channel is Channel.ENFORCE), key=lambda each: each.depth
        )
        combined = combine(leaf, statements)
        if enforced and leaf.kind is Kind.VALUE:
            assert combined.value == enforced[0].value
        if enforced and leaf.kind is Kind.LIST and not combined.lowered:
            for item in enforced[0].value:
                assert (item.lstrip("+-") in combined.value) != item.startswith("-")

    @settings(max_examples=1500, deadline=None)
    @given(chain=chains())
    def test_lowering_is_told(self, chain: tuple[Leaf, list[Said]]) -> None:
        """A nearer layer's value that is weaker than an enforced one is told, with both; nothing else is."""
        leaf, statements = chain
        expected = {
            (above.depth, near.depth, near.channel)
            for above in statements
            for near in binding(statements)
            if above.channel is Channel.ENFORCE and near.depth > above.depth
            if (leaf.kind is Kind.STRICTER and leaf.rank(near.value) < leaf.rank(above.value))
            or (leaf.kind is Kind.ALLOW and not set(near.value) <= set(above.value))
            or (leaf.kind is Kind.VALUE and repr(near.value) != repr(above.value))
        }
        lowered = {
            (each.enforced.depth, each.by.depth, each.by.channel)
            for each in combine(leaf, statements).lowered
        }
        if leaf.kind is not Kind.LIST:
            assert lowered == expected

    @settings(max_examples=1000, deadline=None)
    @given(chain=chains(), data=st.data())
    def test_the_order_of_files_is_irrelevant(
        self, chain: tuple[Leaf, list[Said]], data: st.DataObject
    ) -> None:
        """Layers are told apart by how near they are, not by when they were read."""
        leaf, statements = chain
        assert combine(leaf, data.draw(st.permutations(statements))) == combine(leaf, statements)

    @settings(max_examples=1500, deadline=None)
    @given(chain=chains())
    def test_the_chain_ends_at_the_value(self, chain: tuple[Leaf, list[Said]]) -> None:
        """Every statement is in the chain, and what was last set is the value unless something was merged into it."""
        leaf, statements = chain
        combined = combine(leaf, statements)
        assert sorted(map(repr, statements)) == sorted(repr(link.said) for link in combined.chain)
        assert combined.chain[0].outcome in (Outcome.SET, Outcome.MERGED)
        changing = [link for link in combined.chain if link.outcome in (Outcome.SET, Outcome.MERGED)]
        narrowed = leaf.kind is Kind.ALLOW and Outcome.REFUSED in {link.outcome for link in combined.chain}
        if changing[-1].outcome is Outcome.SET and not narrowed:
            same = sorted if leaf.kind is Kind.ALLOW else list
            value, last = combined.value, changing[-1].said.value
            assert (same(value) == same(last)) if isinstance(value, list) else value == last

    @settings(max_examples=500, deadline=None)
    @given(chain=chains())
    def test_saying_it_again_changes_nothing(self, chain: tuple[Leaf, list[Said]]) -> None:
        """A nearer layer that says what holds already changes nothing and is not refused."""
        leaf, statements = chain
        before = combine(leaf, statements)
        again = Said("again", 9, Channel.VALUES, before.value, Place())
        if binding(statements) and leaf.kind is not Kind.LIST:
            after = combine(leaf, [*statements, again])
            if leaf.kind is Kind.DENY:
                assert sorted(map(repr, after.value)) == sorted(map(repr, before.value))
            else:
                assert after.value == before.value
            assert [link.outcome for link in after.chain if link.said is again] != [Outcome.REFUSED]


D, M, V, E = Channel.DEFAULTS, Channel.MERGE, Channel.VALUES, Channel.ENFORCE


class TestCombine:
    @pytest.mark.parametrize(
        ("name", "given", "value", "told"),
        [
            ("sizing.nat", [(0, V, "none"), (1, V, "single")], "single", ["set", "set"]),
            ("sizing.nat", [(0, V, "none"), (1, D, "single")], "none", ["set", "set"]),
            ("sizing.nat", [(0, D, "none"), (1, D, "none")], "none", ["set", "kept"]),
            ("sizing.nat", [(0, E, "none"), (1, D, "single")], "none", ["set", "set"]),
            ("sizing.log_retention_days", [(0, V, 400), (1, V, 30)], 400, ["set", "refused"]),
            ("sizing.log_retention_days", [(0, V, 30), (1, V, 400)], 400, ["set", "set"]),
            ("sizing.log_retention_days", [(0, D, 400), (1, V, 30)], 30, ["set", "set"]),
            ("sizing.log_retention_days", [(0, E, 365), (1, D, 400)], 400, ["set", "kept"]),
            ("sizing.log_retention_days", [(0, E, 365), (1, D, 30)], 365, ["set", "set"]),
            ("waivers.max_days", [(0, V, 30), (1, V, 60)], 30, ["set", "refused"]),
            ("rollout.bake", [(0, V, "90s"), (1, V, "1m")], "90s", ["set", "refused"]),
            ("rollout.failure_tolerance", [(0, V, "1%"), (1, V, 100)], 100, ["set", "set"]),
            ("rollout.failure_tolerance", [(0, V, 0), (1, V, "0%")], 0, ["set", "kept"]),
            ("services", [(0, V, ["s3", "ec2"]), (1, V, ["s3"])], ["s3"], ["set", "set"]),
            ("services", [(0, V, ["s3", "ec2"]), (1, V, ["s3", "rds"])], ["s3"], ["set", "refused"]),
            ("services", [(0, V, []), (1, V, ["s3"])], [], ["set", "refused"]),
            ("waivers.never", [(0, V, ["A"]), (1, V, ["B"])], ["A", "B"], ["set", "merged"]),
            ("waivers.never", [(0, V, ["A"]), (1, V, [])], ["A"], ["set", "kept"]),
            ("waivers.never", [(0, D, ["A"]), (1, V, ["B"])], ["B"], ["set", "set"]),
            ("waivers.never", [(0, D, ["A"]), (1, M, ["B"])], ["A", "B"], ["set", "merged"]),
            ("waivers.never", [(0, M, ["A"]), (1, V, ["B"])], ["A", "B"], ["set", "merged"]),
            ("budget.alerts", [(0, V, ["50%"]), (1, V, ["80%"])], ["80%"], ["set", "set"]),
            ("budget.alerts", [(0, V, ["50%"]), (1, V, ["+80%"])], ["50%", "80%"], ["set", "merged"]),
            ("budget.alerts", [(0, V, ["50%", "80%"]), (1, V, ["-50%"])], ["80%"], ["set", "merged"]),
            ("budget.alerts", [(0, V, ["50%"]), (1, V, [])], [], ["set", "set"]),
            ("budget.alerts", [(0, D, ["50%"]), (1, M, ["80%"])], ["50%", "80%"], ["set", "merged"]),
            ("budget.alerts", [(0, V, ["50%"]), (1, E, ["80%"])], ["50%", "80%"], ["set", "merged"]),
            ("params.network.size", [(0, D, 1), (1, V, True)], True, ["set", "set"]),
        ],
    )
    def test_two_layers(self, name: str, given: list[Any], value: Any, told: list[str]) -> None:
        """The value of two statements, and what became of each, from the weakest to the strongest."""
        combined = combine(leaf_of(name), said(*given))
        assert combined.value == value
        assert type(combined.value) is type(value)
        assert outcomes(combined) == told

    @pytest.mark.parametrize(
        ("name", "enforced", "near", "lowers"),
        [
            ("sizing.deletion_protection", True, False, True),
            ("sizing.deletion_protection", False, True, False),
            ("services", ["s3"], ["s3", "ec2"], True),
            ("services", ["s3", "ec2"], ["s3"], False),
            ("waivers.never", ["A"], ["B"], False),
            ("sizing.nat", "none", "single", True),
            ("budget.alerts", ["100%"], ["50%"], True),
            ("budget.alerts", ["100%"], ["100%", "50%"], False),
            ("budget.alerts", ["100%"], ["-100%"], True),
            ("budget.alerts", ["100%"], ["+50%"], False),
            ("budget.alerts", ["-50%"], ["50%"], True),
        ],
    )
    def test_lowering(self, name: str, enforced: Any, near: Any, lowers: bool) -> None:
        """Weaker than what is enforced above is told; as strict or stricter is not."""
        combined = combine(leaf_of(name), said((0, E, enforced), (1, V, near)))
        assert bool(combined.lowered) is lowers

    def test_a_layer_above_may_say_less_than_one_below_enforces(self) -> None:
        """Enforcing binds what is below, never what is above."""
        combined = combine(leaf_of("sizing.log_retention_days"), said((0, V, 30), (1, E, 365)))
        assert (combined.value, combined.lowered) == (365, ())

    @pytest.mark.parametrize(
        ("items", "unclear"),
        [([], False), (["a"], False), (["+a", "-b"], False), (["a", "+b"], True), (["+a", "-a"], True)],
    )
    def test_unclear_lists(self, items: list[str], unclear: bool) -> None:
        """A list replaces or changes, never both, and says one thing of one item."""
        assert is_unclear(items) is unclear

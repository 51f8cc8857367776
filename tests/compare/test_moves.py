"""Resources that moved: found, not guessed, and written down as few scopes."""

import pytest
from compared import stack_of
from hypothesis import given
from hypothesis import strategies as st

from landform.compare.moves import Renamed, find_moves, renamed, scope_entries
from landform.core.names import unique_id

SQS, ROLE, POLICY = "aws_sqs_queue", "aws_iam_role", "aws_iam_role_policy"


def queue(**more):
    return {"message_retention_seconds": 60, **more}


def address(type, path):
    return f"{type}.{unique_id(path.split('/'))}"


def found(before, after, **more):
    """The pairs, the address before by the one now."""
    return find_moves(stack_of(before), stack_of(after, **more)).pairs


class TestFindMoves:
    """What moved between two states of a stack."""

    def test_nothing(self):
        """A stack that stays as it is."""
        one = {(SQS, "A/Resource"): queue()}
        assert found(one, one) == {}

    def test_a_renamed_construct(self):
        """Equal content at another address."""
        pairs = found({(SQS, "A/Resource"): queue()}, {(SQS, "B/Resource"): queue()})
        assert pairs == {address(SQS, "B/Resource"): address(SQS, "A/Resource")}

    def test_other_content_is_no_move(self):
        """One is removed, another made."""
        assert found({(SQS, "A/Resource"): queue()}, {(SQS, "B/Resource"): queue(delay_seconds=5)}) == {}

    def test_another_type_is_no_move(self):
        """Terraform moves a resource to its own type alone."""
        assert found({(SQS, "A/Resource"): {}}, {("aws_sns_topic", "B/Resource"): {}}) == {}

    def test_names_that_follow_from_the_path(self):
        """The name that AWS sees, tags and texts with the ids are no content."""
        before = {(SQS, "Orders/Resource"): queue(name="acme-dev-app-orders", description="of Orders")}
        after = {
            (SQS, "Sales/Orders/Resource"): queue(name="acme-dev-app-sales-orders", description="of Orders")
        }
        assert len(found(before, after)) == 1

    def test_a_subtree_that_refers_to_itself(self):
        """References among what moved are no difference."""

        def tree(scope):
            role = address(ROLE, f"{scope}/Role/Resource")
            return {
                (ROLE, f"{scope}/Role/Resource"): {"assume_role_policy": "{}"},
                (POLICY, f"{scope}/Role/Policy"): {"role": f"${{{role}.name}}", "policy": "{}"},
                (SQS, f"{scope}/Queue/Resource"): queue(depends_on=[role]),
            }

        pairs = found(tree("Old"), tree("New"))
        assert len(pairs) == 3
        assert all(was.replace("Old", "New")[:-8] == now[:-8] for now, was in pairs.items())

    def test_equal_ones_are_told_apart_by_their_ids(self):
        """Two queues alike, below a scope that was renamed: each keeps its own id."""
        before = {(SQS, f"Old/{name}/Resource"): queue() for name in ("A", "B")}
        after = {(SQS, f"New/{name}/Resource"): queue() for name in ("A", "B")}
        assert found(before, after) == {
            address(SQS, f"New/{name}/Resource"): address(SQS, f"Old/{name}/Resource") for name in ("A", "B")
        }

    def test_ambiguity_is_never_guessed(self):
        """Two alike, both with new ids: said, with all of them, and none is taken to have moved."""
        before = {(SQS, f"{name}/Resource"): queue() for name in ("A", "B")}
        after = {(SQS, f"{name}/Resource"): queue() for name in ("C", "D")}
        moves = find_moves(stack_of(before), stack_of(after))
        assert moves.pairs == {}
        (one,) = moves.ambiguous
        assert one.gone == tuple(address(SQS, f"{name}/Resource") for name in ("A", "B"))
        assert one.new == tuple(address(SQS, f"{name}/Resource") for name in ("C", "D"))

    def test_one_gone_and_two_new(self):
        """Which of the two it is, nobody knows."""
        after = {(SQS, f"{name}/Resource"): queue() for name in ("C", "D")}
        moves = find_moves(stack_of({(SQS, "A/Resource"): queue()}), stack_of(after))
        assert (moves.pairs, len(moves.ambiguous)) == ({}, 1)

    def test_changed_below_a_renamed_scope(self):
        """Where others prove the renaming, what changed besides is still itself."""
        before = {(SQS, "Old/A/Resource"): queue(), (ROLE, "Old/R/Resource"): {"max_session_duration": 1}}
        after = {(SQS, "New/A/Resource"): queue(), (ROLE, "New/R/Resource"): {"max_session_duration": 2}}
        assert len(found(before, after)) == 2

    def test_not_below_a_scope_that_is_still_there(self):
        """A scope that holds something still was not renamed."""
        before = {
            (SQS, "Old/A/Resource"): queue(),
            (ROLE, "Old/R/Resource"): {"max_session_duration": 1},
            ("aws_sns_topic", "Old/T/Resource"): {},
        }
        after = {
            (SQS, "New/A/Resource"): queue(),
            (ROLE, "New/R/Resource"): {"max_session_duration": 2},
            ("aws_sns_topic", "Old/T/Resource"): {},
        }
        pairs = find_moves(stack_of(before), stack_of(after)).pairs
        assert list(pairs) == [address(SQS, "New/A/Resource")]

    def test_what_the_code_says_comes_first(self):
        """A moved block decides, were the content another."""
        was, now = address(SQS, "A/Resource"), address(SQS, "B/Resource")
        moves = find_moves(
            stack_of({(SQS, "A/Resource"): queue()}),
            stack_of({(SQS, "B/Resource"): queue(delay_seconds=1)}, moved=[(was, now)]),
        )
        assert (moves.pairs, moves.declared) == ({now: was}, {now})


IDS = st.sampled_from(["A", "Queue", "Role", "Data", "Main"])
PATHS = st.lists(IDS, min_size=1, max_size=3).map("/".join)


@st.composite
def trees(draw):
    """Resources below one scope, some referring to others."""
    made = {}
    for path in draw(st.lists(PATHS, min_size=1, max_size=6, unique=True)):
        type = draw(st.sampled_from([SQS, ROLE, "aws_sns_topic"]))
        refers = draw(st.sampled_from([None, *made])) if made else None
        made[type, path] = (draw(st.integers(0, 2)), refers)
    return made


def planted(tree, scope):
    """The tree below a scope."""
    return {
        (type, f"{scope}/{path}/Resource"): {
            "delay": number,
            "name": f"acme-dev-app-{scope.lower().replace('/', '-')}-{path.lower().replace('/', '-')}",
            **({"of": f"${{{address(refers[0], f'{scope}/{refers[1]}/Resource')}.arn}}"} if refers else {}),
        }
        for (type, path), (number, refers) in tree.items()
    }


class TestARenamedTree:
    """Whatever a tree holds, a new name of its scope moves all of it, and nothing else."""

    @given(trees(), st.sampled_from([("Old", "New"), ("Old", "Group/Old"), ("Group/Old", "Old")]))
    def test_it_is_a_bijection(self, tree, scopes):
        """Every resource has one place before and one now, and they are the same resource."""
        before, after = (planted(tree, scope) for scope in scopes)
        pairs = found(before, after)
        assert pairs == {
            address(type, f"{scopes[1]}/{path}/Resource"): address(type, f"{scopes[0]}/{path}/Resource")
            for type, path in tree
        }

    @given(trees())
    def test_back_again(self, tree):
        """The way back is the way there, turned round."""
        before, after = planted(tree, "Old"), planted(tree, "New")
        assert {was: now for now, was in found(before, after).items()} == found(after, before)


class TestRenamed:
    """The scopes whose renaming makes one path the other."""

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ("Old/A/Resource", "New/A/Resource", Renamed(("Old",), ("New",))),
            ("A/Resource", "G/A/Resource", Renamed(("A",), ("G", "A"))),
            ("A", "B", Renamed(("A",), ("B",))),
        ],
    )
    def test_what_both_end_in_is_left_out(self, before, after, expected):
        """Of each, one id is left at least."""
        assert renamed(tuple(before.split("/")), tuple(after.split("/")), least=1) == expected


class TestScopeEntries:
    """The fewest entries that say some moves and nothing else."""

    def test_one_for_a_subtree(self):
        """Not one for each resource."""
        moves = [(f"Old/{name}/Resource", f"New/{name}/Resource") for name in ("A", "B")]
        assert scope_entries(moves, []) == (Renamed(("Old",), ("New",)),)

    def test_nothing_of_what_stayed(self):
        """Into a scope that has others, each construct goes by itself."""
        moves = [("Old/A/Resource", "New/A/Resource"), ("Old/B/Resource", "New/B/Resource")]
        assert scope_entries(moves, ["New/C/Resource"]) == (
            Renamed(("Old", "A"), ("New", "A")),
            Renamed(("Old", "B"), ("New", "B")),
        )

    def test_what_no_scope_can_say(self):
        """The path of a resource that others stand below as they did: no entry."""
        assert scope_entries([("Old", "New")], ["New/C"]) == ()

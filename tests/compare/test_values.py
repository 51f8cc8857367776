"""Two JSON values side by side."""

import json

from hypothesis import given
from hypothesis import strategies as st

from landform.compare.values import lines, shown
from landform.schema.shapes import shape_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b", "name", "{}", '["a"]']),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "name", "rule"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def told(before, after, type=None):
    """The lines as tuples."""
    found = lines(before, after, shape_of(type) if type else None)
    return [(line.path, line.before, line.after, line.how) for line in found]


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


READ = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}


class TestLines:
    """One line for each thing that differs."""

    def test_an_argument(self):
        """Its path and both values."""
        assert told({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}}) == [("b.c", 2, 3, "value")]

    def test_null_is_not_set(self):
        """As Terraform takes it."""
        assert told({"a": None, "b": []}, {}) == []

    def test_false_is_not_zero(self):
        """JSON tells them apart where Python does not."""
        assert told({"a": False}, {"a": 0}) == [("a", False, 0, "value")]
        assert told({"a": {"b": False}}, {"a": {"b": 0}}) == [("a.b", False, 0, "value")]

    def test_one_block_and_a_list_of_one(self):
        """Terraform JSON allows both for a nested block."""
        assert told({"rule": {"id": "x"}}, {"rule": [{"id": "x"}]}) == []

    def test_items_of_a_list(self):
        """What went and what came, not the whole list."""
        assert told({"a": ["x", "y"]}, {"a": ["y", "z"]}) == [("a", ["x"], ["z"], "items")]

    def test_an_item_twice(self):
        """A list that has an item once less has lost one."""
        assert told({"a": ["x", "x"]}, {"a": ["x"]}) == [("a", ["x"], [], "items")]

    def test_order(self):
        """The order of a list means something where the schema does not say otherwise."""
        assert told({"a": ["x", "y"]}, {"a": ["y", "x"]}) == [("a", ["x", "y"], ["y", "x"], "order")]

    def test_order_of_a_set(self):
        """That of a set means nothing."""
        body = {"vpc_security_group_ids": ["a", "b"]}, {"vpc_security_group_ids": ["b", "a"]}
        assert told(*body, type="aws_instance") == []

    def test_blocks_are_aligned_by_name(self):
        """Whatever stands before them."""
        before = {"rule": [{"id": "keep", "days": 1}, {"id": "gone", "days": 1}]}
        after = {"rule": [{"id": "new", "days": 9}, {"id": "keep", "days": 2}]}
        assert told(before, after) == [
            ('rule["keep"].days', 1, 2, "value"),
            ('rule["new"]', None, {"id": "new", "days": 9}, "value"),
            ('rule["gone"]', {"id": "gone", "days": 1}, None, "value"),
        ]

    def test_blocks_without_a_name_by_likeness(self):
        """The most alike are one block, changed."""
        before = {"ingress": [{"from": 1, "to": 2, "cidr": "a"}, {"from": 7, "to": 8, "cidr": "b"}]}
        after = {"ingress": [{"from": 7, "to": 9, "cidr": "b"}, {"from": 1, "to": 2, "cidr": "a"}]}
        assert told(before, after) == [("ingress[1 -> 0].to", 8, 9, "value")]

    def test_json_in_another_layout(self):
        """It says the same."""
        assert told({"p": policy(READ)}, {"p": json.dumps(json.loads(policy(READ)), indent=2)}) == []

    def test_a_policy_by_statement(self):
        """A statement that came, one that went, and what differs in one that stays."""
        before = policy(READ, {"Sid": "Old", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"})
        after = policy(
            {
                **READ,
                "Action": ["s3:GetObject", "s3:GetObjectTagging"],
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            }
        )
        found = told({"p": before}, {"p": after})
        assert found[0] == ('p statement "Read" Action', [], ["s3:GetObjectTagging"], "items")
        assert found[1] == (
            'p statement "Read" Condition Bool aws:SecureTransport', None, ["true"], "value",
        )  # fmt: skip
        assert found[2][0] == 'p statement "Old"'
        assert found[2][2] is None

    def test_one_action_and_a_list_of_one(self):
        """IAM takes them for the same."""
        assert told({"p": policy(READ)}, {"p": policy({**READ, "Action": "s3:GetObject"})}) == []

    @given(JSON)
    def test_nothing_differs_from_itself(self, value):
        """Whatever it is."""
        assert told(value, value) == []

    @given(JSON, JSON)
    def test_the_other_way_round(self, one, other):
        """What came is what went, seen from the other side."""
        there = sorted((shown(b), shown(a), how) for _, b, a, how in told({"x": one}, {"x": other}))
        back = sorted((shown(a), shown(b), how) for _, b, a, how in told({"x": other}, {"x": one}))
        assert there == back


class TestShown:
    """Values for people."""

    def test_lists_of_texts(self):
        """With commas; what is not set is empty; the rest is JSON."""
        assert (shown(["a", "b"]), shown(None), shown({"b": 1}), shown(True)) == (
            "a, b",
            "",
            '{"b": 1}',
            "true",
        )

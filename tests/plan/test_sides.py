"""What a change does, side by side."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.plan.review.sides import UNKNOWN, Side, shown, sides, statement_text, unknown_paths

READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"}


def policy(*statements: Any) -> dict[str, str]:
    """A resource with a policy."""
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


class TestSides:
    """``sides``."""

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("b", "2", "3")]),
            ({"a": "x"}, {}, [("a", "x", "")]),
            (None, {"a": True, "b": None, "c": []}, [("a", "", "true")]),
            ({"a": True}, {"a": 1}, [("a", "true", "1")]),
            ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, [("a.b.c", "1", "2")]),
            ({"a": None}, {"a": {}}, []),
            ({"l": ["x", "y"]}, {"l": ["y", "z"]}, [("l", "x", "z")]),
            ({"l": ["x", "y"]}, {"l": ["y", "x"]}, [("l (order)", "x, y", "y, x")]),
            ({"l": [{"p": 1}, {"p": 2}]}, {"l": [{"p": 0}, {"p": 1}, {"p": 2}]}, [("l[0].p", "", "0")]),
            ({"j": '{"a": 1}'}, {"j": '{"a": 2}'}, [("j.a", "1", "2")]),
        ],
    )
    def test_what_differs(self, before: Any, after: Any, expected: list[tuple[str, str, str]]) -> None:
        """And nothing else: what is in both is left out, and empty is the same as nothing."""
        assert [(side.path, side.before, side.after) for side in sides(before, after)] == expected

    def test_a_statement_that_is_new(self) -> None:
        """Is told in a line, as one that is gone."""
        (side,) = sides(policy(), policy(READ))
        assert side == Side("policy statement Read", "", "Allow s3:GetObject on arn:aws:s3:::x/*")
        assert sides(policy(READ), policy()) == (Side(side.path, side.after, ""),)

    def test_a_statement_that_changes(self) -> None:
        """Is told by its elements, however one of them is written."""
        wider = {**READ, "Action": ["s3:GetObject", "s3:PutObject"]}
        assert sides(policy(READ), policy(wider)) == (
            Side("policy statement Read Action", "", "s3:PutObject"),
        )

    def test_the_order_of_statements(self) -> None:
        """Means nothing."""
        other = {**READ, "Sid": "Other"}
        assert sides(policy(READ, other), policy(other, READ)) == ()

    def test_statements_without_a_name(self) -> None:
        """Are the same where they say the same."""
        one = {"Effect": "Deny", "Action": "*", "Resource": "*"}
        other = {**one, "Effect": "Allow"}
        assert [side.after for side in sides(policy(one), policy(one, other))] == ["Allow * on *"]

    def test_a_policy_that_cannot_be_read(self) -> None:
        """Stands as the text that it is."""
        assert sides({"policy": "{broken"}, policy(READ))[0].before == "{broken"

    def test_what_is_not_known(self) -> None:
        """Is said, also where there is no value at all."""
        assert sides({"arn": "a"}, {"n": [1]}, {"arn": True, "n": [False], "t": {"x": True}}) == (
            Side("arn", "a", UNKNOWN),
            Side("n", "", "[1]"),
            Side("t.x", "", UNKNOWN),
        )


class TestStatementText:
    """``statement_text``."""

    def test_everything(self) -> None:
        """Who, what, on what and under which conditions."""
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::111111111111:root"]},
            "NotAction": ["iam:*"],
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        }
        assert statement_text(statement) == (
            "Allow all but iam:* on * by AWS arn:aws:iam::111111111111:root if Bool aws:SecureTransport true"
        )


class TestShown:
    """``shown``."""

    @pytest.mark.parametrize(
        ("value", "text"), [(None, ""), ([], ""), ("a", "a"), (["a", "b"], "a, b"), ({"k": 1}, '{"k": 1}')]
    )
    def test_values(self, value: Any, text: str) -> None:
        """As a person reads them."""
        assert shown(value) == text


class TestUnknownPaths:
    """``unknown_paths``."""

    def test_leaves(self) -> None:
        """Every place where something is not known."""
        assert list(unknown_paths({"a": True, "b": {"c": [False, True]}, "d": {}})) == ["a", "b.c[1]"]

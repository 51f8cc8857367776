import pytest
from iam_policies import allow, policy, when

from landform.iam.policy import Names
from landform.iam.region import Box, uncovered


def box(actions="*", resources="*", condition=None):
    """A box of some actions and resources, under a condition of (operator, key, values...)."""
    elements = when(condition[0], condition[1], *condition[2:]) if condition else {}
    (statement,) = policy(allow(actions, resources, **elements)).statements
    return Box(statement.actions, statement.resources, tests=statement.tests)


def under(*condition):
    return box(condition=condition)


class TestUncovered:
    def test_boxes_that_cover_only_together(self):
        """No single one of them does."""
        halves = [box("s3:Get*"), box(["s3:Put*", "s3:List*"])]

        assert uncovered([box(["s3:Get*", "s3:Put*"])], halves) is None
        assert uncovered([box(["s3:Get*", "s3:Put*"])], halves[:1]).action.startswith("s3:Put")

    def test_a_corner_that_no_box_covers(self):
        """Each side of it is covered somewhere."""
        point = uncovered([box(["s3:A", "s3:B"], ["x", "y"])], [box("s3:A", "x"), box("s3:B")])

        assert (point.action, point.resource) == ("s3:A", "y")

    def test_the_side_in_most_boxes_can_be_the_one_that_is_open(self):
        """One action is in two boxes and covered by neither; the other is in one, which covers it."""
        point = uncovered(
            [box(["s3:A", "s3:B"], ["x", "y", "z"])], [box("s3:A", "x"), box("s3:A", "y"), box("s3:B")]
        )

        assert (point.action, point.resource) == ("s3:A", "z")

    def test_a_side_that_fails_leaves_the_others_to_be_tried(self):
        """The action in the fewest boxes is covered on every resource, the other one on one of the two."""
        covered = [box("s3:B", "r"), box("s3:B", "t"), *(box("s3:A", ["t", other]) for other in "uvw")]
        point = uncovered([box(["s3:A", "s3:B"], ["r", "t"])], covered)

        assert (point.action, point.resource) == ("s3:A", "r")

    def test_a_request_must_be_in_every_box(self):
        """Two that have nothing in common leave none."""
        assert uncovered([box("s3:Get*"), box("s3:Put*")], []) is None
        assert uncovered([box("s3:*Object"), box("s3:Get*")], []).action == "s3:GetObject"

    @pytest.mark.parametrize(
        ("inside", "outside", "value"),
        [
            (("IpAddress", "10.0.0.0/8"), ("IpAddress", "10.0.0.0/16"), "10.1.0.0"),
            (("IpAddress", "10.0.0.0/8"), ("NotIpAddress", "10.1.0.0/16"), "10.1.0.0"),
            (("NumericGreaterThan", "5"), ("NumericLessThanEquals", "10"), "11"),
            (("NumericLessThan", "5"), ("NumericGreaterThan", "3"), "2"),
            (("NumericGreaterThanEquals", "3"), ("NumericNotEquals", "4"), "4"),
            (("Bool", "true", "false"), ("Bool", "true"), "false"),
            (("StringLike", "*"), ("StringNotEquals", "a"), "a"),
            (("StringEqualsIgnoreCase", "a"), ("StringEquals", "a"), "A"),
            (("Null", "true"), ("StringLike", "*"), None),
            (("StringNotEquals", "a"), ("StringLike", "*"), None),
            (("StringEqualsIfExists", "a"), ("StringEquals", "a"), None),
        ],
    )
    def test_a_value_that_is_in_the_one_and_not_in_the_other(self, inside, outside, value):
        """For each family of operators; None for a request without the key."""
        key = "aws:SourceIp"
        point = uncovered([under(inside[0], key, *inside[1:])], [under(outside[0], key, *outside[1:])])

        assert point.context == ((key, value),)

    @pytest.mark.parametrize(
        ("inside", "outside"),
        [
            ([("IpAddress", "10.0.0.0/8")], [("IpAddress", "10.0.0.0/9"), ("IpAddress", "10.128.0.0/9")]),
            ([("IpAddress", "255.0.0.0/8")], [("IpAddress", "0.0.0.0/0")]),
            ([("NumericGreaterThan", "3"), ("NumericLessThan", "5")], [("NumericGreaterThanEquals", "3")]),
            ([("DateLessThan", "2026-01-01")], [("DateLessThan", "1767225601")]),
            ([("Bool", "TRUE")], [("Bool", "true")]),
            ([("ArnLike", "arn:aws:sns:*:*:a")], [("StringLike", "arn:aws:sns:*:a")]),
            ([("StringLike", "*")], [("Null", "false")]),
            ([("StringNotEquals", "a")], [("StringNotLike", "a")]),
        ],
    )
    def test_what_is_covered(self, inside, outside):
        """By one of the boxes, or by all together."""
        key = "aws:SourceArn"
        found = uncovered(
            [under(operator, key, *values) for operator, *values in inside],
            [under(operator, key, *values) for operator, *values in outside],
        )

        assert found is None

    def test_an_arn_is_compared_by_segments_and_a_text_is_not(self):
        """So that the ARN operators take less."""
        text, segments = (
            under(operator, "aws:SourceArn", "arn:aws:sns:*:*:a") for operator in ("StringLike", "ArnLike")
        )

        assert uncovered([segments], [text]) is None
        ((_, value),) = uncovered([text], [segments]).context
        assert value.count(":") > 5

    def test_any_value_is_the_opposite_of_no_value(self):
        """Together they cover everything, and either leaves the other."""
        key = "aws:TagKeys"
        some, none = (
            under("ForAnyValue:StringEquals", key, "a"),
            under("ForAllValues:StringNotEquals", key, "a"),
        )

        assert uncovered([box()], [some, none]) is None
        assert uncovered([some], [none]).assumed == ("ForAnyValue:StringEquals aws:tagkeys a holds",)
        assert uncovered([none], [some]).assumed == ("ForAnyValue:StringEquals aws:tagkeys a does not hold",)

    def test_two_keys_are_two_things(self):
        """A test on one says nothing of the other."""
        vpc, tag = (
            under("StringEquals", "aws:SourceVpc", "a"),
            under("StringEquals", "aws:PrincipalTag/a", "a"),
        )

        assert uncovered([vpc], [tag]) is not None
        assert uncovered([vpc], [under("StringEquals", "AWS:sourcevpc", "a")]) is None

    def test_principals_are_patterns_too(self):
        """A box may be about all but some."""
        everyone_else = Box(principals=Names(("AWS:a*",), excluded=True, variables=False))
        point = uncovered([Box(principals=Names(("AWS:*",), variables=False))], [everyone_else])

        assert point.principal.startswith("AWS:a")

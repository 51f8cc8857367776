from enum import IntEnum, StrEnum

import pytest

from landform.core import App, Block, Lazy, Local, Resource, Stack, literal
from landform.core.values import resolve
from landform.errors import Code, LandformError


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    BIG = 3


@pytest.fixture
def stack():
    return Stack(App(), "net")


@pytest.fixture
def bucket(stack):
    return Resource(stack, "logs", "aws_s3_bucket", {})


class TestRef:
    def test_text_is_terraforms_template(self, bucket):
        """Formatting a reference into a string gives what Terraform fills in."""
        assert f"{bucket.ref('arn')}/*" == "${aws_s3_bucket.logs.arn}/*"

    def test_expression_is_bare(self, bucket):
        """Inside another expression the braces would be wrong."""
        assert bucket.ref("arn").expression == "aws_s3_bucket.logs.arn"

    def test_index_and_key(self, bucket):
        """A list takes a number, a map takes text."""
        assert str(bucket.ref("tags")["a"]) == '${aws_s3_bucket.logs.tags["a"]}'
        assert str(bucket.ref("rule")[0]) == "${aws_s3_bucket.logs.rule[0]}"

    def test_equal_where_element_and_attribute_are(self, bucket, stack):
        """References are values: they compare, and they go into sets."""
        other = Resource(stack, "other", "aws_s3_bucket", {})

        assert bucket.ref("arn") == bucket.ref("arn")
        assert len({bucket.ref("arn"), bucket.ref("arn"), bucket.ref("id"), other.ref("arn")}) == 3

    def test_within_text_it_stays_a_reference(self, bucket):
        """So that one into another stack is still refused."""
        inside = bucket.ref("id").within("arn:aws:s3:::", "/*").within(after="/in")

        assert str(inside) == "arn:aws:s3:::${aws_s3_bucket.logs.id}/*/in"
        assert inside.expression == '"arn:aws:s3:::${aws_s3_bucket.logs.id}/*/in"'
        assert inside != bucket.ref("id")
        assert inside == bucket.ref("id").within("arn:aws:s3:::", "/*/in")
        assert len({inside, bucket.ref("id").within("arn:aws:s3:::", "/*/in"), bucket.ref("id")}) == 2

    def test_within_text_it_is_refused_in_another_stack(self, bucket):
        """What has that address there is something else."""
        reader = Resource(Stack(App(), "other"), "reader", "aws_iam_role_policy", {})

        with pytest.raises(LandformError) as caught:
            resolve(bucket.ref("id").within("arn:aws:s3:::"), reader)

        assert caught.value.code is Code.REFERENCE


class TestLiteral:
    def test_template_marks_are_escaped(self):
        """An IAM policy variable stays text."""
        assert literal("${aws:username} %{if}") == "$${aws:username} %%{if}"


class TestResolve:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("text", "text"),
            ("Zürich \U0001f600", "Zürich \U0001f600"),
            (True, True),
            (3, 3),
            (1.5, 1.5),
            (Colour.RED, "red"),
            (Size.BIG, 3),
            ((1, (2, 3)), [1, [2, 3]]),
            ({"a": {"b": []}}, {"a": {"b": []}}),
            (Block({"a": 1, "b": None}), {"a": 1}),
            (Lazy(lambda: [Block({})]), [{}]),
        ],
    )
    def test_plain_values(self, bucket, given, expected):
        """Values become the JSON they look like."""
        assert resolve(given, bucket) == expected

    def test_none_is_left_out_of_mappings(self, bucket):
        """An argument that was not given is not written."""
        assert resolve({"a": None, "b": {"c": None}}, bucket) == {"b": {}}

    def test_references_are_written_out_at_any_depth(self, bucket):
        """Also within lists of blocks."""
        assert resolve([Block({"a": bucket.ref("id")})], bucket) == [{"a": "${aws_s3_bucket.logs.id}"}]

    @pytest.mark.parametrize(
        "value",
        [
            float("nan"),
            float("inf"),
            b"bytes",
            bytearray(b"x"),
            {1, 2},
            object(),
            [None],
            1j,
            "a\ud800",
            {"a\udfff": 1},
            {1: "a"},
            {"a": [{None: 1}]},
        ],
    )
    def test_what_json_cannot_hold_is_refused(self, bucket, value):
        """The error names the construct and the value."""
        with pytest.raises(LandformError) as caught:
            resolve(value, bucket)

        assert caught.value.code is Code.VALUE
        assert caught.value.place.construct_path == "net/logs"

    def test_reference_into_another_stack_is_refused(self, bucket):
        """cdktf would read the other stack's whole state."""
        other = Local(Stack(App(), "app"), "x", 1)

        with pytest.raises(LandformError) as caught:
            resolve({"a": bucket.ref("arn")}, other)

        assert caught.value.code is Code.REFERENCE
        assert "'net'" in caught.value.given
        assert "'app'" in caught.value.expected

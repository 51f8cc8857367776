import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.iam.conditions import OPERATORS, ConditionTest, read_operator

KEY = "aws:SourceVpc"


def holds(operator, wanted, given, key=KEY, **known):
    base, quantifier, if_exists = read_operator(operator)
    values = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    test = ConditionTest(base, key, values, quantifier, if_exists)
    context = {name.replace("_", ":"): (value,) for name, value in known.items()}
    if given is not ...:
        context[key.lower()] = (given,) if isinstance(given, str) else tuple(given)
    return test.holds(context)


class TestReadOperator:
    @pytest.mark.parametrize(
        ("text", "name", "quantifier", "if_exists"),
        [
            ("StringEquals", "StringEquals", "", False),
            ("stringlikeifexists", "StringLike", "", True),
            ("ForAnyValue:StringLike", "StringLike", "ForAnyValue", False),
            ("ForAllValues:ArnNotLikeIfExists", "ArnNotLike", "ForAllValues", True),
            ("Null", "Null", "", False),
        ],
    )
    def test_an_operator_its_quantifier_and_if_exists(self, text, name, quantifier, if_exists):
        """As AWS writes them, in any capitals."""
        operator, found, exists = read_operator(text)

        assert (operator.name, found, exists) == (name, quantifier, if_exists)

    @pytest.mark.parametrize("text", ["StringIs", "NullIfExists", "ForSomeValue:StringEquals", ""])
    def test_what_aws_has_not_is_nothing(self, text):
        """Null takes no IfExists."""
        assert read_operator(text) is None


class TestHolds:
    @pytest.mark.parametrize(
        ("operator", "wanted", "given", "answer"),
        [
            ("StringEquals", "a*", "ab", False),
            ("StringEquals", ["a", "b"], "b", True),
            ("StringNotEquals", ["a", "b"], "b", False),
            ("StringEqualsIgnoreCase", "Ab", "aB", True),
            ("StringNotEqualsIgnoreCase", "Ab", "aB", False),
            ("StringLike", "a?c*", "abcd", True),
            ("StringNotLike", "a*", "b", True),
            ("NumericEquals", "10", "10.0", True),
            ("NumericNotEquals", "10", "10.0", False),
            ("NumericLessThan", "10", "9", True),
            ("NumericLessThanEquals", "10", "10", True),
            ("NumericGreaterThan", "10", "10", False),
            ("NumericGreaterThanEquals", "10", "10", True),
            ("NumericEquals", "10", "ten", False),
            ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", True),
            ("DateGreaterThan", "2026-01-01", "1767225601", True),
            ("DateEquals", "1767225600", "2026-01-01T01:00:00+01:00", True),
            ("Bool", "true", "True", True),
            ("Bool", "false", "true", False),
            ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
            ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
            ("NotIpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", False),
            ("IpAddress", "10.0.0.0/8", "::ffff:10.1.2.3", False),
            ("ArnLike", "arn:aws:s3:::a*", "arn:aws:s3:::ab", True),
            ("ArnEquals", "arn:aws:sns:*:*:t", "arn:aws:sns:eu-west-1:1:t", True),
            ("ArnNotLike", "arn:aws:sns:*:t", "arn:aws:sns:eu-west-1:1:t", True),
        ],
    )
    def test_each_operator_compares_as_the_guide_says(self, operator, wanted, given, answer):
        """One of the policy's values is enough; a negated operator wants none."""
        assert holds(operator, wanted, given) is answer

    @pytest.mark.parametrize(
        ("operator", "answer"),
        [
            ("StringEquals", False),
            ("StringNotEquals", True),
            ("StringEqualsIfExists", True),
            ("StringNotEqualsIfExists", True),
            ("ForAllValues:StringEquals", True),
            ("ForAnyValue:StringEquals", False),
            ("ForAnyValue:StringNotEquals", False),
            ("Bool", False),
        ],
    )
    def test_a_key_that_the_request_has_not(self, operator, answer):
        """It matches nothing, so that what asks for no match holds."""
        assert holds(operator, "true", ()) is answer

    def test_null_asks_whether_the_request_has_the_key(self):
        """True where it has not."""
        assert holds("Null", "true", ()) is True
        assert holds("Null", "false", "vpc-1") is True
        assert holds("Null", "true", "vpc-1") is False

    @pytest.mark.parametrize(
        "operator", ["StringEquals", "StringNotEqualsIfExists", "Null", "ForAllValues:StringLike"]
    )
    def test_a_key_that_is_not_known_leaves_it_open(self, operator):
        """Neither yes nor no: a guard."""
        assert holds(operator, "true", ...) is None

    @pytest.mark.parametrize(
        ("operator", "given", "answer"),
        [
            ("ForAnyValue:StringEquals", ["a", "x"], True),
            ("ForAnyValue:StringEquals", ["x"], False),
            ("ForAllValues:StringEquals", ["a", "b"], True),
            ("ForAllValues:StringEquals", ["a", "x"], False),
            ("ForAnyValue:StringNotEquals", ["a", "x"], True),
            ("ForAllValues:StringNotEquals", ["a", "x"], False),
        ],
    )
    def test_a_quantifier_looks_at_each_value_of_the_request(self, operator, given, answer):
        """At any of them, or at all."""
        assert holds(operator, ["a", "b"], given) is answer

    def test_a_variable_has_the_value_of_its_key(self):
        """What the request says of one key is compared with what it says of another."""
        assert holds("StringEquals", "${aws:username}", "jane", aws_username="jane") is True
        assert holds("StringEquals", "${aws:username}", "jane", aws_username="joe") is False

    def test_a_variable_that_is_not_known_leaves_it_open_where_it_could_match(self):
        """Where no value could make it match, the answer is known."""
        assert holds("StringLike", "team-${aws:username}", "team-a") is None
        assert holds("StringLike", "team-${aws:username}", "x") is False

    def test_the_value_of_a_variable_is_no_pattern(self):
        """A user called * is not everyone."""
        assert holds("StringLike", "${aws:username}", "jane", aws_username="*") is False

    @given(
        st.sampled_from([name for name in OPERATORS if name != "null"]),
        st.lists(
            st.sampled_from(["a", "10", "true", "10.0.0.0/8", "arn:aws:s3:::a"]), min_size=1, max_size=2
        ),
        st.lists(st.sampled_from(["a", "10", "true", "10.1.1.1", "arn:aws:s3:::a", "z"]), max_size=3),
    )
    def test_of_no_values_and_all_values_one_is_the_other_turned_round(self, name, wanted, given):
        """ForAllValues of the negation is true exactly where ForAnyValue is not."""
        operator = OPERATORS[name].name
        opposite = next(
            (o.name for o in OPERATORS.values() if o.negated and o.name.replace("Not", "", 1) == operator),
            None,
        )
        if opposite:
            assert holds(f"ForAllValues:{opposite}", wanted, given) is not holds(
                f"ForAnyValue:{operator}", wanted, given
            )

import pytest

from landform.constructs import AwsStack
from landform.constructs.json_text import json_text
from landform.constructs.kms import Key
from landform.core import App
from landform.errors import Code, LandformError
from landform.testing import stack_instance


@pytest.fixture
def stack():
    return AwsStack(App(), stack_instance())


class TestJsonText:
    def test_keys_are_sorted_and_nothing_is_wasted(self, stack):
        """Same mapping, same bytes."""
        assert (
            json_text({"b": [1, True], "a": {"c": None}}, stack, "event") == '{"a":{"c":null},"b":[1,true]}'
        )

    def test_a_reference_is_terraforms_text(self, stack):
        """AWS chooses a key's ARN."""
        key = Key(stack, "Key")

        assert json_text({"key": key.arn}, stack, "event") == f'{{"key":"{key.arn}"}}'

    def test_a_reference_into_another_stack(self, stack):
        """As text it would name whatever has that address in this one."""
        other = Key(AwsStack(App(), stack_instance(stack="other")), "Key")

        with pytest.raises(LandformError, match="event refers to something that another stack") as caught:
            json_text({"key": other.arn}, stack, "event")

        assert caught.value.code is Code.REFERENCE

    @pytest.mark.parametrize("value", [{"a": {1, 2}}, {"a": float("nan")}, {"a": b"x"}, {(1, 2): "a"}])
    def test_what_json_cannot_hold(self, stack, value):
        """A set, no number, bytes, a key that is no text."""
        with pytest.raises(LandformError, match="cannot be written as JSON") as caught:
            json_text(value, stack, "event")

        assert caught.value.code is Code.VALUE

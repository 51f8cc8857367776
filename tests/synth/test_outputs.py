"""What a stack publishes, held against what its rule promises."""

import json
from dataclasses import replace

import pytest

from landform.errors import Code, LandformError
from landform.org.fleet import OutputShape
from landform.synth.outputs import check_outputs
from landform.testing import stack_instance

REFERENCE = "${aws_vpc.v.id}"


def check(shape, **made):
    """Hold a stack with these outputs against a rule that declares the output ``out``."""
    text = json.dumps({"output": {name: {"value": value} for name, value in made.items()}})
    check_outputs(replace(stack_instance(), outputs={"out": shape}), text)


class TestCheckOutputs:
    @pytest.mark.parametrize(
        ("shape", "value"),
        [
            (OutputShape("string"), "vpc-1"),
            (OutputShape("string"), REFERENCE),
            (OutputShape("number"), 3),
            (OutputShape("number"), REFERENCE),
            (OutputShape("bool"), True),
            (OutputShape("string", is_list=True), []),
            (OutputShape("string", is_list=True, length=2), [REFERENCE, "b"]),
            (OutputShape("string", is_list=True, length=2), "${aws_vpc.v.ids}"),
        ],
    )
    def test_what_keeps_the_promise(self, shape, value):
        """A reference may be of any kind: only Terraform knows."""
        check(shape, out=value)

    @pytest.mark.parametrize(
        ("shape", "value", "given", "expected"),
        [
            (OutputShape("string"), 3, "int", "a string"),
            (OutputShape("number"), True, "bool", "a number"),
            (OutputShape("number"), "three", "str", "a number"),
            (OutputShape("bool"), "true", "str", "a bool"),
            (OutputShape("string"), ["a"], "a list of 1", "a string"),
            (OutputShape("string", is_list=True), "a", "str", "a list of strings"),
            (OutputShape("string", is_list=True, length=3), ["a"], "a list of 1", "a list of 3 strings"),
            (OutputShape("number", is_list=True), ["a"], "a list of 1", "a list of numbers"),
        ],
    )
    def test_what_breaks_it(self, shape, value, given, expected):
        """With what was given, at the rule."""
        with pytest.raises(LandformError) as caught:
            check(shape, out=value)

        assert caught.value.code is Code.SPEC_OUTPUT
        assert (caught.value.given, caught.value.expected) == (given, expected)
        assert caught.value.place == stack_instance().source

    def test_an_output_that_is_not_made(self):
        """With the name that is nearest."""
        with pytest.raises(LandformError, match="makes no output 'out'") as caught:
            check(OutputShape("string"), outs="a")

        assert caught.value.given == "outs"
        assert caught.value.fix == "Did you mean 'outs'?"

    def test_a_stack_without_outputs(self):
        """Says how one is made."""
        with pytest.raises(LandformError) as caught:
            check(OutputShape("string"))

        assert caught.value.given == "no output"
        assert 'Output(self, "out", ..., static_id=True)' in caught.value.fix

    def test_nothing_declared(self):
        """A stack may publish what nobody asked for."""
        check_outputs(stack_instance(), "not even read")

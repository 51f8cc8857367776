"""What a stack publishes, and what others read of it."""

import pytest
from reading import built

from landform.constructs.published import NeededStack, Published
from landform.core import Output
from landform.errors import Code, LandformError
from landform.org.fleet import OutputShape

TEXT = OutputShape("string")
TWO = OutputShape("string", is_list=True, length=2)
ANY = OutputShape("string", is_list=True)


def publishing(name, value, shape):
    """The document of a network that publishes one output."""
    return built(lambda stack: Published(stack, name, value), stack="network", outputs={name: shape})


def reading(build, **shapes):
    """The document of a stack that reads the network's outputs."""
    return built(
        lambda stack: build(stack, NeededStack(stack, "Network", stack="network")), uses={"network": shapes}
    )


class TestPublished:
    """``Published``."""

    def test_a_parameter(self):
        """An output is a plain parameter under the account's and the stack's name."""
        (parameter,) = publishing("vpc_id", "vpc-1", TEXT)["resource"]["aws_ssm_parameter"].values()
        assert parameter["name"] == "/landform/payments-prod/network/vpc_id"
        assert (parameter["type"], parameter["insecure_value"]) == ("String", "vpc-1")

    def test_an_output(self):
        """It is Terraform's output too, under its own name."""
        assert publishing("vpc_id", "vpc-1", TEXT)["output"] == {"vpc_id": {"value": "vpc-1"}}

    def test_a_list_is_a_parameter_an_element(self):
        """No expression is needed to read one."""
        parameters = publishing("ids", ["a", "b"], TWO)["resource"]["aws_ssm_parameter"].values()
        assert {one["name"]: one["insecure_value"] for one in parameters} == {
            "/landform/payments-prod/network/ids/0": "a",
            "/landform/payments-prod/network/ids/1": "b",
        }

    @pytest.mark.parametrize(
        ("value", "shape"), [("a", TWO), (["a"], TEXT), (["a"], TWO), (["a", "b", "c"], TWO), (["a"], ANY)]
    )
    def test_another_shape_is_refused(self, value, shape):
        """Readers rely on what the rule declares, the length of a list and all."""
        with pytest.raises(LandformError) as caught:
            publishing("x", value, shape)
        assert caught.value.code is Code.SPEC_OUTPUT
        assert caught.value.expected == str(shape)

    def test_what_is_not_declared_is_refused(self):
        """The error names the nearest output that is."""
        with pytest.raises(LandformError, match="vpc_id"):
            built(lambda stack: Published(stack, "vpcid", "vpc-1"), outputs={"vpc_id": TEXT})


class TestNeededStack:
    """``NeededStack``."""

    def test_an_output_is_read_from_its_parameter(self):
        """The reference is to the parameter's text, which a plan shows."""
        document = reading(lambda stack, network: Output(stack, "Of", network.output("vpc_id")), vpc_id=TEXT)
        (name,) = document["data"]["aws_ssm_parameter"]
        assert document["data"]["aws_ssm_parameter"][name]["name"] == "/landform/payments-prod/network/vpc_id"
        (output,) = document["output"].values()
        assert output["value"] == f"${{data.aws_ssm_parameter.{name}.insecure_value}}"

    def test_a_list_has_as_many_elements_as_its_rule_says(self):
        """Each is read from a parameter of its own."""
        document = reading(lambda stack, network: network.outputs("ids"), ids=TWO)
        assert sorted(one["name"][-2:] for one in document["data"]["aws_ssm_parameter"].values()) == [
            "/0",
            "/1",
        ]

    def test_read_twice_it_is_one_data_source(self):
        """Two readers in one stack share it."""
        document = reading(lambda stack, network: [network.output("x"), network.output("x")], x=TEXT)
        assert len(document["data"]["aws_ssm_parameter"]) == 1

    @pytest.mark.parametrize(
        "read", [lambda n: n.output("ids"), lambda n: n.outputs("x"), lambda n: n.outputs("any")]
    )
    def test_another_shape_is_refused(self, read):
        """The error says how to read it."""
        with pytest.raises(LandformError, match="Read it with") as caught:
            reading(lambda stack, network: read(network), ids=TWO, x=TEXT, any=ANY)
        assert caught.value.code is Code.SPEC_OUTPUT

    def test_a_stack_that_the_rule_does_not_use(self):
        """The error says what to write into the rule."""
        with pytest.raises(LandformError, match=r"uses: \{network"):
            built(lambda stack: NeededStack(stack, "Network", stack="network"))

    def test_an_output_that_the_rule_does_not_use(self):
        """The error names the nearest that it does."""
        with pytest.raises(LandformError, match="vpc_id"):
            reading(lambda stack, network: network.output("vpcid"), vpc_id=TEXT)

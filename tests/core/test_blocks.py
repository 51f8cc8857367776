import json

import pytest

from landform.core import App, Backend, Construct, Local, Output, Provider, Removed, Resource, Stack, Variable
from landform.errors import Code, LandformError


@pytest.fixture
def stack():
    return Stack(App(), "net")


def document(stack):
    if not any(isinstance(element, Backend) for element in stack.elements()):
        Backend(stack, "local", {})
    return json.loads(stack.synthesise().text)


class TestProvider:
    def test_configuration_and_requirement(self, stack):
        """A provider is configured in a list, and required with source and exact version."""
        Provider(stack, "aws", "aws", {"region": "eu-west-1"}, source="hashicorp/aws", version="5.100.0")

        found = document(stack)
        assert found["provider"] == {"aws": [{"region": "eu-west-1"}]}
        assert found["terraform"]["required_providers"] == {
            "aws": {"source": "hashicorp/aws", "version": "5.100.0"}
        }

    def test_second_configuration_has_an_alias(self, stack):
        """One provider, two regions."""
        for id, alias in (("aws", None), ("us", "us")):
            Provider(stack, id, "aws", {}, source="hashicorp/aws", version="5.100.0", alias=alias)

        assert document(stack)["provider"] == {"aws": [{}, {"alias": "us"}]}

    def test_override(self, stack):
        """The escape hatch reaches a provider too."""
        provider = Provider(stack, "aws", "aws", {"region": "a"}, source="hashicorp/aws", version="5")
        provider.add_override("region", "b")

        found = document(stack)
        assert found["provider"] == {"aws": [{"region": "b"}]}
        assert found["//"]["metadata"]["overrides"] == {"aws": ["region"]}


class TestBackend:
    def test_block_and_metadata(self, stack):
        """The command lines read the backend's type from the metadata."""
        Backend(stack, "s3", {"bucket": "state", "key": None})

        found = document(stack)
        assert found["terraform"]["backend"] == {"s3": {"bucket": "state"}}
        assert found["//"]["metadata"]["backend"] == "s3"

    def test_override(self, stack):
        """A bucket given on the command line is taken out of the file so."""
        Backend(stack, "s3", {"bucket": "state"}).add_override("bucket", None)

        assert document(stack)["terraform"]["backend"] == {"s3": {}}


class TestOutput:
    def test_block(self, stack):
        """What is not set is not written."""
        bucket = Resource(stack, "logs", "aws_s3_bucket", {})
        Output(stack, "arn", bucket.ref("arn"), description="where", sensitive=True)

        assert document(stack)["output"] == {
            "arn": {"description": "where", "sensitive": True, "value": "${aws_s3_bucket.logs.arn}"}
        }

    def test_name_is_hashed_below_a_construct(self, stack):
        """And the metadata maps the construct path to it."""
        output = Output(Construct(stack, "group"), "arn", 1)

        found = document(stack)
        assert list(found["output"]) == [output.logical_id]
        assert found["//"]["outputs"] == {"net": {"group": {"arn": output.logical_id}}}

    def test_static_id_is_the_name(self, stack):
        """For outputs that others read by name."""
        Output(Construct(stack, "group"), "arn", 1, static_id=True)

        assert list(document(stack)["output"]) == ["arn"]

    def test_output_below_an_output(self, stack):
        """Odd but lawful: the tree of names keeps the one below, as cdktf does."""
        below = Output(Output(stack, "a", 1), "b", 2)

        assert document(stack)["//"]["outputs"] == {"net": {"a": {"b": below.logical_id}}}


class TestVariable:
    def test_block_and_reference(self, stack):
        """A default that is false is a default."""
        variable = Variable(stack, "on", type="bool", default=False, nullable=False)

        assert str(variable.value) == "${var.on}"
        assert document(stack)["variable"] == {"on": {"default": False, "nullable": False, "type": "bool"}}


class TestLocal:
    def test_block_and_reference(self, stack):
        """An expression with a name."""
        local = Local(stack, "tags", {"fooBar": 1})

        assert local.value["fooBar"].expression == 'local.tags["fooBar"]'
        assert document(stack)["locals"] == {"tags": {"fooBar": 1}}


class TestRemoved:
    def test_forgets_and_does_not_destroy(self, stack):
        """The object stays in the cloud unless told otherwise."""
        Removed(stack, "a", "aws_s3_bucket.old")
        Removed(stack, "b", "aws_s3_bucket.gone", destroy=True)

        assert document(stack)["removed"] == [
            {"from": "aws_s3_bucket.old", "lifecycle": [{"destroy": False}]},
            {"from": "aws_s3_bucket.gone", "lifecycle": [{"destroy": True}]},
        ]


class TestNames:
    @pytest.mark.parametrize(
        "make",
        [
            lambda stack, id: Output(stack, id, 1),
            lambda stack, id: Variable(stack, id, type="string"),
            lambda stack, id: Local(stack, id, 1),
        ],
    )
    def test_two_ids_of_one_name_are_refused(self, stack, make):
        """cdktf keeps the last and drops the first."""
        make(stack, "A.B")

        with pytest.raises(LandformError) as caught:
            make(stack, "AB")

        assert caught.value.code is Code.DUPLICATE_ID

    def test_two_default_providers_are_refused(self, stack):
        """Terraform takes one configuration a name and alias."""
        Provider(stack, "aws", "aws", {}, source="hashicorp/aws", version="5.100.0")

        with pytest.raises(LandformError) as caught:
            Provider(stack, "again", "aws", {}, source="hashicorp/aws", version="5.100.0")

        assert caught.value.code is Code.DUPLICATE_ID

    def test_one_name_of_several_kinds_is_fine(self, stack):
        """An output may be called as a variable is."""
        Output(stack, "a.b", 1)
        Variable(stack, "a..b", type="string")

        assert Local(stack, "ab", 1).address == "local.ab"

import json

import pytest

from landform.core import (
    App,
    Backend,
    Construct,
    DataSource,
    Element,
    Lifecycle,
    Output,
    Provider,
    Resource,
    Stack,
)
from landform.errors import Code, LandformError


@pytest.fixture
def stack():
    stack = Stack(App(), "net")
    Backend(stack, "s3", {"bucket": "state"})
    return stack


def document(stack):
    return json.loads(stack.synthesise().text)


def bucket(stack, arguments=None, **meta):
    return Resource(stack, "logs", "aws_s3_bucket", arguments or {}, **meta)


def block(stack):
    """The one bucket of the stack, without its metadata."""
    found = dict(document(stack)["resource"]["aws_s3_bucket"]["logs"])
    del found["//"]
    return found


class TestElement:
    def test_outside_a_stack_is_refused(self):
        """A block without a file to stand in."""
        with pytest.raises(LandformError) as caught:
            Output(App(), "x", 1)

        assert caught.value.code is Code.NO_STACK

    @pytest.mark.parametrize("id", ["1st", "é", "Default", "-x"])
    def test_id_that_gives_no_name_is_refused_when_made(self, stack, id):
        """Terraform would refuse the name later and further away."""
        with pytest.raises(LandformError) as caught:
            Resource(stack, id, "aws_s3_bucket", {})

        assert caught.value.code is Code.CONSTRUCT_ID

    def test_two_ids_of_one_address_are_refused(self, stack):
        """ "A.B" and "AB" give one name, and cdktf would keep the last."""
        Resource(stack, "A.B", "aws_s3_bucket", {})

        with pytest.raises(LandformError) as caught:
            Resource(stack, "AB", "aws_s3_bucket", {})

        assert caught.value.code is Code.DUPLICATE_ID
        assert caught.value.given == "aws_s3_bucket.AB"
        assert "'net/A.B'" in caught.value.fix

    def test_refused_element_refuses_the_stack(self, stack):
        """Who catches the exception and goes on does not get a stack with the last one in it."""
        bucket(stack)
        with pytest.raises(LandformError):
            Resource(stack, "lo.gs", "aws_s3_bucket", {})

        with pytest.raises(LandformError) as caught:
            stack.synthesise()

        assert caught.value.code is Code.ANNOTATION
        assert caught.value.place.construct_path == "net/lo.gs"

    def test_one_name_of_two_types_is_fine(self, stack):
        """An address has the type in it; so has a data source's."""
        Resource(stack, "A.B", "aws_s3_bucket", {})
        Resource(Construct(stack, "Default"), "AB", "aws_s3_bucket_policy", {})

        assert DataSource(stack, "AB", "aws_s3_bucket", {}).address == "data.aws_s3_bucket.AB"

    def test_name_counts_from_the_stack(self):
        """What stands above the stack does not change an address."""
        stack = Stack(Construct(App(), "team"), "net")

        assert bucket(stack).logical_id == "logs"


class TestOverrideLogicalId:
    def test_block_takes_the_name(self, stack):
        """The way to keep the address that a resource had before."""
        resource = bucket(stack)
        resource.override_logical_id("old_name")

        assert resource.address == "aws_s3_bucket.old_name"
        assert "old_name" in document(stack)["resource"]["aws_s3_bucket"]

    def test_after_someone_refers_to_it_is_refused(self, stack):
        """The reference would lead nowhere."""
        resource = bucket(stack)
        str(resource.ref("arn"))

        with pytest.raises(LandformError) as caught:
            resource.override_logical_id("late")

        assert caught.value.code is Code.CONSTRUCT_ID
        assert "'logs'" in caught.value.expected

    def test_taken_address_is_refused(self, stack):
        """Two blocks of one address, by another way."""
        Resource(stack, "other", "aws_s3_bucket", {})

        with pytest.raises(LandformError) as caught:
            bucket(stack).override_logical_id("other")

        assert caught.value.code is Code.DUPLICATE_ID

    def test_old_address_is_free_again(self, stack):
        """Another resource may have it."""
        bucket(stack).override_logical_id("other")

        assert Resource(stack, "lo.gs", "aws_s3_bucket", {}).address == "aws_s3_bucket.logs"

    def test_name_terraform_would_refuse_is_refused(self, stack):
        """As for an id."""
        with pytest.raises(LandformError) as caught:
            bucket(stack).override_logical_id("1st")

        assert caught.value.code is Code.CONSTRUCT_ID


class TestAddOverride:
    @pytest.mark.parametrize(
        ("arguments", "path", "value", "expected"),
        [
            ({}, "force_destroy", False, {"force_destroy": False}),
            ({"a": 1}, "a", 2, {"a": 2}),
            ({"a": 1}, "a", None, {}),
            ({}, "a", None, {}),
            ({}, "a.b.c", 1, {"a": {"b": {"c": 1}}}),
            ({"a": {"x": 1}}, "a.b", 1, {"a": {"b": 1, "x": 1}}),
            ({"a": {"x": 1, "b": 2}}, "a.b", None, {"a": {"x": 1}}),
            ({"a": 1}, "a.b", 2, {"a": {"b": 2}}),
            ({"a": [1]}, "a", [2], {"a": [1, 2]}),
            ({"a": [{"x": 1}, {"x": 2}]}, "a.1.x", 3, {"a": [{"x": 1}, {"x": 3}]}),
            ({"a": [{"x": 1}]}, "a.1.x", 3, {"a": [{"x": 1}, {"x": 3}]}),
            ({"a": [{"x": 1}]}, "a.7.x", 3, {"a": [{"x": 1}, {"x": 3}]}),
            ({"a": [1, 2, 3]}, "a.1", None, {"a": [1, 3]}),
            ({"a": [{"x": [1]}]}, "a.0.x", [2], {"a": [{"x": [1, 2]}]}),
        ],
    )
    def test_merges_as_cdktf_does(self, stack, arguments, path, value, expected):
        """Objects by key, lists by appending or by number, None removes."""
        bucket(stack, arguments).add_override(path, value)

        assert block(stack) == expected

    def test_removing_two_entries_of_a_list(self, stack):
        """Numbers are those of the list as it was, whatever else is removed."""
        resource = bucket(stack, {"a": [{"x": 0}, {"x": 1}, {"x": 2}]})
        resource.add_override("a.0", None)
        resource.add_override("a.1", None)
        resource.add_override("a.2.y", 1)

        assert block(stack) == {"a": [{"x": 2, "y": 1}]}

    def test_key_of_a_list_that_is_no_number_is_refused(self, stack):
        """cdktf loses such an override without a word."""
        bucket(stack, {"a": [1]}).add_override("a.first", 2)

        with pytest.raises(LandformError) as caught:
            stack.synthesise()

        assert caught.value.code is Code.VALUE
        assert "'first'" in caught.value.given

    def test_reference_in_an_override(self, stack):
        """An override takes what an argument takes."""
        other = Resource(stack, "other", "aws_s3_bucket", {})
        bucket(stack).add_override("tags.peer", other.ref("arn"))

        assert block(stack) == {"tags": {"peer": "${aws_s3_bucket.other.arn}"}}

    def test_metadata_tells_what_was_overridden(self, stack):
        """As cdktf's telemetry has it: names of arguments by type."""
        bucket(stack).add_override("a.b", 1)

        assert document(stack)["//"]["metadata"]["overrides"] == {"aws_s3_bucket": ["a"]}

    def test_the_line_of_an_override_is_known(self, stack):
        """Of each argument the last; of one that was not overridden, the line that made the element."""
        resource = Resource(stack, "bucket", "aws_s3_bucket", {"a": 1, "b": 2})
        made = resource.node.place.line
        resource.add_override("a.x", 1)
        resource.add_override("a.y", 2)

        assert (resource.place_of("a").line, resource.place_of("b").line) == (made + 3, made)
        assert resource.place_of("a").construct_path == resource.node.path

    @pytest.mark.parametrize(
        ("path", "value", "written"),
        [
            ("tags.b", "d", {"a": "c", "b": "d"}),
            ("tags.a", None, {}),
            ("tags", None, None),
            ("other", 1, {"a": "c"}),
        ],
    )
    def test_an_argument_as_it_will_be_written(self, stack, path, value, written):
        """Overrides are laid over it."""
        resource = bucket(stack, {"tags": {"a": "c"}})
        resource.add_override(path, value)

        assert resource.written("tags") == written
        assert block(stack).get("tags") == written

    def test_arguments_given_are_not_changed(self, stack):
        """The caller's own objects stay as they were."""
        arguments = {"a": {"b": [1]}}
        bucket(stack, arguments).add_override("a.b", [2])
        stack.synthesise()

        assert arguments == {"a": {"b": [1]}}


class TestMetaArguments:
    def test_lifecycle(self, stack):
        """Only what is set is written."""
        other = Resource(stack, "other", "aws_s3_bucket", {})
        lifecycle = Lifecycle(prevent_destroy=True, ignore_changes=["tags"], replace_triggered_by=[other])
        bucket(stack, lifecycle=lifecycle)

        assert block(stack)["lifecycle"] == {
            "ignore_changes": ["tags"],
            "prevent_destroy": True,
            "replace_triggered_by": ["aws_s3_bucket.other"],
        }

    def test_ignore_all_changes(self, stack):
        """Terraform takes the word, not a list of it."""
        bucket(stack, lifecycle=Lifecycle(ignore_changes="all"))

        assert block(stack)["lifecycle"] == {"ignore_changes": "all"}

    def test_depends_on_a_construct_is_on_all_resources_in_it(self, stack):
        """A group is waited for as a whole; blocks that are no resources cannot be waited for."""
        group = Construct(stack, "group")
        Resource(group, "a", "aws_s3_bucket", {})
        DataSource(Construct(group, "deep"), "b", "aws_caller_identity", {})
        Output(group, "c", 1)
        bucket(stack, depends_on=[group])

        assert [address.rpartition("_")[0] for address in block(stack)["depends_on"]] == [
            "aws_s3_bucket.group_a",
            "data.aws_caller_identity.group_deep_b",
        ]

    def test_depends_on_sees_what_is_added_later(self, stack):
        """The group is looked at when the stack is written."""
        group = Construct(stack, "group")
        bucket(stack, depends_on=[group])
        late = Resource(group, "late", "aws_s3_bucket", {})

        assert block(stack)["depends_on"] == [late.address]

    def test_depends_on_something_of_another_stack_is_refused(self, stack):
        """Terraform would know no resource of that address, or another one."""
        other = Stack(stack.node.scope, "data")
        bucket(stack, depends_on=[Resource(other, "table", "aws_dynamodb_table", {})])

        with pytest.raises(LandformError) as caught:
            document(stack)

        assert caught.value.code is Code.REFERENCE
        assert caught.value.given == "aws_dynamodb_table.table, which belongs to stack 'data'"

    def test_provider_by_its_alias(self, stack):
        """The default provider has no alias."""
        provider = Provider(stack, "eu", "aws", {}, source="hashicorp/aws", version="5.100.0", alias="eu")
        bucket(stack, provider=provider)

        assert block(stack)["provider"] == "aws.eu"


class TestResource:
    def test_metadata_has_the_construct_path(self, stack):
        """Every block says which construct made it."""
        Resource(Construct(stack, "group"), "Resource", "aws_s3_bucket", {})

        ((name, found),) = document(stack)["resource"]["aws_s3_bucket"].items()
        assert found["//"]["metadata"] == {"path": "net/group/Resource", "uniqueId": name}

    def test_move_from(self, stack):
        """A resource that stood elsewhere is moved, not made anew."""
        bucket(stack).move_from("aws_s3_bucket.old")

        found = document(stack)
        assert found["moved"] == [{"from": "aws_s3_bucket.old", "to": "aws_s3_bucket.logs"}]
        assert found["//"]["metadata"]["moved"] == {"aws_s3_bucket": ["logs"]}

    def test_move_from_further_back(self, stack):
        """A state that was not applied since the first move is led on by the second."""
        bucket(stack).move_from("aws_s3_bucket.old", "aws_s3_bucket.older")

        assert document(stack)["moved"] == [
            {"from": "aws_s3_bucket.old", "to": "aws_s3_bucket.logs"},
            {"from": "aws_s3_bucket.older", "to": "aws_s3_bucket.old"},
        ]

    def test_import_from(self, stack):
        """An existing object is taken over by its id, through the resource's own provider."""
        provider = Provider(stack, "eu", "aws", {}, source="hashicorp/aws", version="5.100.0", alias="eu")
        bucket(stack, provider=provider).import_from("acme-logs")

        found = document(stack)
        assert found["import"] == [{"id": "acme-logs", "provider": "aws.eu", "to": "aws_s3_bucket.logs"}]
        assert found["//"]["metadata"]["imports"] == {"aws_s3_bucket": ["logs"]}


class TestSubclass:
    def test_element_without_an_address_cannot_be_referred_to(self, stack):
        """A backend or an output is not an expression."""
        with pytest.raises(NotImplementedError):
            _ = Element(stack, "x").address

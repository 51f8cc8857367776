"""Arguments are checked against the provider's schema when the resource is made."""

import pytest

from landform.core import App, Backend, Lazy, Stack
from landform.errors import Code, LandformError
from landform.resources import CheckedDataSource, CheckedResource
from landform.resources.aws.s3_bucket_versioning import S3BucketVersioning, VersioningConfiguration


@pytest.fixture
def stack():
    """An empty stack."""
    stack = Stack(App(), "stack")
    Backend(stack, "local", {})
    return stack


def refused(stack, terraform_type, arguments):
    """The errors for some arguments."""
    with pytest.raises(LandformError) as caught:
        CheckedResource(stack, "It", terraform_type, arguments)
    return caught.value.each()


class TestRefused:
    """What Terraform would refuse, and some of what it would let pass."""

    @pytest.mark.parametrize(
        ("terraform_type", "arguments", "code", "fix"),
        [
            ("aws_sqs_queue", {"nmae": "x"}, Code.UNKNOWN_ARGUMENT, "Did you mean 'name'?"),
            ("aws_sqs_queue", {"arn": "x"}, Code.READ_ONLY_ARGUMENT, None),
            ("aws_sqs_queue", {"id": "x"}, Code.READ_ONLY_ARGUMENT, None),
            ("aws_sqs_queue", {"name": 5}, Code.ARGUMENT_TYPE, "Quote it."),
            ("aws_sqs_queue", {"delay_seconds": "5"}, Code.ARGUMENT_TYPE, "Drop the quotes."),
            ("aws_sqs_queue", {"delay_seconds": True}, Code.ARGUMENT_TYPE, None),
            ("aws_sqs_queue", {"fifo_queue": "true"}, Code.ARGUMENT_TYPE, "Use True or False."),
            ("aws_sqs_queue", {"tags": ["a"]}, Code.ARGUMENT_TYPE, None),
            ("aws_sqs_queue", {"tags": {"a": 1}}, Code.ARGUMENT_TYPE, "Quote it."),
            ("aws_subnet", {}, Code.MISSING_ARGUMENT, None),
            ("aws_s3_bucket_versioning", {"bucket": "b"}, Code.MISSING_ARGUMENT, None),
            (
                "aws_s3_bucket_versioning",
                {"bucket": "b", "versioning_configuration": [{"status": "Enabled"}] * 2},
                Code.BLOCK_COUNT,
                None,
            ),
            (
                "aws_s3_bucket_versioning",
                {"bucket": "b", "versioning_configuration": "Enabled"},
                Code.ARGUMENT_TYPE,
                None,
            ),
            (
                "aws_s3_bucket_versioning",
                {"bucket": "b", "versioning_configuration": {"state": "Enabled"}},
                Code.MISSING_ARGUMENT,
                None,
            ),
        ],
    )
    def test_code_and_remedy(self, stack, terraform_type, arguments, code, fix):
        """Each kind of mistake has its code, and a remedy where one is known."""
        error = refused(stack, terraform_type, arguments)[0]
        assert error.code is code
        if fix:
            assert error.fix == fix

    def test_the_users_own_line_is_named(self, stack):
        """The place is the line of the caller, not one of landform's."""
        (error,) = refused(stack, "aws_sqs_queue", {"nmae": "x"})
        assert error.place.file.endswith("test_arguments.py")
        assert error.place.construct_path == "stack/It"

    def test_everything_wrong_is_said_at_once(self, stack):
        """Three mistakes are three errors, in one go."""
        assert len(refused(stack, "aws_sqs_queue", {"nmae": "x", "arn": "y", "delay_seconds": "z"})) == 3

    def test_a_sensitive_value_is_not_shown(self, stack):
        """The value of a sensitive argument never stands in a message."""
        errors = refused(stack, "aws_db_instance", {"instance_class": "db.t3.small", "password": 12345678})
        assert not any("12345678" in str(error) for error in errors)

    def test_unknown_type_names_the_nearest(self, stack):
        """A misspelt resource type is refused with the right one."""
        (error,) = refused(stack, "aws_sqs_queu", {})
        assert error.fix == "Did you mean 'aws_sqs_queue'?"

    def test_a_block_cannot_be_a_reference(self, stack):
        """Terraform fills in values, never blocks."""
        bucket = CheckedResource(stack, "B", "aws_s3_bucket", {})
        arguments = {"bucket": "b", "versioning_configuration": bucket.ref("versioning")}
        assert refused(stack, "aws_s3_bucket_versioning", arguments)[0].code is Code.ARGUMENT_TYPE


class TestTaken:
    """What is right, and how it is written."""

    def test_a_reference_stands_for_any_type(self, stack):
        """A number may come from another resource."""
        queue = CheckedResource(stack, "A", "aws_sqs_queue", {})
        other = CheckedResource(stack, "B", "aws_sqs_queue", {"delay_seconds": queue.ref("delay_seconds")})
        assert other.block()["delay_seconds"] == "${aws_sqs_queue.A.delay_seconds}"

    def test_a_lazy_value_is_made_when_it_is_written(self, stack):
        """What is decided later is not asked for earlier."""
        names = []
        queue = CheckedResource(stack, "A", "aws_sqs_queue", {"name": Lazy(lambda: names[0])})
        names.append("late")
        assert queue.block()["name"] == "late"

    def test_one_block_is_written_as_a_list(self, stack):
        """A repeatable block has one form, however it was given."""
        versioning = S3BucketVersioning(
            stack, "V", bucket="b", versioning_configuration=VersioningConfiguration(status="Enabled")
        )
        assert versioning.block()["versioning_configuration"] == [{"status": "Enabled"}]

    def test_none_is_left_out(self, stack):
        """An argument that is None is not written."""
        queue = CheckedResource(stack, "A", "aws_sqs_queue", {"name": None})
        assert set(queue.block()) == {"//"}

    def test_a_deprecated_argument_is_a_warning(self, stack):
        """It is taken, and remarked on."""
        bucket = CheckedResource(stack, "A", "aws_s3_bucket", {"acl": "private"})
        assert bucket.node.annotations == (
            ("warn", "aws_s3_bucket: the provider calls the argument acl deprecated."),
        )

    def test_data_sources_are_checked_too(self, stack):
        """A data source has a schema of its own."""
        with pytest.raises(LandformError):
            CheckedDataSource(stack, "A", "aws_caller_identity", {"account": "x"})
        source = CheckedDataSource(stack, "B", "aws_caller_identity", {})
        assert str(source.ref("account_id")) == "${data.aws_caller_identity.B.account_id}"


class TestOverrides:
    """The escape hatch keeps the schema's checks."""

    def test_a_right_override_is_taken(self, stack):
        """Any argument of the type can be set."""
        queue = CheckedResource(stack, "A", "aws_sqs_queue", {})
        queue.add_override("delay_seconds", 5)
        assert queue.block()["delay_seconds"] == 5

    def test_a_wrong_override_is_refused(self, stack):
        """What an override gives is compared with the schema when it is written."""
        queue = CheckedResource(stack, "A", "aws_sqs_queue", {})
        queue.add_override("dealy_seconds", 5)
        with pytest.raises(LandformError) as caught:
            stack.synthesise()
        assert caught.value.code is Code.UNKNOWN_ARGUMENT
        assert caught.value.place.line == queue.node.place.line + 1

    def test_a_required_argument_that_is_taken_away(self, stack):
        """Is told where it was taken away."""
        policy = CheckedResource(stack, "A", "aws_sqs_queue_policy", {"queue_url": "x", "policy": "{}"})
        policy.add_override("policy", None)
        with pytest.raises(LandformError) as caught:
            stack.synthesise()
        assert caught.value.code is Code.MISSING_ARGUMENT
        assert caught.value.place.line == policy.node.place.line + 1

    def test_meta_arguments_pass(self, stack):
        """Terraform's own arguments are in no provider's schema."""
        queue = CheckedResource(stack, "A", "aws_sqs_queue", {})
        queue.add_override("lifecycle.prevent_destroy", True)
        assert queue.block()["lifecycle"] == {"prevent_destroy": True}

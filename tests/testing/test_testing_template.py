"""A stack as a template, and assertions on what is in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from landform.constructs import AwsStack
from landform.core import Construct, Output
from landform.errors import Code, LandformError
from landform.org.fleet import OutputShape, StackInstance
from landform.testing import Match, Template, instance_of, stack_instance

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


class Named(AwsStack):
    """A stack with a parameter."""

    def __init__(self, scope: Construct, instance: StackInstance, *, name: str = "none") -> None:
        super().__init__(scope, instance)
        Output(self, "Name", name, static_id=True)


class TestOf:
    """``Template.of``."""

    def test_parameters(self) -> None:
        """Those of the spec, and those of the test over them."""
        instance = stack_instance(params={"name": "spec"})
        assert Template.of(Named, instance).outputs == {"Name": "spec"}
        assert Template.of(Named, instance, name="test").outputs == {"Name": "test"}
        assert Template.of(Named).outputs == {"Name": "none"}

    def test_what_the_rule_publishes_must_be_made(self) -> None:
        """As by ``landform synth``."""
        with pytest.raises(LandformError) as caught:
            Template.of(Named, stack_instance(outputs={"vpc_id": OutputShape("string")}))
        assert caught.value.code is Code.SPEC_OUTPUT


class TestDocument:
    """``Template.document``."""

    def test_has_no_comments(self, template: Template) -> None:
        """Construct paths in comments are no part of what Terraform makes."""
        assert '"//"' in template.text
        assert '"//"' not in repr(template.document).replace("'", '"')
        assert template.document["terraform"]["backend"]["s3"]["encrypt"] is True


class TestResource:
    """``Template.resource``."""

    @pytest.mark.parametrize("id", ["Jobs", "Jobs/Resource", "aws_sqs_queue.Jobs_DF1CC2D4"])
    def test_by_path_and_by_address(self, template: Template, id: str) -> None:
        """A construct's path finds what it makes itself, not what is deeper below it."""
        assert template.resource("aws_sqs_queue", id).value("visibility_timeout_seconds") == 60

    def test_the_only_one(self, template: Template) -> None:
        """Where there is one of a type, that is it."""
        assert template.resource("aws_s3_bucket").body["bucket"] == "acme-payments-prod-jobs-lake"

    def test_several(self, template: Template) -> None:
        """Those that there are, with their paths and lines."""
        with pytest.raises(
            AssertionError,
            match=r"2 are; .*Jobs/DeadLetters/Resource \(aws_sqs_queue\.\w+, conftest.py:\d+\)",
        ):
            template.resource("aws_sqs_queue")

    def test_none(self, template: Template) -> None:
        """Those of the type are told."""
        with pytest.raises(AssertionError, match=r"one aws_sqs_queue 'Bills'. None is; there are: Jobs/"):
            template.resource("aws_sqs_queue", "Bills")

    @pytest.mark.parametrize("type", ["aws_sqs_queu", "data.aws_vpcs_", "aws_ssm_parameters_by_path"])
    def test_a_type_that_is_none(self, template: Template, type: str) -> None:
        """A data source is asked for as ``data.``; what no stack can have is a mistake."""
        with pytest.raises(LandformError) as caught:
            template.resource(type)
        assert (caught.value.code, caught.value.given) == (Code.USAGE, type)


class TestResourceCountIs:
    """``Template.resource_count_is``."""

    def test_the_number(self, template: Template) -> None:
        """None is a number, too."""
        template.resource_count_is("aws_sqs_queue", 2)
        template.resource_count_is("aws_sns_topic", 0)
        template.resource_count_is("data.aws_ssm_parameter", 0)

    @pytest.mark.parametrize("count", [1, 3])
    def test_another_number(self, template: Template, count: int) -> None:
        """It fails, and tells them."""
        with pytest.raises(
            AssertionError, match=f"must have {count} aws_sqs_queue, and has 2; there are: Jobs/"
        ):
            template.resource_count_is("aws_sqs_queue", count)


class TestHasResource:
    """``Template.has_resource``."""

    def test_what_there_is(self, template: Template) -> None:
        """Some resource has all of it."""
        template.has_resource(
            "aws_sqs_queue",
            {
                "visibility_timeout_seconds": 60,
                "redrive_policy": Match.serialized_json({"maxReceiveCount": 5}),
                "lifecycle": {"prevent_destroy": True},
                "fifo_queue": Match.absent(),
            },
        )

    def test_what_there_is_not(self, template: Template) -> None:
        """The nearest comes first, with what differs."""
        with pytest.raises(AssertionError) as caught:
            template.has_resource(
                "aws_sqs_queue", {"visibility_timeout_seconds": 30, "message_retention_seconds": 345600}
            )
        assert re.sub(r"\(.*?\)", "()", str(caught.value)) == (
            "payments-prod.jobs has no aws_sqs_queue like this. Of 2, the nearest ():\n"
            "Jobs/Resource ()\n"
            "  visibility_timeout_seconds\n"
            "    - 30\n"
            "    + 60\n"
            "Jobs/DeadLetters/Resource ()\n"
            "  visibility_timeout_seconds\n"
            "    - 30\n"
            "    + nothing\n"
            "  message_retention_seconds\n"
            "    - 345600\n"
            "    + 1209600"
        )

    def test_none_of_the_type(self, template: Template) -> None:
        """It says so."""
        with pytest.raises(AssertionError, match="no aws_sns_topic like this: there is none at all"):
            template.has_resource("aws_sns_topic", {})

    @pytest.mark.parametrize("arguments", [{"visibilty_timeout_seconds": Match.absent()}, {"arn": "x"}])
    def test_an_argument_that_is_none(self, template: Template, arguments: dict[str, Any]) -> None:
        """Its absence would never fail."""
        with pytest.raises(LandformError) as caught:
            template.has_resource("aws_sqs_queue", arguments)
        assert (caught.value.code, caught.value.given) == (Code.USAGE, next(iter(arguments)))


class TestAllResources:
    """``Template.all_resources``."""

    def test_what_all_have(self, template: Template) -> None:
        """Every one is encrypted."""
        template.all_resources("aws_sqs_queue", {"kms_master_key_id": Match.any_value()})

    def test_what_one_has_not(self, template: Template) -> None:
        """That one is told, and the other is not."""
        with pytest.raises(AssertionError) as caught:
            template.all_resources("aws_sqs_queue", {"visibility_timeout_seconds": 60})
        assert "Jobs/DeadLetters/Resource" in str(caught.value)
        assert "Jobs/Resource" not in str(caught.value)

    def test_nothing_is_not_all(self, template: Template) -> None:
        """What there is none of is no proof."""
        with pytest.raises(AssertionError, match="there is none at all"):
            template.all_resources("aws_sns_topic", {"kms_master_key_id": Match.any_value()})


class TestFindResources:
    """``Template.find_resources``."""

    def test_those_that_match(self, template: Template) -> None:
        """One of the two."""
        (found,) = template.find_resources("aws_sqs_queue", {"message_retention_seconds": 1209600})
        assert template.path(found) == "Jobs/DeadLetters/Resource"


class TestHasOutput:
    """``Template.has_output``."""

    def test_a_value(self, template: Template) -> None:
        """By the path of the output's construct."""
        template.has_output("QueueArn", Match.string_like_regexp(":acme-payments-prod-jobs$"))

    @pytest.mark.parametrize(("path", "value"), [("QueueArn", "arn"), ("Queue", Match.any_value())])
    def test_another(self, template: Template, path: str, value: Any) -> None:
        """Of another value, or none of the path."""
        with pytest.raises(AssertionError, match=rf"publishes QueueArn.\n  {path}\n"):
            template.has_output(path, value)


class TestInstanceOf:
    """``instance_of``."""

    def test_a_stack_of_the_spec(self) -> None:
        """Its account, and the waivers that reach it."""
        instance = instance_of(EXAMPLE, "payments-prod.payments-ledger")
        assert (instance.account.account_id, instance.tier.name) == ("800000000008", "prod")
        assert [waiver.id for waiver in instance.waivers] == ["W-2026-003"]

    def test_no_such_stack(self) -> None:
        """The nearest name is told."""
        with pytest.raises(LandformError) as caught:
            instance_of(EXAMPLE, "payments-prod.payments-leger")
        assert "payments-prod.payments-ledger" in (caught.value.fix or "")

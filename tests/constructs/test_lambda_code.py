import pytest
from reading import at, built, stack_of

from landform.constructs.lambda_ import Code, CodeSigning, Function
from landform.constructs.s3 import Bucket
from landform.errors import Code as ErrorCode
from landform.errors import LandformError

IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"


def package(stack, **arguments):
    arguments = {
        "bucket": Bucket.from_name(stack, "Packages", "acme-packages"),
        "object_key": "settle.zip",
        "object_version": "3sL4kq",
        "runtime": "python3.13",
        "handler": "app.handler",
        **arguments,
    }
    return Code.from_bucket(**arguments)


def refused(build, match):
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is ErrorCode.ARGUMENT_VALUE
    assert caught.value.place.file == "test_lambda_code.py"


class TestCode:
    def test_a_package_of_one_version(self):
        """What runs is what was tested."""
        body = at(
            built(lambda stack: Function(stack, "Settle", code=package(stack))),
            "Settle/Resource",
        )

        assert {name: body[name] for name in ("s3_bucket", "s3_key", "s3_object_version", "runtime")} == {
            "s3_bucket": "acme-packages",
            "s3_key": "settle.zip",
            "s3_object_version": "3sL4kq",
            "runtime": "python3.13",
        }

    @pytest.mark.parametrize(
        ("arguments", "match"),
        [
            ({"bucket": "acme-packages"}, "Code lies in a bucket"),
            ({"object_key": ""}, "key of an object"),
            ({"object_version": ""}, "version of an object"),
            ({"object_version": "null"}, "version of an object"),
            ({"runtime": "python3.9"}, "no runtime that AWS mends"),
            ({"runtime": "python"}, "no runtime that AWS mends"),
            ({"handler": "two words"}, "refuse this handler"),
        ],
    )
    def test_what_is_refused_of_a_package(self, arguments, match):
        """A bucket's name, a runtime that is mended no more, a version that any upload replaces."""
        refused(lambda stack: package(stack, **arguments), match)

    @pytest.mark.parametrize(
        "uri",
        [
            "settle:1.4.2",
            "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle",
            "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:latest",
            "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle@sha256:abc",
            "public.ecr.aws/lambda/python:3.13",
        ],
    )
    def test_what_is_refused_of_an_image(self, uri):
        """Another registry, and what is no one image."""
        refused(lambda stack: Code.from_image(uri), "URI of an image")

    def test_an_image_by_its_digest(self):
        """The best name it has."""
        uri = f"012345678901.dkr.ecr.eu-west-1.amazonaws.com/team/settle@sha256:{'0' * 64}"

        assert Code.from_image(uri).is_image


class TestCodeSigning:
    def test_only_signed_code_is_deployed(self):
        """By the profile that is made with it."""

        def build(stack):
            signing = CodeSigning(stack, "Signing")
            Function(stack, "Settle", code=package(stack), code_signing=signing)

        document = built(build)

        config = at(document, "Signing/Resource")
        assert config["policies"] == [{"untrusted_artifact_on_deployment": "Enforce"}]
        assert at(document, "Signing/Profile")["name"] == "acme_payments_prod_data_lake_signing"
        assert at(document, "Settle/Resource")["code_signing_config_arn"].startswith(
            "${aws_lambda_code_signing_config.Signing_"
        )

    def test_code_without_it_is_recorded(self):
        """With the check that finds it, and so is a function in no VPC."""
        stack = stack_of(lambda stack: Function(stack, "Settle", code=Code.from_image(IMAGE)), tier="prod")

        assert {off.checks for off in stack.switched_off} == {("CKV_AWS_272",), ("CKV_AWS_117",)}
        assert {off.why for off in stack.switched_off} == {"the code"}

"""Functions and their URLs."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.lambda_ import Code, CodeSigning, Function, FunctionUrl
from landform.constructs.s3 import Bucket
from landform.constructs.sns import Topic
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.core import Construct

ARN = "arn:aws:lambda:eu-west-1:012345678901:function:settle"
IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle@sha256:" + "0" * 64
SIGNING = "arn:aws:lambda:eu-west-1:012345678901:code-signing-config:csc-0a1b2c3d4e5f6a7b8"
DOCUMENTED: set[tuple[str, str]] = set()


def code(scope: Construct) -> Code:
    """A package that another stack put into a bucket."""
    packages = Bucket.from_name(scope, "Packages", "acme-packages")
    return Code.from_bucket(
        packages, "settle.zip", object_version="3sL4kq", runtime="python3.13", handler="app.handler"
    )


def build(scope: Construct, vpc: Vpc) -> None:
    """A signed function in a VPC, one of an image outside of it, a URL, and a function of another account."""
    signed = Function(
        scope,
        "Settle",
        code=code(scope),
        environment={"LEDGER": "acme-ledger"},
        vpc=vpc,
        code_signing=CodeSigning(scope, "Signing"),
    )
    image = Function(scope, "Image", code=Code.from_image(IMAGE))
    url = FunctionUrl(scope, "Url", function=image, allow_origins=["https://app.example.com"])
    imported = Function.from_name(scope, "Imported", "another-function", account_id="999999999999")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/worker")
    url.grants.invoke(role)
    FunctionUrl.from_name(scope, "ImportedUrl", "another-function").grants.invoke(role)
    rule = CodeSigning.from_arn(scope, "ImportedSigning", SIGNING)
    Function(
        scope,
        "Guest",
        code=code(Construct(scope, "Other")),
        code_signing=rule,
        dead_letter_queue=DeadLetterQueue.from_name(scope, "ImportedDeadLetters", "another-dead-letters"),
    )
    signed.consume(Queue(scope, "Orders"))
    Topic(scope, "Settled").subscribe(signed)
    for grants, principal in (
        (signed.grants, role),
        (signed.grants, elsewhere),
        (imported.grants, role),
        (imported.grants, signed),
    ):
        grants.invoke(principal)


def function(stack: AwsStack) -> None:
    signing = CodeSigning(stack, "Signing")
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20")
    made = Function(
        stack, "Settle", code=code(stack), environment={"LEDGER": "acme"}, vpc=vpc, code_signing=signing
    )
    made.allow_service("sns.amazonaws.com", source_arn=stack.arn("sns", "settled"))


def url(stack: AwsStack) -> None:
    made = Function(stack, "Settle", code=code(stack))
    FunctionUrl(stack, "Url", function=made, allow_origins=["https://app.example.com"])


_FUNCTION = "Settle/Resource"
_PERMISSION = "Settle/Sns-settled"
_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

MUTANTS = (
    Mutant("secret in the environment", function, _FUNCTION,
           {"environment.0.variables.SECRET": _SECRET}, "CKV_AWS_45"),
    Mutant("environment without key", function, _FUNCTION, {"kms_key_arn": None}, "CKV_AWS_173"),
    Mutant("environment key empty", function, _FUNCTION, {"kms_key_arn": ""}, "CKV_AWS_173"),
    Mutant("not traced", function, _FUNCTION, {"tracing_config": None}, "CKV_AWS_50"),
    Mutant("concurrency without limit", function, _FUNCTION,
           {"reserved_concurrent_executions": None}, "CKV_AWS_115"),
    Mutant("failed events are lost", function, _FUNCTION, {"dead_letter_config": None}, "CKV_AWS_116"),
    Mutant("outside of the vpc", function, _FUNCTION, {"vpc_config": None}, "CKV_AWS_117"),
    Mutant("old runtime", function, _FUNCTION, {"runtime": "python3.9"}, "CKV_AWS_363"),
    Mutant("older runtime", function, _FUNCTION, {"runtime": "nodejs16.x"}, "CKV_AWS_363"),
    Mutant("code not signed", function, _FUNCTION, {"code_signing_config_arn": None}, "CKV_AWS_272"),
    Mutant("anyone invokes", function, _PERMISSION, {"principal": "*"}, "CKV_AWS_301"),
    Mutant("any topic invokes", function, _PERMISSION, {"source_arn": None}, "CKV_AWS_364"),
    Mutant("function logs without key", function, "Settle/Logs/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("security group of nobody", function, _FUNCTION, {"vpc_config": None}, "CKV2_AWS_5"),
    Mutant("url for everyone", url, "Url/Resource", {"authorization_type": "NONE"}, "CKV_AWS_258"),
    Mutant("url for every site", url, "Url/Resource",
           {"cors.0.allow_origins": ["*"], "cors.0.allow_methods": ["*"]}, "CKV2_AWS_75"),
    Mutant("code of no version", function, _FUNCTION, {"s3_object_version": None}, "LF_FUNCTION_VERSION"),
    Mutant("signing that only warns", function, "Signing/Resource",
           {"policies.0.untrusted_artifact_on_deployment": "Warn"}, "LF_SIGNING_ENFORCED"),
    Mutant("url for one method of every site", url, "Url/Resource", {"cors.0.allow_origins": ["*"]},
           "LF_URL_ORIGINS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # Lambda writes to the group of the same name, which the construct makes, in plain text.
    Mutant("logs elsewhere", function, _FUNCTION, {"logging_config": None}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

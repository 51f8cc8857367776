"""Functions and state machines: which code runs, who may call it, and what it leaves in the logs."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Breach, Rule, Verdict, must_be, must_not_be
from landform.policies.view import Block

_GROUP = "logging_config.log_group"
_VERSIONS = ("s3_object_version", "source_code_hash")


def _has_a_version(block: Block) -> Iterator[Verdict]:
    """Only code in a bucket is judged: a file's hash, and an image's digest, are in the state."""
    if block.values("s3_key") and not any(block.values(name) for name in _VERSIONS):
        yield Breach("runs whatever is at s3_key: it has no s3_object_version", ("s3_object_version",))


def _logs_to_a_group_of_its_stack(block: Block) -> Iterator[Verdict]:
    """The group that Lambda writes to by itself has a known name, and may be made with its retention and key."""
    named = f"/aws/lambda/{block.value('function_name')}"
    groups = (group.value("name") for group in block.stack.resources("aws_cloudwatch_log_group"))
    own = (group for group in map(str, groups) if group == named or f"{block.address}." in group)
    if not any(block.values(_GROUP)) and not any(own):
        yield Breach("writes to a log group that Lambda makes, without key and retention", (_GROUP,))


RULES = (
    Rule(
        id="LF_FUNCTION_VERSION",
        title="A function's code is one version of an object",
        severity="low",
        types=("aws_lambda_function",),
        rationale="Whoever can write to the bucket decides what the function runs after the next deployment, and "
        "Terraform plans no change for it.",
        remediation="Set s3_object_version, as landform's `Function` asks for it, or source_code_hash.",
        judge=_has_a_version,
        good=(
            {
                "aws_lambda_function": {
                    "f": {"s3_bucket": "b", "s3_key": "f.zip", "s3_object_version": "3sL4kq"},
                    "file": {"filename": "f.zip"},
                }
            },
        ),
        bad=({"aws_lambda_function": {"f": {"s3_bucket": "b", "s3_key": "f.zip"}}},),
    ),
    Rule(
        id="LF_FUNCTION_LOGS",
        title="A function writes to a log group that is made for it",
        severity="low",
        types=("aws_lambda_function",),
        rationale="Lambda makes the group that is not there: what it logs is kept for ever, under no key of the "
        "customer's, and stays when the function goes.",
        remediation="Name a log group in logging_config, as landform's `Function` does, or make /aws/lambda/<name>.",
        judge=_logs_to_a_group_of_its_stack,
        good=(
            {
                "aws_lambda_function": {
                    "f": {"logging_config": {"log_format": "JSON", "log_group": "/settle"}},
                    "g": {"function_name": "g"},
                    "h": {"function_name": "h"},
                },
                "aws_cloudwatch_log_group": {
                    "by-name": {"name": "/aws/lambda/g"},
                    "by-reference": {"name": "/aws/lambda/${aws_lambda_function.h.function_name}"},
                },
            },
        ),
        bad=({"aws_lambda_function": {"f": {"function_name": "f"}, "g": {"function_name": "g"}}},),
    ),
    Rule(
        id="LF_SIGNING_ENFORCED",
        title="Code that is not signed is not deployed",
        severity="medium",
        types=("aws_lambda_code_signing_config",),
        rationale="The default is to warn: Lambda writes a line to CloudTrail and runs the code.",
        remediation='Set untrusted_artifact_on_deployment = "Enforce", as landform\'s `CodeSigning` does.',
        judge=must_be("policies.untrusted_artifact_on_deployment", "Enforce", default="Warn"),
        good=(
            {
                "aws_lambda_code_signing_config": {
                    "s": {"policies": {"untrusted_artifact_on_deployment": "Enforce"}}
                }
            },
        ),
        bad=(
            {
                "aws_lambda_code_signing_config": {
                    "s": {"policies": [{"untrusted_artifact_on_deployment": "Warn"}]},
                    "t": {"description": "t"},
                }
            },
        ),
    ),
    Rule(
        id="LF_URL_ORIGINS",
        title="A function's URL is open to the sites that are named",
        severity="low",
        types=("aws_lambda_function_url",),
        rationale="With * every page that a user opens may call the function from the user's browser and read the "
        "answer.",
        remediation="Name the sites in allow_origins, as landform's `FunctionUrl` asks for them.",
        judge=must_not_be("cors.allow_origins", "*"),
        good=(
            {
                "aws_lambda_function_url": {
                    "u": {"cors": {"allow_origins": ["https://app.example.com"]}},
                    "v": {"authorization_type": "AWS_IAM"},
                }
            },
        ),
        bad=({"aws_lambda_function_url": {"u": {"cors": [{"allow_origins": ["*"]}]}}},),
    ),
    Rule(
        id="LF_EXECUTION_LOGS",
        title="Every event of a state machine is logged",
        severity="low",
        types=("aws_sfn_state_machine",),
        rationale="With errors alone an execution that did the wrong thing without failing leaves no trace, or none "
        "after the 90 days that Step Functions keeps.",
        remediation='Set level = "ALL" in logging_configuration, as landform\'s `StateMachine` does.',
        judge=must_not_be("logging_configuration.level", "ERROR", "FATAL"),
        good=({"aws_sfn_state_machine": {"s": {"logging_configuration": {"level": "ALL"}}}},),
        bad=({"aws_sfn_state_machine": {"s": {"logging_configuration": [{"level": "ERROR"}]}}},),
    ),
)

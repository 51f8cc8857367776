"""Parameters."""

from __future__ import annotations

import json

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.ssm import Parameter, SessionPreferences
from landform.core import Construct

ARN = "arn:aws:ssm:eu-west-1:012345678901:parameter/ledger"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A parameter of a text, one of a reference, and one that another stack makes."""
    made = Parameter(scope, "Parameter", value="https://scheme.example")
    Parameter(scope, "Network", value=vpc.vpc_id, value_version=2)
    SessionPreferences(scope, "Sessions")
    imported = Parameter.from_name(scope, "Imported", "/scheme/endpoint")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    for grants in (made.grants, imported.grants):
        grants.read(role)
        grants.write(role)
        grants.delete(role)


def parameter(stack: AwsStack) -> None:
    Parameter(stack, "Parameter", value="https://scheme.example")


def sessions(stack: AwsStack) -> None:
    SessionPreferences(stack, "Sessions")


def preferences(**inputs: object) -> dict[str, str]:
    """A document of Session Manager with these inputs alone."""
    return {
        "content": json.dumps({"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs})
    }


MUTANTS = (
    Mutant("parameter in plain text", parameter, "Parameter/Resource", {"type": "String"}, "CKV2_AWS_34"),
    Mutant("parameter as a list", parameter, "Parameter/Resource", {"type": "StringList"}, "CKV2_AWS_34"),
    Mutant("parameter without key", parameter, "Parameter/Resource", {"key_id": None}, "CKV_AWS_337"),
    Mutant("parameter in the state", parameter, "Parameter/Resource",
           {"value_wo": None, "value_wo_version": None, "value": "https://scheme.example"},
           "LF_SECRET_IN_CODE"),
    Mutant("sessions without a log", sessions, "Sessions/Resource",
           preferences(kmsKeyId="alias/sessions", idleSessionTimeout="20"), "CKV_AWS_113"),
    Mutant("sessions without a key", sessions, "Sessions/Resource",
           preferences(cloudWatchLogGroupName="/sessions", cloudWatchEncryptionEnabled=True), "CKV_AWS_112"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # A parameter whose value is in the configuration can be made again.
    Mutant("parameter that can be destroyed", parameter, "Parameter/Resource", {"lifecycle": None}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

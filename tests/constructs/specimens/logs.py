"""Log groups."""

from __future__ import annotations

from mutant import Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.logs import LogGroup
from landform.core import Construct

ARN = "arn:aws:logs:eu-west-1:012345678901:log-group:/audit"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A log group, and one that another stack makes."""
    made = LogGroup(scope, "Logs")
    imported = LogGroup.from_name(scope, "Imported", "/aws/codebuild/ledger")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    for grants in (made.grants, imported.grants):
        grants.write(role)
        grants.describe_streams(role)
        grants.read(role)


def log_group(stack: AwsStack) -> None:
    LogGroup(stack, "Logs")


_ACCOUNT = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::012345678901:root"}, "Action": "kms:*"}

MUTANTS = (
    Mutant("key that logs cannot use", log_group, "Logs/Key/Resource",
           {"policy": document({**_ACCOUNT, "Resource": "*"})}, "LF_KEY_LETS_SERVICE"),
    Mutant("logs without key", log_group, "Logs/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("logs for a month", log_group, "Logs/Resource", {"retention_in_days": 30}, "CKV_AWS_338"),
    Mutant("logs without retention", log_group, "Logs/Resource", {"retention_in_days": None}, "CKV_AWS_66"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

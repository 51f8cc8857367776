"""State machines."""

from __future__ import annotations

from mutant import Mutant, allowed, trusting

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.events import Rule
from landform.constructs.iam import Role, Trust
from landform.constructs.stepfunctions import StateMachine
from landform.core import Construct

ARN = "arn:aws:states:eu-west-1:012345678901:stateMachine:settle"
PARTS = {"execution_arn": "arn:aws:states:eu-west-1:012345678901:execution:settle"}
DEFINITION = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """One of each type, one that a rule starts, and one of another account."""
    made = StateMachine(scope, "Settle", definition=DEFINITION)
    StateMachine(scope, "Express", definition=DEFINITION, type="EXPRESS")
    imported = StateMachine.from_name(scope, "Imported", "another-machine", account_id="999999999999")
    Rule(scope, "Nightly", schedule="rate(1 day)").add_target(made)
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    for grants, principal in ((made.grants, role), (imported.grants, role), (imported.grants, made)):
        grants.start_execution(principal)
        grants.start_sync_execution(principal)
        grants.describe(principal)
        grants.read_executions(principal)
        grants.stop_executions(principal)


def machine(stack: AwsStack) -> None:
    StateMachine(stack, "Settle", definition=DEFINITION)


MUTANTS = (
    Mutant("executions not traced", machine, "Settle/Resource", {"tracing_configuration": None}, "CKV_AWS_284"),
    Mutant("tracing off", machine, "Settle/Resource",
           {"tracing_configuration.0.enabled": False}, "CKV_AWS_284"),
    Mutant("executions not logged", machine, "Settle/Resource", {"logging_configuration": None}, "CKV_AWS_285"),
    Mutant("logged without data", machine, "Settle/Resource",
           {"logging_configuration.0.include_execution_data": False}, "CKV_AWS_285"),
    Mutant("machine logs without key", machine, "Settle/Logs/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("machine role for everyone", machine, "Settle/Role/Resource",
           {"assume_role_policy": trusting({"AWS": "*"})}, "CKV_AWS_60"),
    Mutant("machine invokes anything", machine, "Settle/Role/Policy",
           {"policy": allowed("lambda:InvokeFunction")}, "CKV_AWS_290"),
    Mutant("role for any machine", machine, "Settle/Role/Resource",
           {"assume_role_policy": trusting({"Service": "states.amazonaws.com"})}, "LF_TRUST_SOURCE"),
    Mutant("errors logged alone", machine, "Settle/Resource", {"logging_configuration.0.level": "ERROR"},
           "LF_EXECUTION_LOGS"),
    Mutant("machine without key", machine, "Settle/Resource", {"encryption_configuration": None},
           "LF_CUSTOMER_KEY"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

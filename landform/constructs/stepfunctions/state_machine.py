"""A state machine. Follows "Data at rest encryption" and "Creating an IAM role for your state machine" of the guide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target, Verb
from landform.constructs.iam import Role, Trust
from landform.constructs.json_text import json_text
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.constructs.stepfunctions.grants import (
    DESCRIBE,
    LOG_DELIVERY_ACTIONS,
    READ_EXECUTIONS,
    START_EXECUTION,
    START_SYNC_EXECUTION,
    STOP_EXECUTIONS,
    TRACE_ACTIONS,
)
from landform.constructs.stepfunctions.limits import DEFINITION_BYTES, STATE_MACHINE_NAME, StateMachineType
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import Condition, Statement
from landform.resources.aws.sfn_state_machine import (
    EncryptionConfiguration,
    LoggingConfiguration,
    SfnStateMachine,
    TracingConfiguration,
)

_DATA_KEY_SECONDS = 300


class StateMachine(Construct):
    """A state machine with a role of its own, which can be granted to as a role can.

    Its definition, executions and logs are encrypted with one key. Its role may do nothing but log and trace until
    it is granted more.

    Args:
        definition: in the Amazon States Language; it may hold ARNs and references.
        state_machine_name: from the construct path unless given; at most 80 characters.
        type: ``STANDARD``, which runs for up to a year, or ``EXPRESS``, for up to five minutes and without history.
        key: the key that encrypts it; one of its own is made unless given.

    Raises:
        LandformError: ``argument-value`` for a name or a type Step Functions would refuse, or a definition that
            starts nowhere or is too large.

    >>> ledger = Bucket(stack, "Ledger")
    >>> settle = StateMachine(
    ...     stack,
    ...     "Settle",
    ...     definition={
    ...         "StartAt": "Read",
    ...         "States": {
    ...             "Read": {
    ...                 "Type": "Task",
    ...                 "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
    ...                 "Parameters": {"Bucket": ledger.bucket_name, "Key": "in/today"},
    ...                 "End": True,
    ...             }
    ...         },
    ...     },
    ... )
    >>> ledger.grants.read_objects(settle, prefix="in/").principal
    'arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-settle-role'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        definition: Mapping[str, Any],
        state_machine_name: str | None = None,
        type: StateMachineType = "STANDARD",
        key: AnyKey | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack, place = AwsStack.of(self), self.node.place
        name = STATE_MACHINE_NAME.checked(state_machine_name or stack.physical_name(self, 80), place)
        text = self._checked(definition, type)
        self.account_id = stack.account_id
        self.state_machine_name = name
        self.arn = stack.arn("states", f"stateMachine:{name}")
        self.key: AnyKey = key or Key(self, "Key", description=f"definition, executions and logs of {name}")
        self.role = Role(self, "Role", trust=[Trust.service("states.amazonaws.com", source_arn=self.arn)])
        self.log_group = LogGroup(
            self,
            "Logs",
            # With another prefix the log service's one policy in the account grows with every state machine.
            log_group_name=f"/aws/vendedlogs/states/{name}",
            key=self.key,
        )
        self._let_role_log(stack)
        self.resource = SfnStateMachine(
            self,
            "Resource",
            name=name,
            type=type,
            role_arn=self.role.resource.arn,
            definition=text,
            encryption_configuration=EncryptionConfiguration(
                type="CUSTOMER_MANAGED_KMS_KEY",
                kms_key_id=self.key.arn,
                kms_data_key_reuse_period_seconds=_DATA_KEY_SECONDS,
            ),
            logging_configuration=LoggingConfiguration(
                level="ALL",
                include_execution_data=True,
                log_destination=f"{self.log_group.resource.arn}:*",
            ),
            tracing_configuration=TracingConfiguration(enabled=True),
            # Step Functions tries what the role may do when the state machine is made.
            depends_on=[self.role],
        )
        self.grants = StateMachineGrants(_target(self, self.arn, self.key))

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        state_machine_name: str,
        *,
        account_id: str | None = None,
        key: AnyKey | None = None,
    ) -> ImportedStateMachine:
        """A state machine of another stack in this region, to grant on and to deliver to.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            state_machine_name: its name.
            account_id: the account that owns it; the stack's unless given.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name Step Functions would refuse.
        """
        return ImportedStateMachine(scope, id, state_machine_name, account_id=account_id, key=key)

    @property
    def principal_arn(self) -> str:
        """The ARN of its role, which is what a grant to it names."""
        return self.role.arn

    def add_to_policy(self, statement: Statement) -> bool:
        """Add a statement to the policy of its role; grants call this. True, because it is taken."""
        return self.role.add_to_policy(statement)

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant starting an execution, which is what delivering to a state machine takes."""
        return self.grants.start_execution(principal)

    def _checked(self, definition: Mapping[str, Any], type: str) -> str:
        types = get_args(StateMachineType)
        states = definition.get("States") if isinstance(definition, Mapping) else None
        text = json_text(definition, self, "definition")
        starts = isinstance(states, Mapping) and definition.get("StartAt") in states
        rules = (
            (type not in types, "type", repr(type), " or ".join(types)),
            (not starts, "definition", "one whose StartAt is none of its States", "StartAt and States"),
            (
                len(text.encode()) > DEFINITION_BYTES,
                "definition",
                f"{len(text.encode())} bytes",
                f"at most {DEFINITION_BYTES}",
            ),
        )
        for refused, what, given, expected in rules:
            if refused:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    f"Step Functions would refuse this {what}.",
                    place=self.node.place,
                    given=given,
                    expected=expected,
                    fix=did_you_mean(str(type), types) if what == "type" else None,
                )
        return text

    def _let_role_log(self, stack: AwsStack) -> None:
        """What every state machine's role may do, and what the log service may do with the key."""
        own = Condition("StringEquals", "kms:EncryptionContext:aws:states:stateMachineArn", (self.arn,))
        # The log service's encryption context names the logs of the account, not one group.
        logs = Condition("StringEquals", "kms:EncryptionContext:SourceArn", (stack.arn("logs", "*"),))
        for statement in (
            Statement("DeliverLogs", LOG_DELIVERY_ACTIONS),
            Statement("Trace", TRACE_ACTIONS),
            Statement("EncryptExecutions", START_EXECUTION.key_actions, (self.key.arn,), conditions=(own,)),
            Statement("EncryptLogs", ("kms:GenerateDataKey",), (self.key.arn,), conditions=(logs,)),
        ):
            self.role.add_to_policy(statement)
        self.key.allow_service(
            "delivery.logs.amazonaws.com",
            sid="DeliveryLogsDecrypts",
            actions=("kms:Decrypt",),
            conditions=[logs],
        )


class ImportedStateMachine(Construct):
    """A state machine that another stack, account or nobody here makes."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        state_machine_name: str,
        *,
        account_id: str | None,
        key: AnyKey | None,
    ) -> None:
        super().__init__(scope, id)
        self.state_machine_name = STATE_MACHINE_NAME.checked(state_machine_name, self.node.place)
        self.arn = AwsStack.of(self).arn(
            "states", f"stateMachine:{state_machine_name}", account_id=account_id
        )
        self.key = key
        self.grants = StateMachineGrants(_target(self, self.arn, key, account_id=account_id, imported=True))

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant starting an execution, which is what delivering to a state machine takes."""
        return self.grants.start_execution(principal)


class StateMachineGrants(ResourceGrants):
    """What may be granted on a state machine; AWS gives it no policy, so a role from elsewhere cannot be let in."""

    def start_execution(self, principal: Grantee) -> Grant:
        """Start executions."""
        return self._grant(START_EXECUTION, principal)

    def start_sync_execution(self, principal: Grantee) -> Grant:
        """Start executions of an ``EXPRESS`` state machine and wait for what they give."""
        return self._grant(START_SYNC_EXECUTION, principal)

    def describe(self, principal: Grantee) -> Grant:
        """Read the definition, and list the executions."""
        return self._grant(DESCRIBE, principal)

    def read_executions(self, principal: Grantee) -> Grant:
        """Read what executions were given, what they did and what they gave."""
        return self._on_executions(READ_EXECUTIONS, principal)

    def stop_executions(self, principal: Grantee) -> Grant:
        """Stop executions."""
        return self._on_executions(STOP_EXECUTIONS, principal)

    def _on_executions(self, verb: Verb, principal: Grantee) -> Grant:
        executions = str(self._target.arn).replace(":stateMachine:", ":execution:", 1)
        return self._grant(verb, principal, execution_arn=executions)


def _target(construct: Construct, arn: str, key: AnyKey | None, **target: Any) -> Target:
    context = ("aws:states:stateMachineArn", arn)
    return Target(construct, arn, key=key, via="states", context=context, **target)

"""A function. Follows "Security in AWS Lambda" and "Defining Lambda function permissions with an execution role"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from landform.constructs.delivery import SubscriptionProtocol, delivering, receiver_id
from landform.constructs.ec2 import Connections, SecurityGroup
from landform.constructs.ec2.placement import private_subnets
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.lambda_.code import Code
from landform.constructs.lambda_.code_signing import AnyCodeSigning
from landform.constructs.lambda_.environment import checked_environment
from landform.constructs.lambda_.grants import DESCRIBE_ACTIONS, INTERFACE_ACTIONS, INVOKE, TRACE_ACTIONS
from landform.constructs.lambda_.limits import (
    BATCH_SIZE,
    FUNCTION_NAME,
    MEMORY_MB,
    RESERVED_CONCURRENCY,
    TIMEOUT_SECONDS,
    Architecture,
)
from landform.constructs.logs import LogGroup
from landform.constructs.naming import physical_name
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.constructs.sqs.dead_letter_queue import AnyDeadLetterQueue
from landform.constructs.sqs.imported_queue import ImportedQueue
from landform.constructs.stack import AwsStack
from landform.core import Construct, Input
from landform.errors import Code as ErrorCode
from landform.errors import LandformError, did_you_mean
from landform.iam import Condition, Statement
from landform.resources.aws.lambda_event_source_mapping import LambdaEventSourceMapping
from landform.resources.aws.lambda_function import (
    DeadLetterConfig,
    Environment,
    LambdaFunction,
    LoggingConfig,
    TracingConfig,
    VpcConfig,
)
from landform.resources.aws.lambda_permission import LambdaPermission

# A function has no policy document: each statement is a permission, whose conditions are arguments.
_CONDITION_ARGUMENTS = {
    "aws:PrincipalOrgID": "principal_org_id",
    "aws:SourceAccount": "source_account",
    "aws:SourceArn": "source_arn",
}


class Function(Construct):
    """A function with a role of its own, which can be granted to as a role can.

    Its logs, environment and failed events are encrypted with one key; the calls it makes and gets are traced.

    Args:
        code: what it runs, ``Code.from_bucket(...)`` or ``Code.from_image(...)``.
        function_name: from the construct path unless given; at most 64 characters.
        description: what the function is for.
        memory_mb: 128 to 10240 MB; processors come with it.
        timeout_seconds: how long a call may take, 1 to 900 seconds.
        environment: variables. Secrets have no place in them: grant the function a secret instead.
        architecture: of the processor: ``arm64`` or ``x86_64``.
        reserved_concurrency: how many calls run at once, at most; 0 stops the function.
        vpc: the VPC whose private subnets it runs in; none unless given, and checks will find that.
        key: the key that encrypts it; one of its own is made unless given.
        dead_letter_queue: where events go that fail; one of its own is made unless given.
        code_signing: who signs its code; nobody unless given, and checks will find that.

    Raises:
        LandformError: ``argument-value`` for a name, a number or a variable Lambda would refuse, signing of an image,
            or a FIFO dead-letter queue.

    >>> packages = Bucket.from_name(stack, "Packages", "acme-packages")
    >>> settle = Function(
    ...     stack,
    ...     "Settle",
    ...     code=Code.from_bucket(
    ...         packages, "settle.zip", object_version="3sL4kq", runtime="python3.13", handler="app.handler"
    ...     ),
    ...     vpc=vpc,
    ... )
    >>> Bucket(stack, "Ledger").grants.write_objects(settle, prefix="entries/").principal
    'arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-settle-role'
    >>> settle.consume(Queue(stack, "Orders"))
    """

    subscription_protocol: SubscriptionProtocol = "lambda"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: Code,
        function_name: str | None = None,
        description: str | None = None,
        memory_mb: int = 256,
        timeout_seconds: int = 30,
        environment: Mapping[str, Input[str]] | None = None,
        architecture: Architecture = "arm64",
        reserved_concurrency: int = 10,
        vpc: AnyVpc | None = None,
        key: AnyKey | None = None,
        dead_letter_queue: AnyDeadLetterQueue | None = None,
        code_signing: AnyCodeSigning | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack, place = AwsStack.of(self), self.node.place
        name = FUNCTION_NAME.checked(function_name or stack.physical_name(self, 64), place)
        variables = checked_environment(environment or {}, place)
        self._check(architecture, code, code_signing, dead_letter_queue)
        self.account_id = stack.account_id
        self.function_name = name
        self.arn = stack.arn("lambda", f"function:{name}")
        self.timeout_seconds = TIMEOUT_SECONDS.checked(timeout_seconds, place)
        self._permissions: set[tuple[str, str]] = set()
        self.key: AnyKey = key or Key(
            self, "Key", description=f"logs, environment and failed events of {name}"
        )
        self.role = Role(self, "Role", trust=[Trust.service("lambda.amazonaws.com")])
        self.log_group = LogGroup(self, "Logs", log_group_name=f"/aws/lambda/{name}", key=self.key)
        self.log_group.grants.write(self.role)
        self.dead_letter_queue: AnyDeadLetterQueue = dead_letter_queue or DeadLetterQueue(
            self, "DeadLetters", key=self.key
        )
        self.dead_letter_queue.grants.send_messages(self.role)
        self.role.add_to_policy(Statement("Trace", TRACE_ACTIONS))
        self._connections = self._connect(vpc)
        if code_signing is None:
            stack.switch_off(self, "runs signed code alone", checks=("CKV_AWS_272",))
        self.resource = LambdaFunction(
            self,
            "Resource",
            function_name=name,
            description=description or self.node.path,
            role=self.role.resource.arn,
            memory_size=MEMORY_MB.checked(memory_mb, place),
            timeout=timeout_seconds,
            architectures=[architecture],
            reserved_concurrent_executions=RESERVED_CONCURRENCY.checked(reserved_concurrency, place),
            tracing_config=TracingConfig(mode="Active"),
            dead_letter_config=DeadLetterConfig(target_arn=self.dead_letter_queue.dead_letter_target_arn),
            logging_config=LoggingConfig(log_format="JSON", log_group=self.log_group.resource.name),
            vpc_config=self._vpc_config(vpc),
            code_signing_config_arn=code_signing.code_signing_config_arn if code_signing else None,
            # Lambda tries what the role may do when the function is made.
            depends_on=[self.role],
            **self._environment(variables),
            **code.arguments,
        )
        self.grants = FunctionGrants(Target(self, self.arn, add_to_policy=self._permit))

    @staticmethod
    def from_name(
        scope: Construct, id: str, function_name: str, *, account_id: str | None = None
    ) -> ImportedFunction:
        """A function of another stack or account in this region, to grant on and to deliver to.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            function_name: its name.
            account_id: the account that owns it; the stack's unless given.

        Raises:
            LandformError: ``argument-value`` for a name Lambda would refuse.
        """
        return ImportedFunction(scope, id, function_name, account_id=account_id)

    @property
    def principal_arn(self) -> str:
        """The ARN of its role, which is what a grant to it names."""
        return self.role.arn

    def add_to_policy(self, statement: Statement) -> bool:
        """Add a statement to the policy of its role; grants call this. True, because it is taken."""
        return self.role.add_to_policy(statement)

    @property
    def connections(self) -> Connections:
        """Who may talk to it, and whom it may talk to, in its VPC.

        Raises:
            LandformError: ``argument-value`` where it is in none.
        """
        if self._connections:
            return self._connections
        raise LandformError(
            ErrorCode.ARGUMENT_VALUE,
            "A function that is in no VPC has no connections there.",
            place=self.node.here,
            given=f"{self.node.path} without a VPC",
            fix="Pass vpc=... to the Function.",
        )

    def consume(self, queue: Queue | ImportedQueue, *, batch_size: int = 10) -> None:
        """Call the function with the messages of a queue, which it may then receive and delete.

        Args:
            queue: the queue.
            batch_size: how many messages come at once, 1 to 10.

        Raises:
            LandformError: ``argument-value`` for what is no queue, or one that shows a message again while the
                function may still be at it; ``reference`` for a queue of another stack.
        """
        id = receiver_id(queue, self, "a Queue")
        BATCH_SIZE.checked(batch_size, self.node.place)
        hidden = queue.visibility_timeout_seconds if isinstance(queue, Queue) else self.timeout_seconds
        if not isinstance(queue, (Queue, ImportedQueue)) or hidden < self.timeout_seconds:
            raise LandformError(
                ErrorCode.ARGUMENT_VALUE,
                "A function consumes a queue that hides a message for as long as a call may take.",
                place=self.node.here,
                given=f"{id}, {hidden} seconds hidden, for calls of {self.timeout_seconds} seconds",
                expected=f"a Queue with visibility_timeout_seconds of {self.timeout_seconds} or more",
            )
        queue.grants.receive_messages(self)
        queue.grants.delete_messages(self)
        LambdaEventSourceMapping(
            self,
            f"From{id}",
            event_source_arn=queue.resource.arn if isinstance(queue, Queue) else queue.arn,
            function_name=self.resource.arn,
            batch_size=batch_size,
        )

    def allow_service(self, service: str, *, source_arn: str) -> None:
        """Let an AWS service invoke it, for one resource of its own: ``sns.amazonaws.com`` for a topic.

        Raises:
            LandformError: ``argument-value`` where it is no service's principal, or no ARN of one resource.
        """
        name, conditions = delivering(service, source_arn, self)
        self._add_permission(service, INVOKE.actions[0], conditions, [name, *source_arn.split(":")[5:]])

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant invoking, which is what delivering to a function takes."""
        return self.grants.invoke(principal)

    def _check(
        self,
        architecture: str,
        code: Code,
        signing: AnyCodeSigning | None,
        dead_letter_queue: AnyDeadLetterQueue | None,
    ) -> None:
        architectures = get_args(Architecture)
        fifo = dead_letter_queue is not None and dead_letter_queue.fifo
        rules = (
            (not isinstance(code, Code), "code", repr(code), "Code.from_bucket(...) or Code.from_image(...)"),
            (
                architecture not in architectures,
                "architecture",
                repr(architecture),
                " or ".join(architectures),
            ),
            (fifo, "dead-letter queue", "a FIFO queue", "a queue that is not FIFO"),
            (
                signing is not None and isinstance(code, Code) and code.is_image,
                "code signing",
                "an image, which Lambda checks no signature of",
                "code in a bucket",
            ),
        )
        for refused, what, given, expected in rules:
            if refused:
                raise LandformError(
                    ErrorCode.ARGUMENT_VALUE,
                    f"Lambda would refuse this {what}.",
                    place=self.node.place,
                    given=given,
                    expected=expected,
                    fix=did_you_mean(str(architecture), architectures) if what == "architecture" else None,
                )

    def _environment(self, variables: Mapping[str, Input[str]]) -> dict[str, Any]:
        """The arguments of the environment. Lambda refuses to keep a key for an empty one."""
        if not variables:
            return {}
        context = Condition("StringEquals", "kms:EncryptionContext:aws:lambda:FunctionArn", (self.arn,))
        self.role.add_to_policy(
            Statement("DecryptEnvironment", ("kms:Decrypt",), (self.key.arn,), conditions=(context,))
        )
        return {"environment": Environment(variables=dict(variables)), "kms_key_arn": self.key.arn}

    def _connect(self, vpc: AnyVpc | None) -> Connections | None:
        """The function's security group, and what its role needs to be placed in a VPC."""
        stack = AwsStack.of(self)
        if vpc is None:
            stack.switch_off(self, "in private subnets", checks=("CKV_AWS_117",))
            return None
        resources = tuple(
            stack.arn("ec2", f"{kind}/*") for kind in ("network-interface", "security-group", "subnet")
        )
        own = Condition("ArnEquals", "lambda:SourceFunctionArn", (self.arn,))
        actions = (*INTERFACE_ACTIONS, *DESCRIBE_ACTIONS)
        for statement in (
            Statement("PlaceInVpc", INTERFACE_ACTIONS, resources),
            Statement("FindSubnets", DESCRIBE_ACTIONS),
            # Lambda places the function; its code has nothing to do with it.
            Statement("CodePlacesNothing", actions, effect="Deny", conditions=(own,)),
        ):
            self.role.add_to_policy(statement)
        group = SecurityGroup(self, "SecurityGroup", vpc=vpc, description=f"function {self.function_name}")
        return Connections(group)

    def _vpc_config(self, vpc: AnyVpc | None) -> VpcConfig | None:
        if vpc is None:
            return None
        return VpcConfig(
            subnet_ids=[subnet.subnet_id for subnet in private_subnets(vpc, self.node.place)],
            security_group_ids=[self.connections.security_group.security_group_id],
        )

    def _permit(self, statement: Statement) -> None:
        """A statement about a role from elsewhere, as permissions."""
        for principal in statement.principals:
            arn = str(principal.id)
            name = [statement.sid, arn.split(":")[4], arn.rpartition("/")[2]]
            for action in statement.actions:
                self._add_permission(arn, action, statement.conditions, name)

    def _add_permission(
        self, principal: str, action: str, conditions: tuple[Condition, ...], name: list[str]
    ) -> None:
        id = physical_name([re.sub(r"\W", "-", part) for part in name], 100)
        if (id, principal) in self._permissions:
            return
        self._permissions.add((id, principal))
        arguments: dict[str, Any] = {_CONDITION_ARGUMENTS[each.key]: each.values[0] for each in conditions}
        LambdaPermission(
            self,
            id,
            statement_id=id,
            function_name=self.resource.function_name,
            action=action,
            principal=principal,
            **arguments,
        )


class ImportedFunction(Construct):
    """A function that another stack, account or nobody here makes; who may invoke it is its owner's to say."""

    subscription_protocol: SubscriptionProtocol = "lambda"

    def __init__(self, scope: Construct, id: str, function_name: str, *, account_id: str | None) -> None:
        super().__init__(scope, id)
        self.function_name = FUNCTION_NAME.checked(function_name, self.node.place)
        self.arn = AwsStack.of(self).arn("lambda", f"function:{function_name}", account_id=account_id)
        self.grants = FunctionGrants(Target(self, self.arn, account_id=account_id, imported=True))

    def allow_service(self, service: str, *, source_arn: str) -> None:
        """Say that the function's owner must let a service invoke it."""
        delivering(service, source_arn, self)
        self.node.annotate("info", f"The policy of {self.arn} must let {service} invoke for {source_arn}.")

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant invoking, which is what delivering to a function takes."""
        return self.grants.invoke(principal)


class FunctionGrants(ResourceGrants):
    """What may be granted on a function."""

    def invoke(self, principal: Grantee) -> Grant:
        """Call the function."""
        return self._grant(INVOKE, principal)

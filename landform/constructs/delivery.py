"""How one construct delivers to another: what a rule of EventBridge and a topic of SNS ask of whom they deliver to.

EventBridge delivers under a role of the rule's. SNS delivers as the service itself, so the receiver's own policy
lets it in, for one topic. Follows "The confused deputy problem" of the IAM guide.
"""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from landform.constructs.grants import Grant, Grantee
from landform.constructs.limits import Name
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.iam import Condition

SubscriptionProtocol = Literal["sqs", "lambda"]
"""What SNS calls the kinds of endpoint that are constructs."""

SERVICE = Name(
    "principal of an AWS service",
    r"[a-z0-9][a-z0-9.-]*\.amazonaws\.com(\.cn)?",
    "for example sns.amazonaws.com",
)
SOURCE_ARN = Name(
    "ARN of what a service acts for",
    r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[^*?\s]+",
    "the ARN of one resource, without wildcards",
)


@runtime_checkable
class EventTarget(Protocol):
    """Something that a rule delivers to: a queue, a topic, a function, a state machine, another event bus."""

    @property
    def arn(self) -> str:
        """Its ARN, literal."""
        ...

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant what delivering one event takes, and no more."""
        ...


@runtime_checkable
class Subscriber(Protocol):
    """Something that a topic delivers to: a queue, a function."""

    subscription_protocol: SubscriptionProtocol

    @property
    def arn(self) -> str:
        """Its ARN, literal."""
        ...

    def allow_service(self, service: str, *, source_arn: str) -> None:
        """Let an AWS service deliver, for one resource of its own."""
        ...


def receiver_id(receiver: object, owner: Construct, expected: str) -> str:
    """The path of whom ``owner`` delivers to, below their stack: what the ids of a delivery hold.

    Raises:
        LandformError: ``argument-value`` where it is no construct; ``reference`` where another stack makes it.
    """
    if not isinstance(receiver, Construct):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "Nothing can be delivered to this.",
            place=owner.node.here,
            given=repr(receiver),
            expected=expected,
        )
    stack = AwsStack.of(receiver)
    if stack is not AwsStack.of(owner):
        raise LandformError(
            Code.REFERENCE,
            "What is delivered to stands in another stack.",
            place=owner.node.here,
            given=f"{receiver.node.path} of stack {stack.name!r}",
            expected="something of the same stack",
            fix="Import it: from_name(...) gives what another stack makes.",
        )
    return ".".join(scope.node.id for scope in receiver.node.scopes[stack.depth + 1 :])


def delivering(service: str, source_arn: str, owner: Construct) -> tuple[str, tuple[Condition, ...]]:
    """What a statement that lets a service deliver begins its id with, and the conditions that say for what.

    An ARN without an account, as a bucket's, is of the stack's account.

    Raises:
        LandformError: ``argument-value`` where it is no service's principal, or no ARN of one resource.
    """
    SERVICE.checked(service, owner.node.here)
    SOURCE_ARN.checked(source_arn, owner.node.here)
    conditions: tuple[Condition, ...] = (Condition("ArnEquals", "aws:SourceArn", (source_arn,)),)
    if not source_arn.split(":")[4]:
        account_id = AwsStack.of(owner).account_id
        conditions += (Condition("StringEquals", "aws:SourceAccount", (account_id,)),)
    words = service.partition(".amazonaws.com")[0].replace("-", ".").split(".")
    return "".join(word.capitalize() for word in words), conditions

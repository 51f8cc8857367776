"""An event bus. Follows "Permissions for event buses" and "Encrypting event buses" of the EventBridge guide."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.events.grants import DESCRIBE, PUT_EVENTS
from landform.constructs.events.limits import EVENT_BUS_NAME, IMPORTED_EVENT_BUS_NAME, SOURCE
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.sqs import DeadLetterQueue
from landform.constructs.stack import AwsStack
from landform.constructs.statements import own
from landform.core import Construct, Lazy
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.cloudwatch_event_bus import CloudwatchEventBus, DeadLetterConfig
from landform.resources.aws.cloudwatch_event_bus_policy import CloudwatchEventBusPolicy

_SERVICE = "events.amazonaws.com"


class EventBus(Construct):
    """An encrypted event bus that nobody outside of the organisation puts events on.

    Within the organisation only those put events that were granted it.

    Args:
        event_bus_name: from the construct path unless given.
        description: what the bus is for.
        key: the key that encrypts it; one of its own is made unless given.

    Raises:
        LandformError: ``argument-value`` for a name EventBridge would refuse.

    >>> orders = EventBus(stack, "Orders")
    >>> orders.arn
    'arn:aws:events:eu-west-1:012345678901:event-bus/acme-payments-prod-data-lake-orders'
    >>> shop = Role(stack, "Shop", trust=[Trust.service("glue.amazonaws.com")])
    >>> orders.grants.put_events(shop, sources=["acme.shop"]).actions
    ('events:PutEvents',)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_bus_name: str | None = None,
        description: str | None = None,
        key: AnyKey | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack, place = AwsStack.of(self), self.node.place
        self.event_bus_name = EVENT_BUS_NAME.checked(event_bus_name or stack.physical_name(self, 256), place)
        self.arn = stack.arn("events", f"event-bus/{self.event_bus_name}")
        self.key: AnyKey = key or Key(self, "Key", description=f"events of {self.event_bus_name}")
        self._let_service_use_key(stack)
        self.dead_letter_queue = DeadLetterQueue(self, "DeadLetters", key=self.key)
        self.dead_letter_queue.allow_service(_SERVICE, source_arn=self.arn)
        self.resource = CloudwatchEventBus(
            self,
            "Resource",
            name=self.event_bus_name,
            description=description or self.node.path,
            kms_key_identifier=self.key.arn,
            dead_letter_config=DeadLetterConfig(arn=self.dead_letter_queue.resource.arn),
        )
        self.policy = PolicyDocument("event bus policy", [_organization_alone(stack, self.arn)])
        CloudwatchEventBusPolicy(
            self,
            "Policy",
            event_bus_name=self.resource.name,
            policy=Lazy(lambda: self.policy.to_json(self.node.place)),
        )
        self.grants = EventBusGrants(Target(self, self.arn, add_to_policy=self.add_to_policy))

    @staticmethod
    def from_name(
        scope: Construct, id: str, event_bus_name: str, *, account_id: str | None = None
    ) -> ImportedEventBus:
        """An event bus of another stack or account in this region, or the account's own, ``default``.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            event_bus_name: its name.
            account_id: the account that owns it; the stack's unless given.

        Raises:
            LandformError: ``argument-value`` for a name EventBridge would refuse.
        """
        return ImportedEventBus(scope, id, event_bus_name, account_id=account_id)

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the policy of the bus.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone, or is about
                another resource.
        """
        refusal = "EventBridge would refuse a policy that is about something else."
        self.policy.add(own(statement, self.arn, self, refusal))

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant putting events, which is what delivering to a bus takes."""
        return self.grants.put_events(principal)

    def _let_service_use_key(self, stack: AwsStack) -> None:
        account = Condition("StringEquals", "aws:SourceAccount", (stack.account_id,))
        bus = Condition("StringEquals", "kms:EncryptionContext:aws:events:event-bus:arn", (self.arn,))
        self.key.allow_service(
            _SERVICE,
            sid="EventsEncryptEvents",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            conditions=[bus],
        )
        # A key is looked at without encryption context.
        self.key.allow_service(
            _SERVICE, sid="EventsDescribeKey", actions=("kms:DescribeKey",), conditions=[account]
        )


class ImportedEventBus(Construct):
    """An event bus that another stack, account or AWS itself makes; its policy is its owner's to write."""

    def __init__(self, scope: Construct, id: str, event_bus_name: str, *, account_id: str | None) -> None:
        super().__init__(scope, id)
        self.event_bus_name = IMPORTED_EVENT_BUS_NAME.checked(event_bus_name, self.node.place)
        stack = AwsStack.of(self)
        self.account_id = account_id or stack.account_id
        self.arn = stack.arn("events", f"event-bus/{event_bus_name}", account_id=account_id)
        self.grants = EventBusGrants(Target(self, self.arn, account_id=account_id, imported=True))

    def grant_delivery(self, principal: Grantee) -> Grant:
        """Grant putting events, which is what delivering to a bus takes."""
        return self.grants.put_events(principal)


AnyEventBus = EventBus | ImportedEventBus
"""An event bus made here, or one from elsewhere."""


class EventBusGrants(ResourceGrants):
    """What may be granted on an event bus."""

    def put_events(self, principal: Grantee, *, sources: Sequence[str] = ()) -> Grant:
        """Put events, all or those of some sources, ``acme.shop``.

        Raises:
            LandformError: ``argument-value`` for a source EventBridge would refuse.
        """
        names = tuple(SOURCE.checked(source, self._target.construct.node.here) for source in sources)
        conditions = (Condition("StringEquals", "events:source", names),) if names else ()
        return self._grant(PUT_EVENTS, principal, conditions=conditions)

    def describe(self, principal: Grantee) -> Grant:
        """Read the bus's settings and policy."""
        return self._grant(DESCRIBE, principal)


def _organization_alone(stack: AwsStack, arn: str) -> Statement:
    """AWS's own services are of no organisation; they put events where a policy lets them."""
    return Statement(
        "DenyOutsideOrganization",
        PUT_EVENTS.actions,
        (arn,),
        effect="Deny",
        principals=(Principal.everyone(),),
        conditions=(
            Condition("StringNotEquals", "aws:PrincipalOrgID", (stack.organization.organization_id,)),
            Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
        ),
    )

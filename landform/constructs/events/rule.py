"""A rule. Follows "Rules in Amazon EventBridge" and "Using dead-letter queues to process undelivered events"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landform.constructs.delivery import EventTarget, receiver_id
from landform.constructs.events.event_bus import AnyEventBus, EventBus, ImportedEventBus
from landform.constructs.events.limits import (
    MAX_TARGETS,
    MESSAGE_GROUP_ID,
    PATTERN_CHARACTERS,
    RULE_NAME,
    SCHEDULE,
)
from landform.constructs.iam import Role, Trust
from landform.constructs.json_text import json_text
from landform.constructs.naming import physical_name
from landform.constructs.sqs import DeadLetterQueue
from landform.constructs.sqs.dead_letter_queue import AnyDeadLetterQueue
from landform.constructs.stack import AwsStack
from landform.core import Construct, Input
from landform.errors import Code, LandformError
from landform.resources.aws.cloudwatch_event_rule import CloudwatchEventRule
from landform.resources.aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    DeadLetterConfig,
    SqsTarget,
)

_SERVICE = "events.amazonaws.com"


class Rule(Construct):
    """A rule: which events, or when, and what they are delivered to, under a role of the rule's own.

    Args:
        event_pattern: what matches, as EventBridge's JSON has it: ``{"source": ["aws.ecs"]}``.
        schedule: when it fires instead: ``rate(1 hour)``, or ``cron(0 4 * * ? *)`` in UTC.
        bus: the event bus; the account's own unless given, which alone has schedules and AWS's events.
        rule_name: from the construct path unless given; at most 64 characters.
        description: what the rule is for.
        enabled: whether it fires.
        dead_letter_queue: where events go that could not be delivered; one of its own is made unless given.

    Raises:
        LandformError: ``argument-value`` for a name, a schedule or a pattern EventBridge would refuse, both or
            neither of the two, a schedule on another bus, or a FIFO dead-letter queue.

    >>> stopped = Rule(stack, "TaskStopped", event_pattern={"source": ["aws.ecs"]})
    >>> stopped.add_target(Topic(stack, "Alarms"))
    >>> nightly = Rule(stack, "Nightly", schedule="cron(0 4 * * ? *)")
    >>> nightly.add_target(Queue(stack, "Jobs"), event={"job": "settle"})
    >>> nightly.arn
    'arn:aws:events:eu-west-1:012345678901:rule/acme-payments-prod-data-lake-nightly'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_pattern: Mapping[str, Any] | None = None,
        schedule: str | None = None,
        bus: AnyEventBus | None = None,
        rule_name: str | None = None,
        description: str | None = None,
        enabled: bool = True,
        dead_letter_queue: AnyDeadLetterQueue | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack, place = AwsStack.of(self), self.node.place
        self._check(event_pattern, schedule, bus, dead_letter_queue)
        self.rule_name = RULE_NAME.checked(rule_name or stack.physical_name(self, 64), place)
        self._bus_name: Input[str] | None = None
        path = self.rule_name
        if bus is not None and bus.event_bus_name != "default":
            self._bus_name = bus.resource.name if isinstance(bus, EventBus) else bus.event_bus_name
            path = f"{bus.event_bus_name}/{self.rule_name}"
        self.arn = stack.arn("events", f"rule/{path}")
        self.dead_letter_queue: AnyDeadLetterQueue = dead_letter_queue or DeadLetterQueue(self, "DeadLetters")
        self.dead_letter_queue.allow_service(_SERVICE, source_arn=self.arn)
        self.role = Role(self, "Role", trust=[Trust.service(_SERVICE, source_arn=self.arn)])
        self._targets: set[str] = set()
        self.resource = CloudwatchEventRule(
            self,
            "Resource",
            name=self.rule_name,
            description=description or self.node.path,
            event_bus_name=self._bus_name,
            event_pattern=self._pattern(event_pattern),
            schedule_expression=None if schedule is None else SCHEDULE.checked(schedule, place),
            state="ENABLED" if enabled else "DISABLED",
        )
        self.node.add_validation(self._validate)

    def add_target(
        self,
        target: EventTarget,
        *,
        event: Mapping[str, Any] | None = None,
        message_group_id: str | None = None,
    ) -> None:
        """Deliver what matches; the rule's role is granted what that takes.

        Args:
            target: a queue, a topic, a function, a state machine or another event bus.
            event: what is delivered in place of the event.
            message_group_id: of a FIFO queue: the group that its messages belong to.

        Raises:
            LandformError: ``argument-value`` for what EventBridge cannot deliver to or is a target already, one
                target too many, or a FIFO queue without a group; ``reference`` for something of another stack.
        """
        expected = "a queue, a topic, a function, a state machine or an event bus"
        id = receiver_id(target, self, expected)
        is_target = isinstance(target, EventTarget)
        fifo = getattr(target, "fifo", False)
        refusals = (
            (not is_target, expected),
            (is_target and target.arn in self._targets, "each target once"),
            (len(self._targets) == MAX_TARGETS, f"at most {MAX_TARGETS} targets"),
            (fifo and message_group_id is None, "message_group_id, for a FIFO queue"),
            (not fifo and message_group_id is not None, "a FIFO queue, for message_group_id"),
            (
                fifo and not getattr(target, "content_based_deduplication", True),
                "content_based_deduplication, for a FIFO queue",
            ),
        )
        refusal = next((expected for refused, expected in refusals if refused), None)
        if refusal:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The rule cannot deliver to this.",
                place=self.node.here,
                given=id,
                expected=refusal,
            )
        self._targets.add(target.arn)
        target.grant_delivery(self.role)
        group = message_group_id and MESSAGE_GROUP_ID.checked(message_group_id, self.node.place)
        CloudwatchEventTarget(
            self,
            f"To{id}",
            rule=self.resource.name,
            event_bus_name=self._bus_name,
            target_id=physical_name([re.sub(r"[^\w.-]", "-", id, flags=re.ASCII)], 64),
            arn=target.arn,
            role_arn=self.role.resource.arn,
            input=None if event is None else json_text(event, self, "event"),
            sqs_target=SqsTarget(message_group_id=group) if group else None,
            dead_letter_config=DeadLetterConfig(arn=self.dead_letter_queue.dead_letter_target_arn),
            # The target's ARN is literal, so Terraform must be told that it comes first.
            depends_on=[self.role, *([target] if isinstance(target, Construct) else [])],
        )

    def _check(
        self,
        event_pattern: Mapping[str, Any] | None,
        schedule: str | None,
        bus: AnyEventBus | None,
        dead_letter_queue: AnyDeadLetterQueue | None,
    ) -> None:
        account_id = AwsStack.of(self).account_id
        foreign = isinstance(bus, ImportedEventBus) and bus.account_id != account_id
        own = isinstance(bus, ImportedEventBus) and bus.event_bus_name == "default"
        rules = (
            (
                (event_pattern is None) == (schedule is None),
                "both or neither of event_pattern and schedule",
                "one of the two",
            ),
            (event_pattern == {}, "an event_pattern that every event matches", "a source, at least"),
            (
                bus is not None and not isinstance(bus, (EventBus, ImportedEventBus)),
                repr(bus),
                "an EventBus, or EventBus.from_name(...)",
            ),
            (
                foreign,
                "a rule on the bus of another account",
                "a bus of this account, which the other one delivers to",
            ),
            (
                schedule is not None and bus is not None and not own,
                "a schedule on another bus",
                "the account's own bus, for a schedule",
            ),
            (
                dead_letter_queue is not None and dead_letter_queue.fifo,
                "a FIFO dead-letter queue",
                "a queue that is not FIFO",
            ),
        )
        for refused, given, expected in rules:
            if refused:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "EventBridge would refuse this rule.",
                    place=self.node.place,
                    given=given,
                    expected=expected,
                )

    def _pattern(self, event_pattern: Mapping[str, Any] | None) -> str | None:
        if event_pattern is None:
            return None
        text = json_text(event_pattern, self, "event pattern")
        if len(text) > PATTERN_CHARACTERS:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The event pattern is longer than EventBridge takes.",
                place=self.node.place,
                given=f"{len(text)} characters",
                expected=f"at most {PATTERN_CHARACTERS}",
            )
        return text

    def _validate(self) -> list[str]:
        return [] if self._targets else ["A rule delivers to something: call add_target."]

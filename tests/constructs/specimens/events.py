"""Event buses and rules."""

from __future__ import annotations

from mutant import ELSEWHERE, Mutant, document, trusting

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.events import EventBus, Rule
from landform.constructs.iam import Role, Trust
from landform.constructs.lambda_ import Code, Function
from landform.constructs.sns import Topic
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.core import Construct

ARN = "arn:aws:events:eu-west-1:012345678901:event-bus/orders"
IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A bus with a rule for each kind of target, a schedule, and a bus of another account."""
    made = EventBus(scope, "Orders")
    imported = EventBus.from_name(scope, "Imported", "another-bus", account_id="999999999999")
    rule = Rule(scope, "Settled", event_pattern={"source": ["acme.shop"]}, bus=made)
    for target in (
        Queue(scope, "Queue"),
        Topic(scope, "Topic"),
        Function(scope, "Function", code=Code.from_image(IMAGE)),
        imported,
    ):
        rule.add_target(target)
    nightly = Rule(scope, "Nightly", schedule="cron(0 4 * * ? *)")
    dead_letters = DeadLetterQueue.from_name(scope, "ImportedDeadLetters", "another-dead-letters")
    Rule(scope, "Guest", schedule="rate(1 hour)", dead_letter_queue=dead_letters).add_target(
        Topic(scope, "Hours")
    )
    ledger = Queue(scope, "Ledger", fifo=True, content_based_deduplication=True)
    nightly.add_target(ledger, event={"job": "settle"}, message_group_id="nightly")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/worker")
    for grants, principal in ((made.grants, role), (made.grants, elsewhere), (imported.grants, role)):
        grants.put_events(principal, sources=["acme.shop"])
        grants.describe(principal)


def rule(stack: AwsStack) -> None:
    bus = EventBus(stack, "Orders")
    Rule(stack, "Settled", event_pattern={"source": ["acme.shop"]}, bus=bus).add_target(Queue(stack, "Queue"))


_ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}
_WIDE = document({"Sid": "Wide", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"})

MUTANTS = (
    Mutant("rule role for everyone", rule, "Settled/Role/Resource",
           {"assume_role_policy": trusting({"AWS": "*"})}, "CKV_AWS_60"),
    Mutant("rule sends to any queue", rule, "Settled/Role/Policy", {"policy": _WIDE}, "CKV_AWS_290"),
    Mutant("undelivered events without key", rule, "Settled/DeadLetters/Resource",
           {"kms_master_key_id": None}, "CKV_AWS_27"),
    Mutant("undelivered events for everyone", rule, "Settled/DeadLetters/Policy",
           {"policy": document({**_ANYONE, "Action": "sqs:SendMessage"})}, "CKV_AWS_168"),
    Mutant("bus for everyone", rule, "Orders/Policy", {"policy": document(_ANYONE)}, "LF_POLICY_PUBLIC"),
    Mutant("rule role for any rule", rule, "Settled/Role/Resource",
           {"assume_role_policy": trusting({"Service": "events.amazonaws.com"})}, "LF_TRUST_SOURCE"),
    Mutant("bus without key", rule, "Orders/Resource", {"kms_key_identifier": None}, "LF_CUSTOMER_KEY"),
    Mutant("rule without target", rule, "Settled/ToQueue", {"rule": ELSEWHERE}, "LF_EVENT_RULE_TARGET"),
    Mutant("rule loses events", rule, "Settled/ToQueue", {"dead_letter_config": None}, "LF_EVENTS_DEAD_LETTERS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    Mutant("bus loses events", rule, "Orders/Resource", {"dead_letter_config": None}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

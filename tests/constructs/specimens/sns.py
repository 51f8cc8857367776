"""Topics."""

from __future__ import annotations

from mutant import Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.sns import Topic
from landform.constructs.sqs import Queue
from landform.core import Construct

ARN = "arn:aws:sns:eu-west-1:012345678901:settled"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A topic with a subscriber, a FIFO topic, and a topic of another account."""
    made = Topic(scope, "Settled", success_sample_percent=10)
    made.subscribe(Queue(scope, "Orders"), filter_policy={"state": ["settled"]}, raw_message_delivery=True)
    Topic(scope, "Ledger", fifo=True, content_based_deduplication=True)
    imported = Topic.from_name(scope, "Imported", "another-topic", account_id="999999999999")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/worker")
    alarm = AwsStack.of(scope).arn("cloudwatch", "alarm:late")
    made.allow_service("cloudwatch.amazonaws.com", source_arn=alarm)
    for grants, principal in ((made.grants, role), (made.grants, elsewhere), (imported.grants, role)):
        grants.publish(principal)
        grants.subscribe(principal)
        grants.describe(principal)


def topic(stack: AwsStack) -> None:
    Topic(stack, "Settled").subscribe(Queue(stack, "Orders"))


_ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
_ACCOUNT = {**_ANYONE, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
_SERVICE = {**_ANYONE, "Principal": {"Service": "events.amazonaws.com"}}
_TLS = {**_ANYONE, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

MUTANTS = (
    Mutant("topic without key", topic, "Settled/Resource", {"kms_master_key_id": None}, "CKV_AWS_26"),
    Mutant("topic key empty", topic, "Settled/Resource", {"kms_master_key_id": ""}, "CKV_AWS_26"),
    Mutant("topic for everyone", topic, "Settled/Policy", {"policy": document(_ANYONE)}, "CKV_AWS_169"),
    Mutant("anyone subscribes", topic, "Settled/Policy",
           {"policy": document({**_ANYONE, "Principal": {"AWS": "*"}, "Action": "sns:Subscribe"})}, "CKV_AWS_169"),
    Mutant("topic for an account", topic, "Settled/Policy", {"policy": document(_ACCOUNT)}, "CKV_AWS_385"),
    Mutant("topic for two accounts", topic, "Settled/Policy",
           {"policy": document(_SERVICE, _ACCOUNT)}, "CKV_AWS_385"),
    Mutant("undelivered without key", topic, "Settled/DeadLetters/Resource",
           {"kms_master_key_id": None}, "CKV_AWS_27"),
    Mutant("failures without key", topic, "Settled/Failures/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("queue that takes nothing of it", topic, "Orders/Policy",
           {"policy": document({**_ANYONE, "Effect": "Deny", "Action": "sqs:SendMessage"})}, "LF_DELIVERY_ALLOWED"),
    Mutant("undelivered is lost", topic, "Settled/ToOrders",
           {"redrive_policy": None}, "LF_SUBSCRIPTION_DEAD_LETTERS"),
    Mutant("signed with sha1", topic, "Settled/Resource", {"signature_version": 1}, "LF_TOPIC_SIGNATURE"),
    Mutant("topic over plain http", topic, "Settled/Policy",
           {"policy": document({**_ANYONE, "Effect": "Deny", "Action": "sns:Subscribe"})}, "LF_POLICY_TLS"),
    Mutant("topic for any alarm", topic, "Settled/Policy",
           {"policy": document({**_SERVICE, "Principal": {"Service": "cloudwatch.amazonaws.com"}})},
           "LF_POLICY_CONFUSED_DEPUTY"),
    Mutant("failures not logged", topic, "Settled/Resource",
           {"sqs_failure_feedback_role_arn": None}, "LF_TOPIC_FAILURES"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # EventBridge says for no topic whose rule it is, so nobody who lets it in could do better.
    Mutant("topic for any rule", topic, "Settled/Policy", {"policy": document(_SERVICE, _TLS)}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

import json

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.sns import Topic
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement
from landform.testing import stack_instance

GLUE = [Trust.service("glue.amazonaws.com")]
ARN = "arn:aws:sns:eu-west-1:012345678901:acme-payments-prod-data-lake-settled"
LOGS = "sns/eu-west-1/012345678901/acme-payments-prod-data-lake-settled"
ELSEWHERE = "arn:aws:iam::999999999999:role/worker"
ALARM = "arn:aws:cloudwatch:eu-west-1:012345678901:alarm:late"
PROTOCOLS = ("application", "firehose", "http", "lambda", "sqs")


def settled(**arguments):
    return lambda stack: Topic(stack, "Settled", **arguments)


def subscribed(topic=(), queue=(), **arguments):
    """A topic with one queue subscribed to it."""

    def build(stack):
        made = Topic(stack, "Settled", **dict(topic))
        made.subscribe(Queue(stack, "Orders", **dict(queue)), **arguments)

    return build


def granted(verb, principal=None, **arguments):
    def build(stack):
        getattr(Topic(stack, "Settled").grants, verb)(
            principal or Role(stack, "Worker", trust=GLUE), **arguments
        )

    return built(build)


def refused(build, match, code=Code.ARGUMENT_VALUE):
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is code
    assert caught.value.place.file == "test_sns_topic.py"
    return caught.value


class TestTopic:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """One for its messages, its logs and what is undelivered."""
        document = built(subscribed())

        key = at(document, "Settled/Resource")["kms_master_key_id"]
        assert key.startswith("${aws_kms_key.Settled_Key_")
        assert at(document, "Settled/Failures/Resource")["kms_key_id"] == key
        assert at(document, "Settled/DeadLetters/Resource")["kms_master_key_id"] == key

    def test_a_key_can_be_given(self):
        """Then none is made."""

        def build(stack):
            Topic(stack, "Settled", key=Key(stack, "Key"))

        assert paths(built(build), "aws_kms_key") == ["Key/Resource"]

    def test_it_is_signed_with_sha256(self):
        """Signature version 2."""
        assert at(built(settled()), "Settled/Resource")["signature_version"] == 2

    def test_a_fifo_topic(self):
        """Its name says so."""
        body = at(built(settled(fifo=True, content_based_deduplication=True)), "Settled/Resource")

        assert body["name"] == "acme-payments-prod-data-lake-settled.fifo"
        assert (body["fifo_topic"], body["content_based_deduplication"]) == (True, True)

    @pytest.mark.parametrize(
        ("arguments", "match"),
        [
            ({"topic_name": "no good"}, "refuse this topic name"),
            ({"topic_name": "x" * 257}, "refuse this topic name"),
            ({"topic_name": "settled.fifo"}, "refuse this topic name"),
            ({"topic_name": "settled", "fifo": True}, "refuse this name of a FIFO topic"),
            ({"success_sample_percent": 101}, "percentage of successful deliveries"),
            ({"success_sample_percent": -1}, "percentage of successful deliveries"),
            ({"content_based_deduplication": True}, "Only a FIFO topic"),
        ],
    )
    def test_what_sns_refuses(self, arguments, match):
        """Told at synth, with the user's line."""
        refused(settled(**arguments), match)


class TestDeliveryStatus:
    def test_failures_are_logged_for_every_protocol(self):
        """Under the name that SNS writes to, kept as long as the tier says."""
        document = built(settled())

        roles = {at(document, "Settled/Resource")[f"{name}_failure_feedback_role_arn"] for name in PROTOCOLS}
        assert len(roles) == 1
        assert at(document, "Settled/Failures/Resource")["name"] == f"{LOGS}/Failure"
        assert at(document, "Settled/Failures/Resource")["retention_in_days"] == 731

    def test_successes_are_not(self):
        """They are as many as the messages."""
        assert not [name for name in at(built(settled()), "Settled/Resource") if "success" in name]

    def test_a_sample_of_successes_is_on_request(self):
        """In a log group of its own."""
        document = built(settled(success_sample_percent=5))

        body = at(document, "Settled/Resource")
        assert {body[f"{name}_success_feedback_sample_rate"] for name in PROTOCOLS} == {5}
        assert at(document, "Settled/Successes/Resource")["name"] == LOGS

    def test_the_role_writes_to_those_groups_alone(self):
        """And sns of this account alone assumes it."""
        document = built(settled())

        group = f"arn:aws:logs:eu-west-1:012345678901:log-group:{LOGS}/Failure:*"
        policy = statements(document, "Settled/DeliveryStatus/Policy")
        assert {sid: s["Resource"] for sid, s in policy.items()} == {"FindLogGroup": group, "Write": group}
        trust = statements(document, "Settled/DeliveryStatus/Resource", "assume_role_policy")
        assert trust["TrustSns"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "012345678901"}}


class TestTopicPolicy:
    def test_plain_http_is_denied(self):
        """By enumerated actions: SNS refuses sns:* in a topic policy."""
        policy = statements(built(settled()), "Settled/Policy")

        assert policy.keys() == {"DenyPlainHttp"}
        assert policy["DenyPlainHttp"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert {"sns:Publish", "sns:Subscribe"} < set(policy["DenyPlainHttp"]["Action"])
        assert not [action for action in policy["DenyPlainHttp"]["Action"] if "*" in action]

    @pytest.mark.parametrize(
        ("statement", "match"),
        [
            (Statement("A", ("sns:Publish",), ("*",)), "about something else"),
            (
                Statement("A", ("sns:Publish",), (ARN,), principals=(Principal.everyone(),)),
                "allows nothing to everyone",
            ),
            (Statement("A", ("sns:*",), (ARN,), principals=(Principal("AWS", ELSEWHERE),)), "names each"),
        ],
    )
    def test_a_statement_it_does_not_take(self, statement, match):
        """Another resource, everyone, or every action."""
        with pytest.raises(LandformError, match=match):
            built(lambda stack: Topic(stack, "Settled").add_to_policy(statement))

    def test_a_service_publishes_for_one_resource(self):
        """And its use of the key is for this topic."""

        def build(stack):
            Topic(stack, "Settled").allow_service("cloudwatch.amazonaws.com", source_arn=ALARM)

        document = built(build)

        assert statements(document, "Settled/Policy")["CloudwatchPublishes"] == {
            "Sid": "CloudwatchPublishes",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": ARN,
            "Condition": {"ArnEquals": {"aws:SourceArn": ALARM}},
        }
        assert statements(document, "Settled/Key/Resource")["CloudwatchEncryptsMessages"]["Condition"] == {
            "StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": ARN}
        }

    def test_eventbridge_publishes_under_a_role(self):
        """It does not say for which rule, so a policy could not keep another account's out."""
        rule = "arn:aws:events:eu-west-1:012345678901:rule/late"

        error = refused(
            lambda stack: Topic(stack, "T").allow_service("events.amazonaws.com", source_arn=rule),
            "does not say for which rule",
        )

        assert error.fix == "Use add_target of the Rule."


class TestSubscribe:
    def test_a_queue_gets_every_message(self):
        """Its policy lets this topic in."""
        document = built(subscribed())

        body = at(document, "Settled/ToOrders")
        assert body["protocol"] == "sqs"
        assert body["endpoint"] == "arn:aws:sqs:eu-west-1:012345678901:acme-payments-prod-data-lake-orders"
        assert statements(document, "Orders/Policy")["SnsSends"]["Condition"] == {
            "ArnEquals": {"aws:SourceArn": ARN}
        }

    def test_the_queue_is_there_first(self):
        """Its ARN is literal, so Terraform must be told."""
        body = at(built(subscribed()), "Settled/ToOrders")

        assert any(address.startswith("aws_sqs_queue_policy.Orders_Policy") for address in body["depends_on"])

    def test_what_is_undelivered_is_kept(self):
        """In one dead-letter queue, which lets this topic in."""
        document = built(subscribed())

        redrive = json.loads(at(document, "Settled/ToOrders")["redrive_policy"])
        assert redrive["deadLetterTargetArn"].startswith("${aws_sqs_queue.Settled_DeadLetters_")
        assert statements(document, "Settled/DeadLetters/Policy")["SnsSends"]["Condition"] == {
            "ArnEquals": {"aws:SourceArn": ARN}
        }

    def test_a_topic_without_subscribers_has_no_dead_letter_queue(self):
        """There is nothing to keep."""
        assert "aws_sqs_queue" not in built(settled())["resource"]

    def test_a_filter_policy_is_json(self):
        """And a message can come as it was published."""
        document = built(subscribed(filter_policy={"state": ["settled"]}, raw_message_delivery=True))

        body = at(document, "Settled/ToOrders")
        assert body["filter_policy"] == '{"state":["settled"]}'
        assert body["raw_message_delivery"] is True

    def test_a_fifo_topic_keeps_what_is_undelivered_in_order(self):
        """Its dead-letter queue is FIFO."""
        document = built(subscribed({"fifo": True}, {"fifo": True}))

        assert at(document, "Settled/DeadLetters/Resource")["fifo_queue"] is True

    def test_an_imported_queue_is_subscribed(self):
        """Its owner is told what its policy must say."""

        def build(stack):
            queue = Queue.from_name(stack, "Theirs", "their-orders", account_id="999999999999")
            Topic(stack, "Settled").subscribe(queue)

        assert at(built(build), "Settled/ToTheirs")["endpoint"] == (
            "arn:aws:sqs:eu-west-1:999999999999:their-orders"
        )

    def test_a_fifo_queue_needs_a_fifo_topic(self):
        """SNS refuses it."""
        error = refused(subscribed(queue={"fifo": True}), "cannot be subscribed")

        assert error.expected == "a FIFO topic, for a FIFO queue"

    @pytest.mark.parametrize(
        "subscriber",
        [
            lambda stack: "arn:aws:sqs:eu-west-1:012345678901:orders",
            lambda stack: Key(stack, "Key"),
            lambda stack: Topic(stack, "Other"),
        ],
    )
    def test_what_sns_does_not_deliver_to(self, subscriber):
        """An ARN, a key, another topic."""

        def build(stack):
            Topic(stack, "Settled").subscribe(subscriber(stack))

        assert refused(build, "delivered to this|cannot be subscribed").expected == "a queue or a function"

    def test_twice_is_a_mistake(self):
        """The second would change nothing or the filter."""

        def build(stack):
            topic, queue = Topic(stack, "Settled"), Queue(stack, "Orders")
            topic.subscribe(queue)
            topic.subscribe(queue, filter_policy={"state": ["settled"]})

        assert refused(build, "cannot be subscribed").expected == "each subscriber once"

    def test_a_queue_of_another_stack_is_imported_first(self):
        """Its policy is written there."""
        app = App()
        other = AwsStack(app, stack_instance(stack="other"))
        queue = Queue(other, "Orders")

        with pytest.raises(LandformError, match="stands in another stack") as caught:
            Topic(AwsStack(app, stack_instance()), "Settled").subscribe(queue)

        assert caught.value.code is Code.REFERENCE

    def test_a_dead_letter_queue_takes_messages_too(self):
        """It is a queue like any other."""

        def build(stack):
            Topic(stack, "Settled").subscribe(DeadLetterQueue(stack, "Dead"))

        assert at(built(build), "Settled/ToDead")["protocol"] == "sqs"


class TestTopicGrants:
    def test_publish(self):
        """The action, and the key through SNS for this topic."""
        policy = statements(granted("publish"), "Worker/Policy")

        assert policy["Publish"] == {
            "Sid": "Publish",
            "Effect": "Allow",
            "Action": "sns:Publish",
            "Resource": ARN,
        }
        assert policy["UseKeyViaSns"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert policy["UseKeyViaSns"]["Condition"] == {
            "StringEquals": {"kms:ViaService": "sns.eu-west-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:sns:topicArn": [ARN, f"{ARN}/*"]},
        }

    def test_subscribe_is_by_protocol(self):
        """An address of e-mail would take the messages out of the organisation."""
        policy = statements(granted("subscribe", protocols=["https"]), "Worker/Policy")

        assert policy.keys() == {"Subscribe"}
        assert policy["Subscribe"]["Condition"] == {"StringEquals": {"sns:Protocol": "https"}}

    @pytest.mark.parametrize("protocols", [["email"], ["sqs", "sms"], []])
    def test_a_protocol_that_is_not_granted(self, protocols):
        """Or none at all."""
        with pytest.raises(LandformError, match="granted by protocol"):
            granted("subscribe", protocols=protocols)

    def test_describe(self):
        """Reading alone, and no key."""
        policy = statements(granted("describe"), "Worker/Policy")

        assert policy["Describe"]["Action"] == [
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:ListTagsForResource",
        ]
        assert policy.keys() == {"Describe"}

    def test_a_role_from_elsewhere_stands_in_the_topic_policy(self):
        """By name, and as long as it is of the organisation."""
        policy = statements(granted("publish", Role.from_arn(ELSEWHERE)), "Settled/Policy")["Publish"]

        assert policy["Principal"] == {"AWS": ELSEWHERE}
        assert policy["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


class TestImportedTopic:
    def test_a_grant_stands_in_the_role_alone(self):
        """The topic's policy is its owner's."""

        def build(stack):
            topic = Topic.from_name(stack, "Theirs", "their-topic", account_id="999999999999")
            topic.grants.publish(Role(stack, "Worker", trust=GLUE))

        document = built(build)

        assert "aws_sns_topic" not in document["resource"]
        assert statements(document, "Worker/Policy")["Publish"]["Resource"] == (
            "arn:aws:sns:eu-west-1:999999999999:their-topic"
        )

    @pytest.mark.parametrize("name", ["no good", "x" * 257, ""])
    def test_a_name_sns_would_refuse(self, name):
        """Told before a policy names it."""
        refused(lambda stack: Topic.from_name(stack, "Theirs", name), "refuse this topic name")


def test_no_tier_switches_anything_off_but_for_the_queue():
    """A topic holds nothing; what was not delivered is held by its dead-letter queue."""
    stack = stack_of(subscribed(), tier="sandbox")

    assert {off.construct.node.id for off in stack.switched_off} == {
        "DeadLetters",
        "Failures",
        "Key",
        "Orders",
    }

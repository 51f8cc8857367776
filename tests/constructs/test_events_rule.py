import json

import pytest
from reading import at, built, paths, statements

from landform.constructs import AwsStack
from landform.constructs.events import EventBus, Rule
from landform.constructs.kms import Key
from landform.constructs.lambda_ import Code as Package
from landform.constructs.lambda_ import Function
from landform.constructs.sns import Topic
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.core import App
from landform.errors import Code, LandformError
from landform.testing import stack_instance

IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"
NAME = "acme-payments-prod-data-lake-settled"
ARN = f"arn:aws:events:eu-west-1:012345678901:rule/{NAME}"
PATTERN = {"source": ["acme.shop"]}


def settled(target=lambda stack: Queue(stack, "Jobs"), **arguments):
    """A rule on the account's own bus, with one target."""

    def build(stack):
        given = {name: value(stack) if callable(value) else value for name, value in arguments.items()}
        rule = Rule(stack, "Settled", **{"event_pattern": PATTERN, **given})
        rule.add_target(target(stack))

    return build


def refused(build, match, code=Code.ARGUMENT_VALUE):
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is code
    assert caught.value.place.file == "test_events_rule.py"
    return caught.value


class TestRule:
    def test_a_pattern_is_json(self):
        """On the account's own bus unless another is given."""
        body = at(built(settled()), "Settled/Resource")

        assert body["event_pattern"] == '{"source":["acme.shop"]}'
        assert (body["name"], body["state"]) == (NAME, "ENABLED")
        assert "event_bus_name" not in body

    def test_a_schedule(self):
        """In place of a pattern."""
        body = at(
            built(settled(event_pattern=None, schedule="cron(0 4 * * ? *)", enabled=False)),
            "Settled/Resource",
        )

        assert body["schedule_expression"] == "cron(0 4 * * ? *)"
        assert "event_pattern" not in body
        assert body["state"] == "DISABLED"

    def test_a_bus_of_its_own(self):
        """By reference; its name stands in the rule's ARN."""
        document = built(settled(bus=lambda stack: EventBus(stack, "Orders")))

        for path in ("Settled/Resource", "Settled/ToJobs"):
            assert at(document, path)["event_bus_name"].startswith("${aws_cloudwatch_event_bus.Orders_")
        (condition,) = statements(document, "Settled/Role/Resource", "assume_role_policy").values()
        assert condition["Condition"]["ArnLike"] == {
            "aws:SourceArn": ARN.replace(":rule/", ":rule/acme-payments-prod-data-lake-orders/")
        }

    @pytest.mark.parametrize(("name", "given"), [("default", None), ("shared", "shared")])
    def test_a_bus_that_another_stack_makes(self, name, given):
        """By its name; the account's own needs none."""
        document = built(settled(bus=lambda stack: EventBus.from_name(stack, "Bus", name)))

        assert at(document, "Settled/Resource").get("event_bus_name") == given

    @pytest.mark.parametrize(
        "schedule",
        [
            "rate(1 hour)",
            "rate(5 minutes)",
            "rate(10 days)",
            "cron(0 4 * * ? *)",
            "cron(0/15 8-17 ? * MON-FRI *)",
        ],
    )
    def test_a_schedule_that_eventbridge_takes(self, schedule):
        """Rates and cron expressions of six fields."""
        body = at(built(settled(event_pattern=None, schedule=schedule)), "Settled/Resource")

        assert body["schedule_expression"] == schedule

    @pytest.mark.parametrize(
        "schedule", ["rate(1 hours)", "rate(2 hour)", "rate(0 days)", "cron(0 4 * * *)", "hourly", "at(2027)"]
    )
    def test_a_schedule_that_it_refuses(self, schedule):
        """The number and the word disagree, five fields, another form."""
        error = refused(settled(event_pattern=None, schedule=schedule), "refuse this schedule")

        assert error.given == repr(schedule)

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ({"event_pattern": None}, "one of the two"),
            ({"schedule": "rate(1 hour)"}, "one of the two"),
            ({"event_pattern": {}}, "a source, at least"),
            ({"bus": "orders"}, "an EventBus, or EventBus.from_name(...)"),
            (
                {"bus": lambda stack: EventBus.from_name(stack, "Bus", "x", account_id="999999999999")},
                "a bus of this account, which the other one delivers to",
            ),
            (
                {
                    "event_pattern": None,
                    "schedule": "rate(1 hour)",
                    "bus": lambda stack: EventBus(stack, "Orders"),
                },
                "the account's own bus, for a schedule",
            ),
            (
                {"dead_letter_queue": lambda stack: DeadLetterQueue(stack, "Dead", fifo=True)},
                "a queue that is not FIFO",
            ),
        ],
    )
    def test_what_eventbridge_refuses(self, arguments, expected):
        """Told at synth, with the user's line."""
        assert refused(settled(**arguments), "refuse this rule").expected == expected

    @pytest.mark.parametrize("name", ["no good", "x" * 65])
    def test_a_name_that_it_refuses(self, name):
        """Other characters, or too long."""
        refused(settled(rule_name=name), "refuse this rule name")

    def test_a_pattern_that_is_too_long(self):
        """2048 characters."""
        error = refused(settled(event_pattern={"source": ["x" * 2_048]}), "longer than EventBridge takes")

        assert error.expected == "at most 2048"

    def test_a_rule_without_targets(self):
        """It would fire into nothing."""
        with pytest.raises(LandformError, match="delivers to something"):
            built(lambda stack: Rule(stack, "Settled", event_pattern=PATTERN))


class TestRole:
    def test_eventbridge_assumes_it_for_this_rule_alone(self):
        """A rule of another account has no use for it."""
        trust = statements(built(settled()), "Settled/Role/Resource", "assume_role_policy")["TrustEvents"]

        assert trust["Principal"] == {"Service": "events.amazonaws.com"}
        assert trust["Condition"] == {
            "ArnLike": {"aws:SourceArn": ARN},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    @pytest.mark.parametrize(
        ("target", "sid", "action"),
        [
            (lambda stack: Queue(stack, "Jobs"), "SendMessages", ["sqs:GetQueueUrl", "sqs:SendMessage"]),
            (lambda stack: Topic(stack, "Jobs"), "Publish", "sns:Publish"),
            (
                lambda stack: Function(stack, "Jobs", code=Package.from_image(IMAGE)),
                "Invoke",
                "lambda:InvokeFunction",
            ),
            (lambda stack: EventBus(stack, "Jobs"), "PutEvents", "events:PutEvents"),
            (lambda stack: Topic.from_name(stack, "Jobs", "jobs"), "Publish", "sns:Publish"),
        ],
    )
    def test_it_may_do_what_delivery_takes(self, target, sid, action):
        """On the target alone."""
        document = built(settled(target))

        policy = statements(document, "Settled/Role/Policy")
        assert policy[sid]["Action"] == action
        assert policy[sid]["Resource"] == at(document, "Settled/ToJobs")["arn"]

    def test_the_target_lets_nobody_else_in(self):
        """The role is enough: its policy does not change."""
        document = built(settled())

        assert statements(document, "Jobs/Policy").keys() == {"DenyPlainHttp"}


class TestAddTarget:
    def test_what_is_not_delivered_is_kept(self):
        """In the rule's own dead-letter queue, which takes from this rule alone."""
        document = built(settled())

        (config,) = at(document, "Settled/ToJobs")["dead_letter_config"]
        assert config["arn"].startswith("${aws_sqs_queue.Settled_DeadLetters_")
        assert statements(document, "Settled/DeadLetters/Policy")["EventsSends"]["Condition"] == {
            "ArnEquals": {"aws:SourceArn": ARN}
        }

    def test_rules_can_share_a_dead_letter_queue(self):
        """It lets each of them in."""

        def build(stack):
            dead = DeadLetterQueue(stack, "Dead")
            for id in ("Settled", "Refunded"):
                Rule(stack, id, event_pattern=PATTERN, dead_letter_queue=dead).add_target(
                    Queue(stack, f"{id}Jobs")
                )

        document = built(build)

        assert {"EventsSends", "EventsSends2"} < statements(document, "Dead/Policy").keys()

    def test_the_target_and_the_role_are_there_first(self):
        """The ARN is literal, so Terraform must be told."""
        needs = at(built(settled()), "Settled/ToJobs")["depends_on"]

        assert any(address.startswith("aws_sqs_queue_policy.Jobs_") for address in needs)
        assert any(address.startswith("aws_iam_role_policy.Settled_Role_") for address in needs)

    def test_something_else_is_delivered(self):
        """In place of the event."""

        def build(stack):
            rule = Rule(stack, "Settled", schedule="rate(1 hour)")
            rule.add_target(Queue(stack, "Jobs"), event={"job": "settle"})

        assert json.loads(at(built(build), "Settled/ToJobs")["input"]) == {"job": "settle"}

    def test_a_fifo_queue_gets_a_group(self):
        """And knows a message again by its content."""

        def build(stack):
            queue = Queue(stack, "Jobs", fifo=True, content_based_deduplication=True)
            Rule(stack, "Settled", event_pattern=PATTERN).add_target(queue, message_group_id="jobs")

        assert at(built(build), "Settled/ToJobs")["sqs_target"] == [{"message_group_id": "jobs"}]

    @pytest.mark.parametrize(
        ("queue", "arguments", "expected"),
        [
            ({"fifo": True, "content_based_deduplication": True}, {}, "message_group_id, for a FIFO queue"),
            ({"fifo": True}, {"message_group_id": "jobs"}, "content_based_deduplication, for a FIFO queue"),
            ({}, {"message_group_id": "jobs"}, "a FIFO queue, for message_group_id"),
        ],
    )
    def test_a_queue_that_cannot_be_delivered_to(self, queue, arguments, expected):
        """EventBridge takes FIFO queues that need nothing more."""

        def build(stack):
            rule = Rule(stack, "Settled", event_pattern=PATTERN)
            rule.add_target(Queue(stack, "Jobs", **queue), **arguments)

        assert refused(build, "cannot deliver to this").expected == expected

    def test_a_group_that_sqs_refuses(self):
        """Spaces are no part of its name."""

        def build(stack):
            queue = Queue(stack, "Jobs", fifo=True, content_based_deduplication=True)
            Rule(stack, "Settled", event_pattern=PATTERN).add_target(queue, message_group_id="no good")

        refused(build, "refuse this message group")

    @pytest.mark.parametrize("target", [lambda stack: "jobs", lambda stack: Key(stack, "Key")])
    def test_what_is_no_target(self, target):
        """A name, a key."""
        error = refused(settled(target), "delivered to this|cannot deliver to this")

        assert error.expected == "a queue, a topic, a function, a state machine or an event bus"

    def test_twice_is_a_mistake(self):
        """It would get each event twice."""

        def build(stack):
            rule, queue = Rule(stack, "Settled", event_pattern=PATTERN), Queue(stack, "Jobs")
            rule.add_target(queue)
            rule.add_target(queue)

        assert refused(build, "cannot deliver to this").expected == "each target once"

    def test_five_targets_are_all(self):
        """EventBridge takes no sixth."""

        def build(stack):
            rule = Rule(stack, "Settled", event_pattern=PATTERN)
            for number in range(6):
                rule.add_target(Queue(stack, f"Jobs{number}"))

        assert refused(build, "cannot deliver to this").expected == "at most 5 targets"

    def test_a_target_of_another_stack_is_imported_first(self):
        """It has its own state."""
        app = App()
        other = Queue(AwsStack(app, stack_instance(stack="other")), "Jobs")
        rule = Rule(AwsStack(app, stack_instance()), "Settled", event_pattern=PATTERN)

        with pytest.raises(LandformError, match="stands in another stack") as caught:
            rule.add_target(other)

        assert caught.value.code is Code.REFERENCE

    def test_its_id_is_one_that_eventbridge_takes(self):
        """At most 64 characters, whatever the path."""
        document = built(settled(lambda stack: Queue(stack, "Jobs of the night " * 4)))

        (target,) = [
            body["target_id"] for body in document["resource"]["aws_cloudwatch_event_target"].values()
        ]
        assert len(target) <= 64
        assert " " not in target


def test_everything_has_one_role_a_rule():
    """However many targets it has."""

    def build(stack):
        rule = Rule(stack, "Settled", event_pattern=PATTERN)
        rule.add_target(Queue(stack, "Jobs"))
        rule.add_target(EventBus.from_name(stack, "Theirs", "theirs", account_id="999999999999"))

    assert paths(built(build), "aws_iam_role") == ["Settled/Role/Resource"]

import json

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement
from landform.testing import TIERS

GLUE = [Trust.service("glue.amazonaws.com")]
ARN = "arn:aws:sqs:eu-west-1:012345678901:acme-payments-prod-data-lake-orders"
ELSEWHERE = "arn:aws:iam::999999999999:role/worker"
TOPIC = "arn:aws:sns:eu-west-1:012345678901:settled"
CONTEXT = {"kms:EncryptionContext:aws:sqs:arn": [ARN, f"{ARN}/*"]}


def orders(**arguments):
    return lambda stack: Queue(stack, "Orders", **arguments)


def dead_letters(**arguments):
    return lambda stack: DeadLetterQueue(stack, "DeadLetters", **arguments)


def granted(verb, principal=None):
    """The document of a stack in which a verb was granted on a queue."""

    def build(stack):
        queue = Queue(stack, "Orders")
        getattr(queue.grants, verb)(principal or Role(stack, "Worker", trust=GLUE))

    return built(build)


def refused(build, match):
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_sqs_queue.py"
    return caught.value


class TestQueue:
    def test_it_makes_a_dead_letter_queue_and_one_key_for_both(self):
        """Nothing is lost, and both are read with the same key."""
        document = built(orders())

        assert paths(document, "aws_sqs_queue") == ["Orders/DeadLetters/Resource", "Orders/Resource"]
        assert paths(document, "aws_kms_key") == ["Orders/Key/Resource"]
        assert (
            at(document, "Orders/Resource")["kms_master_key_id"]
            == at(document, "Orders/DeadLetters/Resource")["kms_master_key_id"]
        )

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("name", "acme-payments-prod-data-lake-orders"),
            ("visibility_timeout_seconds", 30),
            ("message_retention_seconds", 345_600),
            ("receive_wait_time_seconds", 20),
            ("redrive_allow_policy", '{"redrivePermission":"denyAll"}'),
        ],
    )
    def test_default(self, argument, value):
        """Said in the resource, whatever the provider's default is."""
        assert at(built(orders()), "Orders/Resource")[argument] == value

    def test_what_is_received_too_often_goes_to_the_dead_letter_queue(self):
        """By a reference, so that Terraform makes that queue first."""
        policy = json.loads(at(built(orders(max_receive_count=3)), "Orders/Resource")["redrive_policy"])

        assert policy["maxReceiveCount"] == 3
        assert policy["deadLetterTargetArn"].startswith("${aws_sqs_queue.Orders_DeadLetters_")

    def test_a_dead_letter_queue_can_be_given(self):
        """It then names each queue that it serves."""

        def build(stack):
            shared = DeadLetterQueue(stack, "DeadLetters")
            for id in ("Orders", "Invoices"):
                Queue(stack, id, dead_letter_queue=shared)

        document = built(build)

        assert paths(document, "aws_sqs_queue") == [
            "DeadLetters/Resource",
            "Invoices/Resource",
            "Orders/Resource",
        ]
        assert json.loads(at(document, "DeadLetters/Resource")["redrive_allow_policy"]) == {
            "redrivePermission": "byQueue",
            "sourceQueueArns": [ARN.replace("orders", "invoices"), ARN],
        }

    def test_a_key_can_be_given(self):
        """Then none is made."""

        def build(stack):
            Queue(stack, "Orders", key=Key(stack, "Key"))

        assert paths(built(build), "aws_kms_key") == ["Key/Resource"]

    def test_a_fifo_queue_has_a_fifo_dead_letter_queue(self):
        """SQS takes no other."""
        document = built(orders(fifo=True, content_based_deduplication=True))

        body = at(document, "Orders/Resource")
        assert (body["fifo_queue"], body["content_based_deduplication"]) == (True, True)
        assert body["name"] == "acme-payments-prod-data-lake-orders.fifo"
        assert at(document, "Orders/DeadLetters/Resource")["name"].endswith("-dead-letters.fifo")

    @pytest.mark.parametrize("tier", TIERS)
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier):
        """And its dead letters with it."""
        document = built(orders(), tier=tier)

        for path in ("Orders/Resource", "Orders/DeadLetters/Resource"):
            body = at(document, path)
            assert body.get("lifecycle") == ({"prevent_destroy": True} if tier in ("stage", "prod") else None)

    def test_protected_says_it_instead_of_the_tier(self):
        """A queue that must go says so, and it is recorded."""
        stack = stack_of(orders(protected=False))

        assert {off.holds for off in stack.switched_off} == {"Terraform may not destroy the queue"}
        assert "lifecycle" not in at(built(orders(protected=False)), "Orders/Resource")

    @pytest.mark.parametrize(
        ("arguments", "match"),
        [
            ({"queue_name": "no good"}, "refuse this queue name"),
            ({"queue_name": "x" * 81}, "refuse this queue name"),
            ({"queue_name": "orders.fifo"}, "refuse this queue name"),
            ({"queue_name": "orders", "fifo": True}, "refuse this name of a FIFO queue"),
            ({"visibility_timeout_seconds": 43_201}, "seconds a received message is hidden"),
            ({"visibility_timeout_seconds": -1}, "seconds a received message is hidden"),
            ({"retention_days": 15}, "days a message is kept"),
            ({"retention_days": 0}, "days a message is kept"),
            ({"max_receive_count": 0}, "before it is a dead letter"),
            ({"max_receive_count": 1_001}, "before it is a dead letter"),
            ({"content_based_deduplication": True}, "Only a FIFO queue"),
        ],
    )
    def test_what_sqs_refuses(self, arguments, match):
        """Told at synth, with the user's line."""
        refused(orders(**arguments), match)

    def test_a_long_path_is_cut_to_what_sqs_takes(self):
        """With the FIFO suffix, too."""
        document = built(lambda stack: Queue(stack, "Orders" * 20, fifo=True))

        (name,) = [
            body["name"]
            for body in document["resource"]["aws_sqs_queue"].values()
            if "redrive_policy" in body
        ]
        assert len(name) <= 80
        assert name.endswith(".fifo")


class TestQueuePolicy:
    def test_plain_http_is_denied(self):
        """To everyone, for every action."""
        assert statements(built(orders()), "Orders/Policy") == {
            "DenyPlainHttp": {
                "Sid": "DenyPlainHttp",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": ARN,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        }

    @pytest.mark.parametrize(
        ("statement", "match"),
        [
            (Statement("A", ("sqs:SendMessage",), ("*",)), "about something else"),
            (Statement("A", ("sqs:SendMessage",), (f"{ARN}-2",)), "about something else"),
            (
                Statement("A", ("sqs:SendMessage",), (ARN,), principals=(Principal.everyone(),)),
                "allows nothing to everyone",
            ),
            (Statement("A", ("sqs:*",), (ARN,), principals=(Principal("AWS", ELSEWHERE),)), "names each"),
        ],
    )
    def test_a_statement_it_does_not_take(self, statement, match):
        """Another resource, everyone, or every action."""
        with pytest.raises(LandformError, match=match):
            built(lambda stack: Queue(stack, "Orders").add_to_policy(statement))

    def test_more_than_sqs_takes(self):
        """8192 characters, with the number that were given."""

        def build(stack):
            queue = Queue(stack, "Orders")
            for number in range(30):
                queue.allow_service("sns.amazonaws.com", source_arn=f"{TOPIC}-{number}")

        with pytest.raises(LandformError, match="queue policy is longer"):
            built(build)


class TestAllowService:
    def allowed(self, **arguments):
        arguments = {"service": "sns.amazonaws.com", "source_arn": TOPIC, **arguments}
        service = arguments.pop("service")
        return lambda stack: Queue(stack, "Orders").allow_service(service, **arguments)

    def test_the_service_sends_for_one_resource(self):
        """Another topic does not."""
        assert statements(built(self.allowed()), "Orders/Policy")["SnsSends"] == {
            "Sid": "SnsSends",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": ARN,
            "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}},
        }

    def test_the_key_lets_it_in_for_this_queue(self):
        """By the encryption context that SQS sets."""
        policy = statements(built(self.allowed()), "Orders/Key/Resource")["SnsEncryptsMessages"]

        assert policy["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert policy["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": ARN}}

    def test_a_bucket_is_of_this_account(self):
        """Its ARN does not say so, and its name could become another's."""
        document = built(self.allowed(service="s3.amazonaws.com", source_arn="arn:aws:s3:::lake"))

        assert statements(document, "Orders/Policy")["S3Sends"]["Condition"] == {
            "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::lake"},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    @pytest.mark.parametrize("service", ["sns", "*", "sns.example.com"])
    def test_what_is_no_service(self, service):
        """The form of the name is AWS's."""
        refused(self.allowed(service=service), "principal of an AWS service")

    @pytest.mark.parametrize("arn", ["*", f"{TOPIC}*", "settled", "arn:aws:sns:eu-west-1:1:x"])
    def test_what_is_no_arn_of_one_resource(self, arn):
        """A wildcard would let in what is not meant."""
        refused(self.allowed(source_arn=arn), "ARN of what a service acts for")


class TestDeadLetterQueue:
    def test_it_keeps_messages_as_long_as_sqs_does(self):
        """14 days, and it names no queue yet."""
        body = at(built(dead_letters()), "DeadLetters/Resource")

        assert body["message_retention_seconds"] == 1_209_600
        assert body["redrive_allow_policy"] == '{"redrivePermission":"denyAll"}'

    def test_it_serves_ten_queues(self):
        """SQS lets it name no more."""

        def build(stack):
            shared = DeadLetterQueue(stack, "DeadLetters")
            for number in range(11):
                Queue(stack, f"Orders{number}", dead_letter_queue=shared)

        assert refused(build, "can name no more").expected == "at most 10"

    @pytest.mark.parametrize("fifo", [True, False])
    def test_it_is_of_the_same_kind(self, fifo):
        """A FIFO queue's dead letters keep their order."""

        def build(stack):
            Queue(stack, "Orders", fifo=fifo, dead_letter_queue=DeadLetterQueue(stack, "Dead", fifo=not fifo))

        refused(build, "FIFO dead-letter queue")

    @pytest.mark.parametrize("arguments", [{"queue_name": "no good"}, {"retention_days": 15}])
    def test_what_sqs_refuses(self, arguments):
        """As of a queue."""
        refused(dead_letters(**arguments), "AWS would refuse")


class TestQueueGrants:
    @pytest.mark.parametrize(
        ("verb", "actions"),
        [
            ("send_messages", ["sqs:GetQueueUrl", "sqs:SendMessage"]),
            (
                "receive_messages",
                [
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                    "sqs:ReceiveMessage",
                ],
            ),
            ("delete_messages", "sqs:DeleteMessage"),
            ("purge", "sqs:PurgeQueue"),
            (
                "redrive",
                ["sqs:CancelMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask"],
            ),
            (
                "describe",
                [
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                    "sqs:ListDeadLetterSourceQueues",
                    "sqs:ListQueueTags",
                ],
            ),
        ],
    )
    def test_a_verb_is_its_actions_on_this_queue(self, verb, actions):
        """And on no other."""
        sid = "".join(part.capitalize() for part in verb.split("_"))
        policy = statements(granted(verb), "Worker/Policy")

        assert policy[sid] == {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": ARN}
        assert "Allow" not in {s["Effect"] for s in statements(granted(verb), "Orders/Policy").values()}

    @pytest.mark.parametrize(
        ("verb", "actions"),
        [
            ("send_messages", ["kms:Decrypt", "kms:GenerateDataKey"]),
            ("receive_messages", "kms:Decrypt"),
            ("delete_messages", None),
            ("purge", None),
        ],
    )
    def test_the_key_goes_along(self, verb, actions):
        """Through SQS, for this queue's messages alone."""
        policy = statements(granted(verb), "Worker/Policy").get("UseKeyViaSqs")

        if actions is None:
            assert policy is None
            return
        assert policy["Action"] == actions
        assert policy["Condition"] == {
            "StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"},
            "StringLike": CONTEXT,
        }

    def test_a_role_from_elsewhere_stands_in_the_queue_policy(self):
        """By name, and as long as it is of the organisation."""
        document = granted("send_messages", Role.from_arn(ELSEWHERE))

        assert statements(document, "Orders/Policy")["SendMessages"] == {
            "Sid": "SendMessages",
            "Effect": "Allow",
            "Principal": {"AWS": ELSEWHERE},
            "Action": ["sqs:GetQueueUrl", "sqs:SendMessage"],
            "Resource": ARN,
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        }
        assert statements(document, "Orders/Key/Resource")["UseKeyViaSqs"]["Principal"] == {"AWS": ELSEWHERE}


class TestImportedQueue:
    def imported(self, **arguments):
        def build(stack):
            queue = Queue.from_name(stack, "Theirs", "their-orders", **arguments)
            queue.grants.send_messages(Role(stack, "Worker", trust=GLUE))
            queue.allow_service("sns.amazonaws.com", source_arn=TOPIC)

        return build

    def test_it_makes_nothing(self):
        """But the grant in the role's policy."""
        document = built(self.imported(account_id="999999999999"))

        assert "aws_sqs_queue" not in document["resource"]
        assert statements(document, "Worker/Policy").keys() == {"SendMessages"}
        assert statements(document, "Worker/Policy")["SendMessages"]["Resource"] == (
            "arn:aws:sqs:eu-west-1:999999999999:their-orders"
        )

    def test_its_owner_is_told_what_its_policy_must_say(self):
        """It is not ours to write."""
        stack = stack_of(self.imported())
        (queue,) = [each for each in stack.node.find_all() if each.node.id == "Theirs"]

        assert queue.node.annotations == (
            (
                "info",
                "The policy of arn:aws:sqs:eu-west-1:012345678901:their-orders must let sns.amazonaws.com "
                f"send for {TOPIC}.",
            ),
        )

    @pytest.mark.parametrize("name", ["no good", "x" * 81, ""])
    def test_a_name_sqs_would_refuse(self, name):
        """Told before a policy names it."""
        refused(lambda stack: Queue.from_name(stack, "Theirs", name), "refuse this queue name")

import pytest
from reading import at, built, paths, statements

from landform.constructs.events import EventBus
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement

GLUE = [Trust.service("glue.amazonaws.com")]
ARN = "arn:aws:events:eu-west-1:012345678901:event-bus/acme-payments-prod-data-lake-orders"
ELSEWHERE = "arn:aws:iam::999999999999:role/worker"


def orders(**arguments):
    return lambda stack: EventBus(stack, "Orders", **arguments)


def granted(verb, principal=None, **arguments):
    def build(stack):
        getattr(EventBus(stack, "Orders").grants, verb)(
            principal or Role(stack, "Worker", trust=GLUE), **arguments
        )

    return built(build)


class TestEventBus:
    def test_it_is_encrypted_and_keeps_what_it_cannot_encrypt(self):
        """With one key for both."""
        document = built(orders())

        body = at(document, "Orders/Resource")
        assert body["name"] == "acme-payments-prod-data-lake-orders"
        assert body["kms_key_identifier"] == at(document, "Orders/DeadLetters/Resource")["kms_master_key_id"]
        assert body["dead_letter_config"][0]["arn"].startswith("${aws_sqs_queue.Orders_DeadLetters_")

    def test_the_key_serves_this_bus_alone(self):
        """By its encryption context; a look at the key has none, so the account stands for it."""
        policy = statements(built(orders()), "Orders/Key/Resource")

        assert policy["EventsEncryptEvents"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert policy["EventsEncryptEvents"]["Condition"] == {
            "StringEquals": {"kms:EncryptionContext:aws:events:event-bus:arn": ARN}
        }
        assert policy["EventsDescribeKey"]["Action"] == "kms:DescribeKey"
        assert policy["EventsDescribeKey"]["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "012345678901"}
        }

    def test_the_dead_letter_queue_takes_from_this_bus_alone(self):
        """Another bus of the account has its own."""
        policy = statements(built(orders()), "Orders/DeadLetters/Policy")["EventsSends"]

        assert policy["Condition"] == {"ArnEquals": {"aws:SourceArn": ARN}}

    def test_a_key_can_be_given(self):
        """Then none is made."""
        document = built(lambda stack: EventBus(stack, "Orders", key=Key(stack, "Key")))

        assert paths(document, "aws_kms_key") == ["Key/Resource"]

    @pytest.mark.parametrize("name", ["default", "no good", "x" * 257, "aws/partner"])
    def test_a_name_eventbridge_would_refuse(self, name):
        """The account's own, and what holds other characters."""
        with pytest.raises(LandformError, match="refuse this event bus name") as caught:
            built(orders(event_bus_name=name))

        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_events_event_bus.py"


class TestEventBusPolicy:
    def test_nobody_outside_of_the_organization_puts_events(self):
        """AWS's own services are of none."""
        assert statements(built(orders()), "Orders/Policy") == {
            "DenyOutsideOrganization": {
                "Sid": "DenyOutsideOrganization",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": ARN,
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            }
        }

    @pytest.mark.parametrize(
        ("statement", "match"),
        [
            (Statement("A", ("events:PutEvents",), ("*",)), "about something else"),
            (
                Statement("A", ("events:PutEvents",), (ARN,), principals=(Principal.everyone(),)),
                "allows nothing to everyone",
            ),
            (Statement("A", ("events:*",), (ARN,), principals=(Principal("AWS", ELSEWHERE),)), "names each"),
        ],
    )
    def test_a_statement_it_does_not_take(self, statement, match):
        """Another resource, everyone, or every action."""
        with pytest.raises(LandformError, match=match) as caught:
            built(lambda stack: EventBus(stack, "Orders").add_to_policy(statement))

        assert caught.value.code is Code.ARGUMENT_VALUE


class TestEventBusGrants:
    def test_put_events(self):
        """And no key: EventBridge encrypts by itself."""
        assert statements(granted("put_events"), "Worker/Policy") == {
            "PutEvents": {
                "Sid": "PutEvents",
                "Effect": "Allow",
                "Action": "events:PutEvents",
                "Resource": ARN,
            }
        }

    def test_put_events_of_some_sources(self):
        """A shop does not speak for the bank."""
        policy = statements(granted("put_events", sources=["acme.shop"]), "Worker/Policy")["PutEvents"]

        assert policy["Condition"] == {"StringEquals": {"events:source": "acme.shop"}}

    @pytest.mark.parametrize("source", ["aws.ecs", "*", "acme.*", ""])
    def test_a_source_that_is_nobodys(self, source):
        """AWS's own, and wildcards."""
        with pytest.raises(LandformError, match="refuse this source"):
            granted("put_events", sources=[source])

    def test_describe(self):
        """Reading alone."""
        assert statements(granted("describe"), "Worker/Policy")["Describe"]["Action"] == (
            "events:DescribeEventBus"
        )

    def test_a_role_from_elsewhere_stands_in_the_policy(self):
        """By name, and as long as it is of the organisation."""
        policy = statements(granted("put_events", Role.from_arn(ELSEWHERE)), "Orders/Policy")["PutEvents"]

        assert policy["Principal"] == {"AWS": ELSEWHERE}
        assert policy["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


class TestImportedEventBus:
    @pytest.mark.parametrize(
        ("name", "account"), [("default", None), ("theirs", "999999999999"), ("shared", "012345678901")]
    )
    def test_it_is_granted_on(self, name, account):
        """The account's own bus is one."""

        def build(stack):
            bus = EventBus.from_name(stack, "Theirs", name, account_id=account)
            bus.grants.put_events(Role(stack, "Worker", trust=GLUE))

        document = built(build)

        assert "aws_cloudwatch_event_bus" not in document["resource"]
        assert statements(document, "Worker/Policy")["PutEvents"]["Resource"] == (
            f"arn:aws:events:eu-west-1:{account or '012345678901'}:event-bus/{name}"
        )

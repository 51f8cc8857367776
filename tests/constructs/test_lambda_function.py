import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ec2 import Peer, SecurityGroup, Vpc
from landform.constructs.grants import Grantee
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.lambda_ import Code, CodeSigning, Function
from landform.constructs.s3 import Bucket
from landform.constructs.sns import Topic
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.errors import Code as ErrorCode
from landform.errors import LandformError
from landform.iam import Statement

GLUE = [Trust.service("glue.amazonaws.com")]
IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"
NAME = "acme-payments-prod-data-lake-settle"
ARN = f"arn:aws:lambda:eu-west-1:012345678901:function:{NAME}"
ELSEWHERE = "arn:aws:iam::999999999999:role/worker"
TOPIC = "arn:aws:sns:eu-west-1:012345678901:settled"


def settle(**arguments):
    return lambda stack: Function(stack, "Settle", **{"code": Code.from_image(IMAGE), **arguments})


def in_vpc(stack):
    return Function(
        stack, "Settle", code=Code.from_image(IMAGE), vpc=Vpc(stack, "Vpc", cidr="10.0.0.0/20", nat="single")
    )


def refused(build, match):
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is ErrorCode.ARGUMENT_VALUE
    assert caught.value.place.file == "test_lambda_function.py"
    return caught.value


class TestFunction:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("function_name", NAME),
            ("architectures", ["arm64"]),
            ("memory_size", 256),
            ("timeout", 30),
            ("reserved_concurrent_executions", 10),
            ("tracing_config", [{"mode": "Active"}]),
            ("package_type", "Image"),
            ("image_uri", IMAGE),
        ],
    )
    def test_default(self, argument, value):
        """Said in the resource, whatever the provider's default is."""
        assert at(built(settle()), "Settle/Resource")[argument] == value

    def test_one_key_is_for_all_it_keeps(self):
        """Logs and failed events, and the environment where there is one."""
        document = built(settle(environment={"LEDGER": "acme-ledger"}))

        key = at(document, "Settle/Resource")["kms_key_arn"]
        assert paths(document, "aws_kms_key") == ["Settle/Key/Resource"]
        assert at(document, "Settle/Logs/Resource")["kms_key_id"] == key
        assert at(document, "Settle/DeadLetters/Resource")["kms_master_key_id"] == key

    def test_what_it_needs_can_be_given(self):
        """A key and a dead-letter queue that others share."""

        def build(stack):
            key = Key(stack, "Key")
            dead = DeadLetterQueue(stack, "Dead", key=key)
            settle(key=key, dead_letter_queue=dead)(stack)

        document = built(build)

        assert paths(document, "aws_kms_key") == ["Key/Resource"]
        assert paths(document, "aws_sqs_queue") == ["Dead/Resource"]

    def test_logs_go_to_a_group_of_its_own(self):
        """As JSON, kept for as long as the tier says."""
        document = built(settle(), tier="stage")

        (logging,) = at(document, "Settle/Resource")["logging_config"]
        assert logging["log_format"] == "JSON"
        assert logging["log_group"].startswith("${aws_cloudwatch_log_group.Settle_Logs_")
        assert at(document, "Settle/Logs/Resource")["name"] == f"/aws/lambda/{NAME}"
        assert at(document, "Settle/Logs/Resource")["retention_in_days"] == 400

    def test_the_environment_is_read_for_this_function_alone(self):
        """Lambda sets its ARN as encryption context, and says nothing else when it starts a function."""
        document = built(settle(environment={"LEDGER": "acme-ledger"}))

        assert at(document, "Settle/Resource")["environment"] == [{"variables": {"LEDGER": "acme-ledger"}}]
        statement = statements(document, "Settle/Role/Policy")["DecryptEnvironment"]
        assert statement["Action"] == "kms:Decrypt"
        assert statement["Condition"] == {
            "StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": ARN}
        }

    def test_an_empty_environment_has_no_key(self):
        """Lambda keeps none, and Terraform would change it for ever."""
        body = at(built(settle()), "Settle/Resource")

        assert "kms_key_arn" not in body
        assert "environment" not in body

    def test_an_environment_may_hold_references(self):
        """A queue's URL is AWS's choice."""

        def build(stack):
            settle(environment={"QUEUE_URL": Queue(stack, "Orders").queue_url})(stack)

        (environment,) = at(built(build), "Settle/Resource")["environment"]
        assert environment["variables"]["QUEUE_URL"].startswith("${aws_sqs_queue.Orders_")

    def test_terraform_makes_the_role_and_its_policy_first(self):
        """Lambda tries the role when the function is made."""
        needs = at(built(settle()), "Settle/Resource")["depends_on"]

        assert any(address.startswith("aws_iam_role_policy.Settle_Role_Policy") for address in needs)

    @pytest.mark.parametrize(
        ("arguments", "match"),
        [
            ({"function_name": "no good"}, "refuse this function name"),
            ({"function_name": "x" * 65}, "refuse this function name"),
            ({"memory_mb": 127}, "amount of memory"),
            ({"memory_mb": 10_241}, "amount of memory"),
            ({"timeout_seconds": 0}, "seconds a function may run"),
            ({"timeout_seconds": 901}, "seconds a function may run"),
            ({"reserved_concurrency": -1}, "executions at once"),
            ({"architecture": "x86"}, "refuse this architecture"),
            ({"code": "settle.zip"}, "refuse this code"),
            ({"environment": {"AWS_REGION": "eu-west-1"}}, "name of an environment variable"),
            ({"environment": {"LAMBDA_TASK_ROOT": "/"}}, "name of an environment variable"),
            ({"environment": {"9TO5": "x"}}, "name of an environment variable"),
            ({"environment": {"LIMIT": 5}}, "variable is text"),
            ({"environment": {"LARGE": "x" * 4_092}}, "larger than Lambda takes"),
        ],
    )
    def test_what_lambda_refuses(self, arguments, match):
        """Told at synth, with the user's line."""
        refused(settle(**arguments), match)

    @pytest.mark.parametrize("name", ["AWS_RETRY_MODE", "LEDGER", "lowerCase_1"])
    def test_a_variable_that_lambda_takes(self, name):
        """AWS's own that its SDKs read are among them."""
        (environment,) = at(built(settle(environment={name: "x"})), "Settle/Resource")["environment"]

        assert environment["variables"] == {name: "x"}

    def test_the_largest_environment(self):
        """4 KB, names and values together."""
        built(settle(environment={"LARGE": "x" * 4_091}))

    def test_a_fifo_dead_letter_queue(self):
        """Lambda sends nothing to one."""

        def build(stack):
            settle(dead_letter_queue=DeadLetterQueue(stack, "Dead", fifo=True))(stack)

        assert refused(build, "dead-letter queue").expected == "a queue that is not FIFO"

    def test_an_image_is_not_signed(self):
        """Lambda checks the signatures of packages alone."""

        def build(stack):
            settle(code_signing=CodeSigning(stack, "Signing"))(stack)

        assert refused(build, "code signing").expected == "code in a bucket"


class TestVpc:
    def test_it_runs_in_the_private_subnets(self):
        """With a security group that lets nobody in."""
        document = built(in_vpc)

        (config,) = at(document, "Settle/Resource")["vpc_config"]
        assert len(config["subnet_ids"]) == 3
        assert all("Vpc_Private" in subnet for subnet in config["subnet_ids"])
        assert at(document, "Settle/SecurityGroup/Resource")["description"] == f"function {NAME}"

    def test_its_role_places_it_and_its_code_does_not(self):
        """Lambda acts with the role; so would the code, were it not denied."""
        policy = statements(built(in_vpc), "Settle/Role/Policy")

        assert policy["PlaceInVpc"]["Resource"] == [
            f"arn:aws:ec2:eu-west-1:012345678901:{kind}/*"
            for kind in ("network-interface", "security-group", "subnet")
        ]
        denied = policy["CodePlacesNothing"]
        assert denied["Effect"] == "Deny"
        assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": ARN}}
        assert set(denied["Action"]) == {*policy["PlaceInVpc"]["Action"], *policy["FindSubnets"]["Action"]}

    def test_it_talks_to_whom_it_is_let(self):
        """As a security group does, and with one."""

        def build(stack):
            vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20")
            function = settle(vpc=vpc)(stack)
            SecurityGroup(stack, "Db", vpc=vpc, description="database").allow_from(function, 5432)
            function.connections.allow_to(Peer.internet(), 443)

        document = built(build)

        assert "Db/FromSettle.SecurityGroupTcp5432" in paths(document, "aws_vpc_security_group_ingress_rule")
        assert "Settle/SecurityGroup/ToInternetTcp443" in paths(
            document, "aws_vpc_security_group_egress_rule"
        )

    def test_without_a_vpc_it_has_no_connections(self):
        """And the error says what to pass."""
        error = refused(lambda stack: settle()(stack).connections, "no connections there")

        assert error.fix == "Pass vpc=... to the Function."


class TestGrantee:
    def test_a_function_is_granted_to_as_its_role(self):
        """The role's policy, the role's ARN."""
        grants = []

        def build(stack):
            function = settle()(stack)
            assert isinstance(function, Grantee)
            grants.append(Bucket(stack, "Ledger").grants.list(function))

        policy = statements(built(build), "Settle/Role/Policy")

        assert policy["List"]["Resource"] == "arn:aws:s3:::acme-payments-prod-data-lake-ledger"
        assert grants[0].principal == f"arn:aws:iam::012345678901:role/{NAME}-role"

    def test_its_own_arn_is_the_functions(self):
        """Which is what others are granted on."""
        assert stack_of(settle()).node.try_find_child("Settle").arn == ARN

    def test_a_wide_statement_is_refused(self):
        """As a role refuses it."""
        wide = Statement("Wide", ("s3:GetObject",))

        with pytest.raises(LandformError, match="names the resources"):
            built(lambda stack: settle()(stack).add_to_policy(wide))


class TestConsume:
    def consuming(self, queue=(), **arguments):
        def build(stack):
            settle(timeout_seconds=60)(stack).consume(Queue(stack, "Orders", **dict(queue)), **arguments)

        return build

    def test_it_receives_and_deletes(self):
        """And the mapping calls it with ten messages at once."""
        document = built(self.consuming({"visibility_timeout_seconds": 60}))

        policy = statements(document, "Settle/Role/Policy")
        assert {"ReceiveMessages", "DeleteMessages"} < policy.keys()
        assert "UseKeyViaSqs2" in policy
        assert at(document, "Settle/FromOrders")["batch_size"] == 10

    def test_a_queue_that_shows_a_message_too_soon(self):
        """Lambda refuses it: the message would be handled twice."""
        error = refused(self.consuming(), "hides a message")

        assert error.given == "Orders, 30 seconds hidden, for calls of 60 seconds"
        assert error.expected == "a Queue with visibility_timeout_seconds of 60 or more"

    @pytest.mark.parametrize("size", [0, 11])
    def test_a_batch_that_lambda_refuses(self, size):
        """1 to 10 messages."""
        refused(self.consuming({"visibility_timeout_seconds": 60}, batch_size=size), "messages in a batch")

    @pytest.mark.parametrize("queue", [lambda stack: "orders", lambda stack: Key(stack, "Key")])
    def test_what_is_no_queue(self, queue):
        """A name, a key."""
        refused(lambda stack: settle()(stack).consume(queue(stack)), "delivered to this|consumes a queue")

    def test_an_imported_queue(self):
        """By its ARN; how long it hides a message is not known here."""

        def build(stack):
            settle()(stack).consume(Queue.from_name(stack, "Theirs", "their-orders"))

        assert at(built(build), "Settle/FromTheirs")["event_source_arn"].endswith(":their-orders")


class TestPermissions:
    def test_a_topic_invokes_it(self):
        """That one alone."""

        def build(stack):
            Topic(stack, "Settled", topic_name="settled").subscribe(settle()(stack))

        document = built(build)

        permission = at(document, "Settle/Sns-settled")
        assert permission["principal"] == "sns.amazonaws.com"
        assert permission["source_arn"] == TOPIC
        assert at(document, "Settled/ToSettle")["protocol"] == "lambda"

    def test_a_bucket_is_of_this_account(self):
        """Its ARN does not say so."""
        document = built(
            lambda stack: settle()(stack).allow_service("s3.amazonaws.com", source_arn="arn:aws:s3:::lake")
        )

        permission = at(document, "Settle/S3-lake")
        assert permission["source_account"] == "012345678901"

    def test_once_is_enough(self):
        """The same permission twice is one."""

        def build(stack):
            function = settle()(stack)
            for _ in range(2):
                function.allow_service("sns.amazonaws.com", source_arn=TOPIC)

        assert paths(built(build), "aws_lambda_permission") == ["Settle/Sns-settled"]

    def test_a_fifo_topic_does_not_deliver_to_a_function(self):
        """SNS takes queues alone."""

        def build(stack):
            Topic(stack, "Settled", fifo=True).subscribe(settle()(stack))

        assert refused(build, "cannot be subscribed").expected == "a queue, for a FIFO topic"

    @pytest.mark.parametrize("source_arn", ["*", f"{TOPIC}*"])
    def test_a_source_that_is_not_one(self, source_arn):
        """A wildcard would let in what is not meant."""
        refused(
            lambda stack: settle()(stack).allow_service("sns.amazonaws.com", source_arn=source_arn),
            "ARN of what a service acts for",
        )


class TestFunctionGrants:
    def test_invoke(self):
        """One action on one function."""

        def build(stack):
            settle()(stack).grants.invoke(Role(stack, "Worker", trust=GLUE))

        assert statements(built(build), "Worker/Policy") == {
            "Invoke": {
                "Sid": "Invoke",
                "Effect": "Allow",
                "Action": "lambda:InvokeFunction",
                "Resource": ARN,
            }
        }

    def test_a_role_from_elsewhere_has_a_permission(self):
        """By name, and as long as it is of the organisation."""
        document = built(lambda stack: settle()(stack).grants.invoke(Role.from_arn(ELSEWHERE)))

        permission = at(document, "Settle/Invoke-999999999999-worker")
        assert permission["principal"] == ELSEWHERE
        assert permission["action"] == "lambda:InvokeFunction"
        assert permission["principal_org_id"] == "o-a1b2c3d4e5"


class TestImportedFunction:
    def test_it_is_granted_on(self):
        """In the role's policy alone."""

        def build(stack):
            function = Function.from_name(stack, "Theirs", "their-function", account_id="999999999999")
            function.grants.invoke(Role(stack, "Worker", trust=GLUE))
            function.allow_service("sns.amazonaws.com", source_arn=TOPIC)

        document = built(build)

        assert not {"aws_lambda_function", "aws_lambda_permission"} & document["resource"].keys()
        assert statements(document, "Worker/Policy")["Invoke"]["Resource"] == (
            "arn:aws:lambda:eu-west-1:999999999999:function:their-function"
        )

    def test_a_name_lambda_would_refuse(self):
        """Told before a policy names it."""
        refused(lambda stack: Function.from_name(stack, "Theirs", "no good"), "refuse this function name")

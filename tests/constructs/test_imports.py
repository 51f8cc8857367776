"""What another stack makes: it makes nothing here, is granted on, and given to what would take one made here."""

import json

import pytest
from reading import at, built, paths, statements

from landform.constructs.autoscaling import AutoScalingGroup
from landform.constructs.cloudfront import DistributionLogBucket
from landform.constructs.detective import Trail
from landform.constructs.ec2 import LaunchTemplate, SecurityGroup, Subnet, Vpc
from landform.constructs.ecs import Cluster, FargateService
from landform.constructs.elbv2 import LoadBalancer, LoadBalancerLogBucket
from landform.constructs.events import Rule
from landform.constructs.iam import Policy, Role, Trust
from landform.constructs.kms import Key
from landform.constructs.lambda_ import Code, CodeSigning, Function, FunctionUrl
from landform.constructs.organizations import Guardrails, OrganizationPolicy, OrganizationTree
from landform.constructs.s3 import AccessLogBucket, Bucket, LogArchiveBucket
from landform.constructs.sns import Topic
from landform.constructs.sqs import DeadLetterQueue, Queue
from landform.constructs.ssoadmin import IdentityCenter, PermissionSet
from landform.errors import Code as ErrorCode
from landform.errors import LandformError
from landform.iam import Statement
from landform.testing import synthesise

GLUE = [Trust.service("glue.amazonaws.com")]
SQS = "arn:aws:sqs:eu-west-1:012345678901"
KEY = "arn:aws:kms:eu-west-1:012345678901:key/0a1b2c3d"
SIGNING = "arn:aws:lambda:eu-west-1:012345678901:code-signing-config:csc-0a1b2c3d4e5f6a7b8"
PERMISSION_SET = "arn:aws:sso:::permissionSet/ssoins-0a1b2c3d4e5f6a7b/ps-0a1b2c3d4e5f6a7b"
IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"
A = Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.24.0.0/23")
B = Subnet("subnet-0b1b2c3d", "eu-west-1b", "10.24.2.0/23")


def reader(stack):
    return Role(stack, "Reader", trust=GLUE)


def shared_vpc(stack, **arguments):
    subnets = {"private_subnets": [A, B], "public_subnets": [A, B], **arguments}
    return Vpc.from_ids(stack, "Shared", "vpc-0a1b2c3d", cidr="10.24.0.0/20", **subnets)


def granted(build):
    """The statements of a role after a build granted it something."""
    return statements(built(build), "Reader/Policy")


def notes(build):
    return [note.message for note in synthesise(build).annotations if "must let" in note.message]


def center(stack):
    return IdentityCenter(stack, "Center")


def template(stack, launch_template_id="lt-0a1b2c3d", **arguments):
    return LaunchTemplate.from_id(
        stack,
        "Template",
        launch_template_id,
        vpc=shared_vpc(stack, **arguments),
        security_group=SecurityGroup.from_id(stack, "Workers", "sg-0a1b2c3d"),
        role=Role.from_arn("arn:aws:iam::012345678901:role/workers"),
        key=Key.from_arn(stack, "Key", KEY),
        port=8080,
    )


@pytest.mark.parametrize(
    ("imported", "message"),
    [
        (lambda s: AccessLogBucket.from_account(s, "It"), None),
        (lambda s: CodeSigning.from_arn(s, "It", SIGNING), None),
        (lambda s: CodeSigning.from_arn(s, "It", "csc-0a1b"), "ARN of a code signing configuration"),
        (lambda s: DeadLetterQueue.from_name(s, "It", "letters"), None),
        (lambda s: DeadLetterQueue.from_name(s, "It", "no good"), "queue name"),
        (lambda s: DistributionLogBucket.from_name(s, "It", "logs"), None),
        (lambda s: DistributionLogBucket.from_name(s, "It", "Logs"), "bucket name"),
        (lambda s: FargateService.from_name(s, "It", "a b", cluster=Cluster.from_name(s, "C", "c")), "service name"),
        (lambda s: FunctionUrl.from_name(s, "It", "settle"), None),
        (lambda s: FunctionUrl.from_name(s, "It", "set tle"), "function name"),
        (template, None),
        (lambda s: template(s, "ami-0a1b2c3d"), "launch template id"),
        (lambda s: LoadBalancerLogBucket.from_name(s, "It", "logs"), None),
        (lambda s: LoadBalancerLogBucket.from_name(s, "It", "Logs"), "bucket name"),
        (lambda s: LogArchiveBucket.from_name(s, "It", "archive"), None),
        (lambda s: LogArchiveBucket.from_name(s, "It", "Archive"), "bucket name"),
        (lambda s: OrganizationTree.from_ids(s, "It", "r-a1b2"), None),
        (lambda s: OrganizationTree.from_ids(s, "It", "ou-a1b2"), "id of the root"),
        (lambda s: OrganizationTree.from_ids(s, "It", "r-a1b2", units={"A": "r-a1b2"}), "organizational unit"),
        (lambda s: OrganizationTree.from_ids(s, "It", "r-a1b2", units={"/A": "ou-a1b2-c3d4e5f6"}), "path of"),
        (lambda s: OrganizationTree.from_ids(s, "It", "r-a1b2", accounts={"a": "1"}), "id of an account"),
        (lambda s: Policy.from_name(s, "It", "shared"), None),
        (lambda s: Policy.from_name(s, "It", "no good"), "policy name"),
        (lambda s: PermissionSet.from_arn(s, "It", PERMISSION_SET, center=center(s)), None),
        (lambda s: PermissionSet.from_arn(s, "It", "ReadOnly", center=center(s)), "ARN of a permission set"),
    ],
)  # fmt: skip
def test_it_makes_nothing(imported, message):
    """And what AWS would refuse as its name is refused, on the user's line."""
    if message is None:
        assert "resource" not in built(imported)
        return
    with pytest.raises(LandformError, match=f"refuse this .*{message}") as caught:
        built(imported)

    assert caught.value.code is ErrorCode.ARGUMENT_VALUE
    assert caught.value.place.file == "test_imports.py"


class TestDeadLetterQueue:
    def test_a_queue_sends_its_dead_letters_there(self):
        """By the ARN, and the owner is told to let it."""

        def build(stack):
            Queue(stack, "Orders", dead_letter_queue=DeadLetterQueue.from_name(stack, "Letters", "letters"))

        document = built(build)

        redrive = json.loads(at(document, "Orders/Resource")["redrive_policy"])
        assert redrive["deadLetterTargetArn"] == f"{SQS}:letters"
        assert paths(document, "aws_sqs_queue") == ["Orders/Resource"]
        orders = f"{SQS}:acme-payments-prod-data-lake-orders"
        assert notes(build) == [f"The redrive allow policy of {SQS}:letters must let {orders} send."]

    def test_a_fifo_queue_has_a_fifo_one(self):
        """The name tells which it is."""

        def build(stack):
            letters = DeadLetterQueue.from_name(stack, "Letters", "letters")
            Queue(stack, "Orders", fifo=True, dead_letter_queue=letters)

        with pytest.raises(LandformError, match="FIFO dead-letter queue") as caught:
            built(build)

        assert caught.value.given == "acme-payments-prod-data-lake-orders.fifo with letters"

    def test_a_function_sends_failed_events_there(self):
        """Its role may, and use the key."""

        def build(stack):
            letters = DeadLetterQueue.from_name(
                stack, "Letters", "letters", key=Key.from_arn(stack, "Shared", KEY)
            )
            Function(stack, "Settle", code=Code.from_image(IMAGE), dead_letter_queue=letters)

        document = built(build)
        policy = statements(document, "Settle/Role/Policy")

        assert at(document, "Settle/Resource")["dead_letter_config"] == [{"target_arn": f"{SQS}:letters"}]
        assert policy["SendMessages"]["Resource"] == f"{SQS}:letters"
        assert KEY in str(policy)

    def test_a_rule_sends_lost_events_there(self):
        """And the owner is told to let EventBridge."""

        def build(stack):
            letters = DeadLetterQueue.from_name(stack, "Letters", "letters")
            rule = Rule(stack, "Hourly", schedule="rate(1 hour)", dead_letter_queue=letters)
            rule.add_target(Topic(stack, "Hours"))

        (target,) = built(build)["resource"]["aws_cloudwatch_event_target"].values()

        assert target["dead_letter_config"] == [{"arn": f"{SQS}:letters"}]
        assert [note for note in notes(build) if "events.amazonaws.com" in note]

    def test_grants(self):
        """As on any queue."""
        policy = granted(
            lambda stack: DeadLetterQueue.from_name(stack, "Letters", "letters").grants.redrive(reader(stack))
        )

        assert policy["Redrive"]["Resource"] == f"{SQS}:letters"


class TestPolicy:
    def test_a_role_carries_it(self):
        """By its ARN in this account."""

        def build(stack):
            Role(
                stack, "Worker", trust=GLUE, managed_policies=[Policy.from_name(stack, "Publish", "publish")]
            )

        attachment = at(built(build), "Worker/ManagedPolicies/Publish")

        assert attachment["policy_arn"] == "arn:aws:iam::012345678901:policy/publish"

    def test_nothing_is_granted_to_it(self):
        """What it allows is its owner's to write."""
        with pytest.raises(LandformError, match="ImportedPolicy is not something that can be granted to"):
            built(lambda s: Bucket(s, "Lake").grants.list(Policy.from_name(s, "Publish", "publish")))


class TestCodeSigning:
    def test_a_function_obeys_it(self):
        """And nothing is switched off for want of signing."""

        def build(stack):
            packages = Bucket.from_name(stack, "Packages", "acme-packages")
            code = Code.from_bucket(
                packages, "a.zip", object_version="3sL", runtime="python3.13", handler="a.b"
            )
            Function(stack, "Settle", code=code, code_signing=CodeSigning.from_arn(stack, "Signing", SIGNING))

        assert at(built(build), "Settle/Resource")["code_signing_config_arn"] == SIGNING
        assert not [note for note in synthesise(build).annotations if "signed code" in note.message]


class TestFunctionUrl:
    def test_grants(self):
        """To call the URL, and the function through it alone."""
        policy = granted(lambda s: FunctionUrl.from_name(s, "Url", "settle").grants.invoke(reader(s)))

        arn = "arn:aws:lambda:eu-west-1:012345678901:function:settle"
        assert {statement["Resource"] for statement in policy.values()} == {arn}
        assert {statement["Action"] for statement in policy.values()} == {
            "lambda:InvokeFunction",
            "lambda:InvokeFunctionUrl",
        }


class TestFargateService:
    def test_grants(self):
        """On the service of a cluster, by their names."""

        def build(stack):
            cluster = Cluster.from_name(stack, "Apps", "apps")
            service = FargateService.from_name(stack, "Ledger", "ledger", cluster=cluster)
            service.grants.update(reader(stack))

        assert granted(build)["Update"] == {
            "Sid": "Update",
            "Effect": "Allow",
            "Action": "ecs:UpdateService",
            "Resource": "arn:aws:ecs:eu-west-1:012345678901:service/apps/ledger",
        }


class TestLaunchTemplate:
    def test_a_group_starts_its_machines(self):
        """The newest version, in the VPC's private subnets, and the owner of the key is told."""

        def build(stack):
            group = AutoScalingGroup(stack, "Group", launch_template=template(stack))
            db = SecurityGroup(stack, "Db", vpc=group.launch_template.vpc, description="database")
            group.connections.allow_from(db)

        document = built(build)
        body = at(document, "Group/Resource")

        assert body["launch_template"] == [{"id": "lt-0a1b2c3d", "version": "$Latest"}]
        assert body["vpc_zone_identifier"] == ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]
        assert body["instance_refresh"][0]["preferences"][0]["auto_rollback"] is False
        assert paths(document, "aws_launch_template") == []
        assert at(document, "Workers/FromDbTcp8080")["security_group_id"] == "sg-0a1b2c3d"
        assert any(KEY in note for note in notes(build))

    def test_without_private_subnets(self):
        """The template's VPC must name them."""
        with pytest.raises(LandformError, match="no private subnet to put machines into"):
            built(lambda s: AutoScalingGroup(s, "Group", launch_template=template(s, private_subnets=[])))


class TestLogBuckets:
    @pytest.mark.parametrize(
        ("bucket", "name"),
        [
            (lambda s: AccessLogBucket.from_account(s, "It"), "acme-access-logs-012345678901-eu-west-1"),
            (lambda s: DistributionLogBucket.from_name(s, "It", "logs"), "logs"),
            (lambda s: LoadBalancerLogBucket.from_name(s, "It", "logs"), "logs"),
            (lambda s: LogArchiveBucket.from_name(s, "It", "logs", account_id="222222222222"), "logs"),
        ],
    )
    def test_grants(self, bucket, name):
        """To read, and nothing else."""
        policy = granted(lambda stack: bucket(stack).grants.read_objects(reader(stack), prefix="AWSLogs/"))

        assert policy["ReadObjects"]["Resource"] == f"arn:aws:s3:::{name}/AWSLogs/*"

    @pytest.mark.parametrize("bucket", [LogArchiveBucket, LoadBalancerLogBucket, DistributionLogBucket])
    def test_nobody_is_granted_to_write_logs(self, bucket):
        """Services deliver them."""
        found = []
        built(lambda stack: found.append(bucket.from_name(stack, "It", "logs")))

        assert not hasattr(found[0].grants, "write_objects")

    def test_a_trail_ends_in_an_archive(self):
        """Of another account."""

        def build(stack):
            Trail(stack, "Trail", archive=LogArchiveBucket.from_name(stack, "Archive", "acme-archive"))

        assert at(built(build), "Trail/Resource")["s3_bucket_name"] == "acme-archive"

    def test_a_load_balancer_delivers(self):
        """And the owner is told to let it."""

        def build(stack):
            LoadBalancer(
                stack,
                "Web",
                vpc=shared_vpc(stack),
                certificate_arn="arn:aws:acm:eu-west-1:012345678901:certificate/0a1b2c3d",
                log_bucket=LoadBalancerLogBucket.from_name(stack, "Logs", "lb-logs"),
            )

        assert at(built(build), "Web/Resource")["access_logs"][0]["bucket"] == "lb-logs"
        (note,) = notes(build)
        assert note.startswith("The bucket policy of arn:aws:s3:::lb-logs must let logdelivery.")
        assert note.endswith("/AWSLogs/012345678901/*.")

    def test_a_distributions_logs(self):
        """As CloudFront names the bucket."""
        found = []
        built(lambda stack: found.append(DistributionLogBucket.from_name(stack, "It", "logs")))

        assert found[0].domain_name == "logs.s3.amazonaws.com"


class TestPermissionSet:
    def test_it_is_assigned(self):
        """By its ARN, in the organisation's own instance."""

        def build(stack):
            found = PermissionSet.from_arn(stack, "ReadOnly", PERMISSION_SET, center=center(stack))
            found.assign("auditors", account="payments-prod")

        document = built(build)
        assignment = at(document, "ReadOnly/auditors-payments-prod")

        assert assignment["permission_set_arn"] == PERMISSION_SET
        assert assignment["target_id"] == "012345678901"
        assert paths(document, "aws_ssoadmin_permission_set") == []

    def test_an_account_that_the_stack_does_not_know(self):
        """As for one that is made here."""

        def build(stack):
            found = PermissionSet.from_arn(stack, "ReadOnly", PERMISSION_SET, center=center(stack))
            found.assign("auditors", account="nobody")

        with pytest.raises(LandformError, match="does not know this account"):
            built(build)


class TestOrganizationTree:
    def tree(self, stack, **arguments):
        units = {"Workloads": "ou-a1b2-c3d4e5f6"}
        return OrganizationTree.from_ids(stack, "Tree", "r-a1b2", units=units, **arguments)

    def test_policies_are_attached_to_what_it_names(self):
        """The root, units and accounts by their ids."""

        def build(stack):
            deny = Statement("DenyLeaving", ("organizations:LeaveOrganization",), effect="Deny")
            tree = self.tree(stack, accounts={"ledger": "333333333333"})
            OrganizationPolicy(
                stack,
                "Stay",
                tree=tree,
                kind="scp",
                targets=["Root", "Workloads", "ledger"],
                statements=[deny],
            )

        document = built(build)
        attached = document["resource"]["aws_organizations_policy_attachment"].values()

        assert {each["target_id"] for each in attached} == {"r-a1b2", "ou-a1b2-c3d4e5f6", "333333333333"}
        assert "depends_on" not in at(document, "Stay/Resource")
        assert "aws_organizations_organization" not in document["resource"]

    def test_guardrails(self):
        """Below a unit of it."""
        document = built(lambda s: Guardrails(s, "Guardrails", tree=self.tree(s), targets=["Workloads"]))

        attached = document["resource"]["aws_organizations_policy_attachment"].values()
        assert {each["target_id"] for each in attached} == {"ou-a1b2-c3d4e5f6"}

    def test_a_target_that_it_does_not_name(self):
        """With those that it does."""
        with pytest.raises(LandformError, match="no unit and no account of this name") as caught:
            built(lambda s: Guardrails(s, "Guardrails", tree=self.tree(s), targets=["Workload"]))

        assert caught.value.fix == "Did you mean 'Workloads'?"
        assert caught.value.place.file == "test_imports.py"

    def test_an_account_that_has_the_name_of_a_unit(self):
        """A target would be one of two."""
        with pytest.raises(LandformError, match="has the name of a unit"):
            built(lambda stack: self.tree(stack, accounts={"Workloads": "333333333333"}))

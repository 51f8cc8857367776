"""Services on Fargate: who starts their tasks, how they are kept running, how they are reached."""

import pytest
from fargate import NAME, SECRET, Source, Targets, body, made, one, service
from reading import at, built, paths, stack_of, statements

from landform.constructs.ec2 import SecurityGroup, Vpc
from landform.constructs.ecr import ContainerImage
from landform.constructs.iam import Role, Trust
from landform.errors import LandformError

GLUE = [Trust.service("glue.amazonaws.com")]
DIGEST = "sha256:" + "0a" * 32


class TestTask:
    def test_two_roles(self):
        """What starts it can do nothing that the containers can, and the other way round."""
        task = at(built(service()), "Ledger/TaskDefinition")

        assert task["task_role_arn"] == f"arn:aws:iam::012345678901:role/{NAME}-role"
        assert task["execution_role_arn"] == f"arn:aws:iam::012345678901:role/{NAME}-execution-role"

    @pytest.mark.parametrize("role", ["Role", "ExecutionRole"])
    def test_ecs_assumes_them_for_this_account_alone(self, role):
        """And for nothing but its own resources."""
        trust = statements(built(service()), f"Ledger/{role}/Resource", "assume_role_policy")

        assert trust["TrustEcsTasks"]["Condition"] == {
            "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:012345678901:*"},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    def test_the_execution_role_starts_the_task_and_no_more(self):
        """Image, log and secrets."""
        document = built(service(secrets={"DB": Source()}))
        policy = statements(document, "Ledger/ExecutionRole/Policy")

        assert policy.keys() == {"LogIn", "Pull", "ReadValue", "Write"}
        assert policy["Pull"]["Resource"] == "arn:aws:ecr:eu-west-1:012345678901:repository/ledger"
        assert paths(document, "aws_iam_role_policy") == ["Ledger/ExecutionRole/Policy"]

    @pytest.mark.parametrize("verb", ["read_value", "read"])
    def test_a_secret_and_a_parameter_are_read_alike(self, verb):
        """Each by the verb that its own grants have."""
        policy = statements(built(service(secrets={"DB": Source(verb)})), "Ledger/ExecutionRole/Policy")

        assert policy["ReadValue"]["Resource"] == SECRET

    def test_an_image_of_another_registry_is_pulled_without_a_grant(self):
        """There is nobody to ask."""
        image = ContainerImage.from_registry(f"public.ecr.aws/nginx/nginx@{DIGEST}")
        policy = statements(built(service(image=image)), "Ledger/ExecutionRole/Policy")

        assert policy.keys() == {"Write"}

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("requires_compatibilities", ["FARGATE"]),
            ("network_mode", "awsvpc"),
            ("cpu", "1024"),
            ("memory", "4096"),
        ],
    )
    def test_its_size(self, argument, value):
        """As text, which is what ECS takes."""
        document = built(service(cpu=1024, memory_mib=4096))

        assert at(document, "Ledger/TaskDefinition")[argument] == value

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"cpu": 256, "memory_mib": 4096}, "no task of this size"),
            ({"cpu": 300}, "no task of this size"),
            ({"cpu": "256"}, "no task of this size"),
            ({"cpu": 8192, "memory_mib": 17_000}, "no task of this size"),
            ({"architecture": "arm64"}, "no such processor"),
        ],
    )
    def test_a_size_that_fargate_does_not_have(self, arguments, message):
        """Refused with those it has."""
        with pytest.raises(LandformError, match=message) as caught:
            built(service(**arguments))

        assert caught.value.expected
        assert caught.value.place.file == "fargate.py"


class TestService:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("launch_type", "FARGATE"),
            ("platform_version", "LATEST"),
            ("enable_execute_command", False),
            ("propagate_tags", "SERVICE"),
            ("enable_ecs_managed_tags", True),
            ("deployment_minimum_healthy_percent", 100),
            ("availability_zone_rebalancing", "ENABLED"),
            ("cluster", "arn:aws:ecs:eu-west-1:012345678901:cluster/apps"),
            ("name", NAME),
        ],
    )
    def test_default(self, argument, value):
        """The setting stands in the resource, whatever the provider's default is."""
        assert body()[argument] == value

    def test_private_subnets_and_no_public_address(self):
        """And the service's own group."""
        network = one(body()["network_configuration"])

        assert network["assign_public_ip"] is False
        assert network["subnets"] == ["subnet-0a1b2c3d"]
        assert network["security_groups"][0].startswith("${aws_security_group.Ledger_SecurityGroup")

    def test_a_deployment_that_fails_is_rolled_back(self):
        """By ECS itself."""
        assert one(body()["deployment_circuit_breaker"]) == {"enable": True, "rollback": True}

    @pytest.mark.parametrize(("tier", "count"), [("sandbox", 1), ("dev", 2), ("stage", 2), ("prod", 3)])
    def test_a_task_a_zone_of_the_tier(self, tier, count):
        """Unless told otherwise."""
        assert body(tier)["desired_count"] == count
        assert body(tier, desired_count=0)["desired_count"] == 0

    @pytest.mark.parametrize("count", [-1, "1", 5001, True])
    def test_a_count_that_ecs_would_refuse(self, count):
        """On the user's line."""
        with pytest.raises(LandformError, match="number of tasks") as caught:
            built(service(desired_count=count))

        assert caught.value.place.file == "fargate.py"

    def test_a_cluster_of_its_own(self):
        """Whose key encrypts the log too."""
        document = built(service(cluster=None))

        assert paths(document, "aws_ecs_cluster") == ["Ledger/Cluster/Resource"]
        assert paths(document, "aws_kms_key") == ["Ledger/Cluster/Key/Resource"]
        assert at(document, "Ledger/Logs/Resource")["kms_key_id"].startswith("${aws_kms_key.Ledger_Cluster")

    def test_peers_talk_to_its_port(self):
        """Without naming it."""

        def build(stack):
            ledger = made(stack, port=8443)
            web = SecurityGroup(stack, "Web", vpc=ledger.vpc, description="web")
            ledger.connections.allow_from(web)

        assert paths(built(build), "aws_vpc_security_group_ingress_rule") == [
            "Ledger/SecurityGroup/FromWebTcp8443"
        ]

    def test_a_vpc_without_private_subnets_is_refused(self):
        """There is nowhere to run a task."""

        def build(stack):
            made(stack, vpc=Vpc.from_ids(stack, "Other", "vpc-0a1b2c3d", cidr="10.20.0.0/20"))

        with pytest.raises(LandformError, match="no private subnet"):
            built(build)


class TestAddTargetGroup:
    def test_the_tasks_are_registered_by_their_port(self):
        """With each target group."""

        def build(stack):
            made(stack, port=8443).add_target_group(Targets())

        found = at(built(build), "Ledger/Resource")

        assert found["load_balancer"] == [
            {"target_group_arn": Targets.arn, "container_name": "ledger", "container_port": 8443}
        ]
        assert found["health_check_grace_period_seconds"] == 60

    def test_the_load_balancer_is_let_in_and_made_first(self):
        """ECS refuses a target group that no load balancer forwards to."""

        def build(stack):
            ledger = made(stack, port=8443)
            balancer = SecurityGroup(stack, "Balancer", vpc=ledger.vpc, description="load balancer")
            ledger.add_target_group(Targets(), behind=balancer)

        document = built(build)
        needed = at(document, "Ledger/Resource")["depends_on"]

        assert any(address.startswith("aws_security_group.Balancer") for address in needed)
        assert paths(document, "aws_vpc_security_group_ingress_rule") == [
            "Ledger/SecurityGroup/FromBalancerTcp8443"
        ]

    def test_a_service_without_a_port_is_refused(self):
        """There is nothing to forward to."""
        with pytest.raises(LandformError, match="listens on no port") as caught:
            built(lambda stack: made(stack).add_target_group(Targets()))

        assert caught.value.place.file == "test_ecs_fargate_service.py"

    def test_what_is_no_target_group_is_refused(self):
        """Its ARN as text is none."""
        with pytest.raises(LandformError, match="nothing to register with"):
            built(lambda stack: made(stack, port=80).add_target_group(Targets.arn))


class TestGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "action"),
        [("describe", "Describe", "ecs:DescribeServices"), ("update", "Update", "ecs:UpdateService")],
    )
    def test_verb(self, verb, sid, action):
        """One action on this service alone."""

        def build(stack):
            getattr(made(stack).grants, verb)(Role(stack, "Deployer", trust=GLUE))

        assert statements(built(build), "Deployer/Policy")[sid] == {
            "Sid": sid,
            "Effect": "Allow",
            "Action": action,
            "Resource": f"arn:aws:ecs:eu-west-1:012345678901:service/apps/{NAME}",
        }

    def test_its_role_is_granted_to(self):
        """As any other."""
        roles = []
        stack_of(lambda stack: roles.append(made(stack).role))

        assert roles[0].arn == f"arn:aws:iam::012345678901:role/{NAME}-role"

"""Nodes: their image, their template, their number."""

import pytest
from reading import at, built, paths, statements

from landform.constructs.ec2 import Subnet, Vpc
from landform.constructs.eks import EksCluster, NodeGroup
from landform.constructs.kms import Key
from landform.errors import Code, LandformError

SERVICE_ROLE = (
    "arn:aws:iam::012345678901:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)
SUBNETS = [
    Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23"),
    Subnet("subnet-0b1b2c3d", "eu-west-1b", "10.20.2.0/23"),
]


def nodes(**arguments):
    def build(stack):
        vpc = Vpc.from_ids(stack, "Vpc", "vpc-0a1b2c3d", cidr="10.20.0.0/20", private_subnets=SUBNETS)
        NodeGroup(stack, "Nodes", cluster=EksCluster(stack, "Apps", vpc=vpc), **arguments)

    return build


def body(tier="prod", **arguments):
    return at(built(nodes(**arguments), tier=tier), "Nodes/Resource")


def one(value):
    """A block, written alone or in a list."""
    return value[0] if isinstance(value, list) else value


class TestNodeGroup:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("subnet_ids", ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]),
            ("capacity_type", "ON_DEMAND"),
            ("instance_types", ["m7i.large"]),
            ("ami_type", "AL2023_x86_64_STANDARD"),
            ("node_group_name", "acme-payments-prod-data-lake-nodes"),
            ("lifecycle", {"ignore_changes": ["scaling_config[0].desired_size"]}),
        ],
    )
    def test_default(self, argument, value):
        """The setting stands in the resource, whatever the provider's default is."""
        assert body()[argument] == value

    def test_no_way_in_by_ssh(self):
        """Systems Manager opens sessions."""
        document = built(nodes())

        assert "remote_access" not in at(document, "Nodes/Resource")
        assert "key_name" not in at(document, "Nodes/Template/Resource")
        assert "Nodes/Role/ManagedPolicies/AmazonSSMManagedInstanceCore" in paths(
            document, "aws_iam_role_policy_attachment"
        )

    def test_the_template_leaves_to_eks_what_is_its_own(self):
        """EKS refuses a template with an instance profile, and chooses the image by the cluster's version."""
        template = at(built(nodes()), "Nodes/Template/Resource")

        assert not {"image_id", "iam_instance_profile", "instance_type", "user_data"} & template.keys()

    def test_a_pod_does_not_reach_the_role_of_its_node(self):
        """It is two hops away."""
        options = one(at(built(nodes()), "Nodes/Template/Resource")["metadata_options"])

        assert (options["http_tokens"], options["http_put_response_hop_limit"]) == ("required", 1)

    def test_nodes_are_in_the_group_that_eks_makes(self):
        """Through which the control plane talks to them."""
        (interface,) = at(built(nodes()), "Nodes/Template/Resource")["network_interfaces"]

        assert interface["associate_public_ip_address"] == "false"
        assert interface["security_groups"][0].endswith(".vpc_config.0.cluster_security_group_id}")

    def test_the_clusters_key_encrypts_volumes(self):
        """And lets in who starts the nodes."""
        document = built(nodes())
        policy = statements(document, "Apps/Key/Resource")

        assert paths(document, "aws_kms_key") == ["Apps/Key/Resource"]
        assert policy["AttachesVolumes"]["Principal"] == {"AWS": SERVICE_ROLE}
        assert policy["LaunchesWithVolumes"]["Principal"] == {"AWS": SERVICE_ROLE}

    def test_a_key_that_is_given(self):
        """Is the one that lets it in."""

        def build(stack):
            nodes(key=Key(stack, "Shared"))(stack)

        document = built(build)

        assert "AttachesVolumes" in statements(document, "Shared/Resource")
        assert "AttachesVolumes" not in statements(document, "Apps/Key/Resource")

    @pytest.mark.parametrize(("tier", "sizes"), [("sandbox", (1, 2, 1)), ("prod", (3, 6, 3))])
    def test_a_node_a_zone_of_the_tier(self, tier, sizes):
        """And room for as many again."""
        scaling = one(body(tier)["scaling_config"])

        assert (scaling["min_size"], scaling["max_size"], scaling["desired_size"]) == sizes

    def test_none_at_least_is_one_to_begin_with(self):
        """EKS wants to start one."""
        scaling = one(body(min_size=0)["scaling_config"])

        assert (scaling["min_size"], scaling["max_size"], scaling["desired_size"]) == (0, 1, 1)

    def test_graviton_has_an_image_of_its_own(self):
        """The processor follows from the instance type."""
        assert body(instance_types=["m7g.large", "m6g.large"])["ami_type"] == "AL2023_ARM_64_STANDARD"

    def test_nodes_that_fail_are_replaced(self):
        """A third at a time is updated."""
        found = body()

        assert one(found["node_repair_config"]) == {"enabled": True}
        assert one(found["update_config"]) == {"max_unavailable_percentage": 33}

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"instance_types": ["m7g.large", "m7i.large"]}, "one processor"),
            ({"instance_types": []}, "one processor"),
            ({"instance_types": "m7i.large"}, "one processor"),
            ({"instance_types": ["large"]}, "refuse this instance type"),
            ({"capacity_type": "spot"}, "no such capacity"),
            ({"min_size": 2, "max_size": 1}, "more nodes at least than at most"),
            ({"min_size": 0, "max_size": 0}, "more nodes at least than at most"),
            ({"min_size": -1}, "number of nodes"),
            ({"max_size": 451}, "number of nodes"),
            ({"volume_gib": 19}, "size of a node's volume"),
        ],
    )
    def test_what_is_refused(self, arguments, message):
        """On the user's line."""
        with pytest.raises(LandformError, match=message) as caught:
            built(nodes(**arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_eks_node_group.py"

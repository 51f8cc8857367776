"""Clusters of Kubernetes: where their API is, who may use it, which roles pods have."""

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ec2 import SecurityGroup, Subnet, Vpc
from landform.constructs.eks import EksCluster
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.errors import Code, LandformError

GLUE = [Trust.service("glue.amazonaws.com")]
NAME = "acme-payments-prod-data-lake-apps"
ARN = f"arn:aws:eks:eu-west-1:012345678901:cluster/{NAME}"
OPERATOR = "arn:aws:iam::999999999999:role/teams/operator"
SUBNETS = [
    Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23"),
    Subnet("subnet-0b1b2c3d", "eu-west-1b", "10.20.2.0/23"),
]


def network(stack, subnets=SUBNETS):
    return Vpc.from_ids(stack, "Vpc", "vpc-0a1b2c3d", cidr="10.20.0.0/20", private_subnets=subnets)


def cluster(then=None, **arguments):
    """Fills a stack with a cluster, and does something with it."""

    def build(stack):
        made = EksCluster(stack, "Apps", **{"vpc": network(stack), **arguments})
        if then:
            then(made)

    return build


def body(tier="prod", **arguments):
    return at(built(cluster(**arguments), tier=tier), "Apps/Resource")


def one(value):
    """A block, written alone or in a list."""
    return value[0] if isinstance(value, list) else value


class TestEksCluster:
    def test_its_api_is_inside_the_vpc(self):
        """In the private subnets, behind a group of its own."""
        found = one(body()["vpc_config"])

        assert found["endpoint_private_access"] is True
        assert found["endpoint_public_access"] is False
        assert found["subnet_ids"] == ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]
        assert found["security_group_ids"][0].startswith("${aws_security_group.Apps_SecurityGroup")

    def test_all_five_logs_go_to_a_group_that_is_there_before(self):
        """EKS would make one without a key and without an end."""
        document = built(cluster())
        found = at(document, "Apps/Resource")

        assert found["enabled_cluster_log_types"] == [
            "api",
            "audit",
            "authenticator",
            "controllerManager",
            "scheduler",
        ]
        assert at(document, "Apps/Logs/Resource")["name"] == f"/aws/eks/{NAME}/cluster"
        assert any(needed.startswith("aws_cloudwatch_log_group.Apps_Logs") for needed in found["depends_on"])

    def test_its_key_encrypts_secrets_and_logs(self):
        """One key, of its own."""
        document = built(cluster())
        encryption = one(at(document, "Apps/Resource")["encryption_config"])

        assert encryption["resources"] == ["secrets"]
        assert one(encryption["provider"])["key_arn"].startswith("${aws_kms_key.Apps_Key")
        assert paths(document, "aws_kms_key") == ["Apps/Key/Resource"]

    def test_a_key_that_is_given(self):
        """And none is made."""

        def build(stack):
            EksCluster(stack, "Apps", vpc=network(stack), key=Key(stack, "Shared"))

        assert paths(built(build), "aws_kms_key") == ["Shared/Resource"]

    def test_nobody_has_access_by_having_made_it(self):
        """Access entries are the only way in."""
        assert one(body()["access_config"]) == {
            "authentication_mode": "API",
            "bootstrap_cluster_creator_admin_permissions": False,
        }
        assert paths(built(cluster()), "aws_eks_access_entry") == []

    def test_its_version_is_supported_or_raised(self):
        """Extended support costs six times as much."""
        assert body(version="1.34")["version"] == "1.34"
        assert one(body()["upgrade_policy"]) == {"support_type": "STANDARD"}

    def test_its_role_serves_this_cluster_alone(self):
        """By the ARN of the cluster."""
        trust = statements(built(cluster()), "Apps/Role/Resource", "assume_role_policy")

        assert trust["TrustEks"]["Condition"] == {
            "ArnLike": {"aws:SourceArn": ARN},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    def test_identities_are_issued(self):
        """By the agent on the nodes, and for what asks IAM by OpenID Connect."""
        document = built(cluster())

        assert at(document, "Apps/PodIdentityAgent")["addon_name"] == "eks-pod-identity-agent"
        assert at(document, "Apps/OpenIdConnectProvider")["client_id_list"] == ["sts.amazonaws.com"]
        assert at(document, "Apps/OpenIdConnectProvider")["url"].endswith(".identity.0.oidc.0.issuer}")

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """What runs in it goes with it."""
        assert body(tier).get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    def test_protected_says_it_instead_of_the_tier(self):
        """Either way."""
        assert "lifecycle" not in body(protected=False)
        assert "lifecycle" in body("dev", protected=True)

    def test_who_talks_to_the_api_is_named(self):
        """On its port."""

        def then(made):
            made.connections.allow_from(
                SecurityGroup(made.node.stack, "Ci", vpc=made.vpc, description="builds")
            )

        assert paths(built(cluster(then)), "aws_vpc_security_group_ingress_rule") == [
            "Apps/SecurityGroup/FromCiTcp443"
        ]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"cluster_name": "-apps"}, "refuse this cluster name"),
            ({"cluster_name": "a" * 101}, "refuse this cluster name"),
            ({"cluster_name": "a.b"}, "refuse this cluster name"),
            ({"version": "1.9"}, "refuse this version"),
            ({"version": "latest"}, "refuse this version"),
            ({"version": 1.35}, "refuse this version"),
        ],
    )
    def test_what_eks_would_refuse(self, arguments, message):
        """On the user's line."""
        with pytest.raises(LandformError, match=message) as caught:
            built(cluster(**arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_eks_cluster.py"

    @pytest.mark.parametrize("subnets", [[], SUBNETS[:1], [SUBNETS[0], SUBNETS[0]]])
    def test_a_vpc_in_one_zone_is_refused(self, subnets):
        """EKS puts its own interfaces into two."""
        with pytest.raises(LandformError, match="subnets in two zones") as caught:
            built(lambda stack: EksCluster(stack, "Apps", vpc=network(stack, subnets)))

        assert caught.value.place.file == "test_eks_cluster.py"


class TestAddAccess:
    @pytest.mark.parametrize(
        ("level", "policy"),
        [
            ("view", "AmazonEKSViewPolicy"),
            ("edit", "AmazonEKSEditPolicy"),
            ("admin", "AmazonEKSAdminPolicy"),
            ("cluster_admin", "AmazonEKSClusterAdminPolicy"),
        ],
    )
    def test_each_level_is_a_policy_of_eks(self, level, policy):
        """For the role, in every namespace."""
        document = built(cluster(lambda made: made.add_access(Role.from_arn(OPERATOR), level)))
        scope = "Apps/Access/999999999999-teams--operator"
        found = at(document, f"{scope}/{policy}")

        assert found["policy_arn"] == f"arn:aws:eks::aws:cluster-access-policy/{policy}"
        assert found["principal_arn"] == at(document, f"{scope}/Resource")["principal_arn"] == OPERATOR
        assert one(found["access_scope"]) == {"type": "cluster"}
        assert found["depends_on"][0].startswith("aws_eks_access_entry.")

    def test_namespaces(self):
        """In these alone."""

        def then(made):
            made.add_access(Role.from_arn(OPERATOR), "edit", namespaces=["ledger", "reports"])

        found = at(built(cluster(then)), "Apps/Access/999999999999-teams--operator/AmazonEKSEditPolicy")

        assert one(found["access_scope"]) == {"type": "namespace", "namespaces": ["ledger", "reports"]}

    def test_two_levels_of_one_role(self):
        """Share the entry that says who it is."""

        def then(made):
            made.add_access(Role.from_arn(OPERATOR), "view")
            made.add_access(Role.from_arn(OPERATOR), "edit", namespaces=["ledger"])

        document = built(cluster(then))

        assert len(paths(document, "aws_eks_access_entry")) == 1
        assert len(paths(document, "aws_eks_access_policy_association")) == 2

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((Role.from_arn(OPERATOR), "owner"), "no such level"),
            (("operator", "view"), "lets roles in"),
            ((Role.from_arn(OPERATOR), "view", ["Ledger"]), "refuse this namespace"),
            ((Role.from_arn(OPERATOR), "view", ["a" * 64]), "refuse this namespace"),
            ((Role.from_arn(OPERATOR), "view", ["-a"]), "refuse this namespace"),
        ],
    )
    def test_what_is_refused(self, arguments, message):
        """On the user's line."""
        principal, level, *rest = arguments

        with pytest.raises(LandformError, match=message) as caught:
            built(cluster(lambda made: made.add_access(principal, level, namespaces=rest[0] if rest else ())))

        assert caught.value.place.file == "test_eks_cluster.py"


class TestAddServiceAccount:
    @staticmethod
    def document():
        return built(
            cluster(
                lambda made: made.add_service_account("Ledger", namespace="ledger", service_account="api")
            )
        )

    def test_pods_of_the_service_account_get_the_role(self):
        """By an association, which names both."""
        found = at(self.document(), "Apps/ServiceAccounts/Ledger/PodIdentity")

        assert (found["namespace"], found["service_account"]) == ("ledger", "api")
        assert found["role_arn"].startswith("${aws_iam_role.Apps_ServiceAccounts_Ledger")

    def test_the_role_is_assumed_for_this_cluster_alone(self):
        """And the session is tagged with where the pod is."""
        trust = statements(self.document(), "Apps/ServiceAccounts/Ledger/Resource", "assume_role_policy")[
            "TrustPodseks"
        ]

        assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
        assert trust["Condition"] == {
            "ArnLike": {"aws:SourceArn": ARN},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    @pytest.mark.parametrize(
        ("namespace", "service_account", "message"),
        [
            ("Ledger", "api", "refuse this namespace"),
            ("ledger", "API", "refuse this service account"),
            ("ledger", "a" * 254, "refuse this service account"),
            ("ledger", "", "refuse this service account"),
        ],
    )
    def test_what_kubernetes_would_refuse(self, namespace, service_account, message):
        """On the user's line."""
        with pytest.raises(LandformError, match=message) as caught:
            built(
                cluster(
                    lambda made: made.add_service_account(
                        "Ledger", namespace=namespace, service_account=service_account
                    )
                )
            )

        assert caught.value.place.file == "test_eks_cluster.py"


class TestGrants:
    def test_describe(self):
        """Two actions, on this cluster."""

        def then(made):
            made.grants.describe(Role(made.node.stack, "Ci", trust=GLUE))

        assert statements(built(cluster(then)), "Ci/Policy")["Describe"] == {
            "Sid": "Describe",
            "Effect": "Allow",
            "Action": ["eks:DescribeCluster", "eks:ListNodegroups"],
            "Resource": ARN,
        }

    def test_an_imported_cluster(self):
        """By its name."""
        clusters = []
        stack_of(lambda stack: clusters.append(EksCluster.from_name(stack, "Apps", "apps")))

        assert clusters[0].arn == "arn:aws:eks:eu-west-1:012345678901:cluster/apps"

    def test_a_role_from_elsewhere_is_refused(self):
        """A cluster has no policy that could let it in."""
        with pytest.raises(LandformError, match="no policy here"):
            built(cluster(lambda made: made.grants.describe(Role.from_arn(OPERATOR))))

"""Clusters of Kubernetes and their nodes."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.eks import EksCluster, NodeGroup
from landform.constructs.iam import Role, Trust
from landform.core import Construct

ARN = "arn:aws:eks:eu-west-1:012345678901:cluster/apps"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A cluster with nodes, access and a service account, and one of another stack.

    EKS asks for two zones, which the VPC of a small tier does not have, so it has a VPC of its own.
    """
    cluster = EksCluster(scope, "Cluster", vpc=Vpc(scope, "Vpc", cidr="10.1.0.0/20", az_count=2))
    imported = EksCluster.from_name(scope, "Imported", "apps")
    NodeGroup(scope, "Nodes", cluster=cluster)
    NodeGroup(scope, "Spot", cluster=cluster, instance_types=["m7g.large"], capacity_type="SPOT")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    for one in (cluster, imported):
        one.grants.describe(role)
    cluster.add_access(role, "edit", namespaces=["ledger"])
    cluster.add_access(Role.from_arn("arn:aws:iam::999999999999:role/auditor"), "view")
    cluster.add_service_account("Ledger", namespace="ledger", service_account="api")


def cluster(stack: AwsStack) -> None:
    made = EksCluster(stack, "Cluster", vpc=Vpc(stack, "Vpc", cidr="10.0.0.0/20"))
    NodeGroup(stack, "Nodes", cluster=made)


MUTANTS = (
    Mutant("api on the internet", cluster, "Cluster/Resource",
           {"vpc_config.0.endpoint_public_access": True}, "CKV_AWS_39"),
    Mutant("api for everyone", cluster, "Cluster/Resource",
           {"vpc_config.0.endpoint_public_access": True, "vpc_config.0.public_access_cidrs": ["0.0.0.0/0"]},
           "CKV_AWS_38"),
    Mutant("api as aws has it", cluster, "Cluster/Resource",
           {"vpc_config.0.endpoint_public_access": None}, "CKV_AWS_39"),
    Mutant("secrets of kubernetes not encrypted", cluster, "Cluster/Resource",
           {"encryption_config": None}, "CKV_AWS_58"),
    Mutant("no log of the control plane", cluster, "Cluster/Resource",
           {"enabled_cluster_log_types": None}, "CKV_AWS_37"),
    Mutant("old kubernetes", cluster, "Cluster/Resource", {"version": "1.24"}, "CKV_AWS_339"),
    Mutant("cluster logged without key", cluster, "Cluster/Logs/Resource",
           {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("nodes with ssh", cluster, "Nodes/Resource",
           {"remote_access": {"ec2_ssh_key": "mine"}}, "CKV_AWS_100"),
    Mutant("nodes with imdsv1", cluster, "Nodes/Template/Resource",
           {"metadata_options.0.http_tokens": "optional"}, "CKV_AWS_79"),
    Mutant("nodes two hops", cluster, "Nodes/Template/Resource",
           {"metadata_options.0.http_put_response_hop_limit": 2}, "CKV_AWS_341"),
    Mutant("public nodes", cluster, "Nodes/Template/Resource",
           {"network_interfaces.0.associate_public_ip_address": "true"}, "CKV_AWS_88"),
    Mutant("who makes the cluster rules it", cluster, "Cluster/Resource",
           {"access_config.0.bootstrap_cluster_creator_admin_permissions": True}, "LF_CLUSTER_CREATOR"),
    Mutant("access by a config map", cluster, "Cluster/Resource",
           {"access_config.0.authentication_mode": "CONFIG_MAP"}, "LF_CLUSTER_ACCESS_ENTRIES"),
    Mutant("cluster that can be destroyed", cluster, "Cluster/Resource", {"lifecycle": None},
           "LF_PREVENT_DESTROY"),
    Mutant("support that costs more", cluster, "Cluster/Resource",
           {"upgrade_policy.0.support_type": "EXTENDED"}, "LF_CLUSTER_SUPPORT"),
    Mutant("nodes with plain volumes", cluster, "Nodes/Template/Resource",
           {"block_device_mappings.0.ebs.0.encrypted": "false"}, "LF_TEMPLATE_ENCRYPTION"),
    Mutant("nodes that stay ill", cluster, "Nodes/Resource", {"node_repair_config": None}, "LF_NODE_REPAIR"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""

"""Amazon EKS: clusters that nobody reaches from outside, whose access stands in code, on nodes of their own."""

from landform.constructs.eks.cluster import EksCluster
from landform.constructs.eks.node_group import NodeGroup

__all__ = ["EksCluster", "NodeGroup"]

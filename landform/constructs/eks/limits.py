"""What Amazon EKS takes. Sources: ``CreateCluster`` and ``CreateNodegroup`` of its reference, names of Kubernetes."""

from collections.abc import Mapping
from typing import Literal

from landform.constructs.limits import Name, Whole

CLUSTER_NAME = Name(
    "cluster name",
    r"[A-Za-z0-9][\w-]{0,99}",
    "1 to 100 letters, digits and _ -, a letter or digit first",
)
KUBERNETES_VERSION = Name("version of Kubernetes", r"1\.[2-9]\d", "a minor version, 1.35")
# "Object Names and IDs" of Kubernetes: a label and a subdomain of DNS.
NAMESPACE = Name(
    "namespace",
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    "1 to 63 lower-case letters, digits and -, a letter or digit at both ends",
)
SERVICE_ACCOUNT = Name(
    "service account",
    r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?",
    "1 to 253 lower-case letters, digits and . -, a letter or digit at both ends",
)
NODES = Whole("number of nodes", 0, 450)
# The image of a node is 20 GiB itself.
NODE_VOLUME_GIB = Whole("size of a node's volume in GiB", 20, 16_384)

CapacityType = Literal["ON_DEMAND", "SPOT"]
AccessLevel = Literal["view", "edit", "admin", "cluster_admin"]

# "Review access policy permissions" of the guide: none but the last reads or changes what has no namespace.
ACCESS_POLICIES: Mapping[AccessLevel, str] = {
    "view": "AmazonEKSViewPolicy",
    "edit": "AmazonEKSEditPolicy",
    "admin": "AmazonEKSAdminPolicy",
    "cluster_admin": "AmazonEKSClusterAdminPolicy",
}

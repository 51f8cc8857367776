"""The secure defaults of the EKS constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "EksCluster": (
        Control("the API is reached from inside the VPC alone", ("CKV_AWS_38", "CKV_AWS_39", "EKS.1")),
        Control(
            "a supported version, which AWS raises before its support ends",
            ("LF_CLUSTER_SUPPORT", "CKV_AWS_339", "EKS.2"),
        ),
        Control("secrets are encrypted with a customer managed key", ("CKV_AWS_58", "EKS.3")),
        Control("all five logs of the control plane, under the same key", ("CKV_AWS_37", "EKS.8")),
        Control("the logs are kept", ("CKV_AWS_158", "CKV_AWS_66"), tier="sizing.log_retention_days"),
        Control(
            "access by access entries alone; who made the cluster has none by that",
            ("LF_CLUSTER_ACCESS_ENTRIES", "LF_CLUSTER_CREATOR"),
        ),
        Control("pods get roles of their own, by service account", ()),
        Control(
            "Terraform may not destroy the cluster",
            ("LF_PREVENT_DESTROY",),
            tier="sizing.deletion_protection",
        ),
    ),
    "NodeGroup": (
        Control("no way in by SSH", ("CKV_AWS_100",)),
        Control(
            "IMDSv2, one hop: pods do not reach the node's role", ("CKV_AWS_79", "CKV_AWS_341", "EC2.170")
        ),
        Control("no public address", ("CKV_AWS_88", "EC2.25")),
        Control(
            "volumes are encrypted with a customer managed key",
            ("LF_TEMPLATE_ENCRYPTION", "LF_CUSTOMER_KEY", "EC2.181"),
        ),
        Control("nodes that fail are replaced", ("LF_NODE_REPAIR",)),
        Control("a node in each zone", (), tier="sizing.az_count"),
    ),
}

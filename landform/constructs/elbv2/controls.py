"""The secure defaults of the Elastic Load Balancing constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "LoadBalancer": (
        Control(
            "HTTPS, by TLS 1.3 or 1.2 with forward secrecy",
            ("CKV_AWS_2", "CKV_AWS_103", "CKV2_AWS_74", "ELB.17"),
        ),
        Control("plain HTTP is sent on to HTTPS", ("CKV2_AWS_20", "ELB.1")),
        Control("browsers are told to come back by HTTPS alone; the server's name is left out", ()),
        Control("header fields that are not valid are dropped", ("CKV_AWS_131", "ELB.4")),
        Control("ambiguous requests are handled defensively", ("CKV_AWS_328", "ELB.12")),
        Control("requests and connections are logged", ("CKV_AWS_91", "ELB.5", "CIS 4.10")),
        Control("it may not be deleted", ("CKV_AWS_150", "ELB.6"), tier="sizing.deletion_protection"),
        Control("inside the VPC, or behind a web ACL", ("CKV2_AWS_28", "CKV2_AWS_76", "ELB.16")),
        Control("a web ACL that does not answer lets nothing through", ()),
        Control("stands in two zones or more", ("ELB.13",), tier="sizing.az_count"),
        Control("a security group of its own, which lets nobody in", ("CKV2_AWS_5",)),
    ),
    "TargetGroup": (
        Control("targets are spoken to by HTTPS", ("CKV_AWS_378",)),
        Control("targets say whether they are healthy", ("CKV_AWS_261",)),
    ),
    "LoadBalancerLogBucket": (
        Control("load balancers of this account deliver, below their own prefixes", ()),
        Control("encrypted by S3 (load balancers deliver to no bucket with a KMS key)", ("CKV_AWS_19",)),
        Control("grants read and list; nobody is granted a write", ()),
        Control("versions are kept", ("CKV_AWS_21", "S3.14")),
        Control(
            "all four public access blocks are on",
            (
                "CKV_AWS_53",
                "CKV_AWS_54",
                "CKV_AWS_55",
                "CKV_AWS_56",
                "CKV2_AWS_6",
                "S3.8",
                "CIS 3.1.4",
            ),
        ),
        Control("the bucket's owner owns every object; ACLs are off", ("CKV2_AWS_65", "S3.12")),
        Control(
            "TLS only, and not below 1.2, on the bucket and its objects",
            ("S3.5", "CIS 3.1.1", "LF_POLICY_TLS"),
        ),
        Control("access is logged to the account's access log bucket", ("CKV_AWS_18", "S3.9")),
        Control("logs expire", ("CKV_AWS_300", "CKV2_AWS_61", "S3.13"), tier="sizing.log_retention_days"),
        Control("Terraform may not destroy the bucket", (), tier="sizing.deletion_protection"),
    ),
}

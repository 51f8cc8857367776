"""The secure defaults of the EC2 constructs."""

from landform.constructs.controls import Control, Controls

# What an instance and a launch template hold alike.
_MACHINE = (
    Control(
        "reached through Systems Manager: no key pair, no way in until a peer is named",
        ("LF_KEY_PAIR", "SSM.1"),
    ),
    Control("no credentials in user data", ("CKV_AWS_46",)),
    Control("to AWS's services alone on the way out, by HTTPS", ("CKV_AWS_382",)),
)

CONTROLS: Controls = {
    "Instance": (
        Control("IMDSv2, one hop", ("CKV_AWS_79", "LF_INSTANCE_HOPS", "EC2.8", "CIS 6.7")),
        Control("the volume is encrypted with a customer managed key",
                ("CKV_AWS_8", "LF_CUSTOMER_KEY", "EC2.3")),
        Control("no public address", ("CKV_AWS_88", "EC2.9")),
        Control("optimised for EBS", ("CKV_AWS_135",)),
        Control("detailed monitoring is on", ("CKV_AWS_126",)),
        Control("a role of its own", ("CKV2_AWS_41", "CIS 2.16")),
        Control("the machine is neither ended nor destroyed",
                ("LF_TERMINATION_PROTECTION",), tier="sizing.deletion_protection"),
        *_MACHINE,
    ),
    "LaunchTemplate": (
        Control("IMDSv2, one hop", ("CKV_AWS_79", "CKV_AWS_341", "EC2.170", "AutoScaling.3")),
        Control("the volume is encrypted with a customer managed key",
                ("LF_TEMPLATE_ENCRYPTION", "LF_CUSTOMER_KEY", "EC2.181")),
        Control("no public address", ("CKV_AWS_88", "EC2.25")),
        Control("detailed monitoring is on", ()),
        Control("machines, volumes and interfaces carry the mandatory tags", ("LF_MACHINE_TAGS",)),
        *_MACHINE,
    ),
    "Vpc": (
        Control("a flow log of all traffic", ("CKV2_AWS_11", "EC2.6", "CIS 4.7")),
        Control(
            "the flow log is encrypted with a key of its own, and kept", ("CKV_AWS_158", "CKV_AWS_66"),
            tier="sizing.log_retention_days",
        ),
        Control("the default security group lets nothing in or out", ("CKV2_AWS_12", "EC2.2", "CIS 6.5")),
        Control("the default network ACL and the default route table are empty", ()),
        Control(
            "network ACLs let nothing from the internet in to ports 20, 21, 22 and 3389",
            ("CKV_AWS_229", "CKV_AWS_230", "CKV_AWS_231", "CKV_AWS_232", "EC2.21", "CIS 6.2"),
        ),
        Control("every network ACL is attached to subnets", ("CKV2_AWS_1", "EC2.16")),
        Control("no subnet gives out public addresses", ("CKV_AWS_130", "EC2.15")),
        Control("no internet gateway without NAT", (), tier="sizing.nat"),
        Control("NAT gateways, not instances", ("CKV2_AWS_35",), tier="sizing.nat"),
        Control("every elastic address belongs to a NAT gateway", ("CKV2_AWS_19", "EC2.12")),
        Control(
            "S3 and DynamoDB by gateway endpoints, for the organisation alone (aws:ResourceOrgID)",
            ("LF_ENDPOINT_PERIMETER",),
        ),
        Control(
            "AWS's services by interface endpoints, from inside the VPC alone",
            ("EC2.10", "EC2.55", "EC2.56", "EC2.57"),
            tier="guard.level",
        ),
        Control("spans several zones", (), tier="sizing.az_count"),
    ),
    "Ipam": (
        Control("watches the addresses of every account, in each of its regions", ()),
        Control("Terraform may not destroy it", (), tier="sizing.deletion_protection"),
    ),
    "IpamPool": (
        Control("gives each block once, to a VPC of its own region", ()),
        Control("imports VPCs that stand in its blocks already", ()),
        Control("no block wider or narrower than the pool says", ()),
        Control("Terraform may not destroy it", (), tier="sizing.deletion_protection"),
    ),
    "SecurityGroup": (
        Control("every group and every rule is described", ("CKV_AWS_23",)),
        Control("nothing goes out unless a peer is named", ("CKV_AWS_382",)),
        Control(
            "from the internet on TCP 80 and 443 alone",
            ("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277", "EC2.13", "EC2.14", "EC2.18", "EC2.19", "CIS 6.3",
             "CIS 6.4"),
        ),
        Control("rules are taken back before the group is deleted", ()),
    ),
}  # fmt: skip

"""VPCs and security groups."""

from __future__ import annotations

from typing import Any

from mutant import ELSEWHERE, EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Peer, SecurityGroup, Vpc
from landform.core import Construct
from landform.resources import CheckedResource

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def opened(first: int, last: int) -> dict[str, Any]:
    """Arguments of a rule that lets the internet in."""
    return {"cidr_ipv4": "0.0.0.0/0", "from_port": first, "to_port": last, "ip_protocol": "tcp"}


def entry(port: int) -> list[dict[str, Any]]:
    """One more entry of a network ACL, which lets the internet in to a port."""
    return [
        {
            "action": "allow",
            "cidr_block": "0.0.0.0/0",
            "from_port": port,
            "icmp_code": 0,
            "icmp_type": 0,
            "ipv6_cidr_block": "${null}",
            "protocol": "6",
            "rule_no": 50,
            "to_port": port,
        }
    ]


def build(scope: Construct, vpc: Vpc) -> None:
    """Two security groups that something uses; the VPC stands in every stack."""
    web = SecurityGroup(scope, "Web", vpc=vpc, description="web servers")
    db = SecurityGroup(scope, "Db", vpc=vpc, description="database")
    web.allow_from(Peer.internet(), 443)
    db.allow_from(web, 5432)
    web.allow_to(vpc.s3, 443)
    for id, group in (("WebInterface", web), ("DbInterface", db)):
        CheckedResource(
            scope,
            id,
            "aws_network_interface",
            {
                "subnet_id": vpc.private_subnets[0].subnet_id,
                "security_groups": [group.security_group_id],
            },
        )


def network(stack: AwsStack) -> None:
    build(stack, Vpc(stack, "Vpc", cidr="10.0.0.0/20"))


MUTANTS = (
    Mutant("no flow log", network, "Vpc/FlowLog", {"vpc_id": ELSEWHERE}, "CKV2_AWS_11"),
    Mutant("open default group", network, "Vpc/DefaultSecurityGroup",
           {"ingress": [{"protocol": "-1", "self": True, "from_port": 0, "to_port": 0}]}, "CKV2_AWS_12"),
    Mutant("public addresses", network, "Vpc/Private/A/Resource",
           {"map_public_ip_on_launch": True}, "CKV_AWS_130"),
    Mutant("acl without subnets", network, "Vpc/Private/NetworkAcl", {"subnet_ids": None}, "CKV2_AWS_1"),
    Mutant("acl lets in 20", network, "Vpc/Private/NetworkAcl", {"ingress": entry(20)}, "CKV_AWS_230"),
    Mutant("acl lets in 21", network, "Vpc/Private/NetworkAcl", {"ingress": entry(21)}, "CKV_AWS_229"),
    Mutant("acl lets in 22", network, "Vpc/Private/NetworkAcl", {"ingress": entry(22)}, "CKV_AWS_232"),
    Mutant("acl lets in 3389", network, "Vpc/Private/NetworkAcl", {"ingress": entry(3389)}, "CKV_AWS_231"),
    Mutant("ssh from anywhere", network, "Web/FromInternetTcp443", opened(22, 22), "CKV_AWS_24"),
    Mutant("rdp from anywhere", network, "Web/FromInternetTcp443", opened(3389, 3389), "CKV_AWS_25"),
    Mutant("every port from anywhere", network, "Web/FromInternetTcp443",
           {**opened(-1, -1), "ip_protocol": "-1"}, "CKV_AWS_277"),
    Mutant("rule without words", network, "Web/FromInternetTcp443", {"description": None}, "CKV_AWS_23"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    Mutant("endpoint for everyone", network, "Vpc/S3Endpoint", {"policy": document(EVERYONE)}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

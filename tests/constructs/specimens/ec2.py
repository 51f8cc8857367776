"""VPCs, security groups and machines."""

from __future__ import annotations

from typing import Any

from mutant import ELSEWHERE, EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import (
    Instance,
    Ipam,
    IpamPool,
    LaunchTemplate,
    Peer,
    SecurityGroup,
    Subnet,
    Vpc,
)
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
    """Security groups that something uses, machines and imports; the VPC stands in every stack."""
    groups(scope, vpc)
    Instance(scope, "Machine", vpc=vpc)
    LaunchTemplate(scope, "Template", vpc=vpc, instance_type="m7g.large", port=8080)
    a = Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23")
    shared = Vpc.from_ids(scope, "Shared", "vpc-0a1b2c3d", cidr="10.20.0.0/20", public_subnets=[a])
    imported = SecurityGroup.from_id(scope, "Imported", "sg-0a1b2c3d")
    ipam = Ipam(scope, "Ipam", operating_regions=["eu-central-1"])
    IpamPool(scope, "Pool", ipam=ipam, pool_name="prod", locale="eu-west-1", cidrs=["10.24.0.0/14"])
    Instance(scope, "Guest", vpc=shared, subnet=a).connections.allow_from(imported, 443)


def groups(scope: Construct, vpc: Vpc) -> None:
    """Two security groups, each on an interface."""
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
    groups(stack, Vpc(stack, "Vpc", cidr="10.0.0.0/20"))


def machine(stack: AwsStack) -> None:
    Instance(stack, "Machine", vpc=Vpc(stack, "Vpc", cidr="10.0.0.0/20"), user_data="#!/bin/sh")


def served(stack: AwsStack) -> None:
    """A machine in a public subnet that lets the internet in, and that nothing but its missing address closes."""
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20", az_count=2, nat="single", interface_endpoints=())
    served = Instance(stack, "Machine", vpc=vpc, subnet=vpc.public_subnets[0])
    served.connections.allow_from(Peer.internet(), 443)


def template(stack: AwsStack) -> None:
    LaunchTemplate(stack, "Template", vpc=Vpc(stack, "Vpc", cidr="10.0.0.0/20"))


# Assembled here, so that no scanner of this repository takes it for one.
_ACCESS_KEY = "export AWS_ACCESS_KEY_ID=" + "AKIA" + "Z7WQ3LDN5R2VKT4J"


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
    Mutant("imdsv1", machine, "Machine/Resource",
           {"metadata_options.0.http_tokens": "optional"}, "CKV_AWS_79"),
    Mutant("imds as aws has it", machine, "Machine/Resource", {"metadata_options": None}, "CKV_AWS_79"),
    Mutant("plain volume", machine, "Machine/Resource",
           {"root_block_device.0.encrypted": False}, "CKV_AWS_8"),
    Mutant("volume as aws has it", machine, "Machine/Resource", {"root_block_device": None}, "CKV_AWS_8"),
    Mutant("public machine", machine, "Machine/Resource",
           {"associate_public_ip_address": True}, "CKV_AWS_88"),
    Mutant("machine that the internet reaches", served, "Machine/Resource",
           {"associate_public_ip_address": True}, "LF_MACHINE_REACHED"),
    Mutant("machine without ebs optimisation", machine, "Machine/Resource",
           {"ebs_optimized": False}, "CKV_AWS_135"),
    Mutant("machine not monitored", machine, "Machine/Resource", {"monitoring": False}, "CKV_AWS_126"),
    Mutant("machine without role", machine, "Machine/Resource",
           {"iam_instance_profile": None}, "CKV2_AWS_41"),
    Mutant("credentials in user data", machine, "Machine/Resource", {"user_data": _ACCESS_KEY}, "CKV_AWS_46"),
    Mutant("machine that reaches everything", machine,
           "Machine/SecurityGroup/ToVpc.Endpoints.SecurityGroupTcp443",
           {**opened(-1, -1), "ip_protocol": "-1", "referenced_security_group_id": None}, "CKV_AWS_382"),
    Mutant("template with imdsv1", template, "Template/Resource",
           {"metadata_options.0.http_tokens": "optional"}, "CKV_AWS_79"),
    Mutant("template two hops", template, "Template/Resource",
           {"metadata_options.0.http_put_response_hop_limit": 2}, "CKV_AWS_341"),
    Mutant("template with public address", template, "Template/Resource",
           {"network_interfaces.0.associate_public_ip_address": "true"}, "CKV_AWS_88"),
    Mutant("endpoint for everyone", network, "Vpc/S3Endpoint", {"policy": document(EVERYONE)},
           "LF_ENDPOINT_PERIMETER"),
    Mutant("machine two hops", machine, "Machine/Resource",
           {"metadata_options.0.http_put_response_hop_limit": 2}, "LF_INSTANCE_HOPS"),
    Mutant("machine with a key pair", machine, "Machine/Resource", {"key_name": "mine"}, "LF_KEY_PAIR"),
    Mutant("volume with aws's key", machine, "Machine/Resource", {"root_block_device.0.kms_key_id": None},
           "LF_CUSTOMER_KEY"),
    Mutant("machine that can be ended", machine, "Machine/Resource",
           {"disable_api_termination": False, "lifecycle": None}, "LF_TERMINATION_PROTECTION"),
    Mutant("template with a key pair", template, "Template/Resource", {"key_name": "mine"}, "LF_KEY_PAIR"),
    Mutant("template with plain volumes", template, "Template/Resource",
           {"block_device_mappings.0.ebs.0.encrypted": "false"}, "LF_TEMPLATE_ENCRYPTION"),
    Mutant("template without tags", template, "Template/Resource", {"tag_specifications": None},
           "LF_MACHINE_TAGS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""
